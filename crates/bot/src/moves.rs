//! The pieces plans are made of: steps on the own shard, with what they say and note, and steps for the partner.

use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, MessageId, RoomId, TicketId, UserId};
use hamdam_domain::outbox::{Content, Entry, Notice, Toast};
use hamdam_domain::panel::Asking;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::{Claimant, Ticket, Wishes};
use hamdam_domain::wish::{Facts, Wants};

use crate::decide::Scene;
use crate::plan::{First, Move, Outcome};
use crate::understand::Input;

/// The room a user talks in, seen from their side.
#[derive(Clone, Copy)]
pub(crate) struct Talk {
    /// The room.
    pub(crate) room: RoomId,
    /// The other user.
    pub(crate) partner: UserId,
    /// The bot of this side: that of the ticket.
    pub(crate) bot: BotId,
}

impl Scene<'_> {
    /// The step that leaves the session as it is. It ends the spinner of a pressed button, and takes in what the
    /// update tells of its user.
    pub(crate) fn quiet(&self, outcome: Outcome) -> Move {
        let mut entries = Vec::new();
        if let Input::Press { query, .. } = &self.said.input {
            let content = Content::AnswerCallback { query: query.clone(), toast: None };
            entries.push((self.update.bot, Entry { room: None, content }));
        }
        let act = Move {
            session: None,
            begins: false,
            profile: None,
            blocks: None,
            asks: match self.said.input {
                Input::Command { .. } | Input::Press { .. } | Input::Blocked => self.forgets(),
                Input::Message(_) | Input::Edit { .. } | Input::Reaction { .. } | Input::Unblocked => {
                    Asking::AsBefore
                }
            },
            asked: None,
            brakes: None,
            joined: self.membership.to_keep(),
            entries,
            facts: Vec::new(),
            if_full: None,
            outcome,
        };
        self.with_profile(act, self.profile())
    }

    pub(crate) fn with_profile(&self, mut act: Move, profile: Profile) -> Move {
        act.facts.retain(|fact| !matches!(fact, Fact::Profile { .. }));
        act.profile = (profile != self.record.profile).then(|| profile.clone());
        if act.profile.is_some() {
            act.facts.push(Fact::Profile { user: self.said.user, profile, version: self.now });
        }
        act
    }

    /// The user as this update shows them: here, and reachable.
    pub(crate) fn profile(&self) -> Profile {
        Profile {
            language: self.language(&self.record.profile.wants),
            bot: self.update.bot,
            unreachable: false,
            ..self.record.profile.clone()
        }
    }

    /// The language to speak: the chosen one, or that of their Telegram.
    pub(crate) fn language(&self, wants: &Wants) -> Language {
        wants.texts.or(self.said.language).unwrap_or(self.record.profile.language)
    }

    pub(crate) fn says(&self, notice: Notice) -> Move {
        let mut act = self.quiet(Outcome::Answered);
        act.entries.push((self.update.bot, notice.entry()));
        act
    }

    pub(crate) fn also_says(&self, mut act: Move, notice: Notice) -> Move {
        act.entries.push((self.update.bot, notice.entry()));
        act
    }

    /// A message goes nowhere, and its writer is told; an edit goes nowhere in silence.
    pub(crate) fn refused(&self, notice: Notice, message: Option<MessageId>) -> Move {
        let mut act = self.quiet(if message.is_some() { Outcome::Refused } else { Outcome::Noted });
        act.entries.extend(message.map(|message| (self.update.bot, notice.about(message))));
        act
    }

    /// An old button: nothing happens, and a few words say so.
    pub(crate) fn over(&self) -> Move {
        self.toasts(Toast::Over)
    }

    /// A pressed button is answered by a few words that show up for a moment.
    pub(crate) fn toasts(&self, words: Toast) -> Move {
        let mut act = self.quiet(Outcome::Answered);
        for (_, entry) in &mut act.entries {
            if let Content::AnswerCallback { toast, .. } = &mut entry.content {
                *toast = Some(words);
            }
        }
        act
    }

    pub(crate) fn idles(&self, entries: Vec<(BotId, Entry)>) -> Move {
        let mut act = self.quiet(Outcome::Moved);
        act.session = Some(Session::Idle);
        act.begins = true;
        act.entries.extend(entries);
        act
    }

    /// The step that leaves a room, and nothing else.
    pub(crate) fn leaves(&self, talk: Talk) -> Move {
        let mut act = self.idles(self.farewell(talk, None));
        act.brakes = self.brakes_changed_by(talk);
        act.facts.push(self.closed(talk, RoomEnd::Left, self.said.user));
        act
    }

    /// The end of a room on the side of who leaves it. It stands in the room's own chat; who left through another bot is
    /// told there as well.
    pub(crate) fn farewell(&self, talk: Talk, searching: Option<TicketId>) -> Vec<(BotId, Entry)> {
        let Talk { room, bot, .. } = talk;
        if bot == self.update.bot {
            return vec![(bot, Notice::YouLeft { room, searching }.entry())];
        }
        let left = Notice::YouLeft { room, searching: None }.entry();
        let here = searching.map_or_else(|| left.clone(), |ticket| Notice::Searching { ticket }.entry());
        vec![(bot, left), (self.update.bot, here)]
    }

    pub(crate) fn end_partner(&self, room: RoomId, partner: UserId, end: RoomEnd) -> First {
        First::EndPartner {
            partner,
            room,
            notice: Notice::PartnerLeft { room }.entry(),
            fact: self.closed(Talk { room, partner, bot: self.update.bot }, end, self.said.user),
        }
    }

    pub(crate) fn closed(&self, talk: Talk, end: RoomEnd, by: UserId) -> Fact {
        Fact::RoomClosed {
            room: RoomFact::new(talk.room, self.said.user, talk.partner),
            ended_at: self.now,
            end,
            ended_by: Some(by),
        }
    }

    pub(crate) fn talk(&self) -> Option<Talk> {
        match &self.record.session {
            Session::Chatting { room, partner, ticket } => {
                Some(Talk { room: *room, partner: *partner, bot: ticket.bot })
            }
            Session::Idle | Session::Waiting(_) | Session::Held { .. } => None,
        }
    }

    /// The ticket this update would begin.
    pub(crate) fn ticket(&self) -> TicketId {
        TicketId { bot: self.update.bot, update: self.update.id }
    }

    /// The ticket of a waiting session, as the pool takes it.
    pub(crate) fn ticket_of(&self, stub: &Stub) -> Ticket {
        self.ticket_with(stub, &self.profile())
    }

    /// The same with what a new profile says.
    pub(crate) fn ticket_with(&self, stub: &Stub, profile: &Profile) -> Ticket {
        self.ticket_of_whom(stub, profile, None)
    }

    /// The same with one more whom the user does not want to meet.
    pub(crate) fn ticket_of_whom(&self, stub: &Stub, profile: &Profile, blocks: Option<UserId>) -> Ticket {
        let Profile { language, mut facts, wants, .. } = *profile;
        facts.trust = self.record.shown_trust(facts.trust);
        let mut wishes = self.record.wishes(self.now);
        wishes.blocked.extend(blocks);
        let facts = Facts { class: wishes.facts.class, ..facts };
        Ticket {
            claimant: Claimant { user: self.said.user, ticket: stub.ticket, attempt: stub.attempt },
            era: self.update.era,
            pool: stub.pool.clone(),
            waiting_since: stub.waiting_since,
            wishes: Wishes { language, facts, wants, ..wishes },
        }
    }
}
