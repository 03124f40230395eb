//! What was decided about a user: the audit trail, read.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::UserId;

use crate::archive::Archive;
use crate::driver::Value;
use crate::error::Result;
use crate::query::{DECISIONS, REPORTS_ABOUT};

/// A decision as the audit trail has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDecision {
    /// What was decided, by its stored name.
    pub verdict: String,
    /// Until when, if it lasts.
    pub until: Option<Millis>,
    /// The moderator; none: on the command line.
    pub by: Option<UserId>,
    /// In the words of an operator.
    pub reason: String,
    /// The case it answers.
    pub case: Option<String>,
    /// When.
    pub at: Millis,
}

impl Archive {
    /// What was decided about `user`, oldest first.
    pub async fn decisions(&self, user: UserId) -> Result<Vec<StoredDecision>> {
        let rows = self.first.read(&DECISIONS, [user.0.into()]).await?;
        let decision = |row: &Vec<Value>| {
            let [verdict, until, by, reason, case, at] = row.as_slice() else { return None };
            Some(StoredDecision {
                verdict: verdict.text()?.to_owned(),
                until: until.int().map(Millis),
                by: by.int().map(UserId),
                reason: reason.text().unwrap_or_default().to_owned(),
                case: case.text().map(str::to_owned),
                at: Millis(at.int()?),
            })
        };
        Ok(rows.iter().filter_map(decision).collect())
    }

    /// How often `user` was reported, as far as reports are kept.
    pub async fn reports_about(&self, user: UserId) -> Result<u64> {
        let rows = self.first.read_lagging(&REPORTS_ABOUT, [user.0.into()]).await?;
        let number = rows.first().and_then(|row| row.first()).and_then(Value::int).unwrap_or_default();
        Ok(number.unsigned_abs())
    }
}
