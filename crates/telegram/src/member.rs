//! Who is in a channel.

use serde::{Deserialize, Serialize};

use crate::method::Method;

/// Asks whether somebody is in a chat. Of others than itself a bot is told for certain only where it is an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GetChatMember {
    /// The chat: `@name` of a public one.
    pub chat_id: String,
    /// Whom it is about.
    pub user_id: i64,
}

/// `ChatMember`, as far as it says whether somebody is in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ChatMember {
    /// `creator`, `administrator`, `member`, `restricted`, `left` or `kicked`.
    pub status: String,
    /// Whether somebody restricted is in at present.
    #[serde(default)]
    pub is_member: bool,
}

impl Method for GetChatMember {
    const NAME: &'static str = "getChatMember";
    type Answer = ChatMember;
}

impl ChatMember {
    /// Whether they are in.
    #[must_use]
    pub fn is_in(&self) -> bool {
        match self.status.as_str() {
            "creator" | "administrator" | "member" => true,
            "restricted" => self.is_member,
            _ => false,
        }
    }

    /// Whether they look after the chat.
    #[must_use]
    pub fn administers(&self) -> bool {
        matches!(self.status.as_str(), "creator" | "administrator")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_or_was_thrown_out_is_not_in() {
        let is_in = |json: &str| serde_json::from_str::<ChatMember>(json).unwrap().is_in();
        for status in ["creator", "administrator", "member"] {
            assert!(is_in(&format!(r#"{{"status":"{status}","user":{{}}}}"#)), "{status}");
        }
        for status in ["left", "kicked", "restricted", "something new"] {
            assert!(!is_in(&format!(r#"{{"status":"{status}","user":{{}}}}"#)), "{status}");
        }
        assert!(is_in(r#"{"status":"restricted","is_member":true}"#));
    }
}
