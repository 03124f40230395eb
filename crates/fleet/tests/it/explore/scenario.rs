//! What people do: the scenarios of the protocol's model.

/// The queue an update comes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Typed: messages of the chat.
    Typed,
    /// A pressed button: callback queries overtake messages.
    Pressed,
    /// The user blocks the bot: overtakes both.
    Blocked,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Deed {
    Search,
    Next,
    Stop,
    Message,
    Block,
}

/// When somebody does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum When {
    /// At any time (a button once there is one).
    Any,
    /// In a room whose "found" stands in the chat.
    Chatting,
    /// With no room and no search.
    Idle,
}

/// One thing somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Act {
    pub kind: Kind,
    pub deed: Deed,
    pub when: When,
}

/// What everybody does, each in this order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scenario {
    pub name: &'static str,
    pub users: &'static [&'static [Act]],
}

const fn typed(deed: Deed, when: When) -> Act {
    Act { kind: Kind::Typed, deed, when }
}

const fn pressed(deed: Deed, when: When) -> Act {
    Act { kind: Kind::Pressed, deed, when }
}

const SEARCH: Act = typed(Deed::Search, When::Any);
const SAY: Act = typed(Deed::Message, When::Chatting);
const SAY_ANYWAY: Act = typed(Deed::Message, When::Any);
const STOP: Act = typed(Deed::Stop, When::Chatting);
const NEXT: Act = typed(Deed::Next, When::Chatting);
const PRESS_STOP: Act = pressed(Deed::Stop, When::Chatting);
const PRESS_STOP_ANYWAY: Act = pressed(Deed::Stop, When::Any);
const PRESS_NEXT: Act = pressed(Deed::Next, When::Chatting);
const BLOCK: Act = Act { kind: Kind::Blocked, deed: Deed::Block, when: When::Any };

/// Two or three people each; the fourteen of the model, and one in which a block overtakes everything.
pub(super) const SCENARIOS: [Scenario; 15] = [
    Scenario { name: "two", users: &[&[SEARCH], &[SEARCH]] },
    Scenario { name: "typewait", users: &[&[SEARCH, SAY_ANYWAY], &[SEARCH]] },
    Scenario { name: "typeboth", users: &[&[SEARCH, SAY_ANYWAY], &[SEARCH, SAY]] },
    Scenario { name: "retrysearch", users: &[&[SEARCH, PRESS_STOP], &[SEARCH], &[SEARCH]] },
    Scenario { name: "next", users: &[&[SEARCH, NEXT], &[SEARCH], &[SEARCH]] },
    Scenario { name: "msgnext", users: &[&[SEARCH, SAY, PRESS_NEXT], &[SEARCH], &[SEARCH]] },
    Scenario { name: "cancel", users: &[&[SEARCH, PRESS_STOP_ANYWAY], &[SEARCH], &[SEARCH]] },
    Scenario {
        name: "cancel2",
        users: &[&[SEARCH, PRESS_STOP_ANYWAY], &[SEARCH, PRESS_STOP_ANYWAY], &[SEARCH]],
    },
    Scenario { name: "leave", users: &[&[SEARCH, SAY, STOP], &[SEARCH, SAY]] },
    Scenario { name: "both", users: &[&[SEARCH, STOP], &[SEARCH, PRESS_STOP]] },
    Scenario {
        name: "again",
        users: &[&[SEARCH, SAY, PRESS_NEXT], &[SEARCH, typed(Deed::Search, When::Idle)]],
    },
    Scenario { name: "stopfirst", users: &[&[SEARCH, NEXT, PRESS_STOP_ANYWAY], &[SEARCH], &[SEARCH]] },
    Scenario { name: "latestop", users: &[&[SEARCH, PRESS_STOP, NEXT], &[SEARCH], &[SEARCH]] },
    Scenario { name: "cancelmsg", users: &[&[SEARCH, PRESS_STOP_ANYWAY], &[SEARCH, SAY]] },
    Scenario { name: "blocked", users: &[&[SEARCH, SAY, BLOCK], &[SEARCH, SAY], &[SEARCH]] },
];

/// The scenario of that name.
pub(super) fn scenario(name: &str) -> Scenario {
    SCENARIOS.into_iter().find(|scenario| scenario.name == name).expect("a known scenario")
}
