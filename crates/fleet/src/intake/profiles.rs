//! Reading back users whom live state no longer knows (idle for 30 days).

use async_trait::async_trait;
use hamdam_archive::{Directory, KnownSide, PastRoom};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, RoomId, UserId};
use hamdam_domain::premium::Credit;
use hamdam_domain::profile::Profile;
use hamdam_domain::source::Source;

/// A user as the durable record has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Their profile.
    pub profile: Profile,
    /// Whom they are not to meet.
    pub blocked: Vec<UserId>,
    /// They were forgotten, and this is what stayed: that they are banned or muted. Whoever comes so is new.
    pub forgotten: bool,
    /// What their payments give.
    pub credits: Vec<Credit>,
}

/// The durable record did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the durable record did not answer")]
pub struct ProfilesError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What intake asks of the durable record.
#[async_trait]
pub trait Profiles: Send + Sync + 'static {
    /// What is known of `user`; `None` for somebody who never was here.
    async fn load(&self, user: UserId) -> Result<Option<Stored>, ProfilesError>;

    /// A room `user` was in, or their last finished one, with its messages of `since` or later.
    async fn past_room(
        &self,
        user: UserId,
        room: Option<RoomId>,
        since: Millis,
    ) -> Result<Option<PastRoom>, ProfilesError>;

    /// How many people whom nobody knew before came by this link.
    async fn newcomers(&self, source: &Source) -> Result<u64, ProfilesError>;

    /// The id in the partner's chat of a message that the user received in this room as `here`; `None` if it is none.
    async fn counterpart(
        &self,
        user: UserId,
        room: RoomId,
        here: MessageId,
    ) -> Result<Option<MessageId>, ProfilesError>;
}

#[async_trait]
impl<D: Directory> Profiles for D {
    async fn load(&self, user: UserId) -> Result<Option<Stored>, ProfilesError> {
        let known = self.user(user).await.map_err(|error| ProfilesError(Box::new(error)))?;
        Ok(known.map(|known| Stored {
            profile: known.profile,
            blocked: known.blocked,
            credits: known.credits,
            forgotten: known.forgotten,
        }))
    }

    async fn past_room(
        &self,
        user: UserId,
        room: Option<RoomId>,
        since: Millis,
    ) -> Result<Option<PastRoom>, ProfilesError> {
        Directory::past_room(self, user, room, since).await.map_err(|error| ProfilesError(Box::new(error)))
    }

    async fn newcomers(&self, source: &Source) -> Result<u64, ProfilesError> {
        Directory::newcomers(self, source).await.map_err(|error| ProfilesError(Box::new(error)))
    }

    async fn counterpart(
        &self,
        user: UserId,
        room: RoomId,
        here: MessageId,
    ) -> Result<Option<MessageId>, ProfilesError> {
        let there = Directory::counterpart(self, user, room, KnownSide::Received(here)).await;
        there.map_err(|error| ProfilesError(Box::new(error)))
    }
}
