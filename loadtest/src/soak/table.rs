//! A soak's outcome for the eye.

use std::fmt::Write;

use super::Outcome;

/// Level by level.
pub(super) fn of(outcome: &Outcome) -> String {
    let mut text = format!("  {} faults\n", outcome.faults.len());
    for suffered in &outcome.faults {
        let recovered =
            suffered.recovered_after.map_or("never".to_owned(), |seconds| format!("{seconds:.1} s"));
        writeln!(text, "    {:<24} recovered {recovered}", suffered.fault.name())
            .expect("a string takes all");
    }
    writeln!(text, "\n  {:<20} {:>14} {:>14}", "level", "early", "late").expect("a string takes all");
    for growth in &outcome.growth {
        let verdict = if growth.grew { "  grew" } else { "" };
        writeln!(text, "  {:<20} {:>14.0} {:>14.0}{verdict}", growth.level, growth.early, growth.late)
            .expect("a string takes all");
    }
    for leak in &outcome.leaks {
        writeln!(text, "  {leak}").expect("a string takes all");
    }
    text.push_str(if outcome.passed { "\n  passed\n" } else { "\n  failed\n" });
    text
}
