//! The guide's table, as Markdown.

use std::fmt::Write;

use super::old::{self, MEASURED};
use crate::gauge::parts::Part;
use crate::oracle::Fault;
use crate::profile::Measured;

/// What the old guide said beside what was measured, how it went, and where the CPU went.
pub(super) fn of(all: &[Measured], seconds: u64) -> String {
    let mut text = format!(
        "Measured by `./dev loadtest guide --seconds {seconds}`, everything on one machine. {MEASURED}\n\n\
         | users | DB pool: old guide | measured peak, in use (open) | Redis connections: old guide | measured peak | matchmaking \
         workers: old guide | measured | instances: old guide | measured |\n|---|---|---|---|---|---|---|---|---|\n"
    );
    for measured in all {
        beside(&mut text, measured);
    }
    text.push_str(
        "\n| users | relayed/s | relay p50 / p99, ms | webhook p99, ms | found p99, s | threads of an instance | nine \
         counts |\n|---|---|---|---|---|---|---|\n",
    );
    for measured in all {
        row(&mut text, measured);
    }
    text.push_str("\n| users | part | CPU us a message | cores | resident MB |\n|---|---|---|---|---|\n");
    for measured in all {
        for part in Part::ALL {
            let name = part.name();
            #[expect(clippy::cast_precision_loss, reason = "shown in megabytes")]
            let resident = measured.resident_bytes[name] as f64 / 1e6;
            writeln!(
                text,
                "| {} | {name} | {:.0} | {:.2} | {resident:.0} |",
                measured.users, measured.cpu_us[name], measured.cores[name]
            )
            .expect("a string takes all");
        }
    }
    text
}

fn beside(text: &mut String, measured: &Measured) {
    let old = old::said(measured.profile);
    let said = |figure: Option<&'static str>| figure.unwrap_or("not said");
    writeln!(
        text,
        "| {} | {} | {:.0} ({:.0}) | {} | {:.0} | {} | {:.0} | {} | {} |",
        measured.users,
        said(old.pool),
        measured.db_connections_peak,
        measured.db_open_peak,
        said(old.redis),
        measured.redis_connections_peak,
        said(old.workers),
        measured.matchmakers_peak,
        said(old.instances),
        measured.instances,
    )
    .expect("a string takes all");
}

fn row(text: &mut String, measured: &Measured) {
    let verdict = &measured.verdict;
    let faults: u64 = Fault::ALL.iter().map(|fault| verdict.counts.get(*fault)).sum();
    let counts = if faults == 0 { "all 0".to_owned() } else { format!("{faults} in all") };
    let note = if verdict.good { "" } else { ", run not good" };
    writeln!(
        text,
        "| {} | {:.0} | {:.0} / {:.0} | {:.0} | {:.1} | {} | {counts}{note} |",
        measured.users,
        measured.relayed_per_second,
        verdict.relay_ms.p50,
        verdict.relay_ms.p99,
        verdict.webhook_ms.p99,
        verdict.match_ms.p99 / 1_000.0,
        measured.threads,
    )
    .expect("a string takes all");
}
