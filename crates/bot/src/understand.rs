//! From an update to who did what. Knows no state.

use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::mark::Queue;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Change;
use hamdam_domain::profile::Language;
use hamdam_domain::wish::Spot;
use hamdam_telegram::update::{ChatKind, User};
use hamdam_telegram::{
    CallbackQuery, ContentKind, Event, MemberChange, Message, Reacted, ReactionType, Reply, Update,
};

use serde::Deserialize;

use crate::button::Button;
use crate::change::change_of;
use crate::kind::kind_of;

/// Who did what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// Who; in a private chat the chat as well.
    pub user: UserId,
    /// The queue it came through.
    pub queue: Queue,
    /// The language of their Telegram, if it says.
    pub language: Option<Language>,
    /// What.
    pub input: Input,
}

/// What a user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Wrote a command.
    Command {
        /// Which.
        command: Command,
        /// The message it stood in.
        message: MessageId,
    },
    /// Wrote anything else.
    Message(Incoming),
    /// Changed a message.
    Edit {
        /// Which.
        message: MessageId,
        /// What it became; `None` if a bot cannot make the same change.
        change: Option<Change>,
    },
    /// Changed their reaction on a message.
    Reaction {
        /// The message.
        message: MessageId,
        /// The reaction now, if it is one that bots can put.
        emoji: Option<String>,
    },
    /// Pressed a button.
    Press {
        /// What `answerCallbackQuery` names.
        query: String,
        /// The message the button stands under.
        message: MessageId,
        /// Which; `None` if it is none of ours.
        button: Option<Button>,
    },
    /// Blocked the bot, or deleted the chat with it.
    Blocked,
    /// Unblocked or started the bot.
    Unblocked,
}

impl Input {
    /// The message that was written.
    #[must_use]
    pub fn written(&self) -> Option<MessageId> {
        match self {
            Self::Command { message, .. } => Some(*message),
            Self::Message(incoming) => Some(incoming.message),
            Self::Edit { .. }
            | Self::Reaction { .. }
            | Self::Press { .. }
            | Self::Blocked
            | Self::Unblocked => None,
        }
    }
}

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// `/start`, with or without a payload.
    Start,
    /// `/search`
    Search,
    /// `/next`
    Next,
    /// `/stop`
    Stop,
    /// `/help`
    Help,
    /// `/settings`
    Settings,
    /// `/profile`
    Profile,
    /// `/delete`, and the message it replies to.
    Delete(Option<Replied>),
    /// `/clear`
    Clear,
    /// Any other.
    Unknown,
}

/// A message to be passed on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Incoming {
    /// Its id in the writer's chat.
    pub message: MessageId,
    /// What it is.
    pub kind: MessageKind,
    /// What it replies to.
    pub reply: Option<Replied>,
    /// The album it belongs to.
    pub album: Option<String>,
    /// It is a location that moves: its copy will not.
    pub live: bool,
    /// What it says to a page of the settings that asked something.
    pub answer: Option<Answer>,
}

/// What a message may answer. Its `Debug` shows no content.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// A text.
    Text(String),
    /// A location.
    Location(Spot),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Location(_) => "Location",
        })
    }
}

/// A message replied to, by its id in the writer's chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Replied {
    /// One of the writer's own.
    Mine(MessageId),
    /// One the bot sent: a partner's copy, or a notice.
    Theirs(MessageId),
}

/// Understands an update; `None` for what is none of ours: other chats than private ones, kinds we do not act on.
#[must_use]
pub fn understand(update: &Update) -> Option<Understood> {
    match &update.event {
        Event::Message(message) => of_message(message),
        Event::EditedMessage(message) => of_edit(message),
        Event::CallbackQuery(press) => of_press(press),
        Event::MessageReaction(reacted) => of_reaction(reacted),
        Event::MyChatMember(change) => of_member(change),
        Event::Other => None,
    }
}

fn language_of(user: Option<&User>) -> Option<Language> {
    user?.language_code.as_deref().map(Language::of_tag)
}

fn of_message(message: &Message) -> Option<Understood> {
    let id = MessageId(message.message_id);
    let reply = message.reply_to_message.as_ref().map(|reply| replied(reply, message.chat.id));
    let input = match message.text.as_deref().and_then(command_of) {
        Some(Command::Delete(_)) => Input::Command { command: Command::Delete(reply), message: id },
        Some(command) => Input::Command { command, message: id },
        None => Input::Message(Incoming {
            message: id,
            kind: kind_of(message),
            reply,
            album: message.media_group_id.clone(),
            live: is_live(message),
            answer: answer_of(message),
        }),
    };
    in_private(message, input)
}

fn of_edit(message: &Message) -> Option<Understood> {
    let input = Input::Edit { message: MessageId(message.message_id), change: change_of(message) };
    in_private(message, input)
}

fn in_private(message: &Message, input: Input) -> Option<Understood> {
    (message.chat.kind == ChatKind::Private).then(|| Understood {
        user: UserId(message.chat.id),
        queue: Queue::Message,
        language: language_of(message.from.as_ref()),
        input,
    })
}

fn of_press(press: &CallbackQuery) -> Option<Understood> {
    let place = press.message.as_ref()?;
    (place.chat.kind == ChatKind::Private).then(|| Understood {
        user: UserId(press.from.id),
        queue: Queue::Callback,
        language: language_of(Some(&press.from)),
        input: Input::Press {
            query: press.id.clone(),
            message: MessageId(place.message_id),
            button: press.data.as_deref().and_then(Button::parse),
        },
    })
}

/// Somebody may have several reactions on a message, and a bot may put one.
fn of_reaction(reacted: &Reacted) -> Option<Understood> {
    let user = reacted.user.as_ref().filter(|user| user.id == reacted.chat.id)?;
    let emoji = reacted.new_reaction.iter().find_map(|reaction| match reaction {
        ReactionType::Emoji { emoji } => Some(emoji.clone()),
        ReactionType::Other => None,
    });
    (reacted.chat.kind == ChatKind::Private).then(|| Understood {
        user: UserId(user.id),
        queue: Queue::Reaction,
        language: language_of(Some(user)),
        input: Input::Reaction { message: MessageId(reacted.message_id), emoji },
    })
}

fn of_member(change: &MemberChange) -> Option<Understood> {
    let input = match change.new_chat_member.status.as_str() {
        "kicked" | "left" => Input::Blocked,
        "member" => Input::Unblocked,
        _ => return None,
    };
    (change.chat.kind == ChatKind::Private).then(|| Understood {
        user: UserId(change.chat.id),
        queue: Queue::Member,
        language: language_of(Some(&change.from)),
        input,
    })
}

/// `Location`, or the part of a `Venue` that is one.
#[derive(Deserialize)]
struct Coordinates {
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize)]
struct Venue {
    location: Coordinates,
}

/// Whether it is a location that moves.
fn is_live(message: &Message) -> bool {
    #[derive(Deserialize)]
    struct Location {
        live_period: Option<i64>,
    }
    let location = message.content.as_ref().filter(|content| content.kind == ContentKind::Location);
    let read = location.and_then(|content| serde_json::from_str::<Location>(content.value.get()).ok());
    read.is_some_and(|location| location.live_period.is_some())
}

fn answer_of(message: &Message) -> Option<Answer> {
    let Some(content) = &message.content else { return message.text.clone().map(Answer::Text) };
    let json = content.value.get();
    let place: Coordinates = match content.kind {
        ContentKind::Location => serde_json::from_str(json).ok()?,
        ContentKind::Venue => serde_json::from_str::<Venue>(json).ok()?.location,
        _ => return None,
    };
    Spot::new(place.latitude, place.longitude).ok().map(Answer::Location)
}

fn replied(reply: &Reply, user: i64) -> Replied {
    let id = MessageId(reply.message_id);
    match &reply.from {
        Some(from) if from.id == user => Replied::Mine(id),
        _ => Replied::Theirs(id),
    }
}

/// The command a text begins with: `/name` or `/name@bot`, alone or followed by white space. Anything else that
/// begins with a slash is talk.
fn command_of(text: &str) -> Option<Command> {
    let word = text.strip_prefix('/')?.split(char::is_whitespace).next()?;
    let (name, bot) = word.split_once('@').unwrap_or((word, "bot"));
    let plain = |part: &str| {
        (1..=32).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if !plain(name) || !plain(bot) {
        return None;
    }
    let known = [
        ("start", Command::Start),
        ("search", Command::Search),
        ("next", Command::Next),
        ("stop", Command::Stop),
        ("help", Command::Help),
        ("settings", Command::Settings),
        ("profile", Command::Profile),
        ("delete", Command::Delete(None)),
        ("clear", Command::Clear),
    ];
    let found = known.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
    Some(found.map_or(Command::Unknown, |(_, command)| *command))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(event: &str) -> Option<Understood> {
        let json = format!(r#"{{"update_id":1,{event}}}"#);
        understand(&Update::from_json(json.as_bytes()).unwrap())
    }

    fn message(fields: &str) -> Option<Understood> {
        read(&format!(
            r#""message":{{"message_id":5,"date":1,"chat":{{"id":7,"type":"private"}},"from":{{"id":7,"is_bot":false,"first_name":"A","language_code":"fa-IR"}},{fields}}}"#
        ))
    }

    #[test]
    fn commands_are_told_from_talk_that_begins_with_a_slash() {
        for (text, command) in [
            ("/start", Some(Command::Start)),
            ("/start payload", Some(Command::Start)),
            ("/search@hamdam_bot", Some(Command::Search)),
            ("/NEXT", Some(Command::Next)),
            ("/stop now please", Some(Command::Stop)),
            ("/help\\nme", Some(Command::Help)),
            ("/searching", Some(Command::Unknown)),
            ("/", None),
            ("/ stop", None),
            ("/stop!", None),
            ("/سلام", None),
            ("say /stop", None),
        ] {
            let understood = message(&format!(r#""text":"{text}""#)).unwrap();
            let got = match understood.input {
                Input::Command { command, message: MessageId(5) } => Some(command),
                Input::Message(_) => None,
                other => panic!("{text}: {other:?}"),
            };
            assert_eq!(got, command, "{text}");
            assert_eq!((understood.user, understood.language), (UserId(7), Some(Language::Fa)));
        }
    }

    #[test]
    fn a_reply_tells_whose_message_it_answers() {
        let reply = |from: &str| {
            let fields = format!(r#""text":"x","reply_to_message":{{"message_id":3,"date":1{from}}}"#);
            match message(&fields).unwrap().input {
                Input::Message(incoming) => incoming.reply,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(reply(r#","from":{"id":7,"is_bot":false}"#), Some(Replied::Mine(MessageId(3))));
        assert_eq!(reply(r#","from":{"id":99,"is_bot":true}"#), Some(Replied::Theirs(MessageId(3))));
        assert_eq!(reply(""), Some(Replied::Theirs(MessageId(3))));
    }

    #[test]
    fn a_deletion_names_the_message_it_replies_to() {
        let reply = r#","reply_to_message":{"message_id":3,"date":1,"from":{"id":7,"is_bot":false}}"#;
        for (reply, of) in [("", None), (reply, Some(Replied::Mine(MessageId(3))))] {
            let input = message(&format!(r#""text":"/delete"{reply}"#)).unwrap().input;
            let command = Command::Delete(of);
            assert_eq!(input, Input::Command { command, message: MessageId(5) });
        }
    }

    #[test]
    fn the_reaction_is_the_first_that_a_bot_can_put() {
        let reaction = |chat: &str, user: i64, new: &str| {
            let event = format!(
                r#""message_reaction":{{"chat":{{"id":7,"type":"{chat}"}},"message_id":3,"date":1,"user":{{"id":{user}}},"old_reaction":[],"new_reaction":[{new}]}}"#
            );
            read(&event).map(|understood| (understood.user, understood.queue, understood.input))
        };
        let put = |emoji: Option<&str>| {
            let input = Input::Reaction { message: MessageId(3), emoji: emoji.map(Into::into) };
            Some((UserId(7), Queue::Reaction, input))
        };
        let custom = r#"{"type":"custom_emoji","custom_emoji_id":"1"}"#;
        let heart = r#"{"type":"emoji","emoji":"❤"}"#;
        assert_eq!(reaction("private", 7, heart), put(Some("❤")));
        assert_eq!(reaction("private", 7, &format!("{custom},{heart}")), put(Some("❤")));
        assert_eq!(reaction("private", 7, custom), put(None));
        assert_eq!(reaction("private", 7, ""), put(None));
        assert_eq!(reaction("group", 7, heart), None);
        assert_eq!(reaction("private", 8, heart), None, "somebody else's");
    }

    #[test]
    fn a_location_that_moves_is_told_from_a_point() {
        let live = |fields: &str| match message(fields).unwrap().input {
            Input::Message(incoming) => incoming.live,
            other => panic!("{other:?}"),
        };
        let point = r#""location":{"latitude":1,"longitude":2"#;
        assert!(live(&format!(r#"{point},"live_period":900}}"#)));
        assert!(!live(&format!("{point}}}")));
        assert!(!live(r#""text":"x""#));
    }

    #[test]
    fn every_kind_is_known_by_its_field() {
        for kind in MessageKind::ALL {
            let fields = match kind {
                MessageKind::Text => r#""text":"x""#.to_owned(),
                MessageKind::Other => r#""brand_new":{"x":1}"#.to_owned(),
                MessageKind::Service => r#""pinned_message":{"message_id":1}"#.to_owned(),
                MessageKind::Animation => r#""animation":{},"document":{}"#.to_owned(),
                MessageKind::Venue => r#""location":{},"venue":{}"#.to_owned(),
                kind => format!(r#""{kind}":{{}}"#),
            };
            let Input::Message(incoming) = message(&fields).unwrap().input else { panic!("{kind}") };
            assert_eq!(incoming.kind, *kind);
        }
    }

    #[test]
    fn blocks_and_presses_have_queues_of_their_own() {
        let change = |status: &str| {
            read(&format!(
                r#""my_chat_member":{{"chat":{{"id":7,"type":"private"}},"from":{{"id":7}},"date":1,"old_chat_member":{{}},"new_chat_member":{{"status":"{status}","user":{{"id":1}}}}}}"#
            ))
            .map(|understood| (understood.queue, understood.input))
        };
        assert_eq!(change("kicked"), Some((Queue::Member, Input::Blocked)));
        assert_eq!(change("member"), Some((Queue::Member, Input::Unblocked)));
        assert_eq!(change("sleeping"), None);

        let press = read(
            r#""callback_query":{"id":"q","from":{"id":7},"chat_instance":"c","message":{"message_id":2,"date":0,"chat":{"id":7,"type":"private"}},"data":"stop:12"}"#,
        )
        .unwrap();
        assert_eq!(press.queue, Queue::Callback);
        let button = Some(Button::Stop(hamdam_domain::id::RoomId(12)));
        assert_eq!(press.input, Input::Press { query: "q".into(), message: MessageId(2), button });
    }

    #[test]
    fn other_chats_and_kinds_are_ignored() {
        assert_eq!(read(r#""message":{"message_id":5,"chat":{"id":-7,"type":"group"},"text":"x"}"#), None);
        assert_eq!(read(r#""channel_post":{"message_id":5}"#), None);
        assert_eq!(
            read(r#""callback_query":{"id":"q","from":{"id":7},"inline_message_id":"i","data":"help"}"#),
            None
        );
    }
}
