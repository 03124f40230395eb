//! Identifiers. Each is a newtype, so that a user never stands where a room belongs.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clock::Millis;

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

number_id! {
    /// A Telegram user id, the same on every bot. In a private chat it is the chat id too.
    /// At most 52 significant bits (Bot API, `User.id`), so Lua's numbers hold it exactly.
    UserId
}
number_id! {
    /// The digits before `:` in a bot's token.
    BotId
}

impl BotId {
    /// No bot: that of somebody who was banned before they ever came.
    pub const NONE: Self = Self(0);
}

number_id! {
    /// `update_id` of one bot: grows by one per update, may restart at random after a week without updates.
    UpdateId
}
number_id! {
    /// `message_id` in one chat.
    MessageId
}
number_id! {
    /// A conversation. Ordered by time of birth and never reused; see [`RoomIds`].
    RoomId
}

/// One of `STATE_SHARDS` partitions of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard(pub u16);

impl Shard {
    /// The shard of `user` among `shards`. Sequential ids spread evenly (Fibonacci hashing, Knuth TAOCP 3, 6.4).
    #[must_use]
    pub fn of(user: UserId, shards: u16) -> Self {
        let mixed = user.0.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        Self(u16::try_from(mixed % u64::from(shards.max(1))).expect("a remainder of u16 fits u16"))
    }
}

/// One wish for a partner: the update that pressed "search", on the bot it came through. Never comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TicketId {
    /// The bot the wish came through; a room belongs to it on this user's side.
    pub bot: BotId,
    /// The update that began the wish.
    pub update: UpdateId,
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.bot, self.update)
    }
}

/// A text that is no [`TicketId`].
#[derive(Debug, thiserror::Error)]
#[error("not a ticket id (want bot:update): {0:?}")]
pub struct NoTicketId(pub String);

impl FromStr for TicketId {
    type Err = NoTicketId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text
            .split_once(':')
            .and_then(|(bot, update)| Some(Self { bot: bot.parse().ok()?, update: update.parse().ok()? }));
        parts.ok_or_else(|| NoTicketId(text.to_owned()))
    }
}

/// A fencing token: grows with every change of a lease's owner and never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// One process of the fleet: random, new at every start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstanceId(pub String);

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A name of a pool of tickets: short, `[a-z0-9-]`, at most 12 bytes (it stands in every waiting session).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PoolId(pub String);

impl fmt::Display for PoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Makes the room ids of one lock holder.
///
/// 63 bits, from the top: 41 bits of milliseconds since [`RoomIds::ORIGIN`] (until 2094), 6 bits of the pool,
/// 6 bits of the holder's epoch, 10 bits of sequence. An id never comes twice:
///
/// - One holder counts on, even when its clock stands still or goes back, and over into the next millisecond.
/// - Two holders of one pool differ in the epoch. Only of two that are 64 take-overs apart the six bits are the same;
///   so the clocks of a fleet must not differ by as much time as a pool needs to change hands 64 times.
/// - Two pools differ in their number. It is agreed in live state and stays a pool's own for ever
///   (`State::number_pools`), whatever list of pools an instance has, so also while a fleet restarts with another list.
#[derive(Debug)]
pub struct RoomIds {
    lane: i64,
    last: i64,
}

impl RoomIds {
    /// 2025-01-01T00:00:00Z.
    pub const ORIGIN: Millis = Millis(1_735_689_600_000);

    /// Ids for the holder of the lock of the pool that has this number, below [`crate::pools::Pools::MOST`].
    #[must_use]
    pub fn new(pool_number: u8, epoch: Epoch) -> Self {
        let lane = (i64::from(pool_number & 63) << 6) | i64::try_from(epoch.0 & 63).expect("six bits fit");
        Self { lane, last: -1 }
    }

    /// The next id, greater than every one before it.
    pub fn next(&mut self, now: Millis) -> RoomId {
        let floor = (now.0 - Self::ORIGIN.0).max(0) << 10;
        self.last = floor.max(self.last + 1);
        let (ms, sequence) = (self.last >> 10, self.last & 1023);
        RoomId((ms << 22) | (self.lane << 10) | sequence)
    }
}

impl RoomId {
    /// When the room was made, by the clock of the lock holder.
    #[must_use]
    pub fn made_at(self) -> Millis {
        Millis((self.0 >> 22) + RoomIds::ORIGIN.0)
    }

    /// The least id of a room that is made then: those of earlier rooms are smaller.
    #[must_use]
    pub fn first_at(time: Millis) -> Self {
        Self(time.0.saturating_sub(RoomIds::ORIGIN.0).max(0).saturating_mul(1 << 22))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_ids_grow_even_when_the_clock_goes_back() {
        let mut ids = RoomIds::new(1, Epoch(3));
        let now = Millis(RoomIds::ORIGIN.0 + 5_000);
        let mut last = ids.next(now);
        for step in 0..5_000 {
            let next = ids.next(Millis(now.0 - step % 7));
            assert!(next > last, "{next} after {last}");
            last = next;
        }
        assert!(last.made_at() >= now);
        assert!(
            last > RoomId::first_at(last.made_at()) && last < RoomId::first_at(Millis(last.made_at().0 + 1))
        );
    }

    #[test]
    fn holders_of_neighbouring_epochs_never_share_an_id() {
        let now = Millis(RoomIds::ORIGIN.0 + 5_000);
        let (mut old, mut new) = (RoomIds::new(0, Epoch(7)), RoomIds::new(0, Epoch(8)));
        let made: std::collections::HashSet<_> =
            (0..2_000).flat_map(|_| [old.next(now), new.next(now)]).collect();
        assert_eq!(made.len(), 4_000);
    }

    #[test]
    fn pools_of_two_numbers_never_share_an_id() {
        let now = Millis(RoomIds::ORIGIN.0 + 5_000);
        let mut pools: Vec<_> = (0..64).map(|number| RoomIds::new(number, Epoch(7))).collect();
        let made: std::collections::HashSet<_> =
            (0..2_000).flat_map(|_| pools.iter_mut().map(|ids| ids.next(now)).collect::<Vec<_>>()).collect();
        assert_eq!(made.len(), 64 * 2_000);
    }

    #[test]
    fn shards_are_filled_evenly_by_sequential_users() {
        let mut count = [0_u32; 64];
        for user in 100_000_000..100_064_000 {
            count[usize::from(Shard::of(UserId(user), 64).0)] += 1;
        }
        assert!(count.iter().all(|&n| (900..=1_100).contains(&n)), "{count:?}");
    }
}
