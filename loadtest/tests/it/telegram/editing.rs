//! Edits of a bot's messages.

use loadtest::telegram::{Action, Kind, What, Writing};
use serde_json::{Value, json};

use super::specification::assert_is;
use super::support::{BOT, Telegram};

const SAME: &str = "400 Bad Request: message is not modified: specified new message content and reply markup are \
                    exactly the same as a current content and reply markup of the message";

async fn sent() -> (Telegram, i64, i64) {
    let telegram = Telegram::start().await;
    let start = telegram.start_bot(7);
    let sent = telegram
        .good("sendMessage", json!({"chat_id": 7, "text": "one", "reply_markup": keyboard("a")}))
        .await;
    let id = sent["message_id"].as_i64().unwrap();
    (telegram, start, id)
}

fn keyboard(data: &str) -> Value {
    json!({"inline_keyboard": [[{"text": "Press", "callback_data": data}]]})
}

#[tokio::test]
async fn a_text_changes_with_its_buttons() {
    let (telegram, _, id) = sent().await;
    let edit = |text: &str, data: &str| json!({"chat_id": 7, "message_id": id, "text": text, "reply_markup": keyboard(data)});
    assert_eq!(telegram.refused("editMessageText", edit("one", "a")).await, SAME);
    let edited = telegram.good("editMessageText", edit("two", "b")).await;
    assert_is("Message", &edited);
    assert_eq!(edited["text"], "two");
    assert!(edited["edit_date"].is_i64());
    telegram.good("editMessageReplyMarkup", json!({"chat_id": 7, "message_id": id})).await;
    let removed = json!({"chat_id": 7, "message_id": id});
    assert_eq!(telegram.refused("editMessageReplyMarkup", removed).await, SAME);
    let told = telegram.all(|what| match what {
        What::MessageEdited { text, buttons, .. } => {
            Some((text.as_ref().unwrap().to_string(), buttons.len()))
        }
        _ => None,
    });
    assert_eq!(told, [("two".to_owned(), 1), ("two".to_owned(), 0)]);
    let gone = Action::Press { message_id: id, data: "b".to_owned() };
    assert!(telegram.simulator.act(BOT, 7, gone).is_err());
    assert!(telegram.invalid().is_empty());
}

#[tokio::test]
async fn only_what_the_bot_wrote_can_be_edited() {
    let (telegram, start, id) = sent().await;
    let edit = |id: i64| json!({"chat_id": 7, "message_id": id, "text": "x"});
    assert_eq!(
        telegram.refused("editMessageText", edit(start)).await,
        "400 Bad Request: message can't be edited"
    );
    let not_found = "400 Bad Request: message to edit not found";
    assert_eq!(telegram.refused("editMessageText", edit(id + 1)).await, not_found);
    assert_eq!(telegram.refused("editMessageText", edit(-3)).await, not_found);
    let nameless = json!({"text": "x"});
    assert!(telegram.refused("editMessageText", nameless).await.contains("identifier is not specified"));
    assert_eq!(telegram.invalid().len(), 4);
    telegram.good("deleteMessage", json!({"chat_id": 7, "message_id": id})).await;
    assert_eq!(telegram.refused("editMessageText", edit(id)).await, not_found);
    assert_eq!(telegram.invalid().len(), 4, "the user may have deleted it");
}

#[tokio::test]
async fn a_copy_is_the_bots_own_and_its_caption_can_change() {
    let (telegram, _, text) = sent().await;
    let photo = Writing { text: Some("old".to_owned()), ..Writing::of(Kind::Photo) };
    let photo = telegram.act(7, Action::Write(photo)).message_id.unwrap();
    let copied =
        telegram.good("copyMessage", json!({"chat_id": 7, "from_chat_id": 7, "message_id": photo})).await;
    let copied = copied["message_id"].as_i64().unwrap();
    let caption = |id: i64, caption: &str| json!({"chat_id": 7, "message_id": id, "caption": caption});
    let edited = telegram.good("editMessageCaption", caption(copied, "new")).await;
    assert_eq!(edited["caption"], "new");
    assert_eq!(telegram.refused("editMessageCaption", caption(copied, "new")).await, SAME);
    let no_caption = "400 Bad Request: there is no caption in the message to edit";
    assert_eq!(telegram.refused("editMessageCaption", caption(text, "new")).await, no_caption);
    let no_text = "400 Bad Request: there is no text in the message to edit";
    let edit = json!({"chat_id": 7, "message_id": copied, "text": "x"});
    assert_eq!(telegram.refused("editMessageText", edit).await, no_text);
}

#[tokio::test]
async fn media_are_exchanged_by_file_id() {
    let (telegram, _, _) = sent().await;
    telegram.act(7, Action::send(Kind::Video));
    telegram.act(7, Action::send(Kind::Photo));
    let updates = telegram.good("getUpdates", json!({})).await;
    let file = |at: usize, field: &str| updates[at]["message"][field].clone();
    let (video, photo) = (file(1, "video")["file_id"].clone(), file(2, "photo")[0]["file_id"].clone());
    let sent = telegram.good("sendPhoto", json!({"chat_id": 7, "photo": photo})).await;
    let edit = |media: Value| json!({"chat_id": 7, "message_id": sent["message_id"], "media": media});
    let media = json!({"type": "video", "media": video, "caption": "moves"});
    let edited = telegram.good("editMessageMedia", edit(media)).await;
    assert_eq!(edited["caption"], "moves");
    assert_eq!(edited["video"]["file_unique_id"], file(1, "video")["file_unique_id"]);
    let wrong = json!({"type": "audio", "media": video});
    assert!(
        telegram
            .refused("editMessageMedia", edit(wrong))
            .await
            .contains("can't use file of type video as audio")
    );
}
