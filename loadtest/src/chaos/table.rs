//! What a fleet suffered, for the eye.

use std::fmt::Write;

use super::Outcome;

/// Fault by fault.
pub(super) fn of(outcome: &Outcome) -> String {
    let mut text =
        format!("  seed {}\n  {:<24} {:>8} {:>12}\n", outcome.seed, "fault", "lasted", "recovered");
    for suffered in &outcome.faults {
        let recovered =
            suffered.recovered_after.map_or("never".to_owned(), |seconds| format!("{seconds:.1} s"));
        let verdict = if suffered.passed { "" } else { "  too late" };
        let name = suffered.fault.name();
        writeln!(text, "  {name:<24} {:>6.1} s {recovered:>12}{verdict}", suffered.lasted)
            .expect("a string takes all");
    }
    text.push_str(if outcome.passed { "\n  passed\n" } else { "\n  failed\n" });
    text
}
