//! People whom the durable record knows from nowhere but their profiles: nobody has had a partner yet.

use async_trait::async_trait;
use hamdam_archive::PastRoom;
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{MessageId, RoomId, UserId};
use hamdam_domain::source::Source;
use hamdam_fleet::intake::{Profiles, ProfilesError, Stored};

/// A record that holds what the function says of a user, and no conversation.
pub(crate) struct Newcomers<F>(pub(crate) F);

#[async_trait]
impl<F: Fn(UserId) -> Option<Stored> + Send + Sync + 'static> Profiles for Newcomers<F> {
    async fn load(&self, user: UserId) -> Result<Option<Stored>, ProfilesError> {
        Ok(self.0(user))
    }

    async fn newcomers(&self, _: &Source) -> Result<u64, ProfilesError> {
        Ok(0)
    }

    async fn past_room(
        &self,
        _: UserId,
        _: Option<RoomId>,
        _: Millis,
    ) -> Result<Option<PastRoom>, ProfilesError> {
        Ok(None)
    }

    async fn counterpart(
        &self,
        _: UserId,
        _: RoomId,
        _: MessageId,
    ) -> Result<Option<MessageId>, ProfilesError> {
        Ok(None)
    }
}
