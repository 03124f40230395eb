//! Facts folded into rows: one per user, room and message, so that a statement never meets itself.

use std::collections::BTreeMap;

use hamdam_domain::broadcast::BroadcastId;
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{BroadcastFact, Fact, Forgotten, MessageFact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, RoomId, UpdateId, UserId};
use hamdam_domain::premium::{Charge, Payment};
use hamdam_domain::profile::Profile;
use hamdam_domain::safety::{Decision, Report};
use hamdam_domain::source::Source;

/// Rows in the order of their keys: two journals that write the same rows then lock them in the same order.
#[derive(Debug, Default)]
pub(crate) struct Rows<'f> {
    pub(crate) users: BTreeMap<UserId, UserRow<'f>>,
    pub(crate) rooms: BTreeMap<RoomId, RoomRow>,
    pub(crate) arrivals: BTreeMap<UserId, ArrivalRow<'f>>,
    pub(crate) messages: BTreeMap<(Millis, RoomId, BotId, UpdateId), &'f MessageFact>,
    /// Reports, with what was written and when they were settled, as far as the facts tell.
    pub(crate) reports: BTreeMap<(RoomId, BotId, UpdateId), ReportRow<'f>>,
    pub(crate) payments: BTreeMap<&'f Charge, PaymentRow<'f>>,
    pub(crate) decisions: BTreeMap<(UserId, Millis, &'static str), &'f Decision>,
    /// By room and rater, the newest word.
    pub(crate) ratings: BTreeMap<(RoomId, UserId), RatingRow>,
    /// By blocker and blocked, the newest version.
    pub(crate) blocks: BTreeMap<(UserId, UserId), Millis>,
    /// Who is forgotten, for the last time.
    pub(crate) forgotten: BTreeMap<UserId, &'f Forgotten>,
    /// Who cannot be reached by which bot, as was seen last.
    pub(crate) unreachable: BTreeMap<UserId, (BotId, Millis)>,
    /// As told last; what is over counts.
    pub(crate) broadcasts: BTreeMap<(Millis, BroadcastId), &'f BroadcastFact>,
}

/// A user as the facts tell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UserRow<'f> {
    pub(crate) profile: &'f Profile,
    pub(crate) version: Millis,
    /// The oldest version seen.
    pub(crate) created_at: Millis,
}

/// A report as the facts tell it. The decision about it carries it whole, because it may be told first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReportRow<'f> {
    pub(crate) report: &'f Report,
    pub(crate) evidence: Option<&'f str>,
    pub(crate) settled_at: Option<Millis>,
}

/// A payment as the facts tell it; each of its two times may be told alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PaymentRow<'f> {
    pub(crate) payment: &'f Payment,
    pub(crate) paid_at: Option<Millis>,
    pub(crate) returned_at: Option<Millis>,
}

/// By which link a user came. Ordered: of two arrivals the smaller counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ArrivalRow<'f> {
    pub(crate) at: Millis,
    pub(crate) source: &'f Source,
    pub(crate) new: bool,
}

/// How somebody says it was. Ordered: of two of one room the greater counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RatingRow {
    pub(crate) at: Millis,
    pub(crate) up: bool,
    pub(crate) rated: UserId,
}

/// A room as the facts tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoomRow {
    pub(crate) users: [UserId; 2],
    pub(crate) end: Option<Ending>,
}

/// How a room ended. Ordered: of two endings the smaller counts, so it does not matter which came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ending {
    pub(crate) at: Millis,
    /// The stored name of the reason.
    pub(crate) reason: &'static str,
    /// Who ended it; nobody sorts first.
    pub(crate) by: Option<UserId>,
}

impl<'f> Rows<'f> {
    pub(crate) fn of(facts: &'f [Fact]) -> Self {
        let mut rows = Self::default();
        for fact in facts {
            match fact {
                Fact::RoomOpened(room) => rows.room(room, None),
                Fact::RoomClosed { room, ended_at, end, ended_by } => {
                    rows.room(room, Some(Ending { at: *ended_at, reason: reason(*end), by: *ended_by }));
                }
                Fact::Message(message) => {
                    let key = (message.at, message.room, message.bot, message.update);
                    let row = rows.messages.entry(key).or_insert(message);
                    if row.partner_message.is_none() {
                        *row = message;
                    }
                }
                Fact::Block { blocker, blocked, version } => {
                    let row = rows.blocks.entry((*blocker, *blocked)).or_insert(*version);
                    *row = (*row).max(*version);
                }
                Fact::Report { report, evidence } => rows.report(report).evidence = evidence.as_deref(),
                Fact::Decision(decision) => {
                    let key = (decision.user, decision.at, decision.verdict.word());
                    rows.decisions.insert(key, decision);
                    if let Some(report) = &decision.report {
                        let row = rows.report(report);
                        row.settled_at = row.settled_at.max(Some(decision.at));
                    }
                }
                Fact::Rated { room, rater, rated, up, at } => {
                    let row = RatingRow { at: *at, up: *up, rated: *rated };
                    let newest = rows.ratings.entry((*room, *rater)).or_insert(row);
                    *newest = row.max(*newest);
                }
                Fact::Unreachable { user, bot, at } => {
                    let row = rows.unreachable.entry(*user).or_insert((*bot, *at));
                    if *at > row.1 {
                        *row = (*bot, *at);
                    }
                }
                Fact::Broadcast(broadcast) => {
                    let key = (broadcast.begun_at, broadcast.number);
                    let row = rows.broadcasts.entry(key).or_insert(broadcast);
                    if row.over_at.is_none() {
                        *row = broadcast;
                    }
                }
                Fact::Profile { user, profile, version } => rows.user(*user, profile, *version),
                Fact::Forgotten(forgotten) => {
                    let last = rows.forgotten.entry(forgotten.user).or_insert(forgotten);
                    if forgotten.at > last.at {
                        *last = forgotten;
                    }
                }
                Fact::Paid { payment, at } => {
                    let paid_at = &mut rows.payment(payment).paid_at;
                    *paid_at = Some(paid_at.map_or(*at, |before| before.min(*at)));
                }
                Fact::Returned { payment, at } => {
                    let returned_at = &mut rows.payment(payment).returned_at;
                    *returned_at = Some(returned_at.map_or(*at, |before| before.min(*at)));
                }
                Fact::Arrived { user, source, at, new } => {
                    let row = ArrivalRow { at: *at, source, new: *new };
                    let earliest = rows.arrivals.entry(*user).or_insert(row);
                    *earliest = row.min(*earliest);
                }
            }
        }
        rows
    }

    fn report(&mut self, report: &'f Report) -> &mut ReportRow<'f> {
        let new = ReportRow { report, evidence: None, settled_at: None };
        self.reports.entry((report.room, report.bot, report.update)).or_insert(new)
    }

    fn payment(&mut self, payment: &'f Payment) -> &mut PaymentRow<'f> {
        let new = PaymentRow { payment, paid_at: None, returned_at: None };
        self.payments.entry(&payment.charge).or_insert(new)
    }

    fn room(&mut self, room: &RoomFact, end: Option<Ending>) {
        let row = self.rooms.entry(room.room).or_insert(RoomRow { users: room.users, end: None });
        row.end = match (row.end, end) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    fn user(&mut self, user: UserId, profile: &'f Profile, version: Millis) {
        let new = UserRow { profile, version, created_at: version };
        let row = self.users.entry(user).or_insert(new);
        let created_at = row.created_at.min(version);
        if version > row.version {
            *row = new;
        }
        row.created_at = created_at;
    }
}

/// The stored name of a reason.
pub(crate) fn reason(end: RoomEnd) -> &'static str {
    match end {
        RoomEnd::Left => "left",
        RoomEnd::Unreachable => "unreachable",
        RoomEnd::Idle => "idle",
        RoomEnd::Released => "released",
        RoomEnd::Mended => "mended",
        RoomEnd::Banned => "banned",
    }
}
