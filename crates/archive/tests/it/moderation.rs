//! Blocks, reports and decisions: rows that tell the same in whatever order the facts come.

use hamdam_archive::{Directory, Ledger};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, MessageId, UpdateId, UserId};
use hamdam_domain::profile::Language;
use hamdam_domain::safety::{Decision, Reason, Report, Verdict};

use crate::backend::{Backend, at, profile, room_id};

const BAD: UserId = UserId(22);

fn report() -> Report {
    Report {
        room: room_id(1),
        bot: BotId(7),
        update: UpdateId(9),
        reporter: UserId(11),
        reported: BAD,
        reason: Reason::Threat,
        message: Some(MessageId(5)),
        at: at(10),
    }
}

fn decision(verdict: Verdict, ms: i64, answers: bool) -> Fact {
    let at = at(ms);
    Fact::Decision(Decision {
        user: BAD,
        verdict,
        until: verdict.until(at),
        by: answers.then_some(UserId(31)),
        report: answers.then(report),
        reason: if answers { String::new() } else { "fraud".to_owned() },
        at,
    })
}

#[tokio::test]
async fn a_report_and_its_decision_commute() {
    for backend in Backend::both("reports").await {
        let archive = backend.migrated().await;
        let told = Fact::Report { report: report(), evidence: Some("give me money".into()) };
        let ban = decision(Verdict::BanWeek, 20, true);
        for order in [[&told, &ban], [&ban, &told]] {
            backend.sql("DELETE FROM reports").await;
            backend.sql("DELETE FROM decisions").await;
            for fact in order.into_iter().chain(order) {
                archive.write(std::slice::from_ref(fact)).await.unwrap();
            }
            let rows = backend
                .sql("SELECT reporter_id, reported_id, reason, evidence, created_at, settled_at FROM reports")
                .await;
            let expected = format!("11\t22\tthreat\tgive me money\t{}\t{}", at(10).0, at(20).0);
            assert_eq!(rows, [expected]);
            assert_eq!(archive.reports_about(BAD).await.unwrap(), 1);
        }
        archive.close().await;
    }
}

#[tokio::test]
async fn the_audit_trail_only_grows_and_bans_are_lifted() {
    for backend in Backend::both("decisions").await {
        let archive = backend.migrated().await;
        let facts = [
            decision(Verdict::BanWeek, 20, true),
            decision(Verdict::Undo, 30, true),
            decision(Verdict::BanForEver, 40, false),
        ];
        archive.write(&facts).await.unwrap();
        archive.write(&facts).await.unwrap();
        let stored = archive.decisions(BAD).await.unwrap();
        let told: Vec<_> = stored.iter().map(|d| (&*d.verdict, d.at, d.by, &*d.reason)).collect();
        let by = Some(UserId(31));
        let expected = [("ban7", at(20), by, ""), ("undo", at(30), by, ""), ("ban0", at(40), None, "fraud")];
        assert_eq!(told, expected);
        assert_eq!(stored[0].case, Some(report().case().to_string()));
        assert_eq!(stored[0].until, Verdict::BanWeek.until(at(20)));
        let bans = backend.sql("SELECT created_at, lifted_at FROM bans ORDER BY created_at").await;
        assert_eq!(bans, [format!("{}\t{}", at(20).0, at(30).0), format!("{}\tNULL", at(40).0)]);
        archive.close().await;
    }
}

#[tokio::test]
async fn a_block_is_read_back() {
    for backend in Backend::both("blocks").await {
        let archive = backend.migrated().await;
        let block =
            |version: i64| Fact::Block { blocker: UserId(11), blocked: BAD, version: Millis(at(version).0) };
        archive.write(&[profile(11, 1, Language::En, 7), block(6), block(5)]).await.unwrap();
        archive.write(&[block(7)]).await.unwrap();
        assert_eq!(archive.user(UserId(11)).await.unwrap().unwrap().blocked, [BAD]);
        assert_eq!(backend.sql("SELECT version FROM blocks").await, [at(7).0.to_string()]);
        archive.close().await;
    }
}

#[tokio::test]
async fn of_several_ratings_of_a_room_the_newest_stands_in_whatever_order_they_come() {
    let rated =
        |rater, up, ms| Fact::Rated { room: room_id(1), rater: UserId(rater), rated: BAD, up, at: at(ms) };
    let told = [rated(11, false, 10), rated(11, true, 20), rated(11, false, 20), rated(12, false, 30)];
    for backend in Backend::both("ratings").await {
        let archive = backend.migrated().await;
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            backend.sql("DELETE FROM ratings").await;
            let facts: Vec<Fact> = order.iter().map(|&place: &usize| told[place].clone()).collect();
            for fact in facts.iter().chain(&facts) {
                archive.write(std::slice::from_ref(fact)).await.unwrap();
            }
            archive.write(&facts).await.unwrap();
            let rows = backend
                .sql("SELECT rater_id, rated_id, is_good, rated_at FROM ratings ORDER BY rater_id")
                .await;
            let expected = [format!("11\t22\t1\t{}", at(20).0), format!("12\t22\t0\t{}", at(30).0)];
            assert_eq!(rows, expected, "{order:?}");
        }
        archive.close().await;
    }
}
