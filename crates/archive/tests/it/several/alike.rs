//! Two databases answer as one does that was told the same.

use hamdam_archive::{
    Archive, Audience, Directory, Dossiers, Forgetting, KnownSide, Ledger, PastRoom, StoredRoom,
};
use hamdam_domain::fact::{Fact, Forgotten, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, MessageId, RoomId, UpdateId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::safety::{Decision, Reason, Report, Verdict};
use hamdam_domain::source::Source;

use super::{Pair, home};
use crate::backend::{Backend, at, closed, message, profile, room};
use crate::forgetting::TABLES;

/// Numbers that are found by no accident.
const FIRST_USER: i64 = 7_310_000_000;
const USERS: i64 = 24;
const ROOMS: i64 = 80;
/// More than two pages of running rooms, of users whom nobody asks for.
const RUNNING: i64 = 2_300;
/// Who is forgotten when: two behind it all, and one who goes on.
const END: i64 = ROOMS * 10_000;
const FORGOTTEN: [(i64, i64); 3] = [(3, END), (11, END), (17, END / 2)];

/// Throws that a number decides.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((mixed ^ (mixed >> 31)) % end.unsigned_abs()).unwrap()
    }

    fn user(&mut self) -> UserId {
        UserId(FIRST_USER + self.below(USERS))
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = usize::try_from(self.below(i64::try_from(last).unwrap() + 1)).unwrap();
            all.swap(last, other);
        }
    }
}

fn link(name: &str) -> Source {
    Source::of_payload(name).unwrap()
}

/// What happens in a room.
fn talk(dice: &mut Dice, talk: &RoomFact, began: i64, facts: &mut Vec<Fact>) {
    facts.push(Fact::RoomOpened(talk.clone()));
    for number in 0..dice.below(7) {
        facts.push(message(talk, usize::from(dice.below(2) == 0), began + 10 * number + 1));
    }
    let [one, other] = talk.users;
    match dice.below(4) {
        0 => {}
        1 => facts.push(closed(talk, began + 900, RoomEnd::Idle, None)),
        _ => facts.push(closed(talk, began + 900, RoomEnd::Left, Some(one.0))),
    }
    if dice.below(4) == 0 {
        let report = Report {
            room: talk.room,
            bot: BotId(7),
            update: UpdateId(began),
            reporter: other,
            reported: one,
            reason: Reason::Spam,
            message: None,
            at: at(began + 950),
        };
        facts.push(Fact::Report { report: report.clone(), evidence: None });
        if dice.below(2) == 0 {
            let verdict = Verdict::BanForEver;
            let (until, time) = (verdict.until(at(began + 960)), at(began + 960));
            let decision = Decision {
                user: one,
                verdict,
                until,
                by: None,
                report: Some(report),
                reason: String::new(),
                at: time,
            };
            facts.push(Fact::Decision(decision));
        }
        facts.push(Fact::Block { blocker: other, blocked: one, version: at(began + 970) });
        let (room, time) = (talk.room, at(began + 980));
        facts.push(Fact::Rated { room, rater: other, rated: one, up: false, at: time });
    }
}

/// Rooms of a few users, and all that happens, in any order.
fn life(dice: &mut Dice) -> (Vec<RoomFact>, Vec<Fact>) {
    let (mut rooms, mut facts) = (Vec::new(), Vec::new());
    for number in 0..ROOMS {
        let began = number * 10_000 + dice.below(9_000);
        let one = dice.user();
        let other = UserId(FIRST_USER + (one.0 - FIRST_USER + 1 + dice.below(USERS - 1)) % USERS);
        let opened = room(began, one.0, other.0);
        talk(dice, &opened, began, &mut facts);
        rooms.push(opened);
    }
    for user in 0..USERS {
        let (id, new) = (UserId(FIRST_USER + user), user % 3 == 0);
        let mut told = profile(id.0, user, Language::Fa, 7);
        if let Fact::Profile { profile, .. } = &mut told {
            profile.wants.same_language = new;
        }
        facts.push(told);
        facts.push(Fact::Arrived { user: id, source: link("c_spring"), at: at(user), new });
    }
    for (user, when) in FORGOTTEN {
        let left = Profile::new(Language::Fa, BotId(7));
        let (user, invitation) = (UserId(FIRST_USER + user), link("r_mine"));
        facts.push(Fact::Forgotten(Forgotten { user, at: at(when), left, met: Vec::new(), invitation }));
    }
    dice.shuffle(&mut facts);
    (rooms, facts)
}

/// Pages of running rooms as a recovery turns them.
async fn running(archive: &Archive) -> Vec<Vec<StoredRoom>> {
    let (mut pages, mut from) = (Vec::new(), UserId(0));
    loop {
        let mut page = archive.running_rooms(from).await.unwrap();
        let Some(last) = page.last().map(|room| room.users[0]) else { return pages };
        assert!(page.is_sorted_by_key(|room| room.users), "in the order of their users");
        // Two may have had the same partner and be forgotten since.
        page.sort_by_key(|room| (room.users, room.room));
        let goes_on = page.len() == 1_000;
        pages.push(page);
        if !goes_on {
            return pages;
        }
        from = last;
    }
}

/// Every question there is, with its answer, a line each.
async fn answers(archive: &Archive, rooms: &[RoomFact], facts: &[Fact]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say =
        |question: String, answer: &dyn std::fmt::Debug| lines.push(format!("{question}: {answer:?}"));
    for user in (0..USERS).map(|user| UserId(FIRST_USER + user)) {
        say(format!("user {user}"), &archive.user(user).await.unwrap());
        let mut active = archive.active_rooms(user).await.unwrap();
        active.sort_by_key(|room| room.room);
        say(format!("active rooms of {user}"), &active);
        say(format!("last room of {user}"), &archive.past_room(user, None, at(0)).await.unwrap());
        say(format!("dossier of {user}"), &archive.dossier(user).await.unwrap());
        say(format!("traces of {user}"), &archive.traces(user, at(END)).await.unwrap());
        say(format!("blockers of {user}"), &archive.blockers(user).await.unwrap());
    }
    for RoomFact { room, users } in rooms {
        let past: Option<PastRoom> = archive.past_room(users[0], Some(*room), at(0)).await.unwrap();
        say(format!("past room {room}"), &past);
        let mut relayed = archive.relayed_in(*room).await.unwrap();
        relayed.sort_by_key(|relayed| relayed.sender);
        say(format!("relayed in {room}"), &relayed);
    }
    for fact in facts {
        let Fact::Message(told) = fact else { continue };
        let known = KnownSide::Wrote(told.sender_message);
        let copy: Option<MessageId> = archive.counterpart(told.sender, told.room, known).await.unwrap();
        say(format!("copy of {known:?} in {}", told.room), &copy);
    }
    say("running rooms".into(), &running(archive).await);
    say("counts".into(), &archive.counts().await.unwrap());
    say("links".into(), &archive.arrivals().await.unwrap());
    say("open reports".into(), &archive.open_reports().await.unwrap());
    say("members".into(), &archive.members(UserId(FIRST_USER), 1_000).await.unwrap());
    lines
}

/// Rows of each table, each by its columns.
fn tables() -> impl Iterator<Item = (&'static str, String)> {
    TABLES.into_iter().map(|(table, columns)| (table, format!("SELECT {columns} FROM {table}")))
}

fn room_of(row: &str) -> RoomId {
    RoomId(row.split('\t').next().unwrap().parse().unwrap())
}

#[tokio::test]
async fn rooms_are_on_both_and_every_question_is_answered_as_by_one() {
    let (pair, backend) = (Pair::new("alike").await, Backend::mariadb("alike_one").await);
    let (two, one) = (pair.migrated().await, backend.migrated().await);
    let seed = 20_261_130;
    let mut dice = Dice(seed);
    let (rooms, facts) = life(&mut dice);
    let running: Vec<_> =
        (0..RUNNING).map(|n| Fact::RoomOpened(room(1_000_000 + n, 10 * n + 1, 10 * n + 2))).collect();
    for archive in [&one, &two] {
        archive.write(&running).await.unwrap();
    }
    let mut rest = facts.as_slice();
    while !rest.is_empty() {
        let size = usize::try_from(1 + dice.below(150)).unwrap().min(rest.len());
        let (chunk, left) = rest.split_at(size);
        rest = left;
        for archive in [&one, &two] {
            archive.write(chunk).await.unwrap();
        }
        let swept = [one.sweep_behind(chunk).await.unwrap(), two.sweep_behind(chunk).await.unwrap()];
        assert_eq!(swept[0], swept[1], "seed {seed}");
    }
    let (expected, found) = (answers(&one, &rooms, &facts).await, answers(&two, &rooms, &facts).await);
    for (expected, found) in expected.iter().zip(&found) {
        assert_eq!(expected, found, "seed {seed}");
    }
    assert!(expected.len() > 300, "{} questions", expected.len());

    for (table, sql) in tables() {
        let ([mine, others], mut all) = (pair.both(&sql).await, backend.sql(&sql).await);
        let mut together = [mine.clone(), others.clone()].concat();
        together.sort();
        all.sort();
        assert_eq!(together, all, "{table}, seed {seed}");
        if ["chat_rooms", "messages"].contains(&table) {
            assert!(mine.iter().all(|row| home(room_of(row)) == 0), "{table} of the first");
            assert!(others.iter().all(|row| home(room_of(row)) == 1), "{table} of the second");
            assert!(mine.len() * 3 > all.len() && others.len() * 3 > all.len(), "{table} is on both");
        } else {
            assert_eq!(others, Vec::<String>::new(), "{table} is on the first alone");
            assert!(!all.is_empty(), "{table} is to have rows");
        }
    }
    for (user, _) in FORGOTTEN.into_iter().filter(|(_, when)| *when == END) {
        let forgotten = (FIRST_USER + user).to_string();
        for (table, sql) in tables() {
            let rows = pair.both(&sql).await.concat();
            assert!(!rows.iter().any(|row| row.contains(&forgotten)), "{table} names {forgotten}");
        }
    }
    one.close().await;
    two.close().await;
}
