//! Updates are complete: as the published types say, and as a strict stranger reads them.

use loadtest::telegram::{Action, CannotAct, Kind, Person, Writing};
use serde_json::{Value, json};

use super::specification::assert_is;
use super::support::{BOT, Hook, Reply, Telegram};

/// Everything pushed so far, each checked.
async fn pushed(telegram: &Telegram, hook: &Hook, count: usize) -> Vec<Value> {
    telegram
        .first(count, |what| match what {
            loadtest::telegram::What::Acknowledged { update_id, .. } => Some(*update_id),
            _ => None,
        })
        .await;
    let mut updates: Vec<_> = hook.received().into_iter().map(|received| received.body).collect();
    updates.sort_by_key(|update| update["update_id"].as_i64());
    for update in &updates {
        assert_is("Update", update);
        let read: Result<frankenstein::updates::Update, _> = serde_json::from_value(update.clone());
        assert!(read.is_ok(), "{read:?}\n{update:#}");
    }
    updates
}

async fn asked_for(kinds: &[&str]) -> (Telegram, Hook) {
    let telegram = Telegram::start().await;
    let hook = Hook::start(|_| Reply::ok()).await;
    telegram.point_to(&hook, json!({"allowed_updates": kinds})).await;
    (telegram, hook)
}

#[tokio::test]
async fn every_kind_of_message_is_complete() {
    let (telegram, hook) = asked_for(&[]).await;
    telegram.start_bot(7);
    for kind in Kind::ALL {
        let text = (*kind == Kind::Text || kind.has_caption()).then(|| "words".to_owned());
        telegram.act(7, Action::Write(Writing { text, ..Writing::of(*kind) }));
    }
    let updates = pushed(&telegram, &hook, Kind::ALL.len() + 1).await;
    for (kind, update) in Kind::ALL.iter().zip(&updates[1..]) {
        let message = &update["message"];
        let field = if *kind == Kind::Quiz { "poll" } else { kind.field() };
        assert!(!message[field].is_null(), "{field}: {message:#}");
        assert_eq!(message["from"]["id"], 7);
        assert_eq!(message["from"]["is_bot"], false);
        assert_eq!(message["chat"], json!({"id": 7, "first_name": "User 7", "type": "private"}));
        assert!(message["date"].as_i64().unwrap() > 1_700_000_000);
        assert_eq!(message["caption"].as_str(), kind.has_caption().then_some("words"));
    }
    let ids: Vec<_> = updates.iter().map(|update| update["update_id"].as_i64().unwrap()).collect();
    assert!(ids.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ids:?}");
}

#[tokio::test]
async fn a_start_carries_its_payload_and_a_command_its_entity() {
    let (telegram, hook) = asked_for(&[]).await;
    let person = Person {
        first_name: "سارا \"S\"".to_owned(),
        last_name: Some("K".to_owned()),
        username: Some("sara_k".to_owned()),
        language_code: Some("fa".to_owned()),
    };
    telegram.simulator.introduce(7, person);
    telegram.act(7, Action::Start { payload: Some("ref_12".to_owned()) });
    let message = pushed(&telegram, &hook, 1).await[0]["message"].clone();
    assert_eq!(message["text"], "/start ref_12");
    assert_eq!(message["entities"], json!([{"type": "bot_command", "offset": 0, "length": 6}]));
    assert_eq!(
        message["from"],
        json!({"id": 7, "is_bot": false, "first_name": "سارا \"S\"", "last_name": "K", "username": "sara_k",
               "language_code": "fa"})
    );
    let long = Action::Start { payload: Some("x".repeat(65)) };
    assert!(telegram.simulator.act(BOT, 7, long).is_err());
}

#[tokio::test]
async fn a_reply_carries_the_whole_message_it_answers_and_an_edit_its_date() {
    let (telegram, hook) = asked_for(&[]).await;
    telegram.start_bot(7);
    let first = telegram.writes(7, "first @friend");
    let second = telegram.act(7, Action::reply(first, "second")).message_id.unwrap();
    telegram.act(7, Action::reply(second, "third"));
    telegram.act(7, Action::Edit { message_id: second, text: "second, mended".to_owned() });
    let updates = pushed(&telegram, &hook, 5).await;
    let reply = &updates[2]["message"];
    let mut original = updates[1]["message"].clone();
    assert_eq!(reply["reply_to_message"], original);
    // Of a reply's original, the original is not shown again.
    original = reply.clone();
    original.as_object_mut().unwrap().remove("reply_to_message");
    assert_eq!(updates[3]["message"]["reply_to_message"], original);
    let edited = &updates[4]["edited_message"];
    assert_eq!(edited["message_id"], second);
    assert_eq!(edited["text"], "second, mended");
    assert_eq!(edited["date"], reply["date"]);
    assert!(edited["edit_date"].as_i64() >= edited["date"].as_i64());
    assert_eq!(edited["reply_to_message"]["message_id"], first);
}

#[tokio::test]
async fn an_album_comes_as_messages_of_one_group() {
    let (telegram, hook) = asked_for(&[]).await;
    telegram.start_bot(7);
    for kind in [Kind::Photo, Kind::Video] {
        telegram.act(7, Action::Write(Writing { album: Some("g1".to_owned()), ..Writing::of(kind) }));
    }
    let updates = pushed(&telegram, &hook, 3).await;
    assert_eq!(updates[1]["message"]["media_group_id"], "g1");
    assert_eq!(updates[2]["message"]["media_group_id"], "g1");
    let sizes = updates[1]["message"]["photo"].as_array().unwrap();
    assert!(sizes[0]["width"].as_i64() < sizes[1]["width"].as_i64());
}

#[tokio::test]
async fn blocking_and_coming_back_is_told() {
    let (telegram, hook) = asked_for(&[]).await;
    telegram.start_bot(7);
    telegram.act(7, Action::Block);
    assert!(telegram.simulator.act(BOT, 7, Action::text("x")).is_err());
    telegram.start_bot(7);
    let updates = pushed(&telegram, &hook, 4).await;
    let status = |update: &Value| {
        let change = &update["my_chat_member"];
        assert_eq!(change["from"]["id"], 7);
        assert_eq!(change["new_chat_member"]["user"]["id"], BOT);
        let of = |member: &str| change[member]["status"].as_str().unwrap().to_owned();
        (of("old_chat_member"), of("new_chat_member"))
    };
    assert_eq!(status(&updates[1]), ("member".to_owned(), "kicked".to_owned()));
    assert_eq!(status(&updates[2]), ("kicked".to_owned(), "member".to_owned()));
    assert_eq!(updates[3]["message"]["text"], "/start");
}

#[tokio::test]
async fn a_press_carries_the_message_and_its_data() {
    let (telegram, hook) = asked_for(&[]).await;
    telegram.start_bot(7);
    let markup = json!({"inline_keyboard": [[{"text": "Go", "callback_data": "go:1"}]]});
    let sent =
        telegram.good("sendMessage", json!({"chat_id": 7, "text": "Ready?", "reply_markup": markup})).await;
    let message_id = sent["message_id"].as_i64().unwrap();
    telegram.act(7, Action::Press { message_id, data: "go:1".to_owned() });
    let absent = Action::Press { message_id, data: "go:2".to_owned() };
    assert!(telegram.simulator.act(BOT, 7, absent).is_err());
    let updates = pushed(&telegram, &hook, 2).await;
    let press = &updates[1]["callback_query"];
    assert_eq!(press["data"], "go:1");
    assert_eq!(press["message"], sent);
    assert_eq!(press["message"]["reply_markup"], markup);
    assert_eq!(press["from"]["id"], 7);
}

#[tokio::test]
async fn reactions_come_only_to_who_asked() {
    let (telegram, hook) = asked_for(&["message_reaction"]).await;
    let message = telegram.start_bot(7);
    let react = |emoji: Option<&str>| Action::React { message_id: message, emoji: emoji.map(str::to_owned) };
    telegram.act(7, react(Some("👍")));
    telegram.act(7, react(None));
    let updates = pushed(&telegram, &hook, 2).await;
    assert_eq!(updates.len(), 2, "the /start was not asked for");
    let thumb = json!([{"type": "emoji", "emoji": "👍"}]);
    assert_eq!(updates[0]["message_reaction"]["new_reaction"], thumb);
    assert_eq!(updates[1]["message_reaction"]["old_reaction"], thumb);
    assert_eq!(updates[1]["message_reaction"]["new_reaction"], json!([]));
    telegram.simulator.add_bot("77:x").unwrap();
    telegram.simulator.act(77, 7, Action::Start { payload: None }).unwrap();
    let message_id = telegram.simulator.messages(77, 7, 1)[0].message_id;
    let unasked = telegram.simulator.act(77, 7, Action::React { message_id, emoji: None }).unwrap();
    assert_eq!(unasked.update_id, None);
}

#[tokio::test]
async fn a_forged_press_is_pushed_as_it_was_made() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    let sent = telegram.good("sendMessage", json!({"chat_id": 7, "text": "no buttons here"})).await;
    let message_id = sent["message_id"].as_i64().unwrap();
    let forge = |message_id, data: &str| {
        telegram.simulator.act(BOT, 7, Action::Forge { message_id, data: data.to_owned() })
    };
    assert!(forge(message_id, &"x".repeat(64)).unwrap().update_id.is_some());
    assert_eq!(forge(message_id, &"x".repeat(65)), Err(CannotAct::BadText));
    assert_eq!(forge(message_id, ""), Err(CannotAct::BadText));
    assert_eq!(forge(message_id + 99, "x"), Err(CannotAct::NoMessage));
}
