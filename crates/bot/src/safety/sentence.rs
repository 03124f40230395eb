//! What carries a decision about a user out, wherever they are.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, RoomId, UserId};
use hamdam_domain::outbox::{Entry, Notice};
use hamdam_domain::profile::Profile;
use hamdam_domain::record::Record;
use hamdam_domain::safety::{Decision, Verdict};
use hamdam_domain::session::Session;

use crate::plan::First;

/// What carries a decision out: an effect on others first, then one step on the shard of whom it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The room ends for the partner, or the ticket leaves its pool.
    pub first: Option<First>,
    /// Whatever they are in ends.
    pub ends: bool,
    /// What becomes of their profile.
    pub profile: Profile,
    /// What they are told.
    pub entries: Vec<(BotId, Entry)>,
    /// What the database is to know.
    pub facts: Vec<Fact>,
}

/// What `decision` comes to for somebody who stands where the record says.
#[must_use]
pub fn sentence(decision: &Decision, record: &Record, now: Millis) -> Sentence {
    let (user, verdict) = (decision.user, decision.verdict);
    let profile = decision.applied(&record.profile);
    let mut facts = vec![Fact::Decision(decision.clone())];
    if profile != record.profile {
        facts.push(Fact::Profile { user, profile: profile.clone(), version: now });
    }
    let ends = verdict.bans() && record.session != Session::Idle;
    let mut room = None;
    let first = if ends { leaving(user, &record.session, now) } else { None };
    if let (true, Session::Chatting { room: left, partner, .. }) = (ends, &record.session) {
        room = Some(*left);
        facts.push(closed(*left, user, *partner, now));
    }
    let notice = match verdict {
        Verdict::Dismiss => None,
        Verdict::Warn => Some(Notice::Warned),
        Verdict::Mute => decision.until.map(|until| Notice::Muted { until }),
        Verdict::Undo => (profile != record.profile).then_some(Notice::Forgiven),
        Verdict::BanDay | Verdict::BanWeek | Verdict::BanForEver | Verdict::Ban => {
            decision.until.map(|until| Notice::Banned { until, room })
        }
    };
    let bot = record.session.ticket().map_or(record.profile.bot, |ticket| ticket.bot);
    // Nobody is reached through no bot: somebody who was banned before they ever came.
    let entries = notice.filter(|_| bot != BotId::NONE).map(|notice| (bot, notice.entry()));
    Sentence { first, ends, profile, entries: entries.into_iter().collect(), facts }
}

fn leaving(user: UserId, session: &Session, now: Millis) -> Option<First> {
    match session {
        Session::Idle => None,
        Session::Waiting(stub) => Some(First::RemoveTicket { pool: stub.pool.clone(), ticket: stub.ticket }),
        Session::Held { room, partner, .. } | Session::Chatting { room, partner, .. } => {
            Some(First::EndPartner {
                partner: *partner,
                room: *room,
                notice: Notice::PartnerLeft { room: *room }.entry(),
                fact: closed(*room, user, *partner, now),
            })
        }
    }
}

fn closed(room: RoomId, user: UserId, partner: UserId, now: Millis) -> Fact {
    Fact::RoomClosed {
        room: RoomFact::new(room, user, partner),
        ended_at: now,
        end: RoomEnd::Banned,
        ended_by: None,
    }
}
