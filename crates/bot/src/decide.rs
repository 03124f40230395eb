//! The rules: what an update does to a user who stands where the record says. Mirrors the design's protocol model
//! branch by branch; nothing here is ornament.

use hamdam_domain::board::Maintenance;
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::RoomEnd;
use hamdam_domain::id::{BotId, MessageId, TicketId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Copy, Edit, Entry, Notice, Reference};
use hamdam_domain::panel::Page;
use hamdam_domain::parcel::{Carry, Parcel};
use hamdam_domain::premium::Sale;
use hamdam_domain::profile::Profile;
use hamdam_domain::record::Record;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::wish::Mode;
use hamdam_telegram::Message;

use crate::anonymity::{Reveals, Verdict};
use crate::button::Button;
use crate::change::change_across;
use crate::channel::Membership;
use crate::heard::Heard;
use crate::moves::Talk;
use crate::parcel::parcel_of;
use crate::plan::{First, Move, Outcome, Plan, Relaying, Settings, Unrelayed};
use crate::understand::{About, Command, Incoming, Input, Replied, Understood};

/// All that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// Who did what.
    pub said: &'a Understood,
    /// The message that was written or changed, as it came: what crosses to another bot is taken from it.
    pub message: Option<&'a Message>,
    /// What it says beside what it reveals.
    pub heard: Heard,
    /// Whether they are in the channel that is required.
    pub membership: Membership,
    /// By which update.
    pub update: &'a UpdateRef,
    /// Where they stand.
    pub record: &'a Record,
    /// The state's time.
    pub now: Millis,
    /// What the operator decided.
    pub settings: &'a Settings,
    /// How many newcomers came by the user's own link, if they ask and it is known.
    pub invited: Option<u64>,
    /// The bot that has room, if they came to one that has none and it is known.
    pub elsewhere: Option<BotId>,
    /// Telegram's link to the subscription whose button they pressed, if there is one.
    pub link: Option<&'a str>,
    /// In which way the fleet is closed for maintenance.
    pub maintenance: Option<Maintenance>,
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
            Session::Waiting(stub) if may_have_readded(&scene.said.input) => {
                Plan::Readd(scene.ticket_of(stub))
            }
            _ => Plan::Nothing,
        };
    }
    if record.since.is_some_and(|since| since.precedes_state(scene.update, scene.now)) {
        return Plan::just(Move { profile: None, facts: Vec::new(), ..scene.quiet(Outcome::Stale) });
    }
    let plan = match &scene.said.input {
        Input::Command { command, message } => scene.command(command, *message),
        Input::Press { button, about, .. } => scene.press(*button, about.as_ref()),
        Input::Message(incoming) => scene.message(incoming),
        Input::Edit { message, change, reveals } => scene.edit(*message, change.as_ref(), *reveals),
        Input::Reaction { message, emoji } => scene.reaction(*message, emoji.as_ref()),
        Input::Blocked => scene.blocked(),
        Input::Unblocked => Plan::just(scene.quiet(Outcome::Noted)),
    };
    scene.at_their_pace(plan)
}

/// Whether it is one of the inputs that may bring a ticket back at its next attempt.
fn may_have_readded(input: &Input) -> bool {
    matches!(input, Input::Press { .. } | Input::Message(_) | Input::Command { command: Command::Block, .. })
}

/// What is done on the own shard about a message or edit that the partner's shard did not take.
#[must_use]
pub fn unrelayed(scene: &Scene<'_>, why: Unrelayed) -> Move {
    let message = match &scene.said.input {
        Input::Message(incoming) => Some(incoming.message),
        Input::Command { message, .. } => Some(*message),
        Input::Press { about, .. } => about.map(|about| about.message),
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
        (Unrelayed::Backlogged, _) => scene.refused(Notice::SlowDown, message),
        (Unrelayed::Full, _) => scene.refused(Notice::Busy, message),
    }
}

impl Scene<'_> {
    fn command(&self, command: &Command, message: MessageId) -> Plan {
        match command {
            Command::Start(source) => {
                let plan = match self.record.session {
                    Session::Idle => Plan::just(self.welcome()),
                    _ => self.search(),
                };
                self.came_by(plan, source.as_ref())
            }
            Command::Search => self.search(),
            Command::Next => self.next(),
            Command::Stop => self.stop(),
            Command::Help => Plan::just(self.says(Notice::Help)),
            Command::Settings => Plan::just(self.opens(Page::Home)),
            Command::Block => self.block(),
            Command::Report { about } => self.report(*about),
            Command::Profile => Plan::just(self.opens(Page::Profile)),
            Command::Invite => Plan::just(self.invites()),
            Command::Delete(of) => self.delete(*of, message),
            Command::Clear => self.clears_last(),
            Command::MyData => Plan::just(self.my_data()),
            Command::ForgetMe => Plan::just(self.says(Notice::ForgetMe { asked: self.now })),
            Command::Premium => self.shop(message),
            Command::PaySupport => self.pay_support(message),
            Command::Terms => self.terms(message),
            Command::Unknown => self.unknown(message),
        }
    }

    pub(crate) fn unknown(&self, message: MessageId) -> Plan {
        let mut act = self.quiet(Outcome::Answered);
        act.entries.push((self.update.bot, Notice::UnknownCommand.about(message)));
        Plan::just(act)
    }

    /// A button acts on its room or ticket and on nothing else.
    fn press(&self, button: Option<Button>, about: Option<&About>) -> Plan {
        let (room, ticket) = (self.talk().map(|talk| talk.room), self.record.session.ticket());
        match button {
            Some(Button::Next(of)) if room == Some(of) => self.next(),
            Some(Button::Stop(of)) if room == Some(of) => self.stop(),
            // Also in the room the search led to: a first try may have ended it for the partner already.
            Some(Button::Cancel(of)) if ticket == Some(of) => self.stop(),
            Some(Button::Send(of, message)) if room == Some(of) => self.send_anyway(of, message, about),
            Some(Button::Search(_)) => self.search(),
            Some(Button::Help) => Plan::just(self.says(Notice::Help)),
            Some(Button::Page(page)) => Plan::just(self.opens(page)),
            Some(Button::Choose(choice)) => self.chooses(choice),
            Some(Button::Agree) => self.agrees(),
            Some(Button::Joined) => self.joined(),
            Some(Button::Widen(of)) => self.widen(of),
            Some(Button::Buy(offer)) => self.buys(offer),
            Some(Button::Block(of)) => self.block_of(of),
            Some(Button::Rate { room, up }) => self.rates(room, up),
            Some(Button::ReportWhy(of)) => self.report_of(of),
            Some(Button::Report { room, message, reason }) => self.reports(room, message, reason),
            Some(Button::Clear(of)) if room != Some(of) => Plan::Clear(Some(of)),
            Some(Button::Forget(Some(asked))) => self.forgets_all(asked),
            Some(Button::Forget(None)) => Plan::just(self.redraws(Notice::NotForgotten)),
            // A case is for moderators and the desk for administrators, whose presses do not come here.
            Some(
                Button::Next(_)
                | Button::Stop(_)
                | Button::Cancel(_)
                | Button::Send(..)
                | Button::Clear(_)
                | Button::Case(..)
                | Button::Desk(_),
            )
            | None => Plan::just(self.over()),
        }
    }

    pub(crate) fn search(&self) -> Plan {
        match &self.record.session {
            Session::Idle => self.begin_search(None),
            Session::Waiting(stub) | Session::Held { stub, .. } => {
                Plan::just(self.says(Notice::AlreadySearching { ticket: stub.ticket }))
            }
            Session::Chatting { ticket, .. } if ticket.bot != self.update.bot => {
                Plan::just(self.says(Notice::OtherBot { bot: ticket.bot }))
            }
            Session::Chatting { room, .. } => Plan::just(self.says(Notice::AlreadyChatting { room: *room })),
        }
    }

    /// Leave and search in one.
    fn next(&self) -> Plan {
        match self.talk() {
            Some(talk) => self.begin_search(Some(talk)),
            None => self.search(),
        }
    }

    pub(crate) fn stop(&self) -> Plan {
        match &self.record.session {
            Session::Idle => Plan::just(Move { begins: true, ..self.says(Notice::NothingToStop) }),
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
                Plan::Act {
                    first: Some(self.end_partner(talk.room, talk.partner, RoomEnd::Left)),
                    act: self.leaves(talk),
                    then: None,
                }
            }
        }
    }

    /// What somebody idle is greeted with: newcomers of a house with rules are shown these first, and then its channel; where
    /// there is no room, where there is some.
    fn welcome(&self) -> Move {
        if let Some(elsewhere) = self.points_elsewhere() {
            return self.says(elsewhere);
        }
        match self.owes(&self.profile()) {
            Some(Notice::Rules) => self.says(Notice::Rules),
            _ => self.says(self.join_first().unwrap_or(Notice::Welcome)),
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
            _ => Plan::just(self.over()),
        }
    }

    /// From idle, or out of a room.
    fn begin_search(&self, leaving: Option<Talk>) -> Plan {
        if self.maintenance.is_some() {
            // A room is not left for a search that does not begin.
            return Plan::just(self.says(Notice::Maintenance));
        }
        let first = leaving.map(|talk| self.end_partner(talk.room, talk.partner, RoomEnd::Left));
        if let Some(until) = self.record.profile.banned(self.now) {
            let banned = Notice::Banned { until, room: None };
            return Plan::Act { first, act: self.stays_out(leaving, banned), then: None };
        }
        if let Some(act) = self.too_soon(leaving) {
            return Plan::Act { first, act, then: None };
        }
        // What gave way in an earlier search is wished again.
        let mut profile = self.profile();
        profile.wants.widened = false;
        profile.facts.trust = self.settings.trust.trust(&self.record.conduct, self.now);
        let lapsed = self.lapse(&mut profile);
        if let Some(owed) = self.owes(&profile) {
            let asks = self.asks_for(&owed);
            return Plan::Act { first, act: Move { asks, ..self.stays_out(leaving, owed) }, then: None };
        }
        if let Some(join) = self.join_first() {
            return Plan::Act { first, act: self.stays_out(leaving, join), then: None };
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
                act.brakes = self.brakes_changed_by(talk);
                act.entries.extend(self.farewell(talk, Some(ticket)));
                act.facts.push(self.closed(talk, RoomEnd::Left, self.said.user));
            }
        }
        if lapsed {
            act = self.also_says(act, Notice::Sale(Sale::Lapsed));
        }
        act.if_full = Some(Box::new(self.stays_out(leaving, Notice::Busy)));
        Plan::Act { first, act, then }
    }

    /// What a search that cannot begin comes to: a room that was to be left is left, and `why` is said.
    pub(crate) fn stays_out(&self, leaving: Option<Talk>, why: Notice) -> Move {
        let Some(talk) = leaving else {
            return self.says(why);
        };
        self.also_says(self.leaves(talk), why)
    }

    fn message(&self, incoming: &Incoming) -> Plan {
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
    fn edit(&self, message: MessageId, change: Option<&Change>, reveals: Reveals) -> Plan {
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

    /// The user blocked this bot. What goes on through another one goes on.
    fn blocked(&self) -> Plan {
        let here = match self.record.session.ticket() {
            Some(ticket) => ticket.bot == self.update.bot,
            None => self.record.profile.bot == self.update.bot,
        };
        if !here {
            return Plan::just(Move { profile: None, facts: Vec::new(), ..self.quiet(Outcome::Noted) });
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
        if let Content::React(react) = &mut self.entry.content {
            react.message = Reference::There(there);
        } else if let Some(copy) = self.entry.content.message_mut() {
            copy.reply = Some(Reference::There(there));
        }
    }
}
