//! What somebody writes or changes, on its way to their partner.

use hamdam_domain::board::Maintenance;
use hamdam_domain::id::MessageId;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Copy, Edit, Entry, Notice, Reference};
use hamdam_domain::parcel::{Carry, Parcel};
use hamdam_domain::session::Session;
use hamdam_domain::wish::Mode;

use crate::anonymity::{Reveals, Verdict};
use crate::change::change_across;
use crate::decide::Scene;
use crate::moves::Talk;
use crate::parcel::parcel_of;
use crate::plan::{Outcome, Plan, Relaying};
use crate::understand::{Incoming, Input, Replied};

impl Scene<'_> {
    pub(crate) fn message(&self, incoming: &Incoming) -> Plan {
        let Some(talk) = self.talk() else {
            if incoming.kind == MessageKind::Service {
                return Plan::just(self.quiet(Outcome::Noted));
            }
            let notice = match &self.record.session {
                _ if self.maintenance.is_some() => Notice::Maintenance,
                Session::Waiting(stub) | Session::Held { stub, .. } => {
                    Notice::StillSearching { ticket: stub.ticket }
                }
                Session::Idle | Session::Chatting { .. } => match self.record.profile.banned(self.now) {
                    Some(until) => Notice::Banned { until, room: None },
                    None => Notice::NobodyListens,
                },
            };
            let answer = self.record.dialogue.and_then(|dialogue| self.answers(dialogue, incoming));
            return answer.unwrap_or_else(|| Plan::just(self.refused(notice, Some(incoming.message))));
        };
        if talk.bot != self.update.bot {
            return Plan::just(self.refused(Notice::OtherBot { bot: talk.bot }, Some(incoming.message)));
        }
        if self.rooms_rest() && incoming.kind != MessageKind::Service {
            return Plan::just(self.refused(Notice::Maintenance, Some(incoming.message)));
        }
        if self.record.is_too_early(incoming.message) {
            return Plan::just(match incoming.kind {
                MessageKind::Service => self.quiet(Outcome::Noted),
                _ => self.refused(Notice::TooEarly, Some(incoming.message)),
            });
        }
        if let Some(until) = self.record.profile.muted(self.now) {
            return Plan::just(self.refused(Notice::Muted { until }, Some(incoming.message)));
        }
        if !incoming.kind.copyable() {
            let notice = Notice::NotCopyable { kind: incoming.kind, reason: None };
            return Plan::just(self.refused(notice, Some(incoming.message)));
        }
        match self.verdict(incoming.reveals) {
            Verdict::Pass => {}
            Verdict::Ask(what) => return Plan::just(self.asks_whether(talk, incoming.message, what)),
            Verdict::Hold(what) => {
                let act = self.refused(self.held_back(what), Some(incoming.message));
                return Plan::Act { first: self.counts_against_them(), act, then: None };
            }
        }
        let (reply, lookup) = match incoming.reply {
            None => (None, None),
            Some(Replied::Mine(id)) => (Some(Reference::Own(id)), None),
            Some(Replied::Theirs(id)) => (None, Some(id)),
        };
        match self.content(incoming.message, incoming.kind, reply) {
            Some(content) => {
                let (first, loses) = (self.counts_against_them(), self.loses(incoming.kind));
                Plan::Relay(Relaying { first, loses, ..Self::relaying(talk, content, lookup) })
            }
            None => Plan::just(self.refused(Self::stays_here(incoming.kind), Some(incoming.message))),
        }
    }

    /// Whether nothing reaches anybody for now.
    pub(crate) fn rooms_rest(&self) -> bool {
        self.maintenance == Some(Maintenance::RoomsRest)
    }

    /// A message of the user's own: by reference, or with its content for another bot. `None`: that one cannot say it.
    pub(crate) fn content(
        &self,
        message: MessageId,
        kind: MessageKind,
        reply: Option<Reference>,
    ) -> Option<Content> {
        let copy = Copy {
            from: self.said.user,
            bot: self.update.bot,
            update: self.update.id,
            message,
            kind,
            reply,
            album: self.album(),
            protect: self.record.profile.wants.mode == Mode::Protected,
            at: self.now,
        };
        if self.record.across.is_none() {
            return Some(Content::Copy(copy));
        }
        self.parcel().map(|parcel| Content::Carry(Carry { copy, parcel }))
    }

    /// The album of a message that is written now. What is sent behind a question goes by itself.
    fn album(&self) -> Option<String> {
        let written = self.message.filter(|_| matches!(self.said.input, Input::Message(_)));
        written.and_then(|message| message.media_group_id.clone())
    }

    /// What is said of a message that another bot cannot say.
    pub(crate) fn stays_here(kind: MessageKind) -> Notice {
        Notice::NotCopyable { kind, reason: Some(Notice::ACROSS.to_owned()) }
    }

    /// What another bot can say of the message, if it can and it is not too much to be held.
    fn parcel(&self) -> Option<Parcel> {
        self.message.and_then(parcel_of).filter(|parcel| parcel.bytes() <= Parcel::MOST_BYTES)
    }

    /// A changed message follows its copy while the room lasts. What cannot follow is no reason to disturb anybody.
    pub(crate) fn edit(&self, message: MessageId, change: Option<&Change>, reveals: Reveals) -> Plan {
        match (self.talk(), change) {
            (Some(talk), Some(change))
                if talk.bot == self.update.bot
                    && self.record.profile.muted(self.now).is_none()
                    && !self.rooms_rest() =>
            {
                if let Verdict::Ask(what) | Verdict::Hold(what) = self.verdict(reveals) {
                    return Plan::just(self.change_held_back(talk, message, what));
                }
                let change = match self.record.across {
                    None => Some(change.clone()),
                    Some(_) => self.message.and_then(change_across),
                };
                let Some(change) = change else { return Plan::just(self.quiet(Outcome::Noted)) };
                let edit = Edit {
                    from: self.said.user,
                    bot: self.update.bot,
                    update: self.update.id,
                    message,
                    change,
                };
                Plan::Relay(Self::relaying(talk, Content::Edit(edit), None))
            }
            _ => Plan::just(self.quiet(Outcome::Noted)),
        }
    }

    pub(crate) fn relaying(talk: Talk, content: Content, lookup: Option<MessageId>) -> Relaying {
        Relaying {
            to: talk.partner,
            room: talk.room,
            entry: Entry { room: Some(talk.room), content },
            found: Notice::Found { room: talk.room }.entry(),
            lookup,
            first: None,
            then: None,
            loses: None,
        }
    }
}

impl Relaying {
    /// Names the message replied or reacted to by its id in the partner's chat.
    pub fn reply_to(&mut self, there: MessageId) {
        if let Content::React(react) = &mut self.entry.content {
            react.message = Reference::There(there);
        } else if let Some(copy) = self.entry.content.message_mut() {
            copy.reply = Some(Reference::There(there));
        }
    }
}
