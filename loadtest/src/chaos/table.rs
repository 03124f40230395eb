//! What a fleet suffered, for the eye.

use std::fmt::Write;

use super::{Outcome, Staged, Suffered};

/// Stage by stage, fault by fault.
pub(super) fn of(outcome: &Outcome) -> String {
    let mut text = format!("  seed {}\n", outcome.seed);
    for staged in &outcome.stages {
        write(&mut text, staged).expect("a string takes all");
    }
    text.push_str(if outcome.passed { "\n  passed\n" } else { "\n  failed\n" });
    text
}

fn write(text: &mut String, staged: &Staged) -> std::fmt::Result {
    let (counts, verdict) = (&staged.verdict.counts, &staged.verdict);
    writeln!(
        text,
        "\n  stage {:?}: lost {} of {} that may be, duplicated {} of {}",
        staged.stage, counts.lost, verdict.may_be_lost, counts.duplicated, verdict.attempts_in_flight_at_kill
    )?;
    writeln!(text, "  {:<26} {:>8} {:>12} {:>10}", "fault", "lasted", "recovered", "forgot")?;
    for suffered in &staged.faults {
        row(text, suffered)?;
    }
    Ok(())
}

fn row(text: &mut String, suffered: &Suffered) -> std::fmt::Result {
    let recovered = suffered.recovered_after.map_or("never".to_owned(), |seconds| format!("{seconds:.1} s"));
    let forgot =
        suffered.forgot.map_or(String::new(), |forgot| format!("{:.0} ms", forgot.seconds * 1_000.0));
    let verdict = if suffered.passed { "" } else { "  failed" };
    let name = suffered.fault.name();
    writeln!(text, "  {name:<26} {:>6.1} s {recovered:>12} {forgot:>10}{verdict}", suffered.lasted)
}
