//! Who is slowed down.

use std::time::Duration;

use hamdam_domain::haste::{Bucket, HasteRules, Hurry};

use super::Settings;

/// Reads the rules of haste.
pub(super) fn read(settings: &mut Settings) -> HasteRules {
    HasteRules {
        flood: Bucket {
            updates: settings.whole("FLOOD_MESSAGES", 0..=1_000),
            empties_in: Duration::from_secs(settings.whole("FLOOD_SECONDS", 1..=600)),
        },
        hurry: Hurry {
            within: Duration::from_secs(settings.whole("HURRY_SECONDS", 0..=60)),
            free: settings.whole("HURRY_ROOMS", 0..=100),
            pause: Duration::from_secs(settings.whole("HURRY_PAUSE_SECONDS", 1..=300)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Inputs;

    #[test]
    fn the_tables_defaults_are_those_of_the_rules() {
        assert_eq!(read(&mut Settings::gather(&Inputs::default())), HasteRules::default());
    }
}
