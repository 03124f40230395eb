//! Whether two texts are the same, told without keeping either.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The key under which texts become short hashes: without it nobody can tell what was written, not even by trying what
/// people are likely to write.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TextKey(Vec<u8>);

impl fmt::Debug for TextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TextKey")
    }
}

impl TextKey {
    /// A key of any length, the same for the whole fleet.
    #[must_use]
    pub fn new(key: impl Into<Vec<u8>>) -> Self {
        Self(key.into())
    }

    /// A hash of the text as a reader takes it: white space around it says nothing.
    #[must_use]
    pub fn hash(&self, text: &str) -> u32 {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(b"text ");
        mac.update(text.trim().as_bytes());
        let digest = mac.finalize().into_bytes();
        u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_the_same_hash_under_one_key() {
        let key = TextKey::new(*b"a key of the fleet");
        assert_eq!(key.hash("hello"), key.hash(" hello\n"));
        assert_ne!(key.hash("hello"), key.hash("hello!"));
        assert_ne!(key.hash("hello"), TextKey::new(*b"another").hash("hello"));
        assert_eq!(format!("{key:?}"), "TextKey");
    }
}
