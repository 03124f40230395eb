//! A verdict for the eye.

use std::fmt::Write;

use super::{Percentiles, Verdict};
use crate::oracle::Fault;

/// The verdict as a table, ending with what made it bad.
pub fn table(verdict: &Verdict) -> String {
    let mut text = String::new();
    let mut row =
        |name: &str, value: String| writeln!(text, "  {name:<28} {value}").expect("a string takes all");
    for fault in Fault::ALL {
        row(fault.name(), verdict.counts.get(fault).to_string());
    }
    row("", String::new());
    row("sent", format!("{} (at least {:.0} wanted)", verdict.sent, verdict.least_sent));
    row("relayed", format!("{} ({:.1} per second)", verdict.relayed, verdict.relayed_per_second));
    row("dropped by leaving", verdict.dropped_by_leave.to_string());
    row("refused", verdict.refused.to_string());
    row("pending", format!("{}, updates {}", verdict.pending, verdict.webhooks_pending));
    row("rooms", format!("{}, {} of {} users seated at first", verdict.rooms, verdict.seated, verdict.users));
    row("edits", format!("{} of {} arrived", verdict.edits_relayed, verdict.edits));
    row("replies", format!("{} of {} on the right message", verdict.replies_landed, verdict.replies));
    row("reactions", format!("{} of {} arrived", verdict.reactions_relayed, verdict.reactions));
    row("deletions", format!("{} copies gone, {} taken back", verdict.deletions_relayed, verdict.deletions));
    row("messages of albums", format!("{} of {} in an album", verdict.in_albums, verdict.of_albums));
    let blindly = (verdict.outside, verdict.outside_relayed, verdict.outside_answered);
    row("written outside rooms", format!("{}, {} relayed, {} answered", blindly.0, blindly.1, blindly.2));
    row("calls", format!("{}, answered 429: {}", verdict.calls, verdict.too_many));
    row("webhooks failed", verdict.webhook_failures.to_string());
    row("calls interrupted", verdict.attempts_in_flight_at_kill.to_string());
    row("may be lost", verdict.may_be_lost.to_string());
    match &verdict.fleet {
        Some(fleet) => row(
            "the fleet's own counts",
            format!(
                "duplicate sends {}, zombie sends {}, dropped by leaving {}",
                fleet.duplicate_sends, fleet.zombie_sends, fleet.dropped_by_leave
            ),
        ),
        None => row("the fleet's own counts", "not read".to_owned()),
    }
    row("", String::new());
    row("milliseconds", format!("{:>9} {:>9} {:>9} {:>9}", "p50", "p95", "p99", "max"));
    row("webhook", times(&verdict.webhook_ms));
    row("relay", times(&verdict.relay_ms));
    row("match", times(&verdict.match_ms));
    for finding in &verdict.findings {
        writeln!(
            text,
            "  ! {} at {} ms, user {} of bot {}, message {}: {}",
            finding.fault, finding.at_ms, finding.user, finding.bot, finding.message, finding.what
        )
        .expect("a string takes all");
    }
    text.push('\n');
    if verdict.good {
        text.push_str("  good\n");
    }
    for reason in &verdict.reasons {
        writeln!(text, "  bad: {reason}").expect("a string takes all");
    }
    text
}

fn times(times: &Percentiles) -> String {
    format!("{:>9.1} {:>9.1} {:>9.1} {:>9.1}", times.p50, times.p95, times.p99, times.max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_count_and_every_reason() {
        let text = table(&Verdict { sent: 5, ..Verdict::default() }.judged(None));
        assert!(Fault::ALL.iter().all(|fault| text.contains(fault.name())));
        assert!(text.contains("bad: 5 were sent, but 0 were relayed"));
        assert!(!text.contains("good"));
    }
}
