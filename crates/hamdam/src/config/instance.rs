//! What this instance does, and what the fleet agrees on.

use std::fmt;
use std::time::Duration;

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
}

/// What an instance does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a set of four names, each asked for by its own")]
pub struct Roles {
    /// Takes updates.
    pub webhook: bool,
    /// Leads pools.
    pub matchmaker: bool,
    /// Sends for shards, and audits them.
    pub sender: bool,
    /// Writes the journals of the shards it leads.
    pub journal: bool,
}

impl Roles {
    /// Everything.
    pub const ALL: Self = Self { webhook: true, matchmaker: true, sender: true, journal: true };
    const NONE: Self = Self { webhook: false, matchmaker: false, sender: false, journal: false };

    /// Reads `all`, or names separated by commas.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).try_fold(Self::NONE, |roles, name| {
            Some(match name {
                "all" => Self::ALL,
                "webhook" => Self { webhook: true, ..roles },
                "matchmaker" => Self { matchmaker: true, ..roles },
                "sender" => Self { sender: true, ..roles },
                "journal" => Self { journal: true, ..roles },
                _ => return None,
            })
        })
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (self.webhook, "webhook"),
            (self.matchmaker, "matchmaker"),
            (self.sender, "sender"),
            (self.journal, "journal"),
        ];
        let names: Vec<_> = names.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect();
        f.write_str(&names.join(","))
    }
}

impl Instance {
    /// Reads the section.
    pub fn read(settings: &mut Settings) -> Self {
        let mend = "Give all, or some of webhook, matchmaker, sender, journal, separated by commas.";
        let roles =
            settings.with_default("ROLES", mend, |text| Roles::parse(text).filter(|r| *r != Roles::NONE));
        Self {
            roles,
            drain: Duration::from_secs(settings.whole("DRAIN_SECONDS", 1..=3_600)),
            shards: settings.whole("STATE_SHARDS", 1..=64),
        }
    }
}
