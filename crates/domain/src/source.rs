//! By which link somebody came: what stands behind `/start`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A counted link: `c_<name>` of a campaign, `r_<code>` of somebody's invitation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(String);

impl Source {
    /// The longest payload Telegram passes on.
    pub const MOST: usize = 64;

    /// Reads what stood behind `/start`; `None` for what is no counted link.
    #[must_use]
    pub fn of_payload(payload: &str) -> Option<Self> {
        let name = payload.strip_prefix("c_").or_else(|| payload.strip_prefix("r_"))?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let fits = !name.is_empty() && payload.len() <= Self::MOST && name.bytes().all(allowed);
        fits.then(|| Self(payload.to_owned()))
    }

    /// The link of an invitation.
    #[must_use]
    pub fn invitation(code: &str) -> Self {
        Self(format!("r_{code}"))
    }

    /// The payload.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_counted_links_are_sources() {
        for payload in ["c_spring", "r_aB3-_x", "c_a"] {
            assert_eq!(Source::of_payload(payload).unwrap().as_str(), payload);
        }
        assert_eq!(Source::invitation("x"), Source::of_payload("r_x").unwrap());
        let long = format!("c_{}", "a".repeat(63));
        for payload in ["", "c_", "x_spring", "spring", "c_a b", "c_\u{6f1}", "c_a'", &long] {
            assert_eq!(Source::of_payload(payload), None, "{payload}");
        }
    }
}
