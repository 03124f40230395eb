//! Who is forgotten leaves no row behind but what the safety of others needs, whatever comes later and in whatever order.

use std::collections::BTreeSet;

use hamdam_archive::{Archive, Directory, Forgetting, Ledger, Traces};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, Forgotten, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, UpdateId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::safety::{Decision, FOR_EVER, Reason, Report, Verdict};
use hamdam_domain::source::Source;

use crate::backend::{Backend, at, closed, message, profile, pseudonyms, room};

/// Who is forgotten: a number that is found by no accident, smaller than one partner's and greater than the other's.
const ME: UserId = UserId(7_310_000_011);
const BEN: UserId = UserId(7_310_000_012);
const CYD: UserId = UserId(7_310_000_010);
const WHEN: i64 = 1_000;

fn report(update: i64, by: UserId, about: UserId, ms: i64) -> Report {
    Report {
        room: talk(ms).room,
        bot: BotId(7),
        update: UpdateId(update),
        reporter: by,
        reported: about,
        reason: Reason::Threat,
        message: None,
        at: at(ms),
    }
}

fn decision(user: UserId, by: Option<UserId>, report: Option<Report>, ms: i64) -> Fact {
    let verdict = Verdict::BanForEver;
    let until = verdict.until(at(ms));
    Fact::Decision(Decision { user, verdict, until, by, report, reason: String::new(), at: at(ms) })
}

fn talk(ms: i64) -> RoomFact {
    room(ms, ME.0, BEN.0)
}

fn link(name: &str) -> Source {
    Source::of_payload(name).unwrap()
}

/// Everything that the tables can hold about somebody.
fn life() -> Vec<Fact> {
    let (first, second) = (talk(100), room(300, CYD.0, ME.0));
    let mut told = profile(ME.0, 90, Language::Fa, 7);
    if let Fact::Profile { profile, .. } = &mut told {
        profile.wants.same_language = true;
    }
    vec![
        told,
        profile(BEN.0, 90, Language::En, 7),
        Fact::Arrived { user: ME, source: link("c_spring"), at: at(90), new: true },
        Fact::Arrived { user: BEN, source: link("r_mine"), at: at(95), new: true },
        Fact::RoomOpened(first.clone()),
        message(&first, 0, 110),
        message(&first, 1, 120),
        closed(&first, 200, RoomEnd::Left, Some(ME.0)),
        Fact::RoomOpened(second.clone()),
        message(&second, 0, 310),
        message(&second, 1, 320),
        closed(&second, 400, RoomEnd::Left, Some(CYD.0)),
        Fact::Block { blocker: ME, blocked: CYD, version: at(410) },
        Fact::Block { blocker: BEN, blocked: ME, version: at(420) },
        Fact::Report { report: report(1, ME, BEN, 130), evidence: Some("theirs".into()) },
        Fact::Report { report: report(2, BEN, ME, 140), evidence: Some("mine, settled".into()) },
        Fact::Report { report: report(3, BEN, ME, 150), evidence: Some("mine, open".into()) },
        decision(ME, Some(BEN), Some(report(2, BEN, ME, 140)), 500),
        decision(CYD, Some(ME), None, 510),
    ]
}

fn forgotten() -> Fact {
    let mut left = Profile::new(Language::Fa, BotId(7));
    left.banned_until = Some(FOR_EVER);
    let invitation = link("r_mine");
    Fact::Forgotten(Forgotten { user: ME, at: at(WHEN), left, met: vec![BEN, CYD], invitation })
}

async fn write(archive: &Archive, facts: &[Fact]) -> Vec<(UserId, Millis)> {
    archive.write(facts).await.unwrap();
    archive.sweep_behind(facts).await.unwrap()
}

pub(crate) const TABLES: [(&str, &str); 10] = [
    (
        "users",
        "telegram_id, language, bot_id, unreachable, banned_until, profile_version, created_at, updated_at",
    ),
    ("user_wishes", "telegram_id, facts, wants, profile_version"),
    ("chat_rooms", "id, user1_id, user2_id, is_active, started_at, ended_at, ended_by, end_reason"),
    (
        "messages",
        "chat_room_id, bot_id, update_id, created_at, sender_id, sender_message_id, partner_message_id",
    ),
    ("blocks", "blocker_id, blocked_id, is_active, version, created_at"),
    (
        "reports",
        "chat_room_id, update_id, reporter_id, reported_id, reason, evidence, created_at, settled_at",
    ),
    ("bans", "telegram_id, banned_until, banned_by, reason, created_at, lifted_at"),
    ("decisions", "telegram_id, verdict, until_at, decided_by, case_id, created_at"),
    ("arrivals", "telegram_id, source, arrived_at, is_new"),
    ("forgotten", "pseudonym, forgotten_at"),
];

/// Every row, without the numbers that a database gives.
async fn rows(backend: &Backend) -> Vec<String> {
    let mut rows = Vec::new();
    for (table, columns) in TABLES {
        let mut all = backend.sql(&format!("SELECT {columns} FROM {table}")).await;
        all.sort();
        rows.extend(all.into_iter().map(|row| format!("{table}: {row}")));
    }
    rows
}

async fn empty(backend: &Backend) {
    for (table, _) in TABLES {
        backend.sql(&format!("DELETE FROM {table}")).await;
    }
}

fn of<'r>(rows: &'r [String], table: &str) -> Vec<&'r str> {
    rows.iter().filter_map(|row| row.strip_prefix(&format!("{table}: "))).collect()
}

#[tokio::test]
async fn nothing_of_who_is_forgotten_stays_but_what_others_need() {
    for backend in Backend::both("forgetting").await {
        let archive = backend.migrated().await;
        write(&archive, &life()).await;
        let me = ME.0.to_string();
        let before = rows(&backend).await;
        for (table, _) in TABLES.into_iter().filter(|(table, _)| *table != "forgotten") {
            assert!(
                of(&before, table).iter().any(|row| row.contains(&me)),
                "{table} is to tell of them first"
            );
        }
        let swept = write(&archive, &[forgotten()]).await;
        assert_eq!(swept, [(ME, at(WHEN))]);
        let left = rows(&backend).await;
        assert!(!left.iter().any(|row| row.contains(&me)), "{left:#?}");

        let alias = pseudonyms().of(ME).0;
        assert_eq!(of(&left, "users").len(), 2, "Ben, and that somebody is banned: {left:#?}");
        assert!(
            of(&left, "users")
                .iter()
                .any(|row| row.starts_with(&format!("{alias}\ten\t0\t0\t{}", FOR_EVER.0)))
        );
        assert_eq!(of(&left, "user_wishes").len(), 0);
        assert_eq!(of(&left, "messages").len(), 2, "what others wrote is theirs: {left:#?}");
        assert_eq!(of(&left, "chat_rooms").len(), 2, "the others' rooms are theirs too");
        assert_eq!(of(&left, "blocks"), [format!("{}\t{alias}\t1\t{1}\t{1}", BEN.0, at(420).0)]);
        let reports = of(&left, "reports");
        let told = |reporter: i64, reported: i64, evidence: &str| {
            let told = format!("\t{reporter}\t{reported}\tthreat\t{evidence}\t");
            assert!(reports.iter().any(|row| row.contains(&told)), "{told:?} in {reports:#?}");
        };
        told(0, BEN.0, "theirs");
        told(BEN.0, alias, "NULL");
        told(BEN.0, alias, "mine, open");
        assert!(of(&left, "bans").iter().any(|row| row.starts_with(&format!("{alias}\t"))));
        assert_eq!(of(&left, "decisions").iter().filter(|row| row.contains(&alias.to_string())).count(), 2);
        assert_eq!(of(&left, "arrivals"), [format!("{}\tr_forgotten\t{}\t1", BEN.0, at(95).0)]);
        archive.close().await;
    }
}

#[tokio::test]
async fn facts_from_before_bring_nothing_back_in_whatever_order_they_come() {
    for backend in Backend::both("late_facts").await {
        let archive = backend.migrated().await;
        let life = life();
        write(&archive, &life).await;
        write(&archive, &[forgotten()]).await;
        let expected = rows(&backend).await;
        for step in [1, 5, 7, 11] {
            // Each fact alone, in another order, the forgetting somewhere between; then all again.
            empty(&backend).await;
            let mut facts: Vec<Fact> = (0..life.len()).map(|n| life[n * step % life.len()].clone()).collect();
            facts.insert(step, forgotten());
            for fact in &facts {
                write(&archive, std::slice::from_ref(fact)).await;
            }
            // What a writer that died had written before it was swept is swept by the next.
            archive.write(&facts).await.unwrap();
            write(&archive, &facts).await;
            assert_eq!(rows(&backend).await, expected, "every {step}th");
        }
        archive.close().await;
    }
}

#[tokio::test]
async fn who_comes_back_is_new_but_for_bans_and_blocks() {
    for backend in Backend::both("coming_back").await {
        let archive = backend.migrated().await;
        write(&archive, &life()).await;
        write(&archive, &[forgotten()]).await;
        let known = archive.user(ME).await.unwrap().unwrap();
        assert!(known.forgotten);
        assert_eq!((known.profile.banned_until, known.blocked.as_slice()), (Some(FOR_EVER), &[BEN][..]));
        assert!(!known.profile.wants.same_language, "{known:?}");

        // A new life, and something of the old one that comes later yet.
        let new = room(2_000, ME.0, CYD.0);
        let anew = [
            profile(ME.0, 1_500, Language::Es, 8),
            Fact::RoomOpened(new.clone()),
            closed(&new, 600_000, RoomEnd::Left, Some(ME.0)),
            Fact::Block { blocker: ME, blocked: UserId(5), version: at(2_100) },
        ];
        let swept = write(&archive, &anew).await;
        assert_eq!(swept, [(ME, at(WHEN))], "a room may be of before, by a wrong clock");
        write(&archive, &[profile(ME.0, 95, Language::Fa, 7)]).await;
        let known = archive.user(ME).await.unwrap().unwrap();
        assert!(!known.forgotten);
        assert_eq!((known.profile.language, known.profile.bot), (Language::Es, BotId(8)));
        assert_eq!(known.blocked, [UserId(5), BEN], "whom they blocked now, and who blocked them before");
        let since = backend.sql(&format!("SELECT created_at FROM users WHERE telegram_id = {ME}")).await;
        assert_eq!(since, [at(1_500).0.to_string()], "nobody knew them before");

        // A room that was surely made behind is theirs.
        let later = room(400_000, ME.0, CYD.0);
        assert_eq!(write(&archive, &[Fact::RoomOpened(later)]).await, []);
        assert_eq!(archive.active_rooms(ME).await.unwrap().len(), 1);
        archive.close().await;
    }
}

#[tokio::test]
async fn traces_tell_where_live_state_may_name_somebody() {
    for backend in Backend::both("traces").await {
        let archive = backend.migrated().await;
        let life = life();
        write(&archive, &life).await;
        let traces = archive.traces(ME, at(WHEN)).await.unwrap();
        let expected = Traces {
            rooms: BTreeSet::from([talk(100).room, room(300, CYD.0, ME.0).room]),
            others: BTreeSet::from([BEN, CYD]),
            cases: [report(1, ME, BEN, 130), report(2, BEN, ME, 140), report(3, BEN, ME, 150)]
                .iter()
                .map(Report::case)
                .collect(),
        };
        assert_eq!(traces, expected);
        assert_eq!(Traces::in_facts(ME, &life), expected, "facts that are not written yet tell the same");
        assert_eq!(Traces::in_facts(ME, &[forgotten()]).others, expected.others);
        let month = i64::from(31 * 24 * 3_600) * 1_000;
        let later = archive.traces(ME, at(month + 250)).await.unwrap();
        assert_eq!(
            later.rooms,
            BTreeSet::from([room(300, CYD.0, ME.0).room]),
            "not what live state forgot by itself"
        );
        archive.close().await;
    }
}
