//! What is read of a record, and what is mended.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Conduct;
use hamdam_domain::id::{BotId, MessageId, UserId};
use hamdam_domain::record::Announcement;

use super::{Field, Found, Healing, read};

const NOW: Millis = Millis(1_764_000_000_000);
const DAY: Duration = Duration::from_hours(24);

fn read_texts(list: &[(&str, &str)]) -> Found {
    let fields: Vec<Field<'_>> = list.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())).collect();
    read(&fields, NOW, DAY)
}

/// A chatting record; the hour of `NOW` is 490,000.
fn chatting() -> Vec<(&'static str, &'static str)> {
    vec![
        ("v", "7"),
        ("p", "fa 11"),
        ("a", "1764000000"),
        ("s", "c 9007199254740993 5"),
        ("t", "11:100"),
        ("e", "1764000000000003"),
        ("l", "12"),
        ("g", "90 490000 0 12"),
        ("rm", "120 490000 0"),
        ("f", "11 100 490000 0"),
        ("m11m", "100 490000 0"),
        ("q", "a"),
        ("j", "9007199254740995 8 1763999000"),
        ("k", "9007199254740993 41 42"),
        ("h", "1763999000"),
        ("c", "3 1 2916 0b1714fc0"),
        ("ca", "2000 1764000000 11:100 7"),
        ("cb", "q1764000009 h2,1764000000"),
        ("ct", "0000070123429bc0"),
        ("cj", "y1764000060"),
        ("$", "1766591000000"),
        ("d", "gf a30"),
        ("i", "5 9"),
        ("w", "gm a25-40"),
        ("b77", ""),
        ("y5", "1764000000"),
        ("y4", "1763990000"),
        ("zz", "of a later version"),
    ]
}

fn healing(found: Found) -> Healing {
    match found {
        Found::Rubbish(healing) => healing,
        other => panic!("not rubbish: {other:?}"),
    }
}

#[test]
fn a_record_is_read_and_unknown_fields_are_left_alone() {
    let Found::Record { record, outlived } = read_texts(&chatting()) else { panic!("no record") };
    assert_eq!(record.session.name(), "chatting");
    assert_eq!(record.session.room().unwrap().0, 9_007_199_254_740_993, "beyond 2^53");
    assert_eq!(record.across, Some(BotId(12)));
    assert_eq!(record.blocked, [UserId(77)]);
    assert_eq!(record.profile.facts.age.map(u8::from), Some(30));
    assert_eq!(record.profile.facts.interests.iter().count(), 2);
    assert_eq!(record.profile.wants.ages.to().years(), 40);
    assert_eq!(record.marks.len(), 1);
    assert_eq!(record.recent.iter().map(|met| met.user.0).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(record.asked.unwrap().messages, [MessageId(41), MessageId(42)]);
    assert_eq!(record.new_since, Some(Millis(1_763_999_000_000)));
    assert_eq!((record.conduct.ratings(NOW).up, record.conduct.weight(NOW, DAY)), (3, 1));
    assert_eq!(record.premium_until, Some(Millis(1_766_591_000_000)));
    assert!(outlived.is_empty());
}

#[test]
fn what_was_asked_in_another_room_and_the_day_before_yesterday_is_no_part_of_the_record() {
    let changed = chatting().into_iter().map(|(name, value)| match name {
        "k" => (name, "55 41"),
        "h" => (name, "1763900000"),
        _ => (name, value),
    });
    let Found::Record { record, outlived } = read_texts(&changed.collect::<Vec<_>>()) else {
        panic!("no record")
    };
    assert_eq!((record.asked, record.new_since), (None, None));
    assert_eq!(outlived.iter().map(|mend| &mend.field[..]).collect::<Vec<_>>(), [b"h"]);
}

#[test]
fn what_tells_of_the_room_is_on_its_way_or_a_message() {
    let kept = [
        ("1764000000000003", Some(Announcement::Pending)),
        ("-1912345678", Some(Announcement::At(MessageId(1_912_345_678)))),
        ("0", None),
    ];
    for (value, announcement) in kept {
        let list: Vec<_> =
            chatting().into_iter().map(|(n, v)| (n, if n == "e" { value } else { v })).collect();
        let Found::Record { record, .. } = read_texts(&list) else { panic!("no record") };
        assert_eq!(record.announcement, announcement);
    }
}

#[test]
fn a_mark_of_three_days_ago_is_no_part_of_the_record() {
    let mut list = chatting();
    list.push(("m11c", "90 489900 0"));
    let Found::Record { record, outlived } = read_texts(&list) else { panic!("no record") };
    assert_eq!((record.marks.len(), outlived.len()), (1, 1));
}

#[test]
fn a_meeting_of_the_day_before_yesterday_is_no_part_of_the_record() {
    let mut list = chatting();
    list.push(("y6", "1763900000"));
    let Found::Record { record, outlived } = read_texts(&list) else { panic!("no record") };
    assert_eq!((record.recent.len(), outlived.len()), (2, 1));
    assert_eq!(outlived[0].field, b"y6");
}

#[test]
fn conduct_that_counts_no_more_is_no_part_of_the_record() {
    let list: Vec<_> =
        chatting().into_iter().map(|(n, v)| (n, if n == "c" { "3 1 2900 0b1714f00" } else { v })).collect();
    let Found::Record { record, outlived } = read_texts(&list) else { panic!("no record") };
    assert_eq!((record.conduct, &*outlived[0].field), (Conduct::default(), &b"c"[..]));
}

#[test]
fn the_last_room_is_spoken_of_for_an_hour() {
    let with = |value: &'static str| -> Vec<_> {
        chatting().into_iter().map(|(n, v)| (n, if n == "j" { value } else { v })).collect()
    };
    let Found::Record { record, .. } = read_texts(&chatting()) else { panic!("no record") };
    let last = record.last_room.unwrap();
    assert_eq!((last.room.0, last.partner), (9_007_199_254_740_995, UserId(8)));
    let Found::Record { record, outlived } = read_texts(&with("5 8 1763990000")) else { panic!("no record") };
    assert_eq!((record.last_room, &*outlived[0].field), (None, &b"j"[..]));
}

#[test]
fn each_unreadable_field_alone_is_mended() {
    for (name, _) in chatting().into_iter().filter(|(name, _)| !["zz", "b77"].contains(name)) {
        let list: Vec<_> =
            chatting().into_iter().map(|(n, v)| if n == name { (n, "\u{1}?") } else { (n, v) }).collect();
        let healing = healing(read_texts(&list));
        assert!(!healing.drop, "{name}");
        let in_session = ["s", "t"].contains(&name);
        assert_eq!(healing.idles, in_session.then_some("c"), "{name}");
        assert!(matches!(read_texts(&mended(&list, &healing)), Found::Record { .. }), "{name}");
    }
}

/// What `heal.lua` leaves.
fn mended<'a>(list: &[(&'a str, &'a str)], healing: &'a Healing) -> Vec<(&'a str, &'a str)> {
    let of = |name: &str| healing.mends.iter().find(|mend| mend.field == name.as_bytes());
    let kept = list.iter().copied().filter(|(name, _)| of(name).is_none());
    let put = healing.mends.iter().filter(|mend| !mend.put.is_empty());
    kept.chain(put.map(|mend| (std::str::from_utf8(&mend.field).unwrap(), mend.put.as_str()))).collect()
}

#[test]
fn a_state_without_its_fields_and_fields_without_a_state_are_rubbish() {
    let without = |gone: &[&str]| -> Vec<_> {
        chatting().into_iter().filter(|(name, _)| !gone.contains(name)).collect()
    };
    assert_eq!(healing(read_texts(&without(&["s"]))).idles, Some("c"));
    assert_eq!(healing(read_texts(&without(&["t"]))).idles, Some("c"));
    assert_eq!(healing(read_texts(&without(&["s", "t"]))).idles, Some("c"), "marks of no room");
    assert!(matches!(read_texts(&without(&["s", "t", "e", "l", "g", "rm"])), Found::Record { .. }));
}

#[test]
fn a_missing_version_or_profile_is_put_back() {
    for name in ["v", "p"] {
        let list: Vec<_> = chatting().into_iter().filter(|(n, _)| *n != name).collect();
        let healing = healing(read_texts(&list));
        assert_eq!(healing.idles, None);
        assert!(matches!(read_texts(&mended(&list, &healing)), Found::Record { .. }), "{name}");
    }
}

#[test]
fn a_record_without_any_bot_is_dropped() {
    let healing = healing(read_texts(&[("what", "ever")]));
    assert!(healing.drop);
}
