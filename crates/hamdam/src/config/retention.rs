//! What is kept how long.

use std::time::Duration;

use super::Settings;

/// Time limits.
#[derive(Clone, Debug)]
pub struct Retention {
    /// Rooms in which nobody wrote for so long are ended.
    pub room_idle: Duration,
    /// Days after which rows about what is over are deleted.
    pub days: u32,
}

impl Retention {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let hours: f64 = settings.number("ROOM_IDLE_HOURS", 0.01..=8_760.0);
        Self {
            room_idle: Duration::from_secs_f64(hours * 3_600.0),
            days: settings.whole("RETENTION_DAYS", 1..=36_500),
        }
    }

    /// The same as a time.
    pub fn kept(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.days))
    }
}
