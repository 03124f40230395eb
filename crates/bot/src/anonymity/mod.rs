//! What a message reveals of its writer, and what is to be done about it.
//!
//! A copy shows nothing of where it came from: no name, no origin of a forward, no bot it was made with, no reply to other
//! chats. What its writer put into it, a copy does show. Kind by kind:
//!
//! | what | in the partner's chat |
//! |---|---|
//! | text, captions | looked through here: names on Telegram, numbers, addresses, links, in text and in its entities |
//! | contact cards, vCards | never without a question (`POLICY_CONTACTS`) |
//! | files, music, videos | names and titles are looked through; what is inside a file is not |
//! | venues, polls | their words are looked through. A poll begins anew as the bot's own, nobody's votes come along |
//! | locations | as they are: whoever shares one means to. A live one becomes a point |
//! | forwards | as if written anew: `copyMessage` leaves the origin out |
//! | replies, quotes | refer to what stands in the partner's chat already; what does not is left out |
//! | stickers, custom emoji | as they are: a set may be of somebody's making, which Telegram shows to nobody |
//! | stories, paid media, giveaways, invoices, service messages | not at all: nobody can copy them |
//! | kinds newer than this version | as they are |

mod content;
pub(crate) mod fold;
mod phone;
mod policy;
mod scan;

use hamdam_domain::reveal::Reveal;
use hamdam_telegram::Message;

pub use self::policy::{Policies, Policy, Verdict};

/// What a message reveals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reveals(u8);

impl Reveals {
    /// Adds something.
    pub fn add(&mut self, what: Reveal) {
        self.0 |= 1 << what as u8;
    }

    /// Nothing at all.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All of it, what says most first.
    pub fn iter(self) -> impl Iterator<Item = Reveal> {
        Reveal::ALL.into_iter().filter(move |what| self.0 & (1 << *what as u8) != 0)
    }

    fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What a message reveals of its writer.
#[must_use]
pub fn reveals(message: &Message) -> Reveals {
    let mut all = Reveals::default();
    for (text, entities) in
        [(&message.text, &message.entities), (&message.caption, &message.caption_entities)]
    {
        if let Some(text) = text {
            all.join(scan::scan(text, phone::Care::Spoken));
        }
        if let Some(entities) = entities {
            all.join(content::of_entities(entities.get()));
        }
    }
    if let Some(content) = &message.content {
        all.join(content::of_content(content));
    }
    all
}

/// Every text of a message that its reader may see: its own, its caption, and what files, places and polls call themselves.
pub(crate) fn texts_of(message: &Message, take: &mut dyn FnMut(&str)) {
    for text in [&message.text, &message.caption].into_iter().flatten() {
        take(text);
    }
    if let Some(content) = &message.content {
        content::each_text(content, &mut |text, _| take(text));
    }
}

#[cfg(test)]
mod tests;
