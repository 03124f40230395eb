//! Every random step there is, and how they are drawn.

use proptest::prelude::*;

use super::bulk::{self, Bulk};

/// A step, as small numbers that a [`Play`](super::Play) gives a meaning.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Arrive(u8),
    Enroll {
        user: u8,
        blocks: Option<u8>,
    },
    Act {
        user: u8,
        back: u8,
        press: bool,
        to: To,
        begins: bool,
        persian: Option<bool>,
        stale: bool,
        asks: u8,
    },
    Forget {
        user: u8,
        back: u8,
        stale: bool,
    },
    Rename {
        of: u8,
        from: u8,
    },
    Lookup {
        user: u8,
        room: u8,
        message: u8,
        here: bool,
    },
    Tell {
        user: u8,
        once: u8,
    },
    TellWaiting {
        user: u8,
        once: u8,
        old: bool,
    },
    GiveUpSearch {
        user: u8,
        old: bool,
    },
    Judge {
        user: u8,
        what: u8,
    },
    /// Makes a room of two waiting users, through the pool or past it.
    Match {
        one: u8,
        other: u8,
    },
    Hold(u8),
    Attach(u8),
    Open(u8),
    Release {
        room: u8,
        second: bool,
    },
    Relay {
        room: u8,
        second: bool,
        back: u8,
        press: bool,
        limit: u8,
    },
    End {
        room: u8,
        second: bool,
        active: Option<bool>,
        unreachable: bool,
    },
    Bump(u8),
    AddTicket {
        user: u8,
        attempt: u8,
    },
    RemoveTicket(u8),
    Lead(u8),
    GiveUp(u8),
    Stock(u8),
    Changes(u8),
    Commit {
        owner: u8,
        room: u8,
    },
    Intents(u8),
    Settle {
        owner: u8,
        room: u8,
        readd: bool,
    },
    Standing(u8),
    Lease {
        user: u8,
        owner: u8,
    },
    ReleaseLease {
        user: u8,
        owner: u8,
    },
    Inherit {
        user: u8,
        owner: u8,
    },
    Turn {
        user: u8,
        owner: u8,
        ack: Option<u8>,
        claim: Option<u8>,
        again: bool,
        limit: u8,
        permits: u8,
        defer: bool,
    },
    Facts {
        user: u8,
        owner: u8,
        forget: bool,
    },
    Live(u8),
    Permits {
        want: u8,
    },
    /// A payment of few days, or that it went back.
    Credit {
        user: u8,
        charge: u8,
        days: Option<u8>,
    },
    Pause,
    Era(bool),
    Strike(u8),
    Heartbeat(u8),
    Retire(u8),
    Bulk(Bulk),
}

/// Where an act moves the session.
#[derive(Clone, Copy, Debug)]
pub(crate) enum To {
    Stay,
    Idle,
    Wait,
    /// On, at the next attempt of the same ticket.
    Again,
}

/// Sequences of steps that get somewhere: waiting, matching and relaying come often.
pub(crate) fn steps(length: usize) -> impl Strategy<Value = Vec<Step>> {
    let to = prop_oneof![3 => Just(To::Stay), 2 => Just(To::Idle), 5 => Just(To::Wait), 1 => Just(To::Again)];
    let back = prop_oneof![6 => Just(0_u8), 1 => 1_u8..4];
    let rarely = prop::bool::weighted(0.1);
    let act = (
        any::<u8>(),
        back.clone(),
        any::<bool>(),
        to,
        prop::bool::weighted(0.8),
        prop::option::weighted(0.2, any::<bool>()),
        rarely,
        0_u8..12,
    )
        .prop_map(|(user, back, press, to, begins, persian, stale, asks)| Step::Act {
            user,
            back,
            press,
            to,
            begins,
            persian,
            stale,
            asks,
        });
    let relay = (any::<u8>(), any::<bool>(), back, any::<bool>(), 2_u8..9)
        .prop_map(|(room, second, back, press, limit)| Step::Relay { room, second, back, press, limit });
    let end = (any::<u8>(), any::<bool>(), prop::option::weighted(0.3, any::<bool>()), rarely)
        .prop_map(|(room, second, active, unreachable)| Step::End { room, second, active, unreachable });
    let users = prop_oneof![
        2 => any::<u8>().prop_map(Step::Arrive),
        3 => (any::<u8>(), prop::option::weighted(0.2, any::<u8>())).prop_map(|(user, blocks)| Step::Enroll { user, blocks }),
        9 => act,
        1 => (any::<u8>(), 0_u8..2, rarely).prop_map(|(user, back, stale)| Step::Forget { user, back, stale }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(of, from)| Step::Rename { of, from }),
        1 => (any::<u8>(), any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(user, room, message, here)| Step::Lookup { user, room, message, here }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(user, once)| Step::Tell { user, once }),
        1 => (any::<u8>(), any::<u8>(), rarely).prop_map(|(user, once, old)| Step::TellWaiting { user, once, old }),
        1 => (any::<u8>(), rarely).prop_map(|(user, old)| Step::GiveUpSearch { user, old }),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(user, what)| Step::Judge { user, what }),
    ];
    let rooms = prop_oneof![
        4 => (any::<u8>(), any::<u8>()).prop_map(|(one, other)| Step::Match { one, other }),
        4 => any::<u8>().prop_map(Step::Hold),
        4 => any::<u8>().prop_map(Step::Attach),
        4 => any::<u8>().prop_map(Step::Open),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(room, second)| Step::Release { room, second }),
        8 => relay,
        2 => end,
        1 => any::<u8>().prop_map(Step::Bump),
    ];
    let pools = prop_oneof![
        5 => (any::<u8>(), 0_u8..2).prop_map(|(user, attempt)| Step::AddTicket { user, attempt }),
        1 => any::<u8>().prop_map(Step::RemoveTicket),
        2 => any::<u8>().prop_map(Step::Lead),
        1 => any::<u8>().prop_map(Step::GiveUp),
        1 => any::<u8>().prop_map(Step::Stock),
        2 => any::<u8>().prop_map(Step::Changes),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(owner, room)| Step::Commit { owner, room }),
        1 => any::<u8>().prop_map(Step::Intents),
        2 => (any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(owner, room, readd)| Step::Settle { owner, room, readd }),
        1 => any::<u8>().prop_map(Step::Standing),
    ];
    let sending = prop_oneof![
        3 => (any::<u8>(), any::<u8>()).prop_map(|(user, owner)| Step::Lease { user, owner }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(user, owner)| Step::ReleaseLease { user, owner }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(user, owner)| Step::Inherit { user, owner }),
        8 => turns(),
        2 => (any::<u8>(), any::<u8>(), any::<bool>()).prop_map(|(user, owner, forget)| Step::Facts { user, owner, forget }),
        1 => any::<u8>().prop_map(Step::Live),
    ];
    let rest = prop_oneof![
        4 => (0_u8..6).prop_map(|want| Step::Permits { want }),
        2 => (any::<u8>(), 0_u8..3, prop::option::of(0_u8..9)).prop_map(|(user, charge, days)| Step::Credit { user, charge, days }),
        1 => Just(Step::Pause),
        1 => any::<bool>().prop_map(Step::Era),
        1 => any::<u8>().prop_map(Step::Strike),
        1 => any::<u8>().prop_map(Step::Heartbeat),
        1 => any::<u8>().prop_map(Step::Retire),
    ];
    let bulk = bulk::steps().prop_map(Step::Bulk);
    let step = prop_oneof![6 => users, 7 => rooms, 4 => pools, 4 => sending, 3 => bulk, 1 => rest];
    prop::collection::vec(step, length / 2..=length)
}

/// Turns of a shard's sender, of which few are asked to defer.
fn turns() -> impl Strategy<Value = Step> {
    (
        any::<u8>(),
        any::<u8>(),
        prop::option::of(any::<u8>()),
        prop::option::of(any::<u8>()),
        any::<bool>(),
        1_u8..6,
        0_u8..4,
        prop::bool::weighted(0.1),
    )
        .prop_map(|(user, owner, ack, claim, again, limit, permits, defer)| Step::Turn {
            user,
            owner,
            ack,
            claim,
            again,
            limit,
            permits,
            defer,
        })
}
