//! Payments that the durable record knows, told to live state again.

use hamdam_domain::id::UserId;
use hamdam_domain::premium::Credit;
use hamdam_state::{State, StateError};

/// Comes before the step that makes the user's record, which then begins with the premium they give.
pub(crate) async fn tell(state: &dyn State, user: UserId, credits: &[Credit]) -> Result<(), StateError> {
    for credit in credits {
        state.credit(user, credit, &[]).await?;
    }
    Ok(())
}
