//! Invitations: a link of somebody's own, and who came by it.

use std::fmt;

use hamdam_domain::fact::Fact;
use hamdam_domain::id::UserId;
use hamdam_domain::outbox::Notice;
use hamdam_domain::source::Source;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::decide::Scene;
use crate::plan::{Move, Plan};

impl Scene<'_> {
    /// The user's own link.
    pub(crate) fn invites(&self) -> Move {
        let source = self.settings.invites.invitation(self.said.user);
        self.says(Notice::Invite { bot: self.update.bot, source, invited: self.invited })
    }

    /// Notes by which link the user came, unless it is their own.
    pub(crate) fn came_by(&self, mut plan: Plan, source: Option<&Source>) -> Plan {
        let user = self.said.user;
        if let (Some(source), Plan::Act { act, .. }) = (source, &mut plan)
            && *source != self.settings.invites.invitation(user)
        {
            let new = self.record.new_since.is_some();
            act.facts.push(Fact::Arrived { user, source: source.clone(), at: self.now, new });
        }
        plan
    }
}

/// Bytes of a code: nobody guesses one, and it is short enough to be read.
const BYTES: usize = 9;

/// What may stand in a link, in the order of its value.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The key under which ids become codes: without it nobody can tell whose a code is, not even by trying all ids.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct InviteKey(Vec<u8>);

impl fmt::Debug for InviteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteKey")
    }
}

impl InviteKey {
    /// A key of any length; the same for the whole fleet, and for as long as links are to count.
    #[must_use]
    pub fn new(key: impl Into<Vec<u8>>) -> Self {
        Self(key.into())
    }

    /// What counts those who come by this user's link.
    #[must_use]
    pub fn invitation(&self, user: UserId) -> Source {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(b"invitation of ");
        mac.update(user.to_string().as_bytes());
        let digest = mac.finalize().into_bytes();
        let letter = |bits: u32| char::from(ALPHABET[(bits & 63) as usize]);
        let three = |bytes: &[u8]| {
            let bits = bytes.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte));
            [18, 12, 6, 0].map(|shift| letter(bits >> shift))
        };
        Source::invitation(&digest[..BYTES].chunks(3).flat_map(three).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_for_one_user_and_key_and_tells_nobody_who() {
        let key = InviteKey::new(*b"a key of the fleet");
        let code = key.invitation(UserId(7));
        assert_eq!(code, key.invitation(UserId(7)));
        assert_eq!(Source::of_payload(code.as_str()), Some(code.clone()));
        assert_eq!(code.as_str().len(), 2 + 12);
        assert_ne!(code, key.invitation(UserId(8)));
        assert_ne!(code, InviteKey::new(*b"another").invitation(UserId(7)));
        assert_eq!(format!("{key:?}"), "InviteKey");
    }
}
