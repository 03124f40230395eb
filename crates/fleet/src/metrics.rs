//! What the fleet counts and measures. The comment on a field says what the metric's help text says.
//!
//! Names and labels are fixed: dashboards and alerts of operators rest on them. Label values come from closed sets
//! (and the bots of this fleet), never from users, so the number of series is bounded.

mod pairing;

use std::cell::RefCell;
use std::time::Duration;

use hamdam_archive::Aging;
use hamdam_domain::broadcast::Delivery;
use hamdam_domain::id::{BotId, PoolId};
use prometheus::core::{Collector, Desc};
use prometheus::process_collector::ProcessCollector;
use prometheus::{
    Encoder, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

pub use self::pairing::Pairing;
use crate::audit::Mend;
use crate::journal;

/// Seconds, for what should take well below one: HTTP handling, Redis steps, queries, batches.
const SHORT: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
/// Seconds, for what people notice: relaying, waiting for a partner.
const LONG: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1_800.0];

/// The kind of an update that was turned away before it was read.
pub const UNREAD: &str = "unread";
/// Kind and outcome of what an instance that cannot go on counts most, and a healthy one never.
const TURNED_AWAY: [(&str, &str); 4] =
    [("message", "failed"), (UNREAD, "shed"), (UNREAD, "late"), (UNREAD, "unauthorized")];

/// The name of what Prometheus stores, and its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// With the suffix that a histogram's parts have.
    pub name: String,
    /// Names of its labels.
    pub labels: Vec<String>,
}

/// Every metric of an instance, in a registry of its own.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    series: Vec<Series>,
    /// Updates by what became of them.
    pub updates: IntCounterVec,
    /// From the first byte of a webhook request to its answer.
    pub webhook_seconds: Histogram,
    /// From a message's webhook to Telegram's acceptance of its copy, by the state's clock.
    pub relay_seconds: Histogram,
    /// Who met whom.
    pub pairing: Pairing,
    /// Tickets waiting in a pool this instance leads.
    pub queue_tickets: IntGaugeVec,
    /// Duration of matchmaking batches.
    pub batch_seconds: HistogramVec,
    /// Users waiting and chatting, over the shards this instance owns.
    pub active_users: IntGaugeVec,
    /// Entries waiting in the outboxes of the shards this instance owns.
    pub outbox_entries: IntGauge,
    /// Age of the oldest of them.
    pub outbox_oldest_seconds: Gauge,
    /// Bot API calls by what followed from their answer.
    pub sends: IntCounterVec,
    /// 1 while the token is paused after a 429, or because Telegram does not know it.
    pub send_paused: IntGaugeVec,
    /// Connections of the database pool.
    pub db_pool_connections: IntGaugeVec,
    /// How far each replica of the database lags; one that does not answer has no series.
    pub db_replica_lag_seconds: GaugeVec,
    /// Duration of database queries.
    pub db_query_seconds: HistogramVec,
    /// Duration of steps on live state, the way to Redis and back included.
    pub redis_command_seconds: HistogramVec,
    /// Open connections to Redis.
    pub redis_pool_connections: IntGauge,
    /// Memory used by Redis.
    pub redis_memory_bytes: IntGauge,
    /// Memory Redis may use; 0 where a server has no limit.
    pub redis_memory_limit_bytes: IntGauge,
    /// Leases this instance holds.
    pub leases: IntGaugeVec,
    /// 0 while the fleet is open, 1 while it is closed for maintenance, 2 while its rooms rest too: as this instance heeds it.
    pub maintenance: IntGauge,
    /// What the audit had to mend; stays 0 in healthy runs.
    pub audit_repairs: IntCounterVec,
    /// Sends repeated because their outcome was never learned.
    pub duplicate_sends: IntCounter,
    /// Calls that were under way when the lease they were made under had run out.
    pub zombie_sends: IntCounter,
    /// Messages not sent because their room ended first.
    pub dropped_by_leave: IntCounter,
    /// Parts of broadcasts by what became of them.
    pub broadcast_parts: IntCounterVec,
    /// From queueing a part of a broadcast to Telegram's acceptance, by the state's clock.
    pub broadcast_seconds: Histogram,
    /// Entries of conversations that could have gone out, and before which a broadcast's call of their shard began; stays 0.
    pub broadcast_overtakes: IntCounter,
    /// Updates and entries kept aside because no retry can mend them.
    pub dead_letters: IntCounterVec,
    /// Age of the oldest fact not yet in the database, over the shards this instance owns.
    pub journal_lag_seconds: Gauge,
    /// Rows deleted because they were older than RETENTION_DAYS; of a dropped partition as many as the server estimates.
    pub rows_expired: IntCounterVec,
    /// Questions to Telegram whether somebody is in the required channel, by the answer; `unknown` lets them in.
    pub channel_checks: IntCounterVec,
    /// Errors for Sentry by what became of them: `sent`, `refused` by it, `unreachable`, `limited` by its rates, `overflow`
    /// where too many waited.
    pub error_reports: IntCounterVec,
}

impl Metrics {
    /// Fresh metrics, all zero.
    #[expect(clippy::too_many_lines, reason = "a table: what is measured, by name and help")]
    pub fn new() -> Self {
        let registry = Registry::new();
        let make = Make { registry: &registry, series: RefCell::default() };
        make.note(&make.register(ProcessCollector::for_self()), &[""], &[]);
        Self {
            updates: make.counters(
                "hamdam_updates_total",
                "Updates by what became of them.",
                &["bot", "kind", "outcome"],
            ),
            webhook_seconds: make.histogram(
                "hamdam_webhook_seconds",
                "From the first byte of a webhook request to its answer.",
                SHORT,
            ),
            relay_seconds: make.histogram(
                "hamdam_relay_seconds",
                "From a message's webhook to Telegram's acceptance of its copy, by the state's clock.",
                LONG,
            ),
            pairing: Pairing::new(&make),
            queue_tickets: make.gauges(
                "hamdam_queue_tickets",
                "Tickets waiting in a pool this instance leads.",
                "pool",
            ),
            batch_seconds: make.histograms(
                "hamdam_batch_seconds",
                "Duration of matchmaking batches.",
                "pool",
                SHORT,
            ),
            active_users: make.gauges(
                "hamdam_active_users",
                "Users waiting and chatting, over the shards this instance owns.",
                "state",
            ),
            outbox_entries: make.gauge(
                "hamdam_outbox_entries",
                "Entries waiting in the outboxes of the shards this instance owns.",
            ),
            outbox_oldest_seconds: make.seconds("hamdam_outbox_oldest_seconds", "Age of the oldest of them."),
            sends: make.counters(
                "hamdam_send_total",
                "Bot API calls by what followed from their answer.",
                &["bot", "method", "outcome"],
            ),
            send_paused: make.gauges(
                "hamdam_send_paused",
                "1 while the token is paused after a 429, or because Telegram does not know it.",
                "bot",
            ),
            db_pool_connections: make.gauges(
                "hamdam_db_pool_connections",
                "Connections of the database pool.",
                "state",
            ),
            db_replica_lag_seconds: make.seconds_of(
                "hamdam_db_replica_lag_seconds",
                "How far each replica of the database lags.",
                "replica",
            ),
            db_query_seconds: make.histograms(
                "hamdam_db_query_seconds",
                "Duration of database queries.",
                "query",
                SHORT,
            ),
            redis_command_seconds: make.histograms(
                "hamdam_redis_command_seconds",
                "Duration of steps on live state, the way to Redis and back included.",
                "step",
                SHORT,
            ),
            redis_pool_connections: make.gauge("hamdam_redis_pool_connections", "Open connections to Redis."),
            redis_memory_bytes: make.gauge("hamdam_redis_memory_bytes", "Memory used by Redis."),
            redis_memory_limit_bytes: make.gauge(
                "hamdam_redis_memory_limit_bytes",
                "Memory Redis may use; 0 where a server has no limit.",
            ),
            leases: make.gauges("hamdam_leases", "Leases this instance holds.", "kind"),
            maintenance: make.gauge(
                "hamdam_maintenance",
                "0 while the fleet is open, 1 while it is closed for maintenance, 2 while its rooms rest too.",
            ),
            audit_repairs: make.counters(
                "hamdam_audit_repairs_total",
                "What the audit had to mend; stays 0 in healthy runs.",
                &["what"],
            ),
            duplicate_sends: make.counter(
                "hamdam_duplicate_sends_total",
                "Sends repeated because their outcome was never learned.",
            ),
            zombie_sends: make.counter(
                "hamdam_zombie_sends_total",
                "Calls that were under way when the lease they were made under had run out.",
            ),
            dropped_by_leave: make.counter(
                "hamdam_dropped_by_leave_total",
                "Messages not sent because their room ended first.",
            ),
            broadcast_parts: make.counters(
                "hamdam_broadcast_parts_total",
                "Parts of broadcasts by what became of them.",
                &["delivery"],
            ),
            broadcast_seconds: make.histogram(
                "hamdam_broadcast_seconds",
                "From queueing a part of a broadcast to Telegram's acceptance, by the state's clock.",
                LONG,
            ),
            broadcast_overtakes: make.counter(
                "hamdam_broadcast_overtakes_total",
                "Entries of conversations that could have gone out, and before which a broadcast's call began; stays 0.",
            ),
            dead_letters: make.counters(
                "hamdam_dead_letters_total",
                "Updates and entries kept aside because no retry can mend them.",
                &["bot"],
            ),
            journal_lag_seconds: make.seconds(
                "hamdam_journal_lag_seconds",
                "Age of the oldest fact not yet in the database, over the shards this instance owns.",
            ),
            rows_expired: make.counters(
                "hamdam_rows_expired_total",
                "Rows deleted because they were older than RETENTION_DAYS; of a dropped partition as many as the server estimates.",
                &["table"],
            ),
            channel_checks: make.counters(
                "hamdam_channel_checks_total",
                "Questions to Telegram whether somebody is in the required channel, by the answer; `unknown` lets them in.",
                &["answer"],
            ),
            error_reports: make.counters(
                "hamdam_error_reports_total",
                "Errors for Sentry by what became of them.",
                &["outcome"],
            ),
            series: make.series.into_inner(),
            registry,
        }
    }

    /// Every series that can be there, in the order of the fields: what dashboards and alerts may rest on.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// Begins at 0 what should stay there, and what these bots have: Prometheus sees an increase only between two
    /// samples, so a first count of 1 would be none.
    pub fn begin(&self, bots: impl IntoIterator<Item = BotId>) {
        for mend in Mend::ALL {
            self.audit_repairs.with_label_values(&[mend.label()]);
        }
        self.dead_letters.with_label_values(&[journal::LABEL]);
        for aging in Aging::ALL {
            self.rows_expired.with_label_values(&[aging.table()]);
        }
        for delivery in Delivery::ALL {
            self.broadcast_parts.with_label_values(&[delivery.word()]);
        }
        for answer in ["in", "out", "unknown"] {
            self.channel_checks.with_label_values(&[answer]);
        }
        for bot in bots {
            let bot = bot.to_string();
            for (kind, outcome) in TURNED_AWAY {
                self.updates.with_label_values(&[bot.as_str(), kind, outcome]);
            }
            self.dead_letters.with_label_values(&[&bot]);
            self.send_paused.with_label_values(&[&bot]);
        }
    }

    /// An update was answered. `kind` is the update's field name, `outcome` what became of it.
    pub fn count_update(&self, bot: BotId, kind: &'static str, outcome: &'static str) {
        self.updates.with_label_values(&[bot.to_string().as_str(), kind, outcome]).inc();
    }

    /// An update or entry of `bot` was kept aside.
    pub fn count_dead_letter(&self, bot: BotId) {
        self.dead_letters.with_label_values(&[bot.to_string()]).inc();
    }

    /// The audit mended something.
    pub fn count_repair(&self, what: &'static str) {
        self.audit_repairs.with_label_values(&[what]).inc();
    }

    /// A step on live state took so long.
    pub fn observe_step(&self, step: &'static str, took: Duration) {
        self.redis_command_seconds.with_label_values(&[step]).observe(took.as_secs_f64());
    }

    /// A database query took so long.
    pub fn observe_query(&self, query: &'static str, took: Duration) {
        self.db_query_seconds.with_label_values(&[query]).observe(took.as_secs_f64());
    }

    /// A matchmaking batch of `pool` took so long.
    pub fn observe_batch(&self, pool: &PoolId, took: Duration) {
        self.batch_seconds.with_label_values(&[pool.0.as_str()]).observe(took.as_secs_f64());
    }

    /// Everything in the Prometheus text format, for `/metrics`.
    pub fn encode(&self) -> String {
        let mut text = Vec::with_capacity(16 * 1024);
        TextEncoder::new()
            .encode(&self.registry.gather(), &mut text)
            .expect("metrics of unique names are written to memory");
        String::from_utf8(text).expect("the text format is UTF-8")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes metrics and registers them. Names are constants of this file, so what Prometheus would refuse (a name
/// twice, a bad character) is a mistake that the first test finds.
struct Make<'a> {
    registry: &'a Registry,
    series: RefCell<Vec<Series>>,
}

/// What a histogram is stored as; its buckets have one label more.
const PARTS: &[&str] = &["_bucket", "_sum", "_count"];

impl Make<'_> {
    /// Answers what the metrics are called.
    fn register(&self, collector: impl Collector + 'static) -> Vec<Desc> {
        let described = collector.desc().into_iter().cloned().collect();
        self.registry.register(Box::new(collector)).expect("metric names are unique");
        described
    }

    fn note(&self, described: &[Desc], parts: &[&str], more: &[&str]) {
        for desc in described {
            for part in parts {
                let labels = desc.variable_labels.iter().map(String::as_str).chain(more.iter().copied());
                let labels = labels.map(str::to_owned).collect();
                self.series.borrow_mut().push(Series { name: format!("{}{part}", desc.fq_name), labels });
            }
        }
    }

    fn kept<C: Collector + Clone + 'static>(&self, made: prometheus::Result<C>) -> C {
        let collector = made.expect("metric names and labels are valid");
        self.note(&self.register(collector.clone()), &[""], &[]);
        collector
    }

    fn kept_histogram<C: Collector + Clone + 'static>(&self, made: prometheus::Result<C>) -> C {
        let collector = made.expect("metric names and labels are valid");
        self.note(&self.register(collector.clone()), PARTS, &["le"]);
        collector
    }

    fn counter(&self, name: &str, help: &str) -> IntCounter {
        self.kept(IntCounter::new(name, help))
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.kept(IntCounterVec::new(Opts::new(name, help), labels))
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.kept(IntGauge::new(name, help))
    }

    fn seconds(&self, name: &str, help: &str) -> Gauge {
        self.kept(Gauge::new(name, help))
    }

    fn seconds_of(&self, name: &str, help: &str, label: &str) -> GaugeVec {
        self.kept(GaugeVec::new(Opts::new(name, help), &[label]))
    }

    fn gauges(&self, name: &str, help: &str, label: &str) -> IntGaugeVec {
        self.kept(IntGaugeVec::new(Opts::new(name, help), &[label]))
    }

    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Histogram {
        self.kept_histogram(Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec())))
    }

    fn histograms(&self, name: &str, help: &str, label: &str, buckets: &[f64]) -> HistogramVec {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.kept_histogram(HistogramVec::new(options, &[label]))
    }
}

#[cfg(test)]
mod tests;
