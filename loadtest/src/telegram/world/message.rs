//! A chat and what stands in it.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::bucket::Bucket;
use super::super::content::{Buttons, Kind};
use super::super::event::{Matter, MessageId, UserId};
use super::till::Invoice;

/// A message. What few messages have is boxed, since hundreds of thousands are remembered.
#[derive(Clone, Debug)]
pub(in super::super) struct Message {
    /// When it was written, Unix seconds.
    pub(in super::super) date: u32,
    /// When it was edited last.
    pub(in super::super) edited: Option<u32>,
    /// Whether the bot wrote it.
    pub(in super::super) from_bot: bool,
    /// The message of the same chat it answers.
    pub(in super::super) reply_to: Option<MessageId>,
    /// What it says and carries.
    pub(in super::super) body: Body,
    /// What few messages have.
    pub(in super::super) more: Option<Box<More>>,
}

/// What a message says and carries; this is what a copy takes along.
#[derive(Clone, Debug)]
pub(in super::super) struct Body {
    /// What it is.
    pub(in super::super) kind: Kind,
    /// Its text or caption.
    pub(in super::super) text: Option<Arc<str>>,
    /// The entities in it, as a JSON array.
    pub(in super::super) entities: Option<Arc<str>>,
    /// What else it carries.
    pub(in super::super) payload: Payload,
}

/// What a message carries beside text.
#[derive(Clone, Debug)]
pub(in super::super) enum Payload {
    /// Nothing.
    None,
    /// A file.
    File(FileNumber),
    /// The object under the field of its kind, as JSON.
    Object(Arc<str>),
}

impl Payload {
    /// What the witness is told of it.
    pub(in super::super) fn matter(&self) -> Matter {
        match self {
            Self::None => Matter::Nothing,
            Self::File(file) => Matter::File(*file),
            Self::Object(object) => Matter::Object(Arc::clone(object)),
        }
    }
}

/// A file, whichever bots have seen it.
pub(in super::super) type FileNumber = u64;

/// What few messages have.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct More {
    /// The buttons under it.
    pub(in super::super) markup: Option<Arc<Markup>>,
    /// `media_group_id`.
    pub(in super::super) album: Option<Arc<str>>,
    /// The part of the answered message it quotes.
    pub(in super::super) quote: Option<Arc<str>>,
    /// Who wrote the forwarded original, and when.
    pub(in super::super) forwarded: Option<(UserId, u32)>,
    /// Whether it may not be copied or forwarded.
    pub(in super::super) protected: bool,
    /// What can be paid under it.
    pub(in super::super) invoice: Option<Arc<Invoice>>,
    /// The reactions on it: the user's, the bot's.
    pub(in super::super) reactions: (Option<Arc<str>>, Option<Arc<str>>),
}

/// An inline keyboard.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Markup {
    /// What can be pressed.
    pub(in super::super) buttons: Buttons,
    /// The whole of it as the bot sent it.
    pub(in super::super) json: String,
}

impl Message {
    /// What few messages have, to be changed.
    pub(in super::super) fn more_mut(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// The keyboard under it.
    pub(in super::super) fn markup(&self) -> Option<&Arc<Markup>> {
        self.more.as_ref()?.markup.as_ref()
    }

    /// The buttons under it.
    pub(in super::super) fn buttons(&self) -> Buttons {
        self.markup().map(|markup| Arc::clone(&markup.buttons)).unwrap_or_default()
    }

    /// Whether it may not be copied or forwarded.
    pub(in super::super) fn protected(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.protected)
    }
}

/// A private chat of a user with a bot.
#[derive(Debug)]
pub(in super::super) struct Chat {
    /// Whether the user blocked the bot.
    pub(in super::super) blocked: bool,
    /// Permits for messages into this chat.
    pub(in super::super) permits: Bucket,
    messages: VecDeque<Option<Message>>,
    /// The id of the first of `messages`.
    oldest: MessageId,
    /// The id the chat began with.
    first: MessageId,
}

impl Chat {
    /// An empty chat whose messages count from `first`.
    pub(in super::super) fn new(first: MessageId, permits: Bucket) -> Self {
        Self { blocked: false, permits, messages: VecDeque::new(), oldest: first, first }
    }

    /// Adds a message and forgets the oldest beyond `history`.
    pub(in super::super) fn add(&mut self, message: Message, history: usize) -> MessageId {
        if self.messages.len() >= history {
            self.messages.pop_front();
            self.oldest += 1;
        }
        self.messages.push_back(Some(message));
        self.next() - 1
    }

    /// The id the next message will have.
    pub(in super::super) fn next(&self) -> MessageId {
        self.oldest + MessageId::try_from(self.messages.len()).unwrap_or(MessageId::MAX)
    }

    /// Whether there ever was a message of this id.
    pub(in super::super) fn knew(&self, id: MessageId) -> bool {
        (self.first..self.next()).contains(&id)
    }

    /// The message, if it stands.
    pub(in super::super) fn get(&self, id: MessageId) -> Option<&Message> {
        self.messages.get(self.place(id)?)?.as_ref()
    }

    /// The message, to be changed.
    pub(in super::super) fn get_mut(&mut self, id: MessageId) -> Option<&mut Message> {
        let place = self.place(id)?;
        self.messages.get_mut(place)?.as_mut()
    }

    /// Deletes the message.
    pub(in super::super) fn remove(&mut self, id: MessageId) -> Option<Message> {
        let place = self.place(id)?;
        self.messages.get_mut(place)?.take()
    }

    /// What stands, newest first.
    pub(in super::super) fn newest_first(&self) -> impl Iterator<Item = (MessageId, &Message)> {
        (self.oldest..self.next())
            .rev()
            .zip(self.messages.iter().rev())
            .filter_map(|(id, message)| Some((id, message.as_ref()?)))
    }

    fn place(&self, id: MessageId) -> Option<usize> {
        usize::try_from(id.checked_sub(self.oldest)?).ok()
    }
}
