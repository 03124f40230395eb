//! From an update to who did what. Knows no state.

mod input;

use hamdam_domain::id::{MessageId, UserId};
use hamdam_domain::mark::Queue;
use hamdam_domain::profile::Language;
use hamdam_domain::source::Source;
use hamdam_domain::wish::Spot;
use hamdam_telegram::update::{ChatKind, Quoted, User};
use hamdam_telegram::{CallbackQuery, ContentKind, Event, MemberChange, Message, Reply, Update};
use serde::Deserialize;

pub use self::input::{About, Answer, Command, Incoming, Input, Replied, Understood};
use crate::anonymity::reveals;
use crate::button::Button;
use crate::change::change_of;
use crate::elsewhere::SEARCH;
use crate::kind::kind_of;
use crate::react;

/// Understands an update; `None` for what is none of ours: other chats than private ones, kinds we do not act on.
#[must_use]
pub fn understand(update: &Update) -> Option<Understood> {
    match &update.event {
        Event::Message(message) => of_message(message),
        Event::EditedMessage(message) => of_edit(message),
        Event::CallbackQuery(press) => of_press(press),
        Event::MessageReaction(reacted) => react::understand(reacted),
        Event::MyChatMember(change) => of_member(change),
        Event::PreCheckoutQuery(_) | Event::Other => None,
    }
}

pub(crate) fn language_of(user: Option<&User>) -> Option<Language> {
    user?.language_code.as_deref().map(Language::of_tag)
}

fn of_message(message: &Message) -> Option<Understood> {
    let id = MessageId(message.message_id);
    let input = match message.text.as_deref().and_then(command_of) {
        Some(Command::Report { .. }) => Input::Command { command: report_of(message), message: id },
        Some(Command::Delete(_)) => {
            Input::Command { command: Command::Delete(reply_of(message)), message: id }
        }
        Some(command) => Input::Command { command, message: id },
        None => Input::Message(Incoming {
            message: id,
            kind: kind_of(message),
            reply: reply_of(message),
            answer: answer_of(message),
            reveals: reveals(message),
        }),
    };
    in_private(message, input)
}

fn reply_of(message: &Message) -> Option<Replied> {
    message.reply_to_message.as_ref().map(|reply| replied(reply, message.chat.id))
}

fn report_of(message: &Message) -> Command {
    let about = match reply_of(message) {
        Some(Replied::Theirs(id)) => Some(id),
        Some(Replied::Mine(_)) | None => None,
    };
    Command::Report { about }
}

fn of_edit(message: &Message) -> Option<Understood> {
    let change = change_of(message);
    let input = Input::Edit { message: MessageId(message.message_id), change, reveals: reveals(message) };
    in_private(message, input)
}

fn in_private(message: &Message, input: Input) -> Option<Understood> {
    (message.chat.kind == ChatKind::Private).then(|| Understood {
        user: UserId(message.chat.id),
        queue: Queue::Message,
        language: language_of(message.from.as_ref()),
        input,
        quoted: None,
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
            about: place.reply_to_message.as_deref().and_then(|message| about(message, press.from.id)),
        },
        quoted: place.reply_to_message.as_deref().map(Quoted::from),
    })
}

/// Only what the presser wrote in this very chat.
fn about(message: &Message, user: i64) -> Option<About> {
    let own = message.chat.id == user && message.from.as_ref().is_some_and(|from| from.id == user);
    own.then(|| About {
        message: MessageId(message.message_id),
        kind: kind_of(message),
        reveals: reveals(message),
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
        quoted: None,
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
    let mut words = text.strip_prefix('/')?.split(char::is_whitespace);
    let word = words.next()?;
    let (name, bot) = word.split_once('@').unwrap_or((word, "bot"));
    let plain = |part: &str| {
        (1..=32).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if !plain(name) || !plain(bot) {
        return None;
    }
    let known = [
        ("start", Command::Start(None)),
        ("search", Command::Search),
        ("next", Command::Next),
        ("stop", Command::Stop),
        ("help", Command::Help),
        ("settings", Command::Settings),
        ("profile", Command::Profile),
        ("block", Command::Block),
        ("report", Command::Report { about: None }),
        ("invite", Command::Invite),
        ("delete", Command::Delete(None)),
        ("clear", Command::Clear),
        ("mydata", Command::MyData),
        ("forgetme", Command::ForgetMe),
        ("premium", Command::Premium),
        ("paysupport", Command::PaySupport),
        ("terms", Command::Terms),
    ];
    let found = known.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
    Some(match found {
        Some((_, Command::Start(_))) => match words.next() {
            // Another bot of the fleet sent them here.
            Some(SEARCH) => Command::Search,
            payload => Command::Start(payload.and_then(Source::of_payload)),
        },
        Some((_, command)) => command,
        None => Command::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use hamdam_domain::message::MessageKind;

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
            ("/start", Some(Command::Start(None))),
            ("/start payload", Some(Command::Start(None))),
            ("/start c_spring", Some(Command::Start(Source::of_payload("c_spring")))),
            ("/start search", Some(Command::Search)),
            ("/start r_aB3", Some(Command::Start(Source::of_payload("r_aB3")))),
            ("/invite", Some(Command::Invite)),
            ("/mydata", Some(Command::MyData)),
            ("/forgetme", Some(Command::ForgetMe)),
            ("/PaySupport", Some(Command::PaySupport)),
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
        let (query, message) = ("q".into(), MessageId(2));
        assert_eq!(press.input, Input::Press { query, message, button, about: None });
    }

    #[test]
    fn a_press_tells_which_own_message_it_is_about() {
        let about = |from: i64| {
            let press = read(&format!(
                r#""callback_query":{{"id":"q","from":{{"id":7}},"message":{{"message_id":9,"chat":{{"id":7,"type":"private"}},"reply_to_message":{{"message_id":5,"chat":{{"id":7,"type":"private"}},"from":{{"id":{from}}},"contact":{{}}}}}},"data":"send:12:5"}}"#
            ));
            match press.unwrap().input {
                Input::Press { about, .. } => about,
                other => panic!("{other:?}"),
            }
        };
        let known = about(7).unwrap();
        assert_eq!((known.message, known.kind), (MessageId(5), MessageKind::Contact));
        assert!(!known.reveals.is_empty());
        assert_eq!(about(99), None, "somebody else's");
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
