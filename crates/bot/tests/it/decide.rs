//! What is decided, in every state, about everything a user can do.

use hamdam_bot::{
    Button, Command, First, Heard, Incoming, Input, Membership, Outcome, Plan, Replied, Reveals, Scene,
    Settings, Unrelayed, unrelayed,
};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::id::{MessageId, RoomId, TicketId, UpdateId, UserId};
use hamdam_domain::mark::{Mark, Queue, Since};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Change, Content, Notice, Reference};
use hamdam_domain::panel::Page;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::{Announcement, Record};
use hamdam_domain::session::Session;

use crate::stage::{
    BEGAN, BOT, ME, MESSAGE, NEXT, NOW, OTHER_BOT, PARTNER, PRESSED, ROOM, chatting, held, idle, line,
    message, of_move, plan, plan_by, press, queue_of, record, said, stub, ticket, update, waiting,
};

fn command(command: Command) -> Input {
    Input::Command { command, message: MESSAGE }
}

fn edit() -> Input {
    Input::Edit {
        message: MESSAGE,
        change: Some(Change::Text { text: "new".into(), entities: None }),
        reveals: Reveals::default(),
    }
}

fn old_ticket() -> TicketId {
    TicketId { bot: BOT, update: UpdateId(900) }
}

/// Every input, and what it comes to in idle, waiting, held, chatting.
fn table() -> Vec<(Input, [&'static str; 4])> {
    let old_room = RoomId(ROOM.0 - 1);
    let searching = "stay: AlreadySearching";
    let begin = "?waiting*: Searching > add ticket";
    let leave = "end partner > idle*: YouLeft";
    let next = "end partner > ?waiting*: YouLeft > add ticket";
    let cancel = "remove ticket > idle*: SearchCancelled";
    let unhold = "end partner > idle*: SearchCancelled";
    let (over, help) = ("stay: over", "stay: Help");
    let still = "stay: ~StillSearching";
    vec![
        (command(Command::Start(None)), ["stay: Welcome", searching, searching, "stay: AlreadyChatting"]),
        (command(Command::Search), [begin, searching, searching, "stay: AlreadyChatting"]),
        (command(Command::Next), [begin, searching, searching, next]),
        (command(Command::Stop), ["stay*: NothingToStop", cancel, unhold, leave]),
        (command(Command::Help), [help; 4]),
        (
            command(Command::Block),
            [
                "stay: NobodyToBlock",
                "stay: NobodyToBlock",
                "stay: NobodyToBlock",
                "end partner > idle*: YouBlocked",
            ],
        ),
        (press(Button::Block(ROOM)), [over, over, over, "end partner > idle*: press YouBlocked"]),
        (press(Button::Block(old_room)), [over; 4]),
        (command(Command::Unknown), ["stay: ~UnknownCommand"; 4]),
        (message(MessageKind::Text), ["stay: ~NobodyListens", still, still, "relay copy"]),
        (message(MessageKind::Other), ["stay: ~NobodyListens", still, still, "relay copy"]),
        (message(MessageKind::Story), ["stay: ~NobodyListens", still, still, "stay: ~NotCopyable"]),
        (message(MessageKind::Service), ["stay: -", "stay: -", "stay: -", "stay: ~NotCopyable"]),
        (edit(), ["stay: -", "stay: -", "stay: -", "relay edit"]),
        (Input::Edit { message: MESSAGE, change: None, reveals: Reveals::default() }, ["stay: -"; 4]),
        (
            Input::Reaction { message: MESSAGE, emoji: None },
            ["stay: -", "stay: -", "stay: -", "relay reaction"],
        ),
        (
            press(Button::Next(ROOM)),
            [over, over, over, "end partner > ?waiting*: press YouLeft > add ticket"],
        ),
        (press(Button::Next(old_room)), [over; 4]),
        (press(Button::Stop(ROOM)), [over, over, over, "end partner > idle*: press YouLeft"]),
        (press(Button::Stop(old_room)), [over; 4]),
        (
            press(Button::Search(Some(old_room))),
            [
                "?waiting*: press Searching > add ticket",
                "stay: press AlreadySearching",
                "stay: press AlreadySearching",
                "stay: press AlreadyChatting",
            ],
        ),
        (
            press(Button::Cancel(ticket())),
            [
                over,
                "remove ticket > idle*: press SearchCancelled",
                "end partner > idle*: press SearchCancelled",
                "end partner > idle*: press YouLeft",
            ],
        ),
        (press(Button::Cancel(old_ticket())), [over; 4]),
        (press(Button::Send(ROOM, MESSAGE)), [over; 4]),
        (press(Button::Help), ["stay: press Help"; 4]),
        (Input::Press { query: "q".into(), message: PRESSED, button: None, about: None }, [over; 4]),
        (command(Command::Settings), ["stay: Home"; 4]),
        (command(Command::Profile), ["stay: Profile"; 4]),
        (command(Command::Invite), ["stay: Invite"; 4]),
        (command(Command::MyData), ["stay: my data"; 4]),
        (command(Command::ForgetMe), ["stay: ForgetMe"; 4]),
        (press(Button::Page(Page::Reach)), ["stay: press =Reach"; 4]),
        (press(Button::Widen(old_ticket())), [over; 4]),
        (
            press(Button::Widen(ticket())),
            [over, "waiting: press =SearchWidened > add ticket", "stay: press =SearchWidened", over],
        ),
        (
            Input::Blocked,
            [
                "stay*: -",
                "remove ticket > idle*: -",
                "end partner > idle*: -",
                "end partner > idle*: YouLeft",
            ],
        ),
        (Input::Unblocked, ["stay: -"; 4]),
    ]
}

#[test]
fn every_input_in_every_state() {
    for (input, wanted) in table() {
        for (session, wanted) in [idle(), waiting(), held(), chatting()].into_iter().zip(wanted) {
            let name = session.name();
            assert_eq!(line(&plan(&record(session), input.clone())), wanted, "{name}: {input:?}");
        }
    }
}

#[test]
fn what_was_written_before_the_state_began_moves_nothing() {
    for (input, _) in table() {
        for session in [idle(), waiting(), held(), chatting()] {
            let before = UpdateId(BEGAN.0 - 1);
            let wanted = if matches!(input, Input::Press { .. }) { "stay: press" } else { "stay: -" };
            let decided = plan_by(&record(session.clone()), input.clone(), BOT, before);
            assert_eq!(line(&decided), wanted, "{}: {input:?}", session.name());
            let Plan::Act { act, .. } = decided else { unreachable!() };
            assert_eq!((act.outcome, act.profile), (Outcome::Stale, None));
        }
    }
}

#[test]
fn since_says_nothing_about_other_bots_old_hours_and_other_eras() {
    let mut fresh = record(chatting());
    let before = UpdateId(BEGAN.0 - 1);
    assert_eq!(
        line(&plan_by(&fresh, command(Command::Stop), OTHER_BOT, before)),
        "end partner > idle*: YouLeft YouLeft@"
    );
    for mark in [
        Mark { update: BEGAN, hour: NOW.hour() - 49, era: 1 },
        Mark { update: BEGAN, hour: NOW.hour(), era: 0 },
    ] {
        fresh.since = Some(Since { bot: BOT, mark });
        assert_eq!(
            line(&plan_by(&fresh, command(Command::Stop), BOT, before)),
            "end partner > idle*: YouLeft"
        );
    }
}

#[test]
fn a_known_update_does_nothing_again() {
    for (input, _) in table() {
        for session in [idle(), held(), chatting(), waiting()] {
            let waits = session.name() == "waiting";
            let mut known = record(session);
            known.marks = vec![(BOT, queue_of(&input), Mark::of(&update(Queue::Message, BOT, NEXT), NOW))];
            let again = plan(&known, input.clone());
            // Its ticket may have come back by this very button, answer or block.
            let block = command(Command::Block);
            let readd = waits && (matches!(input, Input::Press { .. } | Input::Message(_)) || input == block);
            assert_eq!(line(&again), if readd { "readd n=2" } else { "nothing" }, "{input:?}");
        }
    }
}

#[test]
fn a_mark_of_one_queue_says_nothing_about_another() {
    let mut known = record(idle());
    known.marks = vec![(BOT, Queue::Callback, Mark::of(&update(Queue::Callback, BOT, NEXT), NOW))];
    assert_eq!(line(&plan(&known, command(Command::Search))), "?waiting*: Searching > add ticket");
}

#[test]
fn a_known_search_adds_its_ticket_again_at_the_attempt_it_has_come_to() {
    let mut known = record(waiting());
    known.marks = vec![(BOT, Queue::Message, Mark::of(&update(Queue::Message, BOT, BEGAN), NOW))];
    let Plan::Readd(again) = plan_by(&known, command(Command::Search), BOT, BEGAN) else { panic!() };
    assert_eq!((again.claimant.ticket, again.claimant.attempt), (ticket(), 2));
    assert_eq!((again.waiting_since, again.pool), (stub().waiting_since, stub().pool));
    // Once it is matched, the pool must not see it again.
    for matched in [held(), chatting()] {
        known.session = matched;
        assert_eq!(plan_by(&known, command(Command::Search), BOT, BEGAN), Plan::Nothing);
    }
}

#[test]
fn a_search_begins_with_its_own_ticket() {
    let Plan::Act { act, then: Some(added), .. } = plan(&record(idle()), command(Command::Search)) else {
        panic!()
    };
    let Some(Session::Waiting(stub)) = &act.session else { panic!() };
    assert_eq!(stub.ticket, TicketId { bot: BOT, update: NEXT });
    assert_eq!((stub.attempt, stub.waiting_since), (0, NOW));
    assert_eq!((added.claimant.user, added.claimant.ticket, added.claimant.attempt), (ME, stub.ticket, 0));
    assert_eq!((added.era, added.waiting_since, &added.pool), (1, NOW, &stub.pool));
    assert_eq!(added.wishes.blocked, [UserId(66)]);
    assert_eq!(act.entries[0].1.content, Content::Notice(Notice::Searching { ticket: stub.ticket }));
}

#[test]
fn next_tells_the_end_of_the_old_room_and_the_search_in_one_notice() {
    let Plan::Act { act, .. } = plan(&record(chatting()), command(Command::Next)) else { panic!() };
    let searching = Some(TicketId { bot: BOT, update: NEXT });
    assert_eq!(act.entries[0].1.content, Content::Notice(Notice::YouLeft { room: ROOM, searching }));
}

#[test]
fn leaving_ends_the_room_for_both_with_the_same_fact() {
    for act_by in [Command::Stop, Command::Next] {
        let Plan::Act { first: Some(First::EndPartner { partner, room, notice, fact }), act, .. } =
            plan(&record(chatting()), command(act_by))
        else {
            panic!()
        };
        assert_eq!((partner, room), (PARTNER, ROOM));
        assert_eq!(notice.content, Content::Notice(Notice::PartnerLeft { room: ROOM }));
        let room = RoomFact::new(ROOM, ME, PARTNER);
        let closed = Fact::RoomClosed { room, ended_at: NOW, end: RoomEnd::Left, ended_by: Some(ME) };
        assert_eq!((&fact, &act.facts), (&closed, &vec![closed.clone()]));
    }
}

#[test]
fn a_held_user_who_leaves_was_never_in_the_room() {
    let Plan::Act { act, .. } = plan(&record(held()), command(Command::Stop)) else { panic!() };
    assert_eq!(act.facts, []);
}

#[test]
fn a_full_state_refuses_the_search_but_not_the_leaving() {
    for (session, instead) in [(idle(), "stay: Busy"), (chatting(), "idle*: YouLeft Busy")] {
        let Plan::Act { act, .. } = plan(&record(session), command(Command::Next)) else { panic!() };
        let full = act.if_full.unwrap();
        assert_eq!(of_move(&full), instead);
    }
}

#[test]
fn a_banned_user_begins_nothing_and_may_leave() {
    let mut banned = record(idle());
    let until = Millis(NOW.0 + 1);
    banned.profile.banned_until = Some(until);
    assert_eq!(line(&plan(&banned, command(Command::Search))), "stay: Banned");
    banned.session = chatting();
    assert_eq!(line(&plan(&banned, command(Command::Next))), "end partner > idle*: YouLeft Banned");
    assert_eq!(line(&plan(&banned, command(Command::Stop))), "end partner > idle*: YouLeft");
    banned.session = idle();
    banned.profile.banned_until = Some(NOW);
    assert_eq!(line(&plan(&banned, command(Command::Search))), "?waiting*: Searching > add ticket");
}

#[test]
fn through_another_bot_only_stop_and_next_reach_the_room() {
    let talk = record(chatting());
    for (input, wanted) in [
        (message(MessageKind::Text), "stay: ~OtherBot@"),
        (message(MessageKind::Story), "stay: ~OtherBot@"),
        (edit(), "stay: -"),
        (command(Command::Search), "stay: OtherBot@"),
        (command(Command::Start(None)), "stay: OtherBot@"),
        (command(Command::Help), "stay: Help@"),
        // The end of the room stands in the room's own chat.
        (command(Command::Stop), "end partner > idle*: YouLeft YouLeft@"),
        (command(Command::Next), "end partner > ?waiting*: YouLeft Searching@ > add ticket"),
        (Input::Blocked, "stay: -"),
    ] {
        assert_eq!(line(&plan_by(&talk, input.clone(), OTHER_BOT, NEXT)), wanted, "{input:?}");
    }
}

#[test]
fn a_block_makes_unreachable_only_through_the_bot_it_concerns() {
    for session in [idle(), waiting(), held(), chatting()] {
        let Plan::Act { act, .. } = plan(&record(session.clone()), Input::Blocked) else { panic!() };
        assert!(act.profile.clone().unwrap().unreachable, "{session:?}");
        let told = act.facts.iter().filter(|fact| matches!(fact, Fact::Profile { .. })).count();
        assert_eq!(told, 1, "{session:?}");
        let elsewhere = plan_by(&record(session.clone()), Input::Blocked, OTHER_BOT, NEXT);
        let Plan::Act { first: None, act, then: None } = elsewhere else { panic!() };
        assert_eq!((act.session, act.profile), (None, None), "{session:?}");
    }
}

#[test]
fn a_block_ends_the_room_as_unreachable() {
    let Plan::Act { first: Some(First::EndPartner { fact, .. }), .. } =
        plan(&record(chatting()), Input::Blocked)
    else {
        panic!()
    };
    assert!(matches!(fact, Fact::RoomClosed { end: RoomEnd::Unreachable, ended_by: Some(ME), .. }));
}

#[test]
fn whoever_acts_again_is_reachable_again_and_known_by_language_and_bot() {
    let mut away = record(idle());
    away.profile.unreachable = true;
    away.profile.language = Language::Fa;
    let Plan::Act { act, then, .. } = plan_by(&away, command(Command::Search), OTHER_BOT, NEXT) else {
        panic!()
    };
    let wanted = Profile::new(Language::En, OTHER_BOT);
    assert_eq!(act.profile.as_ref(), Some(&wanted));
    assert_eq!(act.facts, [Fact::Profile { user: ME, profile: wanted, version: NOW }]);
    assert_eq!(then.unwrap().wishes.language, Language::En);

    let unchanged = plan(&record(idle()), command(Command::Search));
    let Plan::Act { act, .. } = unchanged else { panic!() };
    assert_eq!((act.profile, act.facts), (None, vec![]));
}

#[test]
fn a_relay_carries_references_and_no_content() {
    let reply = |reply| {
        Input::Message(Incoming {
            message: MESSAGE,
            kind: MessageKind::Voice,
            reply,
            answer: None,
            reveals: Reveals::default(),
        })
    };
    let relayed = |input| match plan(&record(chatting()), input) {
        Plan::Relay(relaying) => relaying,
        other => panic!("{other:?}"),
    };
    let relaying = relayed(reply(None));
    assert_eq!((relaying.to, relaying.room, relaying.lookup), (PARTNER, ROOM, None));
    assert_eq!(relaying.entry.room, Some(ROOM));
    assert_eq!(relaying.found, Notice::Found { room: ROOM }.entry());
    let Content::Copy(copy) = &relaying.entry.content else { panic!() };
    assert_eq!((copy.from, copy.bot, copy.update, copy.message), (ME, BOT, NEXT, MESSAGE));
    assert_eq!((copy.kind, copy.reply, copy.at), (MessageKind::Voice, None, NOW));

    let own = relayed(reply(Some(Replied::Mine(MessageId(20)))));
    let Content::Copy(copy) = &own.entry.content else { panic!() };
    assert_eq!((copy.reply, own.lookup), (Some(Reference::Own(MessageId(20))), None));

    let mut theirs = relayed(reply(Some(Replied::Theirs(MessageId(21)))));
    assert_eq!(theirs.lookup, Some(MessageId(21)));
    theirs.reply_to(MessageId(91));
    let Content::Copy(copy) = &theirs.entry.content else { panic!() };
    assert_eq!(copy.reply, Some(Reference::There(MessageId(91))));
}

#[test]
fn what_was_written_before_the_room_was_shown_goes_to_nobody() {
    let at = |id| Some(Announcement::At(MessageId(id)));
    let (early, quiet, relayed) = ("stay: ~TooEarly", "stay: -", "relay copy");
    for (announcement, text, service) in [
        (Some(Announcement::Pending), early, quiet),
        (at(MESSAGE.0 + 1), early, quiet),
        (at(MESSAGE.0 - 1), relayed, "stay: ~NotCopyable"),
        (None, relayed, "stay: ~NotCopyable"),
    ] {
        let record = Record { announcement, ..record(chatting()) };
        assert_eq!(line(&plan(&record, message(MessageKind::Text))), text, "{announcement:?}");
        assert_eq!(line(&plan(&record, message(MessageKind::Service))), service, "{announcement:?}");
        // An edit finds its copy by the ids of this room alone, and leaving needs no announcement.
        assert_eq!(line(&plan(&record, edit())), "relay edit", "{announcement:?}");
        let left = line(&plan(&record, command(Command::Stop)));
        assert_eq!(left, "end partner > idle*: YouLeft", "{announcement:?}");
    }
}

#[test]
fn what_the_partner_does_not_take_is_told_to_the_writer() {
    let talk = record(chatting());
    let settings = Settings::default();
    let rest = |input: Input, why| {
        let said = said(input);
        let update = update(said.queue, BOT, NEXT);
        let scene = Scene {
            said: &said,
            heard: Heard::default(),
            membership: Membership::default(),
            message: None,
            update: &update,
            record: &talk,
            now: NOW,
            settings: &settings,
            invited: None,
            elsewhere: None,
            link: None,
            maintenance: None,
        };
        unrelayed(&scene, why)
    };
    for (why, text, silent) in [
        (Unrelayed::NotInRoom, "idle: PartnerLeft", "idle: PartnerLeft"),
        (Unrelayed::Backlogged, "stay: ~SlowDown", "stay: -"),
        (Unrelayed::Full, "stay: ~Busy", "stay: -"),
    ] {
        assert_eq!(of_move(&rest(message(MessageKind::Text), why)), text);
        assert_eq!(of_move(&rest(edit(), why)), silent);
    }
    let mended = rest(message(MessageKind::Text), Unrelayed::NotInRoom);
    let room = RoomFact::new(ROOM, ME, PARTNER);
    assert_eq!(
        mended.facts,
        [Fact::RoomClosed { room, ended_at: NOW, end: RoomEnd::Left, ended_by: Some(PARTNER) }]
    );
}
