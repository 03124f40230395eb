//! Tells what happens as a story: who met, what was relayed, who left. It sees what the people see.

use std::collections::HashMap;
use std::time::Duration;

use super::cast;
use super::ink::Ink;
use crate::oracle::{RoomId, Signs, Wish};
use crate::telegram::{Event, Kind, MessageId, Origin, Queued, UserId, What};

/// Quotes in a line are cut to so many characters.
const QUOTE: usize = 28;
/// Names are written this wide.
const NAME: usize = 8;

/// A message as it stands in a chat.
#[derive(Clone, Debug)]
struct Note {
    /// Who wrote it.
    writer: UserId,
    text: String,
}

/// What one person sees.
#[derive(Clone, Debug, Default)]
struct Screen {
    asked_at: Option<Duration>,
    room: Option<RoomId>,
    /// The messages of the room on the screen.
    notes: HashMap<MessageId, Note>,
}

/// A room as the story knows it.
#[derive(Clone, Debug)]
struct Scene {
    first: UserId,
    second: Option<UserId>,
    since: Duration,
    messages: u32,
    leaver: Option<UserId>,
}

/// The teller.
pub(super) struct Story {
    first_user: UserId,
    ink: Ink,
    screens: HashMap<UserId, Screen>,
    scenes: HashMap<RoomId, Scene>,
}

impl Story {
    /// A story of the people whose ids begin at `first_user`.
    pub(super) fn new(first_user: UserId, ink: Ink) -> Self {
        Self { first_user, ink, screens: HashMap::new(), scenes: HashMap::new() }
    }

    /// The line that tells this event, if it is worth one.
    pub(super) fn tell(&mut self, event: &Event) -> Option<String> {
        let told = match &event.what {
            What::UpdateQueued { user, queued, .. } => self.does(event.at, *user, queued),
            What::MessagePlaced { user, message_id, origin, kind, text, buttons, reply_to, .. } => {
                match origin {
                    Origin::Copy { from, .. } => {
                        let text = described(*kind, text.as_deref());
                        Some(self.relayed(*user, *message_id, *from, &text, *reply_to))
                    }
                    Origin::Sent => {
                        let (signs, text) = (Signs::of(buttons), text.as_deref().unwrap_or_default());
                        self.said(event.at, *user, signs, text, reply_to.is_some())
                    }
                    Origin::Forward { .. } => None,
                }
            }
            What::MessageEdited { user, message_id, text: Some(text), .. } => {
                self.changed(*user, *message_id, text)
            }
            What::MessageReacted { user, message_id, emoji: Some(emoji), .. } => {
                let note = self.screen(*user).notes.get(message_id)?.clone();
                let line = format!("reacts {emoji} to {}", self.quoted(&note.text));
                Some(format!("{}   {line}", self.name(*user, NAME)))
            }
            _ => None,
        }?;
        Some(format!("{} {told}", self.ink.dim(&format!("{:>6.1}s", event.at.as_secs_f64()))))
    }

    fn screen(&mut self, user: UserId) -> &mut Screen {
        self.screens.entry(user).or_default()
    }

    fn name(&self, user: UserId, width: usize) -> String {
        let index = usize::try_from(user - self.first_user).unwrap_or(0);
        self.ink.person(index, &format!("{:>width$}", cast::name(index)))
    }

    fn quoted(&self, text: &str) -> String {
        let mut cut: String = text.chars().take(QUOTE).collect();
        if cut.len() < text.len() {
            cut.push('…');
        }
        self.ink.quote(&cut)
    }

    /// What people do shows when it reaches somebody; here it is only remembered.
    fn does(&mut self, at: Duration, user: UserId, queued: &Queued) -> Option<String> {
        let wish = match queued {
            Queued::Message { message_id, kind, text, .. } => {
                let wish = text.as_deref().and_then(Wish::of_text);
                if wish.is_none() {
                    let text = described(*kind, text.as_deref());
                    self.screen(user).notes.insert(*message_id, Note { writer: user, text });
                }
                wish?
            }
            Queued::Press { data, .. } => Wish::of_press(data),
            Queued::Edit { .. }
            | Queued::Reaction { .. }
            | Queued::Checkout { .. }
            | Queued::Paid { .. }
            | Queued::Refunded { .. }
            | Queued::Block
            | Queued::Unblock => return None,
        };
        let screen = self.screen(user);
        let room = screen.room;
        if wish.seeks() && screen.asked_at.is_none() {
            screen.asked_at = Some(at);
        }
        if matches!(wish, Wish::Next(_) | Wish::Stop(_)) {
            let scene = room.and_then(|room| self.scenes.get_mut(&room))?;
            scene.leaver.get_or_insert(user);
        }
        (wish == Wish::Start).then(|| format!("  {} has come in", self.name(user, 0)))
    }

    fn relayed(
        &mut self,
        to: UserId,
        id: MessageId,
        from: UserId,
        text: &str,
        reply_to: Option<MessageId>,
    ) -> String {
        let screen = self.screen(to);
        let answered = reply_to.and_then(|id| screen.notes.get(&id)).map(|note| note.text.clone());
        let room = screen.room;
        screen.notes.insert(id, Note { writer: from, text: text.to_owned() });
        if let Some(scene) = room.and_then(|room| self.scenes.get_mut(&room)) {
            scene.messages += 1;
        }
        let answer = answered.map(|text| {
            let quote = self.quoted(&text);
            self.ink.dim(&format!("  (to: {quote})"))
        });
        self.line(from, "▸", to, text) + &answer.unwrap_or_default()
    }

    fn changed(&mut self, to: UserId, id: MessageId, text: &str) -> Option<String> {
        let note = self.screen(to).notes.get_mut(&id)?;
        text.clone_into(&mut note.text);
        let from = note.writer;
        Some(self.line(from, "✎", to, text) + &self.ink.dim("  (edited)"))
    }

    fn line(&self, from: UserId, sign: &str, to: UserId, text: &str) -> String {
        let to_index = usize::try_from(to - self.first_user).unwrap_or(0);
        let to = self.ink.person(to_index, &format!("{:<NAME$}", cast::name(to_index)));
        format!("  {} {sign} {to} {}", self.name(from, NAME), self.ink.quote(text))
    }

    /// A message of the bot's own: a room begins, a room ends, or somebody is told something.
    fn said(&mut self, at: Duration, user: UserId, signs: Signs, text: &str, answer: bool) -> Option<String> {
        if let Some(room) = signs.over {
            return self.parted(at, user, room);
        }
        if let Some(room) = signs.open {
            return self.met(at, user, room);
        }
        // Answers say why a message did not go through; all else is small talk of the bot.
        answer.then(|| format!("  {} is told: {}", self.name(user, 0), self.ink.dim(&self.ink.quote(text))))
    }

    fn met(&mut self, at: Duration, user: UserId, room: RoomId) -> Option<String> {
        let screen = self.screen(user);
        if screen.room == Some(room) {
            return None;
        }
        screen.room = Some(room);
        let waited = screen.asked_at.take().map_or(Duration::ZERO, |asked| at.saturating_sub(asked));
        // What was written before stands above the room, and nobody answers it.
        screen.notes.clear();
        let scene = self.scenes.entry(room).or_insert(Scene {
            first: user,
            second: None,
            since: at,
            messages: 0,
            leaver: None,
        });
        if scene.first == user {
            return None;
        }
        scene.second = Some(user);
        let first = scene.first;
        let waited = self.ink.dim(&format!("(waited {:.1} s)", waited.as_secs_f64()));
        let heart = self.ink.good("♥");
        Some(format!("{heart} {} and {} have met {waited}", self.name(first, 0), self.name(user, 0)))
    }

    /// The first of the two notices tells the story; the second ends the room for good.
    fn parted(&mut self, at: Duration, user: UserId, room: RoomId) -> Option<String> {
        let screen = self.screen(user);
        if screen.room == Some(room) {
            screen.room = None;
        }
        let scene = self.scenes.remove(&room)?;
        let second = scene.second?;
        let sum = format!(
            "(after {:.0} s and {} messages)",
            at.saturating_sub(scene.since).as_secs_f64(),
            scene.messages
        );
        let (cross, sum) = (self.ink.bad("✕"), self.ink.dim(&sum));
        let Some(leaver) = scene.leaver else {
            let (first, second) = (self.name(scene.first, 0), self.name(second, 0));
            return Some(format!("{cross} the chat of {first} and {second} has ended {sum}"));
        };
        let left = if leaver == scene.first { second } else { scene.first };
        Some(format!("{cross} {} has left {} {sum}", self.name(leaver, 0), self.name(left, 0)))
    }
}

/// A message in words.
fn described(kind: Kind, text: Option<&str>) -> String {
    let sign = match kind {
        Kind::Text => return text.unwrap_or_default().to_owned(),
        Kind::Photo => "🖼  a photo",
        Kind::Video => "🎬 a video",
        Kind::Animation => "🎞  a GIF",
        Kind::Audio => "🎵 a song",
        Kind::Voice => "🎙  a voice note",
        Kind::VideoNote => "⏺  a round video",
        Kind::Document => "📄 a file",
        Kind::Sticker => "🐧 a sticker",
        Kind::Contact => "👤 a contact",
        Kind::Location | Kind::Venue => "📍 a place",
        Kind::Poll | Kind::Quiz => "📊 a poll",
        Kind::Dice => "🎲 a die",
        Kind::Game => "🎮 a game",
        Kind::Story
        | Kind::PaidMedia
        | Kind::Giveaway
        | Kind::Invoice
        | Kind::Service
        | Kind::Payment
        | Kind::Refund => "✉  something special",
    };
    match text {
        Some(text) if !text.is_empty() => format!("{sign}: {text}"),
        _ => sign.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::telegram::{Button, Matter};

    const FIRST: UserId = 500;
    const BOT: i64 = 1;

    struct Teller {
        story: Story,
        at: Duration,
        lines: Vec<String>,
    }

    impl Teller {
        fn new() -> Self {
            Self { story: Story::new(FIRST, Ink { colour: false }), at: Duration::ZERO, lines: Vec::new() }
        }

        fn happens(&mut self, what: What) {
            self.at += Duration::from_millis(100);
            let told = self.story.tell(&Event { at: self.at, what });
            self.lines.extend(told.map(|line| line.trim().to_owned()));
        }

        fn writes(&mut self, user: UserId, message_id: MessageId, text: &str) {
            let matter = Matter::Nothing;
            let queued = Queued::Message {
                message_id,
                kind: Kind::Text,
                text: Some(text.into()),
                reply_to: None,
                matter,
                album: None,
            };
            self.happens(What::UpdateQueued { bot: BOT, user, update_id: 1, queued });
        }

        fn placed(&mut self, user: UserId, message_id: MessageId, origin: Origin, text: &str, data: &str) {
            let button = |data: &str| Button { text: "x".into(), data: Some(data.into()), url: None };
            let buttons = data.split_whitespace().map(button).collect::<Vec<_>>();
            self.happens(What::MessagePlaced {
                call: 1,
                bot: BOT,
                user,
                message_id,
                origin,
                kind: Kind::Text,
                text: Some(text.into()),
                matter: Matter::Nothing,
                buttons: Arc::from([buttons]),
                reply_to: (data.is_empty() && message_id > 20).then_some(1),
                album: None,
            });
        }

        fn bot_says(&mut self, user: UserId, data: &str) {
            self.placed(user, 9, Origin::Sent, "…", data);
        }
    }

    #[test]
    fn a_conversation_is_told_from_the_meeting_to_the_parting() {
        let mut teller = Teller::new();
        let (mina, tom) = (FIRST, FIRST + 2);
        teller.writes(mina, 1, "/search");
        teller.bot_says(mina, "cancel:1:1");
        teller.writes(tom, 1, "/search");
        teller.bot_says(mina, "next:7 stop:7");
        teller.bot_says(tom, "next:7 stop:7");
        teller.writes(mina, 2, "hello");
        teller.placed(tom, 3, Origin::Copy { from: mina, message_id: 2 }, "hello", "");
        let text = Some("hello!".into());
        teller.happens(What::MessageEdited {
            call: 2,
            bot: BOT,
            user: tom,
            message_id: 3,
            kind: Kind::Text,
            text,
            buttons: Arc::from([]),
        });
        teller.writes(tom, 4, "/next");
        teller.bot_says(mina, "search:7");
        teller.bot_says(tom, "search:7 cancel:1:4");
        assert_eq!(
            teller.lines,
            [
                "0.5s ♥ Mina and Tom have met (waited 0.2 s)",
                "0.7s       Mina ▸ Tom      hello",
                "0.8s       Mina ✎ Tom      hello!  (edited)",
                "1.0s ✕ Tom has left Mina (after 1 s and 1 messages)",
            ]
        );
    }
}
