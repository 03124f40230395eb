//! The rules: what an update does to a user who stands where the record says. Mirrors the design's protocol model
//! branch by branch; nothing here is ornament.

use hamdam_domain::board::Maintenance;
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::RoomEnd;
use hamdam_domain::id::{BotId, MessageId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::outbox::Notice;
use hamdam_domain::panel::Page;
use hamdam_domain::profile::Profile;
use hamdam_domain::record::Record;
use hamdam_domain::session::Session;
use hamdam_telegram::Message;

use crate::button::Button;
use crate::channel::Membership;
use crate::heard::Heard;
use crate::moves::Talk;
use crate::plan::{First, Move, Outcome, Plan, Settings, Unrelayed};
use crate::understand::{About, Command, Input, Understood};

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
