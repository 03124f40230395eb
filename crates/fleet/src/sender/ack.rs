//! What is acknowledged of an entry, and what is remembered with it.

use std::time::Duration;

use hamdam_domain::fact::{Fact, MessageFact};
use hamdam_domain::id::MessageId;
use hamdam_domain::outbox::Content;
use hamdam_domain::parcel::Carry;
use hamdam_state::step::sending::{Ack, IdPair, Keep};

use super::chat::Job;
use super::core::ShardSender;
use super::retract::withdrawal;
use super::work::Work;

impl ShardSender {
    /// What is to be remembered of an entry that was sent, as this message if that is known.
    pub(super) fn ack_of_sent(&self, job: &Job, id: Option<MessageId>, now: Duration) -> Ack {
        let mut ack = ack_of(job);
        match &job.entry.content {
            Content::Copy(copy) | Content::Carry(Carry { copy, .. }) => {
                if job.entry.room.is_some() {
                    self.metrics.relay_seconds.observe(self.state_now(now).since(copy.at).as_secs_f64());
                }
                if let (Some(room), Some(here)) = (job.entry.room, id) {
                    ack.keep = Some(Keep::Ids(IdPair { room, here, there: copy.message }));
                    ack.facts.extend(message_fact(job, Some(here)));
                } else if copy.album.is_some() {
                    ack.facts.extend(message_fact(job, None));
                }
            }
            Content::Notice(notice) if notice.opens().is_some() => ack.keep = id.map(Keep::Announcement),
            Content::Notice(notice) => {
                let search = notice.shows_search().zip(id);
                ack.keep = search.map(|(ticket, message)| Keep::Search { ticket, message });
            }
            _ => {}
        }
        ack
    }

    /// An acknowledgement waits for company, save one that tells of a room: until then its reader is not heard there.
    pub(super) fn acknowledge(&mut self, ack: Ack, now: Duration) {
        let announces = matches!(ack.keep, Some(Keep::Announcement(_)));
        let due = if announces { now } else { now + self.limits.ack_linger };
        self.acks_due = Some(self.acks_due.map_or(due, |sooner| sooner.min(due)));
        self.acks.push(ack);
    }

    /// A message is not sent because its room ended first. `uncertain`: an earlier call of it may have been carried out.
    /// It may not be repeated any more, so what became of it stays unknown, and the record says just that.
    pub(super) fn drop_over(&mut self, job: &Job, uncertain: bool, now: Duration) {
        let mut ack = ack_of(job);
        if uncertain {
            ack.facts.extend(message_fact(job, None));
        }
        match withdrawal(job) {
            Some(withdrawal) => self.pending.push_back(Work::Withdraw { chat: None, withdrawal }),
            None => self.metrics.dropped_by_leave.inc(),
        }
        self.acknowledge(ack, now);
    }
}

/// Says that an entry is finished.
pub(super) fn ack_of(job: &Job) -> Ack {
    Ack { entry: job.id, user: job.chat.user, bot: job.chat.bot, keep: None, facts: Vec::new() }
}

/// The record of a message that was passed on; of other entries there is none.
pub(super) fn message_fact(job: &Job, partner_message: Option<MessageId>) -> Option<Fact> {
    let (Some(copy), Some(room)) = (job.entry.content.message(), job.entry.room) else { return None };
    Some(Fact::Message(MessageFact {
        room,
        sequence: job.sequence,
        sender: copy.from,
        bot: copy.bot,
        update: copy.update,
        kind: copy.kind,
        sender_message: copy.message,
        partner_message,
        at: copy.at,
    }))
}
