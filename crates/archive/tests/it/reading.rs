//! What was written is found again.

use hamdam_archive::{Arrivals, Directory, KnownSide, KnownUser, Ledger, StoredRoom};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, RoomEnd};
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::source::Source;
use hamdam_domain::wish::{Age, Facts, Gender, Genders, Wants};

use crate::backend::{Backend, at, closed, message, room};

#[tokio::test]
async fn a_user_comes_back_with_profile_and_blocks() {
    for backend in Backend::both("user").await {
        let archive = backend.migrated().await;
        let user = UserId(11);
        assert_eq!(archive.user(user).await.unwrap(), None);
        let profile = Profile {
            unreachable: true,
            banned_until: Some(Millis(at(5).0)),
            ..Profile::new(Language::Fa, BotId(7))
        };
        let fact = Fact::Profile { user, profile: profile.clone(), version: at(1) };
        archive.write(&[fact]).await.unwrap();
        backend
            .sql("INSERT INTO blocks VALUES (11, 33, 1, 1, 1), (11, 22, 1, 1, 1), (11, 44, 0, 2, 1), (22, 55, 1, 1, 1)")
            .await;
        let blocked = vec![UserId(22), UserId(33)];
        let known = KnownUser { profile, blocked, credits: Vec::new(), forgotten: false };
        assert_eq!(archive.user(user).await.unwrap(), Some(known));
    }
}

#[tokio::test]
async fn what_a_user_told_comes_back_until_they_take_it_back() {
    for backend in Backend::both("wishes").await {
        let archive = backend.migrated().await;
        let user = UserId(11);
        let plain = Profile::new(Language::Fa, BotId(7));
        let facts = Facts { gender: Some(Gender::Female), age: Age::new(30).ok(), ..Facts::default() };
        let wants = Wants { genders: Genders::only(Gender::Male), ..Wants::default() };
        let told = Profile { facts, wants, ..plain.clone() };
        let known = async |profile: &Profile, version| {
            let fact = Fact::Profile { user, profile: profile.clone(), version: at(version) };
            archive.write(&[fact]).await.unwrap();
            archive.user(user).await.unwrap().unwrap().profile
        };
        assert_eq!(known(&told, 2).await, told);
        assert_eq!(known(&plain, 1).await, told, "of an older version");
        let silent = Profile { wants: Wants::default(), ..told.clone() };
        assert_eq!(known(&silent, 3).await, silent);
        assert_eq!(known(&plain, 4).await, plain);
        assert_eq!(known(&told, 3).await, plain, "of an older version");
        assert_eq!(known(&told, 5).await, told);
    }
}

#[tokio::test]
async fn whoever_came_by_a_link_is_counted_once_by_their_first() {
    for backend in Backend::both("arrivals").await {
        let archive = backend.migrated().await;
        let (spring, mine) = (Source::of_payload("c_spring").unwrap(), Source::invitation("aB3"));
        let came = |user, source: &Source, ms, new| {
            let (user, source) = (UserId(user), source.clone());
            Fact::Arrived { user, source, at: at(ms), new }
        };
        assert_eq!(archive.newcomers(&spring).await.unwrap(), 0);
        assert_eq!(archive.arrivals().await.unwrap(), []);
        let facts = [
            came(1, &spring, 5, true),
            came(2, &spring, 5, false),
            came(1, &spring, 9, false),
            came(3, &mine, 6, true),
            came(3, &spring, 7, true),
            came(4, &mine, 8, true),
            came(4, &spring, 3, true),
        ];
        archive.write(&facts[..2]).await.unwrap();
        archive.write(&facts).await.unwrap();
        archive.write(&facts[3..5]).await.unwrap();
        let counted = |source: &Source, arrived, new| Arrivals { source: source.to_string(), arrived, new };
        assert_eq!(archive.arrivals().await.unwrap(), [counted(&spring, 3, 2), counted(&mine, 1, 1)]);
        assert_eq!(archive.newcomers(&spring).await.unwrap(), 2);
        assert_eq!(archive.newcomers(&mine).await.unwrap(), 1);
        assert_eq!(
            archive.newcomers(&Source::invitation("ab3")).await.unwrap(),
            0,
            "letters count as written"
        );
    }
}

#[tokio::test]
async fn a_message_is_found_from_either_side() {
    for backend in Backend::both("lookup").await {
        let archive = backend.migrated().await;
        let (talk, elsewhere) = (room(1, 11, 22), room(2, 11, 33));
        archive
            .write(&[message(&talk, 0, 5), message(&talk, 1, 6), message(&elsewhere, 0, 7)])
            .await
            .unwrap();
        for (user, known, found) in [
            (11, KnownSide::Wrote(MessageId(1_005)), Some(2_005)),
            (11, KnownSide::Received(MessageId(2_006)), Some(1_006)),
            (22, KnownSide::Wrote(MessageId(1_006)), Some(2_006)),
            (22, KnownSide::Received(MessageId(2_005)), Some(1_005)),
            // Their own message is not one they received, and a message of another room is not one of this.
            (11, KnownSide::Received(MessageId(2_005)), None),
            (11, KnownSide::Wrote(MessageId(1_007)), None),
        ] {
            let answer = archive.counterpart(UserId(user), talk.room, known).await.unwrap();
            assert_eq!(answer, found.map(MessageId), "{user} {known:?}");
        }
    }
}

#[tokio::test]
async fn a_past_room_comes_with_its_messages_to_those_who_were_in_it() {
    for backend in Backend::both("past").await {
        let archive = backend.migrated().await;
        let (older, newer, running) = (room(1, 11, 22), room(2, 11, 33), room(3, 11, 44));
        archive.write(&[&older, &newer, &running].map(|room| Fact::RoomOpened(room.clone()))).await.unwrap();
        let ended = |room| closed(room, 9, RoomEnd::Left, None);
        archive
            .write(&[ended(&older), ended(&newer), message(&newer, 0, 5), message(&newer, 1, 6)])
            .await
            .unwrap();
        let past =
            async |user, room, since| archive.past_room(UserId(user), room, Millis(since)).await.unwrap();
        let last = past(11, None, 0).await.unwrap();
        assert_eq!((last.room, last.partner), (newer.room, UserId(33)), "the last that is over");
        let ids: Vec<_> =
            last.messages.iter().map(|message| (message.sender_message, message.partner_message)).collect();
        assert_eq!(
            ids,
            [(MessageId(1_005), Some(MessageId(2_005))), (MessageId(1_006), Some(MessageId(2_006)))]
        );
        assert_eq!(last.messages.iter().filter(|message| message.sender == UserId(33)).count(), 1);
        let recent = past(11, None, at(6).0).await.unwrap();
        assert_eq!(recent.messages, last.messages[1..]);
        assert_eq!(
            past(22, Some(older.room), 0).await.unwrap().partner,
            UserId(11),
            "named, and on the other side"
        );
        assert_eq!(past(22, Some(newer.room), 0).await, None, "somebody else's");
        assert_eq!(past(44, None, 0).await, None, "it goes on");
    }
}

#[tokio::test]
async fn active_rooms_are_those_not_ended_on_either_side() {
    for backend in Backend::both("active").await {
        let archive = backend.migrated().await;
        let (past, first, second) = (room(1, 22, 33), room(2, 11, 22), room(3, 22, 44));
        let opened = [&past, &first, &second].map(|room| Fact::RoomOpened(room.clone()));
        archive.write(&opened).await.unwrap();
        archive.write(&[closed(&past, 9, RoomEnd::Idle, None)]).await.unwrap();
        let stored = |fact: &hamdam_domain::fact::RoomFact| StoredRoom {
            room: fact.room,
            users: fact.users,
            started_at: fact.room.made_at(),
        };
        let mut found = archive.active_rooms(UserId(22)).await.unwrap();
        found.sort_by_key(|room| room.room);
        assert_eq!(found, [stored(&first), stored(&second)]);
        assert_eq!(archive.active_rooms(UserId(33)).await.unwrap(), []);
        let counts = archive.counts().await.unwrap();
        assert_eq!((counts.rooms, counts.active_rooms, counts.users, counts.messages), (3, 2, 0, 0));
    }
}

#[tokio::test]
async fn a_record_in_memory_works_without_a_file() {
    let archive =
        hamdam_archive::Archive::open(hamdam_archive::Settings::new(hamdam_archive::Address::memory()));
    assert_eq!(archive.migrate().await.unwrap(), crate::migrating::written().len());
    assert_eq!(archive.migrate().await.unwrap(), 0);
    let talk = room(1, 11, 22);
    archive.write(&[Fact::RoomOpened(talk.clone()), message(&talk, 0, 5)]).await.unwrap();
    assert_eq!(archive.counts().await.unwrap().messages, 1);
    archive.ping().await.unwrap();
}
