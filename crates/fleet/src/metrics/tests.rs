use std::collections::BTreeMap;

use hamdam_domain::wish::Class;

use super::*;
use crate::matchmaker::PassReport;

/// The names operators build on, with the labels of those that have some.
const FIXED: [&str; 34] = [
    r#"hamdam_updates_total{bot="1",kind="message",outcome="relayed"}"#,
    "hamdam_webhook_seconds_count",
    "hamdam_relay_seconds_count",
    r#"hamdam_match_wait_seconds_count{pool="main"}"#,
    r#"hamdam_match_wait_class_seconds_count{class="1"}"#,
    r#"hamdam_pairs_total{bots="different",pool="main"}"#,
    r#"hamdam_pairs_refused_total{pool="main",why="hold"}"#,
    r#"hamdam_tickets_moved_on_total{pool="main"}"#,
    r#"hamdam_queue_tickets{pool="main"}"#,
    r#"hamdam_batch_seconds_count{pool="main"}"#,
    r#"hamdam_active_users{state="waiting"}"#,
    "hamdam_outbox_entries",
    "hamdam_outbox_oldest_seconds",
    r#"hamdam_send_total{bot="1",method="copyMessage",outcome="sent"}"#,
    r#"hamdam_send_paused{bot="1"}"#,
    r#"hamdam_db_pool_connections{state="idle"}"#,
    r#"hamdam_db_query_seconds_count{query="insert_messages"}"#,
    r#"hamdam_redis_command_seconds_count{step="turn"}"#,
    "hamdam_redis_pool_connections",
    "hamdam_redis_memory_bytes",
    "hamdam_redis_memory_limit_bytes",
    r#"hamdam_leases{kind="shard"}"#,
    "hamdam_maintenance",
    r#"hamdam_audit_repairs_total{what="ticket"}"#,
    "hamdam_duplicate_sends_total",
    "hamdam_zombie_sends_total",
    "hamdam_dropped_by_leave_total",
    r#"hamdam_broadcast_parts_total{delivery="sent"}"#,
    "hamdam_broadcast_seconds_count",
    "hamdam_broadcast_overtakes_total",
    r#"hamdam_dead_letters_total{bot="1"}"#,
    "hamdam_journal_lag_seconds",
    "process_resident_memory_bytes",
    "process_cpu_seconds_total",
];

#[test]
fn the_first_update_that_is_turned_away_is_an_increase() {
    let metrics = Metrics::new();
    metrics.begin([BotId(1)]);
    let text = metrics.encode();
    for (kind, outcome) in TURNED_AWAY {
        let line = format!(r#"hamdam_updates_total{{bot="1",kind="{kind}",outcome="{outcome}"}} 0"#);
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[test]
fn every_fixed_name_is_exported() {
    let metrics = Metrics::new();
    let (bot, pool) = (BotId(1), PoolId("main".into()));
    metrics.count_update(bot, "message", "relayed");
    metrics.pairing.observe(
        &pool,
        &PassReport {
            opened: 3,
            across_bots: 1,
            moved_on: 1,
            refused: BTreeMap::from([("hold", 1)]),
            waited: vec![(Class(1), Duration::from_secs(1))],
            ..PassReport::default()
        },
    );
    metrics.queue_tickets.with_label_values(&["main"]).set(3);
    metrics.observe_batch(&pool, Duration::from_millis(3));
    metrics.active_users.with_label_values(&["waiting"]).set(1);
    metrics.sends.with_label_values(&["1", "copyMessage", "sent"]).inc();
    metrics.send_paused.with_label_values(&["1"]).set(1);
    metrics.db_pool_connections.with_label_values(&["idle"]).set(2);
    metrics.observe_query("insert_messages", Duration::from_millis(1));
    metrics.observe_step("turn", Duration::from_micros(300));
    metrics.leases.with_label_values(&["shard"]).set(64);
    metrics.count_repair("ticket");
    metrics.count_dead_letter(bot);
    metrics.broadcast_parts.with_label_values(&["sent"]).inc();
    let text = metrics.encode();
    for name in FIXED {
        let found = text.lines().any(|line| line.split(' ').next() == Some(name));
        assert!(found, "{name} is missing in\n{text}");
        let name = name.split('{').next().unwrap();
        assert!(metrics.series().iter().any(|series| series.name == name), "{name} is not listed");
    }
}
