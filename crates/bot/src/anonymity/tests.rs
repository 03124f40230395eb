use hamdam_telegram::Update;
use hamdam_telegram::{Event, Message};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn message(fields: Value) -> Message {
    let mut message = json!({"message_id": 5, "chat": {"id": 7, "type": "private"}});
    let Value::Object(fields) = fields else { panic!("no fields") };
    message.as_object_mut().unwrap().extend(fields);
    let update = json!({"update_id": 1, "message": message}).to_string();
    match Update::from_json(update.as_bytes()).unwrap().event {
        Event::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

fn shown(fields: Value) -> Vec<Reveal> {
    reveals(&message(fields)).iter().collect()
}

fn said(text: &str) -> Vec<Reveal> {
    shown(json!({ "text": text }))
}

const CONTACT: &[Reveal] = &[Reveal::Contact];
const MENTION: &[Reveal] = &[Reveal::Mention];
const PHONE: &[Reveal] = &[Reveal::Phone];
const EMAIL: &[Reveal] = &[Reveal::Email];
const LINK: &[Reveal] = &[Reveal::Link];
const TELEGRAM: &[Reveal] = &[Reveal::Mention, Reveal::Link];
const NOTHING: &[Reveal] = &[];

#[test]
fn talk_reveals_nothing() {
    for text in [
        "hi",
        "سلام، خوبی؟ ساعت ۱۰:۳۰ بیا",
        "see you at 10.30, on 2024-12-25 18:30",
        "25.12.2024 18:30",
        "it costs 1,000,000,000 rials or 12.50",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10",
        "I came home.Then I slept. Me too... so what?",
        "и т.е. это; т. д.",
        "50/50, and/or, 24/7, w/o",
        "come @ nine, or @home? no",
        "3.14159265 is pi",
        "a:b, c//d",
        "dot. com. at. me",
        "10 + 20 = 30",
        "❤️❤️👍🏽 haha 😂",
        "<b>not a tag</b> & neither is <i>this",
        "one\ntwo\n\nthree",
        "look at the mail",
        "#music 🇮🇷.🇩🇪",
    ] {
        // "@home" is somebody's name.
        let wanted = if text.contains("@home") { MENTION } else { NOTHING };
        assert_eq!(said(text), wanted, "{text}");
    }
}

#[test]
fn numbers_are_found_whatever_stands_between_their_digits() {
    for text in [
        "09121234567",
        "call +98 912 123 45 67!",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "٠٩١٢١٢٣٤٥٦٧",
        "شماره‌ام ۰۹۱۲-۱۲۳-۴۵-۶۷ است",
        "0 9 1 2 1 2 3 4 5 6 7",
        "0-9-1-2-1-2-3-4-5-6-7",
        "0\u{200b}9\u{200c}1\u{200d}2\u{2060}1\u{feff}2\u{200e}3\u{202e}4567",
        "0️⃣9️⃣1️⃣2️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣",
        "０９１２１２３４５６７",
        "𝟬𝟵𝟭𝟮𝟭𝟮𝟯𝟰𝟱𝟲𝟳",
        "⓪⑨①②①②③④⑤⑥⑦",
        "0_9_1_2_1_2_3_4_5_6_7",
        "8 (912) 345-67-89",
        "(0532) 123 45 67",
        "612 345 678",
        "0912.123.4567",
        "0\n9\n1\n2\n1\n2\n3\n4\n5\n6\n7",
        "0 ۹ ١ 2 1 2 3 4 5 6 7",
    ] {
        assert_eq!(said(text), PHONE, "{text:?}");
    }
}

#[test]
fn names_are_found_in_every_dress() {
    for text in [
        "@mina_k",
        "write me: @Mina83.",
        "＠mina_k",
        "﹫mina_k",
        "@\u{200b}mi\u{200d}na_k",
        "\u{202e}@mina_k",
        "@ mina_83",
        "@𝐦𝐢𝐧𝐚𝐤",
        "@ｍｉｎａｋ",
        "من@mina_kام",
        "(@mina_k)",
        "me@mina_k",
        "tg://user?id=12",
        "tg://resolve",
    ] {
        assert_eq!(said(text), MENTION, "{text:?}");
    }
    for text in [
        "t.me/mina",
        "T.ME/mina",
        "t . me / mina",
        "t. me/mina",
        "https://t.me/+abcdef",
        "telegram.me/mina",
        "t[.]me/mina",
        "t dot me slash mina",
        "t\u{200b}.\u{200b}me/mina",
        "ｔ．ｍｅ／mina",
        "https://example.com/@mina",
    ] {
        assert_eq!(said(text), TELEGRAM, "{text:?}");
    }
}

#[test]
fn addresses_are_found_spelled_out_too() {
    for text in [
        "mina@gmail.com",
        "mina.k@mail.example.org",
        "MINA＠GMAIL．COM",
        "mina at gmail dot com",
        "mina (at) example (dot) org",
        "mina[at]example.org",
        "mina at gmail.com",
        "mina\u{200b}@\u{200b}gmail.com",
        "mina ات gmail نقطه com",
    ] {
        assert_eq!(said(text), EMAIL, "{text:?}");
    }
    for text in [
        "https://example.com/x",
        "http://1.2.3.4",
        "www.example.co",
        "example.com",
        "see example.com.",
        "example .com",
        "example . com",
        "example dot com",
        "example[.]com",
        "exa\u{200b}mple.c\u{200d}om",
        "bit.ly/abc",
        "goo.to/abc",
        "سایت.ایران",
        "example．com",
        "ＥＸＡＭＰＬＥ．ＣＯＭ",
    ] {
        assert_eq!(said(text), LINK, "{text:?}");
    }
}

#[test]
fn entities_tell_what_stands_behind_words() {
    let entity = |entity: Value| shown(json!({"text": "look here", "entities": [entity]}));
    let of = |kind: &str| entity(json!({"type": kind, "offset": 0, "length": 4}));
    assert_eq!(of("text_mention"), MENTION);
    assert_eq!(of("mention"), MENTION);
    assert_eq!(of("phone_number"), PHONE);
    assert_eq!(of("email"), EMAIL);
    assert_eq!(of("url"), LINK);
    for harmless in ["bold", "spoiler", "hashtag", "bot_command", "custom_emoji", "brand_new"] {
        assert_eq!(of(harmless), NOTHING, "{harmless}");
    }
    let hidden = |url: &str| entity(json!({"type": "text_link", "offset": 0, "length": 4, "url": url}));
    assert_eq!(hidden("https://example.com/"), LINK);
    assert_eq!(hidden("http://t.me/mina"), TELEGRAM);
    assert_eq!(hidden("tg://user?id=99"), MENTION);
    assert_eq!(hidden("mailto:mina@example.org"), EMAIL);
    assert_eq!(hidden("tel:+989121234567"), PHONE);
    assert_eq!(shown(json!({"text": "x", "entities": "rubbish"})), NOTHING);
    let caption = json!({"photo": [], "caption": "me", "caption_entities": [{"type": "text_mention", "user": {"id": 1}}]});
    assert_eq!(shown(caption), MENTION);
    assert_eq!(shown(json!({"voice": {}, "caption": "example.com"})), LINK);
}

#[test]
fn cards_and_names_of_files_are_looked_at() {
    assert_eq!(shown(json!({"contact": {"phone_number": "+1", "first_name": "M"}})), CONTACT);
    let file = |name: &str| shown(json!({"document": {"file_id": "f", "file_name": name}}));
    assert_eq!(file("Mina.vcf"), CONTACT);
    assert_eq!(file("Mina.VCARD"), CONTACT);
    assert_eq!(shown(json!({"document": {"file_id": "f", "mime_type": "text/x-vCard"}})), CONTACT);
    assert_eq!(file("09121234567.pdf"), PHONE);
    assert_eq!(file("by @mina_k.pdf"), MENTION);
    assert_eq!(file("song (example.com).mp3"), LINK);
    for harmless in
        ["IMG_20240101_123456.jpg", "1700000000000.jpg", "notes.com", "a.b.info", "2024-01-02 10-20-30.mp4"]
    {
        assert_eq!(file(harmless), NOTHING, "{harmless}");
    }
    assert_eq!(shown(json!({"audio": {"performer": "@mina_k", "title": "x"}})), MENTION);
    assert_eq!(shown(json!({"venue": {"title": "t.me/mina", "address": "1"}, "location": {}})), TELEGRAM);
    assert_eq!(
        shown(json!({"venue": {"title": "Park", "address": "North gate 12"}, "location": {}})),
        NOTHING
    );
    let poll =
        json!({"poll": {"question": "Tea?", "options": [{"text": "yes"}, {"text": "call 09121234567"}]}});
    assert_eq!(shown(poll), PHONE);
    assert_eq!(shown(json!({"document": "rubbish"})), NOTHING);
    assert_eq!(shown(json!({"location": {"latitude": 1, "longitude": 2}})), NOTHING);
}

/// Texts as long as Telegram takes them, made to be slow.
fn hostile() -> Vec<String> {
    let long = |piece: &str| piece.repeat(4_096 / piece.chars().count());
    vec![
        long("😂"),
        long("\u{200b}"),
        format!("a{}", long("\u{301}")),
        long("\u{202e}\u{2066}"),
        long("@"),
        long("."),
        long("a."),
        long("a@"),
        long("a@b."),
        long("t.me"),
        long("1 "),
        long("1234567890"),
        long(" dot "),
        long(" at "),
        long("a"),
        long("://"),
        long("+"),
        long("\u{e0041}"),
    ]
}

#[test]
fn hostile_texts_are_read_to_their_end() {
    for text in hostile() {
        let quiet = said(&text);
        let longer = said(&format!("{text} ، 09121234567"));
        assert!(longer.contains(&Reveal::Phone), "{:?}", text.chars().take(8).collect::<String>());
        assert!(quiet.len() <= Reveal::ALL.len());
    }
}

proptest! {
    /// What nobody sees hides nothing, and what stands around it neither.
    #[test]
    fn nothing_is_hidden_between_letters(
        secret in prop::sample::select(vec!["09121234567", "@mina_k", "https://example.com", "mina@gmail.com", "t.me/mina"]),
        hidden in prop::collection::vec(prop::sample::select(vec!['\u{200b}', '\u{200d}', '\u{2060}', '\u{301}', '\u{202e}', '\u{fe0f}', '\u{ad}']), 1..40),
        before in "[a-zآ-ی ]{0,30}",
    ) {
        let mut dressed = String::new();
        for (n, letter) in secret.chars().enumerate() {
            dressed.push(letter);
            dressed.push(hidden[n % hidden.len()]);
        }
        prop_assert_eq!(said(&format!("{before} \u{60c} {dressed}")), said(secret));
    }

    /// Any text at all is read without harm, and the same each time.
    #[test]
    fn any_text_is_read(text in "\\PC{0,300}", more in any::<String>()) {
        let all = format!("{text}{more}");
        prop_assert_eq!(scan::scan(&all, phone::Care::Spoken), scan::scan(&all, phone::Care::Spoken));
        scan::scan(&all, phone::Care::Named);
    }
}
