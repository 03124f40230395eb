//! Names that stand in place of users who had themselves forgotten, wherever the safety of others needs one: with a ban, in
//! somebody's block list, in a report.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::id::UserId;

/// Every pseudonym has this bit, and 51 others below it: more than any id of a user or group, and few enough that Lua's
/// numbers hold it exactly.
const TOP: u64 = 1 << 51;

/// The key under which ids become pseudonyms: without it nobody can tell whose one is, not even by trying all ids. With
/// another one nobody is found again.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pseudonyms(Vec<u8>);

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// A key of any length; the same for the whole fleet, for ever.
    #[must_use]
    pub fn new(key: impl Into<Vec<u8>>) -> Self {
        Self(key.into())
    }

    /// The pseudonym of `user`: negative, and no group's id. That of a pseudonym is itself.
    #[must_use]
    pub fn of(&self, user: UserId) -> UserId {
        if is_pseudonym(user) {
            return user;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(b"pseudonym of ");
        mac.update(user.to_string().as_bytes());
        let digest = mac.finalize().into_bytes();
        let hash = digest.iter().take(8).fold(0_u64, |hash, byte| (hash << 8) | u64::from(*byte));
        UserId(-i64::try_from(TOP | (hash & (TOP - 1))).expect("52 bits fit"))
    }
}

/// Whether this is nobody's id but stands for somebody who was forgotten.
#[must_use]
pub fn is_pseudonym(user: UserId) -> bool {
    user.0.unsigned_abs() >= TOP && user.0 < 0
}

/// In a room of the past, whoever was forgotten.
pub const NOBODY: UserId = UserId(0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_the_same_for_one_user_and_key_and_nobodys_id() {
        let key = Pseudonyms::new(*b"a key of the fleet");
        let name = key.of(UserId(7_123_456_789));
        assert_eq!(name, key.of(UserId(7_123_456_789)));
        assert_ne!(name, key.of(UserId(7_123_456_788)));
        assert_ne!(name, Pseudonyms::new(*b"another").of(UserId(7_123_456_789)));
        assert_eq!(key.of(name), name);
        assert!(is_pseudonym(name));
        assert!(name.0 < -(1 << 51) && name.0 > -(1 << 52), "{name}");
        // Telegram: ids of groups go down to -1997852516352, and of users up to 52 bits.
        for id in [7_123_456_789, -1_997_852_516_352, -1_001_234_567_890, (1 << 52) - 1, 0] {
            assert!(!is_pseudonym(UserId(id)), "{id}");
        }
        assert_eq!(format!("{key:?}"), "Pseudonyms");
    }
}
