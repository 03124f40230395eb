//! What operators put up for the whole fleet to heed.

/// The fleet is closed for maintenance: no search begins and nobody is matched, and whatever is written outside of rooms is
/// answered by a text that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Maintenance {
    /// Rooms that run go on.
    RoomsGoOn,
    /// What is written in a room reaches nobody either.
    RoomsRest,
}

impl Maintenance {
    /// Both ways.
    pub const ALL: [Self; 2] = [Self::RoomsGoOn, Self::RoomsRest];

    /// Its name in live state and on the command line, for ever.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::RoomsGoOn => "rooms-go-on",
            Self::RoomsRest => "rooms-rest",
        }
    }

    /// The way of a name.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }
}
