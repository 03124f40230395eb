//! A user's record as a hash.
//!
//! Every value is 64 bytes at most and there are few, so that Redis keeps the hash as a listpack: one block of memory
//! instead of a table. What is compared or replaced together stands in one field: each costs scripts time.
//!
//! | field | value |
//! |---|---|
//! | `v` | version |
//! | `s` | `w` waiting, `h room partner` held, `c room partner` chatting; not there while idle |
//! | `t` | ticket, `bot:update` (all but idle) |
//! | `n`, `o`, `z` | attempt, pool, waiting since (waiting and held) |
//! | `g` | where relay marks of the room begin, and messages relayed so far: `update hour era messages` |
//! | `r<queue>` | relay mark of a queue in the room: `update hour era` |
//! | `e` | what tells of the room: its entry while that is on its way, milliseconds and three digits of its sequence in one number; then `-` and the id of the message it became, until a message behind it comes in |
//! | `f` | since: `bot update hour era` |
//! | `m<bot><queue>` | mark: `update hour era` |
//! | `p`, `u`, `x` | profile: `language bot`; `1` if unreachable; banned until |
//! | `l` | the partner's bot, if it is another than one's own (held and chatting) |
//! | `y` | id of the message that tells of the search; only while waiting or held |
//! | `q` | what the next text answers, a letter; not there if nothing |
//! | `k` | room, and ids of the messages in it that wait for a word whether they are to be sent: `room message message` |
//! | `F` | millisecond since which they are forgotten; then nothing but `v`, `p`, `x`, `d`, `f`, `a` and marks is there |
//! | `h` | second in which they were seen for the first time; only while they count as new |
//! | `c` | how they behaved, see `domain::conduct`: `up down week complaint …`; not there if nothing counts |
//! | `ca` | how much they sent lately, see `domain::haste`: `level second bot:update hash`; not there of whoever takes their time |
//! | `cb` | what slows them down, see `domain::haste`: words `q` quiet until, `s` search from, `h` hurries and when; not there if nothing does |
//! | `ct` | what they wrote lately that could be advertising, see `domain::repeats`: hash, room, rooms and minute of each text; not there if nothing |
//! | `cj` | whether they are in the required channel, and the second until which that may be believed: `y` or `n` and the second |
//! | `$` | until when their payments give premium; not there without payments |
//! | `d`, `i`, `w` | facts, interests and wants of the profile, see `told`; not there where nothing was told |
//! | `j` | the room they were in last, its other user, and the second in which it ended: `room partner second` |
//! | `a` | second of the last update |
//! | `b<user>` | a block, empty |
//! | `y<user>` | the second in which their last room ended, for as long as the two are not to meet again |
//!
//! A field of another name belongs to another version of Hamdam, and is left alone.

mod fields;
mod reader;
mod session;
#[cfg(test)]
mod tests;

use hamdam_domain::record::Record;

pub(super) use self::fields::{asked_text, joined_text, mark_field, profile_text};
pub(super) use self::reader::read;
pub(super) use self::session::{StoredSession, state_letter};

/// A field's name and value, as bytes: rubbish need not be text.
pub(super) type Field<'a> = (&'a [u8], &'a [u8]);

/// What was found under a user's key.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly everything that is found is a record")]
pub(super) enum Found {
    /// Nothing.
    Nobody,
    /// A record. Marks and meetings that say nothing any more are not part of it, and can be removed.
    Record { record: Record, outlived: Vec<Mend> },
    /// Rubbish, and what is to be done about it.
    Rubbish(Healing),
}

/// What a healing changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Healing {
    /// Nothing of the record can be kept.
    pub(super) drop: bool,
    /// If the session becomes idle: what it counted as so far (`w`, `c`, or empty if that cannot be told).
    pub(super) idles: Option<&'static str>,
    /// Fields.
    pub(super) mends: Vec<Mend>,
}

/// A field, what was found in it (nothing if it is missing), and what is put there (nothing to remove it).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mend {
    pub(super) field: Vec<u8>,
    pub(super) found: Vec<u8>,
    pub(super) put: String,
}
