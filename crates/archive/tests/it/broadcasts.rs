//! Whom a broadcast can be for, whom it did not reach, and what became of it.

use hamdam_archive::{Audience, Directory, Ledger};
use hamdam_domain::broadcast::{BroadcastId, Course, Segment, Tally};
use hamdam_domain::fact::{BroadcastFact, Fact};
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::wish::{Facts, Gender};

use crate::backend::{Backend, at, profile};

#[tokio::test]
async fn users_are_read_in_the_order_of_their_ids_and_with_what_they_told() {
    for backend in Backend::both("members").await {
        let archive = backend.migrated().await;
        let facts = Facts { gender: Some(Gender::Female), ..Facts::default() };
        let told = Profile { facts, ..Profile::new(Language::Fa, BotId(7)) };
        let mut known = vec![
            Fact::Profile { user: UserId(3), profile: told, version: at(5) },
            profile(1, 6, Language::En, 7),
            profile(2, 7, Language::Ru, 8),
        ];
        archive.write(&known).await.unwrap();
        let first = archive.members(UserId(0), 2).await.unwrap();
        assert_eq!(first.iter().map(|member| member.user.0).collect::<Vec<_>>(), [1, 2]);
        let rest = archive.members(UserId(2), 2).await.unwrap();
        let [member] = &rest[..] else { panic!("{rest:?}") };
        assert_eq!((member.user, member.created_at), (UserId(3), at(5)));
        assert_eq!((member.profile.language, member.profile.bot), (Language::Fa, BotId(7)));
        assert_eq!(member.profile.facts.gender, facts.gender);
        assert!(archive.members(UserId(3), 2).await.unwrap().is_empty());
        // Who takes back what they told, told nothing.
        known = vec![profile(3, 9, Language::Fa, 7)];
        archive.write(&known).await.unwrap();
        assert_eq!(archive.members(UserId(2), 2).await.unwrap()[0].profile.facts, Facts::default());
        assert_eq!(archive.users().await.unwrap(), 3);
        archive.close().await;
    }
}

#[tokio::test]
async fn who_was_not_reached_is_marked_until_they_tell_otherwise() {
    for backend in Backend::both("unreachable").await {
        let archive = backend.migrated().await;
        archive.write(&[profile(1, 5, Language::En, 7)]).await.unwrap();
        let unreachable =
            |bot: i64, ms: i64| Fact::Unreachable { user: UserId(1), bot: BotId(bot), at: at(ms) };
        let marked = async || archive.user(UserId(1)).await.unwrap().unwrap().profile.unreachable;
        for (fact, wanted, why) in [
            (unreachable(8, 6), false, "they use another bot"),
            (unreachable(7, 4), false, "they wrote behind that"),
            (unreachable(7, 6), true, "that was seen last"),
            (profile(1, 8, Language::En, 7), false, "they came back"),
            (unreachable(7, 6), false, "told again"),
        ] {
            archive.write(&[fact]).await.unwrap();
            assert_eq!(marked().await, wanted, "{why}");
        }
        // Both in one piece, as the journal may bring them.
        archive.write(&[unreachable(7, 20), profile(1, 19, Language::En, 7)]).await.unwrap();
        assert!(marked().await);
        archive.close().await;
    }
}

#[tokio::test]
async fn what_is_over_stays_so_in_whatever_order_it_is_told() {
    let fact = |over: Option<i64>, course, sent| {
        Fact::Broadcast(BroadcastFact {
            number: BroadcastId(3),
            begun_at: at(5),
            by: Some(UserId(31)),
            to: "fa,,,,".parse::<Segment>().unwrap(),
            kind: MessageKind::Photo,
            course,
            over_at: over.map(at),
            tally: Tally { queued: 9, sent, ..Tally::default() },
        })
    };
    let (begun, over) = (fact(None, Course::Running, 0), fact(Some(8), Course::Cancelled, 7));
    for backend in Backend::both("broadcasts").await {
        let archive = backend.migrated().await;
        for order in [[&begun, &over], [&over, &begun]] {
            for at_once in [false, true] {
                backend.sql("DELETE FROM broadcasts").await;
                if at_once {
                    archive.write(&order.map(Clone::clone)).await.unwrap();
                } else {
                    for fact in order.into_iter().chain(order) {
                        archive.write(std::slice::from_ref(fact)).await.unwrap();
                    }
                }
                let stored = archive.broadcasts().await.unwrap();
                let [broadcast] = &stored[..] else { panic!("{stored:?}") };
                assert_eq!(
                    (broadcast.number, broadcast.begun_at, broadcast.by),
                    (3, at(5), Some(UserId(31)))
                );
                assert_eq!((&*broadcast.segment, &*broadcast.kind), ("fa,,,,", "photo"));
                assert_eq!((&*broadcast.course, broadcast.over_at), ("cancelled", Some(at(8))));
                assert_eq!((broadcast.tally.queued, broadcast.tally.sent), (9, 7));
            }
        }
        archive.close().await;
    }
}
