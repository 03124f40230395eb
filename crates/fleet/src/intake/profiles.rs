//! Reading back users whom live state no longer knows (idle for 30 days).

use async_trait::async_trait;
use hamdam_archive::{Directory, PastRoom};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{RoomId, UserId};
use hamdam_domain::profile::Profile;

/// A user as the durable record has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Their profile.
    pub profile: Profile,
    /// Whom they blocked.
    pub blocked: Vec<UserId>,
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
}

#[async_trait]
impl<D: Directory> Profiles for D {
    async fn load(&self, user: UserId) -> Result<Option<Stored>, ProfilesError> {
        let known = self.user(user).await.map_err(|error| ProfilesError(Box::new(error)))?;
        Ok(known.map(|known| Stored { profile: known.profile, blocked: known.blocked }))
    }

    async fn past_room(
        &self,
        user: UserId,
        room: Option<RoomId>,
        since: Millis,
    ) -> Result<Option<PastRoom>, ProfilesError> {
        Directory::past_room(self, user, room, since).await.map_err(|error| ProfilesError(Box::new(error)))
    }
}
