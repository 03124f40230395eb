//! How the figures are told.

use std::fmt::Write;

use serde_json::{Value, json};

use super::ground::Floor;
use super::relay::Costs;

/// For people.
pub(super) fn of(costs: &Costs, floor: &Floor) -> String {
    let mut table = String::new();
    let mut line = |name: &str, value: String, bar: &str| {
        writeln!(table, "{name:<44} {value:>12}   {bar}").expect("a string takes all");
    };
    line("relayed per second", format!("{:.0}", costs.per_second), "");
    line("instance CPU per message, us", format!("{:.0}", costs.instances_us), "below 200, aim 100");
    line("  floor: one script, one call, no logic, us", format!("{:.0}", floor.cpu_us), "");
    line("  ratio to the floor", format!("{:.2}", costs.instances_us / floor.cpu_us), "");
    line("nginx CPU per message, us", format!("{:.0}", costs.nginx_us), "");
    line("redis CPU per message, us", format!("{:.0}", costs.redis_us), "");
    line("mariadb CPU per message, us", format!("{:.0}", costs.mariadb_us), "");
    line("simulator and users CPU per message, us", format!("{:.0}", costs.simulator_us), "");
    line("redis commands per message", format!("{:.2}", costs.redis_commands), "at most 5");
    line("  issued inside scripts", format!("{:.1}", costs.redis_commands_in_scripts), "");
    line("SQL statements per message", format!("{:.3}", costs.sql_statements), "at most 0.05");
    line("redis bytes per session", format!("{:.0}", costs.session_bytes), "below 400");
    for (bytes, leads) in &costs.resident {
        let (whose, bar) = if *leads { ("that leads a pool", "") } else { ("", "below 40") };
        line(&format!("resident MB of an instance {whose}"), format!("{:.1}", mb(*bytes)), bar);
    }
    table
}

/// For programs.
pub(super) fn json(costs: &Costs, floor: &Floor) -> Value {
    let resident = |leading: bool| {
        let of_kind = costs.resident.iter().filter(|(_, leads)| *leads == leading).map(|(bytes, _)| *bytes);
        of_kind.max().unwrap_or_default()
    };
    json!({
        "relay": {
            "cpu_us": costs.instances_us,
            "redis_commands": costs.redis_commands,
            "sql_statements": costs.sql_statements,
            "bytes": costs.session_bytes,
            "per_second": costs.per_second,
            "floor_per_second": floor.per_second,
            "floor_cpu_us": floor.cpu_us,
            "floor_ratio": costs.instances_us / floor.cpu_us,
            "resident_bytes": resident(false),
            "resident_bytes_leader": resident(true),
        }
    })
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
