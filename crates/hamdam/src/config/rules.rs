//! The rules of matching: those of a file, where one is named, and beside it the three that have variables of their own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hamdam_domain::rules::{Rules, RulesMistake, RulesMistakes, Schedule};

use super::Settings;

const FILE: &str = "MATCHMAKING_RULES_FILE";
const BATCH_SIZE: &str = "MATCHMAKING_WORKER_BATCH_SIZE";
const NOT_AGAIN: &str = "NOT_AGAIN_HOURS";
const ACROSS: &str = "ACROSS_BOTS_SECONDS";

/// Live state remembers for so many hours at most who met whom.
const HOURS_MOST: u64 = 168;

/// Reads the rules, and the file they are from, if any. A value that both the file and a variable name must be the same:
/// which of two different ones was meant, nobody can tell but whoever wrote them.
pub(super) fn read(settings: &mut Settings) -> (Rules, Option<PathBuf>) {
    let batch_size = settings.whole(BATCH_SIZE, 1..=100_000);
    let not_again_for = Duration::from_hours(settings.whole(NOT_AGAIN, 0..=HOURS_MOST));
    let mix = settings.with_default(ACROSS, ACROSS_MEND, wait);
    let usual = Schedule::default();
    let schedule = mix.and_then(|wait| usual.with_other_bots_after(wait)).unwrap_or(usual);
    let across_bots = mix.is_some();
    let by_variables = Rules { batch_size, not_again_for, across_bots, schedule, ..Rules::default() };
    let Some(file) = settings.text(FILE).map(PathBuf::from) else { return (by_variables, None) };
    let rules = of_file(settings, &file, by_variables.clone());
    for (name, in_file, differs) in [
        (BATCH_SIZE, "batch_size", rules.batch_size != by_variables.batch_size),
        (NOT_AGAIN, "not_again_for_hours", rules.not_again_for != by_variables.not_again_for),
        (ACROSS, "across_bots", rules.across_bots != by_variables.across_bots),
        (ACROSS, "schedule", rules.schedule != by_variables.schedule),
    ] {
        if differs && settings.has(name) {
            let found = format!("is given, and {} ({FILE}) says another {in_file}", file.display());
            settings.mistake(name, found, "Keep one of the two.");
        }
    }
    (rules, Some(file))
}

/// The rules of the file, and these where it says nothing.
fn of_file(settings: &mut Settings, file: &Path, usual: Rules) -> Rules {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            let found = format!("names {}, which cannot be read: {error}", file.display());
            let mend = "Give the path of a file this user may read; `loadtest population --print-rules` prints \
                        the usual rules as one to begin with.";
            settings.mistake(FILE, found, mend);
            return usual;
        }
    };
    let rules = match usual.clone().with_json(&text) {
        Ok(rules) => rules,
        Err(RulesMistakes(mistakes)) => {
            for RulesMistake { about, found, mend } in mistakes {
                settings.mistake(FILE, format!("names {}, where {about} {found}", file.display()), mend);
            }
            return usual;
        }
    };
    if rules.not_again_for > Duration::from_hours(HOURS_MOST) {
        let hours = rules.not_again_for.as_secs_f64() / 3_600.0;
        let found = format!("names {}, where not_again_for_hours is {hours}", file.display());
        settings.mistake(FILE, found, format!("Give a number from 0 to {HOURS_MOST}."));
    }
    rules
}

const ACROSS_MEND: &str = "Give seconds from 1 to 3600, or never.";

/// For how long somebody waits for a partner of their own bot alone; `never` for as long as it takes.
#[expect(clippy::option_option, reason = "not readable, and read that bots do not mix")]
fn wait(text: &str) -> Option<Option<Duration>> {
    if text == "never" {
        return Some(None);
    }
    let seconds = text.parse().ok().filter(|seconds| (1..=3_600).contains(seconds))?;
    Some(Some(Duration::from_secs(seconds)))
}
