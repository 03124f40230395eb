//! Who is in a channel.

use serde_json::json;

use super::specification::assert_is;
use super::support::{BOT, OTHER, OTHER_BOT, Telegram};

#[tokio::test]
async fn an_administrator_is_told_who_is_in_and_nobody_else() {
    let telegram = Telegram::start().await;
    for user in [7, 8] {
        telegram.start_bot(user);
    }
    telegram.simulator.found_channel("@Hamdam_News", vec![BOT]);
    assert!(telegram.simulator.enter_channel("@hamdam_news", 7, true));
    assert!(!telegram.simulator.enter_channel("@elsewhere", 7, true));
    let of = |user: i64| json!({"chat_id": "@hamdam_news", "user_id": user});

    let member = telegram.good("getChatMember", of(7)).await;
    assert_eq!((&member["status"], &member["user"]["id"]), (&json!("member"), &json!(7)));
    assert_is("ChatMemberMember", &member);
    let left = telegram.good("getChatMember", of(8)).await;
    assert_eq!(left["status"], "left");
    assert_is("ChatMemberLeft", &left);
    let itself = telegram.good("getChatMember", of(BOT)).await;
    assert_eq!(itself["status"], "administrator");
    assert_is("ChatMemberAdministrator", &itself);
    telegram.simulator.enter_channel("@hamdam_news", 7, false);
    assert_eq!(telegram.good("getChatMember", of(7)).await["status"], "left");

    let refused = telegram.call_as(OTHER, "getChatMember", of(7)).await;
    assert_eq!(refused.json["description"], "Bad Request: member list is inaccessible");
    let itself = telegram.call_as(OTHER, "getChatMember", of(OTHER_BOT)).await;
    assert_eq!(itself.json["result"]["status"], "left");
    assert!(telegram.invalid().is_empty(), "a correct program may meet all that");

    for wrong in [
        json!({"chat_id": "@elsewhere", "user_id": 7}),
        json!({"chat_id": 7, "user_id": 7}),
        json!({"chat_id": "@hamdam_news"}),
        json!({"chat_id": "@hamdam_news", "user_id": "Mina"}),
        json!({"chat_id": "@hamdam_news", "user_id": 99}),
    ] {
        let answer = telegram.call("getChatMember", wrong.clone()).await;
        assert_eq!(answer.json["error_code"], 400, "{wrong}");
    }
    assert_eq!(telegram.invalid().len(), 5);
}
