//! What this instance does, and what the fleet agrees on.

use std::time::Duration;

use hamdam_fleet::run::{Roles, Timing};

use super::Settings;

/// This instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// What it does.
    pub roles: Roles,
    /// Time to finish and hand over after SIGTERM.
    pub drain: Duration,
    /// Partitions of users.
    pub shards: u16,
    /// The times the protocol rests on.
    pub timing: Timing,
}

impl Instance {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let timing = Timing::default();
        let drain = Duration::from_secs(settings.whole("DRAIN_SECONDS", 1..=3_600));
        if drain <= timing.longest_call {
            let longest = timing.longest_call.as_secs();
            settings.wrong(
                "DRAIN_SECONDS",
                format!("Calls to Telegram may take {longest} s, and draining waits for them: give more."),
            );
        }
        Self {
            roles: read_roles(settings),
            drain,
            shards: settings.whole("STATE_SHARDS", 1..=16_384),
            timing,
        }
    }
}

fn read_roles(settings: &mut Settings) -> Roles {
    match settings.text_or_default("ROLES").parse() {
        Ok(roles) => roles,
        Err(error) => {
            settings.wrong("ROLES", format!("Give all, or names separated by commas: {error}."));
            Roles::ALL
        }
    }
}
