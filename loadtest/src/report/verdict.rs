//! What a run came to, and whether it was good.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::oracle::{Counts, Fault, Finding, Oracle, Times};
use crate::telegram::Status;

/// Percentiles of a duration, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// Half are shorter.
    pub p50: f64,
    /// 95 of 100 are shorter.
    pub p95: f64,
    /// 99 of 100 are shorter.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

impl From<&Times> for Percentiles {
    fn from(times: &Times) -> Self {
        let [p50, p95, p99] = [0.50, 0.95, 0.99].map(|share| times.quantile_ms(share));
        Self { p50, p95, p99, max: times.max_ms() }
    }
}

/// What the fleet says of itself, summed over its instances and their restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FleetCounts {
    /// `hamdam_duplicate_sends_total`.
    pub duplicate_sends: f64,
    /// `hamdam_zombie_sends_total`.
    pub zombie_sends: f64,
    /// `hamdam_dropped_by_leave_total`.
    pub dropped_by_leave: f64,
}

/// A run's result. The first 22 fields are a contract; what follows explains them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// The nine.
    #[serde(flatten)]
    pub counts: Counts,
    /// Messages written in a room, as their writer saw it.
    pub sent: u64,
    /// Delivered to the partner.
    pub relayed: u64,
    /// Rooms that both sides saw.
    pub rooms: u64,
    /// Not delivered because somebody left.
    pub dropped_by_leave: u64,
    /// Not delivered, and the writer was told.
    pub refused: u64,
    /// Sends that a thawed instance made after its lease, as the fleet counts them.
    pub zombie_sends: u64,
    /// Messages and calls that came to no end.
    pub pending: u64,
    /// Updates the fleet did not take.
    pub webhooks_pending: u64,
    /// Calls whose outcome an instance may not have learned because it was killed, paused or cut off.
    pub attempts_in_flight_at_kill: u64,
    /// `relayed` by the time the users talked.
    pub relayed_per_second: f64,
    /// From a webhook request to its 2xx.
    pub webhook_ms: Percentiles,
    /// From writing a message to its copy.
    pub relay_ms: Percentiles,
    /// From asking for a partner to being shown one.
    pub match_ms: Percentiles,
    /// Updates acknowledged while live state wrote down what it later forgot, as the design's table of failures allows:
    /// so many messages may be lost.
    #[serde(default)]
    pub may_be_lost: u64,
    /// Whether the run was good.
    #[serde(default)]
    pub good: bool,
    /// Why it was not.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Users.
    #[serde(default)]
    pub users: usize,
    /// Of these, those who sat in a room when the talk began.
    #[serde(default)]
    pub seated: usize,
    /// How long they talked, in seconds.
    #[serde(default)]
    pub seconds: u64,
    /// How long the last messages took to arrive, in seconds.
    #[serde(default)]
    pub drained_after_seconds: f64,
    /// The least `sent` that makes a run meaningful.
    #[serde(default)]
    pub least_sent: f64,
    /// Messages written in no room, or after asking to leave it; delivered or answered.
    #[serde(default)]
    pub outside: u64,
    /// Of these, delivered in the room that had begun unseen.
    #[serde(default)]
    pub outside_relayed: u64,
    /// Of these, answered.
    #[serde(default)]
    pub outside_answered: u64,
    /// Edits of relayed messages.
    #[serde(default)]
    pub edits: u64,
    /// Of these, arrived.
    #[serde(default)]
    pub edits_relayed: u64,
    /// Relayed replies.
    #[serde(default)]
    pub replies: u64,
    /// Of these, landed on the right message (the others went plain).
    #[serde(default)]
    pub replies_landed: u64,
    /// Reactions on messages with another side, in a room that was open.
    #[serde(default)]
    pub reactions: u64,
    /// Reactions that reached the other side of their message.
    #[serde(default)]
    pub reactions_relayed: u64,
    /// Messages that were taken back while they stood with the partner, and their room was open.
    #[serde(default)]
    pub deletions: u64,
    /// Copies that went because their writer took them back or cleared their room.
    #[serde(default)]
    pub deletions_relayed: u64,
    /// Copies of messages that were written in an album, by a bot that could keep it.
    #[serde(default)]
    pub of_albums: u64,
    /// Of these, delivered in an album.
    #[serde(default)]
    pub in_albums: u64,
    /// Webhook requests that failed or were answered other than 2xx.
    #[serde(default)]
    pub webhook_failures: u64,
    /// Updates Telegram lost before the fleet saw them.
    #[serde(default)]
    pub lost_by_telegram: u64,
    /// Calls the fleet made.
    #[serde(default)]
    pub calls: u64,
    /// Of these, answered 429.
    #[serde(default)]
    pub too_many: u64,
    /// The fleet's own counters, if they could be read.
    #[serde(default)]
    pub fleet: Option<FleetCounts>,
    /// The first findings of each kind.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// What oracle and simulator know at the end of a run in which people talked for so long. Not judged yet.
    pub fn of(oracle: &Oracle, status: &Status, talked: Duration) -> Self {
        let tally = oracle.tally();
        #[expect(clippy::cast_precision_loss, reason = "counts of one run")]
        let relayed_per_second = tally.relayed as f64 / talked.as_secs_f64().max(1.0);
        Self {
            counts: oracle.counts(),
            sent: tally.sent,
            relayed: tally.relayed,
            rooms: tally.rooms,
            dropped_by_leave: tally.dropped_by_leave,
            refused: tally.refused,
            pending: tally.pending + u64::try_from(status.calls_in_flight).unwrap_or(u64::MAX),
            webhooks_pending: u64::try_from(status.pending_updates).unwrap_or(u64::MAX),
            relayed_per_second,
            webhook_ms: Percentiles::from(&tally.webhook),
            relay_ms: Percentiles::from(&tally.relay),
            match_ms: Percentiles::from(&tally.matching),
            seconds: talked.as_secs(),
            outside: tally.outside,
            outside_relayed: tally.outside_relayed,
            outside_answered: tally.outside_answered,
            edits: tally.edits,
            edits_relayed: tally.edits_relayed,
            replies: tally.replies,
            replies_landed: tally.replies_landed,
            reactions: tally.reactions,
            reactions_relayed: tally.reactions_relayed,
            deletions: tally.deletions,
            deletions_relayed: tally.deletions_relayed,
            of_albums: tally.of_albums,
            in_albums: tally.in_albums,
            webhook_failures: tally.webhook_failures,
            lost_by_telegram: tally.lost_by_telegram,
            calls: status.calls,
            too_many: status.too_many,
            findings: oracle.findings().to_vec(),
            ..Self::default()
        }
    }

    /// Adds what the fleet says of itself, and judges the whole.
    #[must_use]
    pub fn judged(mut self, fleet: Option<FleetCounts>) -> Self {
        if let Some(fleet) = fleet {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a counter's whole number"
            )]
            let zombies = fleet.zombie_sends.max(0.0) as u64;
            self.zombie_sends = zombies;
        }
        self.fleet = fleet;
        self.reasons = self.why_not_good();
        self.good = self.reasons.is_empty();
        self
    }

    fn why_not_good(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        for fault in Fault::ALL {
            let count = self.counts.get(fault);
            if !matches!(fault, Fault::Duplicated | Fault::Lost) && count > 0 {
                reasons.push(format!("{fault} is {count}"));
            }
        }
        let (lost, may_be_lost) = (self.counts.lost, self.may_be_lost);
        if lost > may_be_lost {
            reasons.push(format!("lost is {lost}, and {may_be_lost} may be"));
        }
        let duplicated = self.counts.duplicated;
        if duplicated > self.attempts_in_flight_at_kill {
            let excused = self.attempts_in_flight_at_kill;
            reasons
                .push(format!("duplicated is {duplicated}, and {excused} interrupted calls excuse no more"));
        }
        #[expect(clippy::cast_precision_loss, reason = "compared with a whole number of the same size")]
        if let Some(fleet) = self.fleet.filter(|fleet| fleet.duplicate_sends < duplicated as f64) {
            let noticed = fleet.duplicate_sends;
            reasons.push(format!("duplicated is {duplicated}, and the fleet itself noticed only {noticed}"));
        }
        let accounted = self.relayed + self.dropped_by_leave + self.refused + lost.min(may_be_lost);
        if self.sent != accounted {
            let sent = self.sent;
            reasons.push(format!(
                "{sent} were sent, but {accounted} were relayed, dropped by leaving or refused"
            ));
        }
        if self.pending > 0 {
            reasons.push(format!("{} messages or calls are pending", self.pending));
        }
        if self.webhooks_pending > 0 {
            reasons.push(format!("{} updates are not acknowledged", self.webhooks_pending));
        }
        #[expect(clippy::cast_precision_loss, reason = "compared with an estimate")]
        if (self.sent as f64) < self.least_sent || self.sent == 0 {
            reasons.push(format!(
                "only {} were sent; a run means something from {:.0} on",
                self.sent, self.least_sent
            ));
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Verdict {
        Verdict {
            sent: 100,
            relayed: 90,
            dropped_by_leave: 6,
            refused: 4,
            least_sent: 90.0,
            ..Verdict::default()
        }
    }

    #[test]
    fn a_clean_run_is_good() {
        assert!(good().judged(None).good);
        assert!(good().judged(Some(FleetCounts::default())).good);
    }

    #[test]
    fn each_of_the_nine_makes_a_run_bad() {
        for fault in Fault::ALL {
            let counts = serde_json::json!({ fault.name(): 1 });
            let mut all = serde_json::to_value(Counts::default()).unwrap();
            all.as_object_mut().unwrap().extend(counts.as_object().unwrap().clone());
            let verdict = Verdict { counts: serde_json::from_value(all).unwrap(), ..good() }.judged(None);
            assert!(!verdict.good, "{fault}");
            assert!(verdict.reasons[0].contains(fault.name()));
        }
    }

    #[test]
    fn interrupted_calls_excuse_duplicates_that_the_fleet_noticed() {
        let counts = Counts { duplicated: 2, ..Counts::default() };
        let interrupted = |attempts| Verdict { counts, attempts_in_flight_at_kill: attempts, ..good() };
        let fleet = |noticed| Some(FleetCounts { duplicate_sends: noticed, ..FleetCounts::default() });
        assert!(interrupted(2).judged(fleet(2.0)).good);
        assert!(interrupted(2).judged(None).good);
        assert!(!interrupted(1).judged(fleet(2.0)).good);
        assert!(!interrupted(2).judged(fleet(1.0)).good);
    }

    #[test]
    fn what_live_state_may_forget_excuses_as_many_losses() {
        let counts = Counts { lost: 2, ..Counts::default() };
        let forgot = |may_be_lost| Verdict { counts, sent: 102, may_be_lost, ..good() }.judged(None);
        assert!(forgot(2).good && forgot(9).good);
        assert!(!forgot(1).good);
    }

    #[test]
    fn what_is_unaccounted_pending_or_empty_makes_a_run_bad() {
        for verdict in [
            Verdict { sent: 101, ..good() },
            Verdict { pending: 1, ..good() },
            Verdict { webhooks_pending: 1, ..good() },
            Verdict { least_sent: 101.0, ..good() },
            Verdict::default(),
        ] {
            assert_eq!(verdict.judged(None).reasons.len(), 1);
        }
    }

    #[test]
    fn the_json_has_every_field_of_the_contract_at_its_top() {
        let json = serde_json::to_value(good().judged(None)).unwrap();
        let numbers = [
            "lost",
            "duplicated",
            "misdelivered",
            "delivered_after_leave",
            "reordered",
            "double_matched",
            "self_matched",
            "stuck_waiting",
            "invalid_calls",
            "sent",
            "relayed",
            "rooms",
            "dropped_by_leave",
            "refused",
            "zombie_sends",
            "pending",
            "webhooks_pending",
            "attempts_in_flight_at_kill",
            "relayed_per_second",
        ];
        assert!(numbers.iter().all(|name| json[name].is_number()), "{json}");
        for name in ["webhook_ms", "relay_ms", "match_ms"] {
            assert!(["p50", "p95", "p99", "max"].iter().all(|part| json[name][part].is_number()), "{json}");
        }
        serde_json::from_value::<Verdict>(json).unwrap();
    }
}
