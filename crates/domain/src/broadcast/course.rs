//! How a broadcast stands that is not over, and what may become of it.

use serde::{Deserialize, Serialize};

/// How a broadcast that is not over stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Course {
    /// It goes out.
    Running,
    /// Nothing of it goes out for now.
    Paused,
    /// Nothing more of it goes out, ever: what is queued is dropped.
    Cancelled,
}

impl Course {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Running, Self::Paused, Self::Cancelled];

    /// Its name in live state and in the database, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }

    /// The course of a name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|course| course.word() == word)
    }

    /// The course after an order. Cancelled is for good.
    #[must_use]
    pub fn after(self, order: Order) -> Self {
        match (self, order) {
            (Self::Cancelled, _) | (_, Order::Cancel) => Self::Cancelled,
            (_, Order::Pause) => Self::Paused,
            (_, Order::Resume) => Self::Running,
        }
    }
}

/// What becomes of a broadcast that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// It stops for now.
    Pause,
    /// It goes on.
    Resume,
    /// It stops for good.
    Cancel,
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pause, Self::Resume, Self::Cancel];

    /// Its name in buttons and on the command line, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
        }
    }

    /// The order of a name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cancelled_is_for_good() {
        assert_eq!(Course::Running.after(Order::Pause), Course::Paused);
        assert_eq!(Course::Paused.after(Order::Resume), Course::Running);
        for order in Order::ALL {
            assert_eq!(Course::Cancelled.after(order), Course::Cancelled);
            assert_eq!(Order::of_word(order.word()), Some(order));
        }
        for course in Course::ALL {
            assert_eq!(course.after(Order::Cancel), Course::Cancelled);
            assert_eq!(Course::of_word(course.word()), Some(course));
        }
    }
}
