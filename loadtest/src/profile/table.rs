//! A measured profile for the eye.

use std::fmt::Write;

use super::measured::Measured;
use crate::gauge::parts::Part;
use crate::report::Percentiles;

/// What the fleet needed, part by part.
pub(super) fn of(measured: &Measured) -> String {
    let mut text = String::new();
    let mut row =
        |name: &str, value: String| writeln!(text, "  {name:<28} {value}").expect("a string takes all");
    let Measured { users, instances, threads, bots, .. } = measured;
    row("stack", format!("{users} users, {instances} instances of {threads} threads, {bots} bots"));
    row("relayed per second", format!("{:.0}", measured.relayed_per_second));
    let (used, open) = (measured.db_connections_peak, measured.db_open_peak);
    row("database connections, peak", format!("{used:.0} in use, {open:.0} open"));
    row("Redis connections, peak", format!("{:.0}", measured.redis_connections_peak));
    row("SQL statements per message", format!("{:.3}", measured.sql_statements));
    row("Redis bytes per session", format!("{:.0}", measured.session_bytes));
    row("Redis memory, peak", mb(measured.redis_bytes));
    if let Some(idle) = &measured.idle {
        row("idle sessions", idle.sessions.to_string());
        row("Redis memory for these", mb(idle.bytes));
        row("Redis bytes of each", format!("{:.0}", idle.bytes_each()));
        let ms = |of: &Percentiles| format!("p50 {:.1} ms, p99 {:.1} ms", of.p50, of.p99);
        row("relay without them", ms(&idle.relay_ms_without));
        row("relay beside them", ms(&measured.verdict.relay_ms));
        row("webhook without them", ms(&idle.webhook_ms_without));
        row("webhook beside them", ms(&measured.verdict.webhook_ms));
    }
    row("", String::new());
    row("part", format!("{:>12} {:>12} {:>12}", "us a message", "cores", "resident"));
    for part in Part::ALL {
        let name = part.name();
        row(
            name,
            format!(
                "{:>12.0} {:>12.2} {:>12}",
                measured.cpu_us[name],
                measured.cores[name],
                mb(measured.resident_bytes[name])
            ),
        );
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "shown in megabytes")]
fn mb(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
