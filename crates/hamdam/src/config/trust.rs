//! What makes somebody meet none but others who are often reported.

use std::time::Duration;

use hamdam_domain::conduct::{Conduct, TrustRules};

use super::Settings;

/// Reads the rules of trust.
pub(super) fn read(settings: &mut Settings) -> TrustRules {
    let days = settings.whole("TRUST_DAYS", 1..=Conduct::KEPT.as_secs() / 86_400);
    TrustRules {
        window: Duration::from_hours(24 * days),
        weight: settings.whole("TRUST_COMPLAINTS", 0..=TrustRules::MOST_WEIGHT),
        ratings: settings.whole("TRUST_RATINGS", 0..=1_000),
        down_percent: settings.whole("TRUST_DOWN_PERCENT", 1..=100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Inputs;

    #[test]
    fn the_tables_defaults_are_those_of_the_rules() {
        assert_eq!(read(&mut Settings::gather(&Inputs::default())), TrustRules::default());
    }
}
