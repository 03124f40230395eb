//! What others need of the record, by use.

use async_trait::async_trait;
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, MessageId, RoomId, UpdateId, UserId};
use hamdam_domain::premium::Credit;
use hamdam_domain::profile::Profile;
use hamdam_domain::source::Source;

use crate::error::Result;

/// Where the journal writer puts facts.
#[async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// Writes every fact, in a few statements however many they are. When it answers `Ok`, all are durable; after an
    /// error some may be. Facts commute and may come again, so the caller just repeats the call.
    ///
    /// [`ArchiveError::Rejected`](crate::ArchiveError::Rejected) means that at least one of the facts will never be
    /// taken; every other error passes with time or with an operator's mend.
    async fn write(&self, facts: &[Fact]) -> Result<()>;
}

/// What live state asks when it no longer knows.
#[async_trait]
pub trait Directory: Send + Sync + 'static {
    /// Somebody whose live record is gone. `None`: never seen before, or forgotten with nothing left.
    async fn user(&self, user: UserId) -> Result<Option<KnownUser>>;

    /// The other id of a message that live state has forgotten: in the partner's chat for one `user` wrote, in the
    /// partner's chat too for one `user` received. `None`: no such message.
    async fn counterpart(&self, user: UserId, room: RoomId, known: KnownSide) -> Result<Option<MessageId>>;

    /// A room `user` was in, or their last finished one, with its messages of `since` or later. `None`: no such room, as
    /// far as the journal is written.
    async fn past_room(&self, user: UserId, room: Option<RoomId>, since: Millis) -> Result<Option<PastRoom>>;

    /// How many people whom nobody knew before came by this link.
    async fn newcomers(&self, source: &Source) -> Result<u64>;

    /// The rooms `user` is in, as far as the journal is written: one, or none, or for a moment two.
    async fn active_rooms(&self, user: UserId) -> Result<Vec<StoredRoom>>;

    /// Rooms that have not ended, as far as the journal is written: a thousand of them at most, in the order of their
    /// first users, beginning with this one. The next page begins with the last one's first user, whose rooms come again.
    async fn running_rooms(&self, from: UserId) -> Result<Vec<StoredRoom>>;

    /// What was relayed in a room.
    async fn relayed_in(&self, room: RoomId) -> Result<Vec<Relayed>>;
}

/// Whom a broadcast can be for.
#[async_trait]
pub trait Audience: Send + Sync + 'static {
    /// Users in ascending order, from the first after `after` on, `limit` at most; fewer only if there are no more.
    async fn members(&self, after: UserId, limit: u32) -> Result<Vec<Member>>;
}

/// Somebody a broadcast can be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// Their profile, without their wishes.
    pub profile: Profile,
    /// When they appeared first.
    pub created_at: Millis,
}

/// A user as the record knows them: what `State::enroll` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownUser {
    /// Their profile.
    pub profile: Profile,
    /// Whom they are not to meet, in ascending order: whom they blocked, and who blocked them before they were forgotten.
    pub blocked: Vec<UserId>,
    /// They were forgotten, and this is what stayed: that they are banned or muted. Of language and bot nothing is known.
    pub forgotten: bool,
    /// What their payments give.
    pub credits: Vec<Credit>,
}

/// A message's id in the asking user's own chat, and thereby who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KnownSide {
    /// The user wrote it.
    Wrote(MessageId),
    /// The user received it.
    Received(MessageId),
}

/// A room that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StoredRoom {
    /// The room.
    pub room: RoomId,
    /// Its users, the smaller id first.
    pub users: [UserId; 2],
    /// When it began.
    pub started_at: Millis,
}

/// What somebody wrote in a room by one bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relayed {
    /// Who wrote.
    pub sender: UserId,
    /// The bot they wrote to.
    pub bot: BotId,
    /// The newest update that brought a message.
    pub update: UpdateId,
    /// Messages so far.
    pub messages: u32,
    /// When the last of them came.
    pub at: Millis,
}

/// A room and its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRoom {
    /// The room.
    pub room: RoomId,
    /// The other user.
    pub partner: UserId,
    /// Its messages, oldest first.
    pub messages: Vec<StoredMessage>,
}

/// A message as the record has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// Who wrote it.
    pub sender: UserId,
    /// The bot it was written to.
    pub bot: BotId,
    /// Its id in the writer's chat.
    pub sender_message: MessageId,
    /// Its id in the partner's chat, if it is known.
    pub partner_message: Option<MessageId>,
}

/// How many people came by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrivals {
    /// The link: `c_<campaign>` or `r_<invitation>`.
    pub source: String,
    /// People.
    pub arrived: u64,
    /// Those of them whom nobody knew before.
    pub new: u64,
}

/// How much there is. Counting reads a whole index per number: for operators and tests, not for a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Users.
    pub users: u64,
    /// Rooms that have not ended.
    pub active_rooms: u64,
    /// Rooms, ended or not.
    pub rooms: u64,
    /// Messages.
    pub messages: u64,
}
