//! What an administrator asks of the desk.

use hamdam_domain::board::Maintenance;
use hamdam_domain::broadcast::{BroadcastId, Order, Original, Segment};
use hamdam_domain::desk::Choosing;
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::parcel::Parcel;
use hamdam_domain::safety::Verdict;
use hamdam_telegram::update::ChatKind;
use hamdam_telegram::{CallbackQuery, Event, Message, Update};

use super::button::DeskButton;
use crate::button::Button;
use crate::kind::kind_of;
use crate::parcel::parcel_of;
use crate::safety::Moderators;

/// What an administrator asks, in their private chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub by: UserId,
    /// How.
    pub how: By,
    /// What.
    pub asks: Asks,
}

/// How something is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// By a command.
    Command,
    /// By a button.
    Press {
        /// What `answerCallbackQuery` names.
        query: String,
        /// The message it stands under.
        message: MessageId,
    },
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// How the fleet is.
    Fleet,
    /// What is known of somebody.
    Person(UserId),
    /// To decide about somebody.
    Decide(UserId, Verdict),
    /// To close the fleet, or open it.
    Maintain(Option<Maintenance>),
    /// How a broadcast goes.
    Progress(BroadcastId),
    /// To pause, resume or cancel it.
    Steer(BroadcastId, Order),
    /// How to broadcast.
    HowToBroadcast,
    /// To broadcast a message of the chat: it is shown as others would see it.
    Preview(MessageId),
    /// To choose to whom it goes.
    Compose(Choosing, Segment),
    /// To begin.
    Begin(Segment, Original),
}

/// Reads what an administrator asks; `None` for every other update, and for whoever is none.
#[must_use]
pub fn request(update: &Update, bot: BotId, moderators: &Moderators) -> Option<Request> {
    match &update.event {
        Event::Message(message) => of_message(message, moderators),
        Event::CallbackQuery(press) => of_press(press, bot, moderators),
        _ => None,
    }
}

fn of_message(message: &Message, moderators: &Moderators) -> Option<Request> {
    let by = UserId(message.chat.id);
    if message.chat.kind != ChatKind::Private || !moderators.admins.contains(&by) {
        return None;
    }
    let mut words = message.text.as_deref()?.strip_prefix('/')?.split_whitespace();
    let command = words.next()?.split('@').next()?.to_ascii_lowercase();
    let asks = match (command.as_str(), words.next()) {
        ("admin", None) => Asks::Fleet,
        ("admin", Some(user)) => Asks::Person(user.parse().ok().filter(|user: &UserId| user.0 > 0)?),
        ("broadcast", _) => match &message.reply_to_message {
            Some(reply) => Asks::Preview(MessageId(reply.message_id)),
            None => Asks::HowToBroadcast,
        },
        _ => return None,
    };
    Some(Request { by, how: By::Command, asks })
}

fn of_press(press: &CallbackQuery, bot: BotId, moderators: &Moderators) -> Option<Request> {
    let by = UserId(press.from.id);
    let place = press.message.as_ref()?;
    if place.chat.kind != ChatKind::Private || !moderators.admins.contains(&by) {
        return None;
    }
    let Button::Desk(button) = Button::parse(press.data.as_deref()?)? else { return None };
    let asks = match button {
        DeskButton::Fleet => Asks::Fleet,
        DeskButton::Person(user) => Asks::Person(user),
        DeskButton::Decide(user, verdict) => Asks::Decide(user, verdict),
        DeskButton::Maintain(way) => Asks::Maintain(way),
        DeskButton::Progress(broadcast) => Asks::Progress(broadcast),
        DeskButton::Steer(broadcast, order) => Asks::Steer(broadcast, order),
        DeskButton::Compose(choosing, to) => Asks::Compose(choosing, to),
        // The message above, as it stands now; without it there is nothing to be sent any more.
        DeskButton::Begin(to) => match &place.reply_to_message {
            Some(message) => Asks::Begin(to, original(message, by, bot)),
            None => Asks::HowToBroadcast,
        },
    };
    let how = By::Press { query: press.id.clone(), message: MessageId(place.message_id) };
    Some(Request { by, how, asks })
}

/// A message of an administrator's chat, to be copied by this bot and said again by others.
fn original(message: &Message, from: UserId, bot: BotId) -> Original {
    let parcel = parcel_of(message).filter(|parcel| parcel.bytes() <= Parcel::MOST_BYTES);
    Original { from, bot, message: MessageId(message.message_id), kind: kind_of(message), parcel }
}
