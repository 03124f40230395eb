//! The guide's table, as Markdown.

use std::fmt::Write;

use crate::gauge::parts::Part;
use crate::oracle::Fault;
use crate::profile::Measured;

/// One row per profile, and below it where the CPU went.
pub(super) fn of(all: &[Measured], seconds: u64) -> String {
    let mut text = format!(
        "Measured by `./dev loadtest guide --seconds {seconds}`, everything on one machine. The old guide wanted 200 to \
         500 database connections.\n\n\
         | users | relayed/s | relay p50 / p99, ms | webhook p99, ms | found p99, s | DB connections, peak | Redis \
         connections, peak | instances x threads | nine counts |\n|---|---|---|---|---|---|---|---|---|\n"
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

fn row(text: &mut String, measured: &Measured) {
    let verdict = &measured.verdict;
    let faults: u64 = Fault::ALL.iter().map(|fault| verdict.counts.get(*fault)).sum();
    let counts = if faults == 0 { "all 0".to_owned() } else { format!("{faults} in all") };
    let note = if verdict.good { "" } else { ", run not good" };
    writeln!(
        text,
        "| {} | {:.0} | {:.0} / {:.0} | {:.0} | {:.1} | {:.0} | {:.0} | {} x {} | {counts}{note} |",
        measured.users,
        measured.relayed_per_second,
        verdict.relay_ms.p50,
        verdict.relay_ms.p99,
        verdict.webhook_ms.p99,
        verdict.match_ms.p99 / 1_000.0,
        measured.db_connections_peak,
        measured.redis_connections_peak,
        measured.instances,
        measured.threads,
    )
    .expect("a string takes all");
}
