//! The rules: what an update does to a user who stands where the record says. Mirrors the design's protocol model
//! branch by branch; nothing here is ornament.

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::RoomEnd;
use hamdam_domain::id::{MessageId, TicketId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Copy, Edit, Entry, Notice, React, Reference};
use hamdam_domain::panel::Page;
use hamdam_domain::profile::Profile;
use hamdam_domain::record::Record;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::wish::Mode;

use crate::button::Button;
use crate::moves::Talk;
use crate::plan::{First, Move, Outcome, Plan, Relaying, Settings, Unrelayed};
use crate::understand::{Command, Incoming, Input, Replied, Understood};

/// All that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// Who did what.
    pub said: &'a Understood,
    /// By which update.
    pub update: &'a UpdateRef,
    /// Where they stand.
    pub record: &'a Record,
    /// The state's time.
    pub now: Millis,
    /// What the operator decided.
    pub settings: &'a Settings,
}

/// What is to be done about an update.
#[must_use]
pub fn decide(scene: &Scene<'_>) -> Plan {
    let record = scene.record;
    let done = record.has_done(scene.update, scene.now);
    if let Session::Waiting(stub) = &record.session
        && stub.ticket == scene.ticket()
    {
        return Plan::Readd(scene.ticket_of(stub));
    }
    if done {
        return match &record.session {
            // A button or an answer may have brought the ticket back at another attempt. Adding one that is there has no
            // effect.
            Session::Waiting(stub) if matches!(scene.said.input, Input::Press { .. } | Input::Message(_)) => {
                Plan::Readd(scene.ticket_of(stub))
            }
            _ => Plan::Nothing,
        };
    }
    if record.since.is_some_and(|since| since.precedes_state(scene.update, scene.now)) {
        return just(Move { profile: None, facts: Vec::new(), ..scene.quiet(Outcome::Stale) });
    }
    match &scene.said.input {
        Input::Command { command, message } => scene.command(*command, *message),
        Input::Press { button, .. } => scene.press(*button),
        Input::Message(incoming) => scene.message(incoming),
        Input::Edit { message, change } => scene.edit(*message, change.as_ref()),
        Input::Reaction { message, emoji } => scene.reaction(*message, emoji.as_ref()),
        Input::Blocked => scene.blocked(),
        Input::Unblocked => just(scene.quiet(Outcome::Noted)),
    }
}

/// What is done on the own shard about a message or edit that the partner's shard did not take.
#[must_use]
pub fn unrelayed(scene: &Scene<'_>, why: Unrelayed) -> Move {
    let message = match &scene.said.input {
        Input::Message(incoming) => Some(incoming.message),
        Input::Command { message, .. } => Some(*message),
        _ => None,
    };
    match (why, scene.talk()) {
        (Unrelayed::NotInRoom, Some(talk)) => {
            // The partner left, and our own end was lost on the way: end the room here too.
            let mut act = scene.quiet(Outcome::Mended);
            act.session = Some(Session::Idle);
            act.entries.push((talk.bot, Notice::PartnerLeft { room: talk.room }.entry()));
            act.facts.push(scene.closed(talk, RoomEnd::Left, talk.partner));
            act
        }
        (Unrelayed::NotInRoom, None) => scene.quiet(Outcome::Noted),
        _ if matches!(scene.said.input, Input::Reaction { .. }) => scene.quiet(Outcome::Noted),
        (Unrelayed::Backlogged, _) => scene.refused(Notice::SlowDown, message),
        (Unrelayed::Full, _) => scene.refused(Notice::Busy, message),
    }
}

/// A plan of one step.
fn just(act: Move) -> Plan {
    Plan::Act { first: None, act, then: None }
}

impl Scene<'_> {
    fn command(&self, command: Command, message: MessageId) -> Plan {
        match command {
            Command::Start => match self.record.session {
                Session::Idle => just(self.welcome()),
                _ => self.search(),
            },
            Command::Search => self.search(),
            Command::Next => self.next(),
            Command::Stop => self.stop(),
            Command::Help => just(self.says(Notice::Help)),
            Command::Settings => just(self.opens(Page::Home)),
            Command::Profile => just(self.opens(Page::Profile)),
            Command::Delete(of) => self.delete(of, message),
            Command::Clear => Plan::Clear(None),
            Command::Unknown => {
                let mut act = self.quiet(Outcome::Answered);
                act.entries.push((self.update.bot, Notice::UnknownCommand.about(message)));
                just(act)
            }
        }
    }

    /// A button acts on its room or ticket and on nothing else.
    fn press(&self, button: Option<Button>) -> Plan {
        let (room, ticket) = (self.talk().map(|talk| talk.room), self.record.session.ticket());
        match button {
            Some(Button::Next(of)) if room == Some(of) => self.next(),
            Some(Button::Stop(of)) if room == Some(of) => self.stop(),
            // Also in the room the search led to: a first try may have ended it for the partner already.
            Some(Button::Cancel(of)) if ticket == Some(of) => self.stop(),
            Some(Button::Search(_)) => self.search(),
            Some(Button::Help) => just(self.says(Notice::Help)),
            Some(Button::Page(page)) => just(self.opens(page)),
            Some(Button::Choose(choice)) => self.chooses(choice),
            Some(Button::Agree) => self.agrees(),
            Some(Button::Clear(of)) if room != Some(of) => Plan::Clear(Some(of)),
            Some(Button::Widen(of)) => self.widen(of),
            Some(Button::Next(_) | Button::Stop(_) | Button::Cancel(_) | Button::Clear(_)) | None => {
                just(self.over())
            }
        }
    }

    fn search(&self) -> Plan {
        match &self.record.session {
            Session::Idle => self.begin_search(None),
            Session::Waiting(stub) | Session::Held { stub, .. } => {
                just(self.says(Notice::AlreadySearching { ticket: stub.ticket }))
            }
            Session::Chatting { ticket, .. } if ticket.bot != self.update.bot => {
                just(self.says(Notice::OtherBot { bot: ticket.bot }))
            }
            Session::Chatting { room, .. } => just(self.says(Notice::AlreadyChatting { room: *room })),
        }
    }

    /// Leave and search in one.
    fn next(&self) -> Plan {
        match self.talk() {
            Some(talk) => self.begin_search(Some(talk)),
            None => self.search(),
        }
    }

    fn stop(&self) -> Plan {
        match &self.record.session {
            Session::Idle => just(Move { begins: true, ..self.says(Notice::NothingToStop) }),
            Session::Waiting(stub) => Plan::Act {
                first: Some(First::RemoveTicket { pool: stub.pool.clone(), ticket: stub.ticket }),
                act: self.idles(vec![(self.update.bot, Notice::SearchCancelled.entry())]),
                then: None,
            },
            Session::Held { room, partner, .. } => Plan::Act {
                first: Some(self.end_partner(*room, *partner, RoomEnd::Left)),
                act: self.idles(vec![(self.update.bot, Notice::SearchCancelled.entry())]),
                then: None,
            },
            Session::Chatting { room, partner, ticket } => {
                let talk = Talk { room: *room, partner: *partner, bot: ticket.bot };
                let mut act = self.idles(self.farewell(talk, None));
                act.facts.push(self.closed(talk, RoomEnd::Left, self.said.user));
                Plan::Act {
                    first: Some(self.end_partner(talk.room, talk.partner, RoomEnd::Left)),
                    act,
                    then: None,
                }
            }
        }
    }

    /// What somebody idle is greeted with: newcomers of a house with rules are shown these first.
    fn welcome(&self) -> Move {
        match self.owes(&self.profile()) {
            Some(Notice::Rules) => self.says(Notice::Rules),
            _ => self.says(Notice::Welcome),
        }
    }

    /// The running search goes on with all that may give way given up, at the next attempt of its ticket.
    fn widen(&self, of: TicketId) -> Plan {
        match &self.record.session {
            Session::Waiting(stub) | Session::Held { stub, .. } if stub.ticket == of => {
                let mut profile = self.profile();
                profile.wants.widened = true;
                self.searching_on(
                    self.with_profile(self.redraws(Notice::SearchWidened { ticket: of }), profile),
                )
            }
            _ => just(self.over()),
        }
    }

    /// From idle, or out of a room.
    fn begin_search(&self, leaving: Option<Talk>) -> Plan {
        let first = leaving.map(|talk| self.end_partner(talk.room, talk.partner, RoomEnd::Left));
        if let Some(until) = self.record.profile.banned_until.filter(|until| *until > self.now) {
            return Plan::Act { first, act: self.stays_out(leaving, Notice::Banned { until }), then: None };
        }
        // What gave way in an earlier search is wished again.
        let mut profile = self.profile();
        profile.wants.widened = false;
        if let Some(owed) = self.owes(&profile) {
            let asks = self.asks_for(&owed);
            return Plan::Act { first, act: Move { asks, ..self.stays_out(leaving, owed) }, then: None };
        }
        let ticket = self.ticket();
        let pool = self.settings.pools.choose(&self.record.profile.facts.place).clone();
        let stub = Stub { ticket, attempt: 0, pool, waiting_since: self.now };
        let then = Some(self.ticket_with(&stub, &profile));
        let mut act = self.with_profile(self.quiet(Outcome::Moved), profile);
        act.session = Some(Session::Waiting(stub));
        act.begins = true;
        match leaving {
            None => act.entries.push((self.update.bot, Notice::Searching { ticket }.entry())),
            Some(talk) => {
                act.entries.extend(self.farewell(talk, Some(ticket)));
                act.facts.push(self.closed(talk, RoomEnd::Left, self.said.user));
            }
        }
        act.if_full = Some(Box::new(self.stays_out(leaving, Notice::Busy)));
        Plan::Act { first, act, then }
    }

    /// What a search that cannot begin comes to: a room that was to be left is left, and `why` is said.
    fn stays_out(&self, leaving: Option<Talk>, why: Notice) -> Move {
        let Some(talk) = leaving else {
            return self.says(why);
        };
        let mut act = self.idles(self.farewell(talk, None));
        act.entries.push((self.update.bot, why.entry()));
        act.facts.push(self.closed(talk, RoomEnd::Left, self.said.user));
        act
    }

    fn message(&self, incoming: &Incoming) -> Plan {
        let Some(talk) = self.talk() else {
            if incoming.kind == MessageKind::Service {
                return just(self.quiet(Outcome::Noted));
            }
            let notice = match &self.record.session {
                Session::Waiting(stub) | Session::Held { stub, .. } => {
                    Notice::StillSearching { ticket: stub.ticket }
                }
                Session::Idle | Session::Chatting { .. } => Notice::NobodyListens,
            };
            let answer = self.record.dialogue.and_then(|dialogue| self.answers(dialogue, incoming));
            return answer.unwrap_or_else(|| just(self.refused(notice, Some(incoming.message))));
        };
        if talk.bot != self.update.bot {
            return just(self.refused(Notice::OtherBot { bot: talk.bot }, Some(incoming.message)));
        }
        if self.record.is_too_early(incoming.message) {
            return just(match incoming.kind {
                MessageKind::Service => self.quiet(Outcome::Noted),
                _ => self.refused(Notice::TooEarly, Some(incoming.message)),
            });
        }
        if !incoming.kind.copyable() {
            let notice = Notice::NotCopyable { kind: incoming.kind, reason: None };
            return just(self.refused(notice, Some(incoming.message)));
        }
        let (reply, lookup) = match incoming.reply {
            None => (None, None),
            Some(Replied::Mine(id)) => (Some(Reference::Own(id)), None),
            Some(Replied::Theirs(id)) => (None, Some(id)),
        };
        let copy = Copy {
            from: self.said.user,
            bot: self.update.bot,
            update: self.update.id,
            message: incoming.message,
            kind: incoming.kind,
            reply,
            album: incoming.album.clone(),
            protect: self.record.profile.wants.mode == Mode::Protected,
            at: self.now,
        };
        let loses = matches!(incoming.kind, MessageKind::Dice | MessageKind::Poll) || incoming.live;
        let loses = loses.then_some(incoming.kind);
        Plan::Relay(Relaying { loses, ..Self::relay(talk, Content::Copy(copy), lookup) })
    }

    /// A changed message follows its copy while the room lasts. What cannot follow is no reason to disturb anybody.
    fn edit(&self, message: MessageId, change: Option<&Change>) -> Plan {
        match (self.talk(), change) {
            (Some(talk), Some(change)) if talk.bot == self.update.bot => {
                let edit = Edit {
                    from: self.said.user,
                    bot: self.update.bot,
                    update: self.update.id,
                    message,
                    change: change.clone(),
                };
                Plan::Relay(Self::relay(talk, Content::Edit(edit), None))
            }
            _ => just(self.quiet(Outcome::Noted)),
        }
    }

    /// A reaction follows to the message's other side while the room lasts.
    fn reaction(&self, message: MessageId, emoji: Option<&String>) -> Plan {
        let Some(talk) = self.talk().filter(|talk| talk.bot == self.update.bot) else {
            return just(self.quiet(Outcome::Noted));
        };
        // The update does not say who wrote the message. If the partner did, its id is found below; else it is one's own.
        let message_of = Reference::Own(message);
        let react = React { from: self.said.user, message: message_of, emoji: emoji.cloned() };
        Plan::Relay(Self::relay(talk, Content::React(react), Some(message)))
    }

    /// What one wrote goes in both chats; what the partner wrote is theirs, and goes in one's own chat alone.
    fn delete(&self, of: Option<Replied>, command: MessageId) -> Plan {
        let own = |message| {
            let mut act = self.quiet(Outcome::Answered);
            let content = Content::Remove { messages: vec![message, command] };
            act.entries.push((self.update.bot, Entry { room: None, content }));
            act
        };
        match (of, self.talk().filter(|talk| talk.bot == self.update.bot)) {
            (None, _) => {
                let mut act = self.quiet(Outcome::Answered);
                act.entries.push((self.update.bot, Notice::DeleteWhich.about(command)));
                just(act)
            }
            (Some(Replied::Mine(message)), Some(talk)) => {
                let content = Content::Retract { from: self.said.user, message };
                let then = Some(Box::new(own(message)));
                Plan::Relay(Relaying { then, ..Self::relay(talk, content, None) })
            }
            (Some(Replied::Mine(message) | Replied::Theirs(message)), _) => just(own(message)),
        }
    }

    fn relay(talk: Talk, content: Content, lookup: Option<MessageId>) -> Relaying {
        Relaying {
            to: talk.partner,
            room: talk.room,
            entry: Entry { room: Some(talk.room), content },
            found: Notice::Found { room: talk.room }.entry(),
            lookup,
            then: None,
            loses: None,
        }
    }

    /// The user blocked this bot. What goes on through another one goes on.
    fn blocked(&self) -> Plan {
        let here = match self.record.session.ticket() {
            Some(ticket) => ticket.bot == self.update.bot,
            None => self.record.profile.bot == self.update.bot,
        };
        if !here {
            return just(Move { profile: None, facts: Vec::new(), ..self.quiet(Outcome::Noted) });
        }
        let unreachable = Profile { unreachable: true, ..self.profile() };
        let mut act = self.with_profile(self.idles(Vec::new()), unreachable);
        let first = match &self.record.session {
            Session::Idle => {
                act.session = None;
                act.outcome = Outcome::Noted;
                None
            }
            Session::Waiting(stub) => {
                Some(First::RemoveTicket { pool: stub.pool.clone(), ticket: stub.ticket })
            }
            Session::Held { room, partner, .. } => {
                Some(self.end_partner(*room, *partner, RoomEnd::Unreachable))
            }
            Session::Chatting { room, partner, ticket } => {
                let talk = Talk { room: *room, partner: *partner, bot: ticket.bot };
                // Nobody will read it, but behind it nothing of the room is sent, even if they come back at once.
                act.entries = self.farewell(talk, None);
                act.facts.push(self.closed(talk, RoomEnd::Unreachable, self.said.user));
                Some(self.end_partner(talk.room, talk.partner, RoomEnd::Unreachable))
            }
        };
        Plan::Act { first, act, then: None }
    }
}

impl Relaying {
    /// Names the message replied or reacted to by its id in the partner's chat.
    pub fn reply_to(&mut self, there: MessageId) {
        match &mut self.entry.content {
            Content::Copy(copy) => copy.reply = Some(Reference::There(there)),
            Content::React(react) => react.message = Reference::There(there),
            _ => {}
        }
    }
}
