//! Files: ids, downloads, uploads, albums.

use loadtest::telegram::{Action, Kind, Origin, Writing};
use serde_json::{Value, json};

use super::specification::assert_is;
use super::support::{BOT, OTHER, OTHER_BOT, TOKEN, Telegram, request};

/// A user sends a file; gives its object in the update.
async fn received(telegram: &Telegram, writing: Writing) -> Value {
    let kind = writing.kind;
    telegram.act(7, Action::Write(writing));
    let updates = telegram.good("getUpdates", json!({"offset": -1})).await;
    let object = updates[0]["message"][kind.field()].clone();
    if kind == Kind::Photo { object[1].clone() } else { object }
}

#[tokio::test]
async fn a_file_id_is_good_for_its_bot_and_its_kind() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    telegram.simulator.act(OTHER_BOT, 7, Action::Start { payload: None }).unwrap();
    for (kind, method) in [
        (Kind::Photo, "sendPhoto"),
        (Kind::Video, "sendVideo"),
        (Kind::Animation, "sendAnimation"),
        (Kind::Audio, "sendAudio"),
        (Kind::Voice, "sendVoice"),
        (Kind::VideoNote, "sendVideoNote"),
        (Kind::Document, "sendDocument"),
        (Kind::Sticker, "sendSticker"),
    ] {
        let file = received(&telegram, Writing::of(kind)).await;
        let body = json!({"chat_id": 7, kind.field(): file["file_id"]});
        let sent = telegram.good(method, body.clone()).await;
        assert_is("Message", &sent);
        let field = &sent[kind.field()];
        let again = field.as_array().map_or(field, |sizes| sizes.last().unwrap());
        assert_eq!(again["file_unique_id"], file["file_unique_id"], "{kind:?}");
        assert_eq!(telegram.origins().pop(), Some(Origin::Sent), "{kind:?}");
        let foreign = telegram.call_as(OTHER, method, body).await;
        assert_eq!(foreign.json["description"], "Bad Request: wrong file identifier/HTTP URL specified");
    }
    assert_eq!(telegram.invalid().len(), 8);
    let voice = received(&telegram, Writing::of(Kind::Voice)).await;
    let refusal = telegram.refused("sendPhoto", json!({"chat_id": 7, "photo": voice["file_id"]})).await;
    assert_eq!(refusal, "400 Bad Request: can't use file of type voice as photo");
    assert!(telegram.refused("sendPhoto", json!({"chat_id": 7})).await.contains("\"photo\" is required"));
}

/// Sends a file into chat 7, as a form.
async fn uploaded(telegram: &Telegram, token: &str, method: &str, field: &str, content: &[u8]) -> Value {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7\r\n--b\r\nContent-Disposition: form-data; \
         name=\"{field}\"; filename=\"f.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    let body = [head.as_bytes(), content, b"\r\n--b--\r\n"].concat();
    let path = format!("/bot{token}/{method}");
    let sent = request(telegram.address, "POST", &path, "multipart/form-data; boundary=b", &body).await;
    sent.unwrap().json["result"].clone()
}

#[tokio::test]
async fn what_a_bot_makes_itself_is_there_to_be_read() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    let content = br#"{"made": "by the bot"}"#;
    let sent = uploaded(&telegram, TOKEN, "sendDocument", "document", content).await;
    let file = telegram.good("getFile", json!({"file_id": sent["document"]["file_id"]})).await;
    let path = format!("/file/bot{TOKEN}/{}", file["file_path"].as_str().unwrap());
    let download = request(telegram.address, "GET", &path, "", b"").await.unwrap();
    assert_eq!(download.body, content);
    let number = telegram.simulator.messages(BOT, 7, 1)[0].file.unwrap();
    assert_eq!(telegram.simulator.file(number).unwrap(), content[..]);
    assert_eq!(telegram.simulator.file(number + 1), None);
}

#[tokio::test]
async fn a_file_goes_from_bot_to_bot_by_download_and_upload() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    telegram.simulator.act(OTHER_BOT, 7, Action::Start { payload: None }).unwrap();
    let photo = received(&telegram, Writing::of(Kind::Photo)).await;
    let file = telegram.good("getFile", json!({"file_id": photo["file_id"]})).await;
    assert_is("File", &file);
    let path = format!("/file/bot{TOKEN}/{}", file["file_path"].as_str().unwrap());
    let download = request(telegram.address, "GET", &path, "", b"").await.unwrap();
    assert_eq!(i64::try_from(download.body.len()).unwrap(), photo["file_size"].as_i64().unwrap());
    let sent = uploaded(&telegram, OTHER, "sendPhoto", "photo", &download.body).await;
    let there = &sent["photo"][1];
    assert_eq!(there["file_unique_id"], photo["file_unique_id"], "{sent}");
    assert_ne!(there["file_id"], photo["file_id"]);
    assert!(telegram.invalid().is_empty());
}

#[tokio::test]
async fn large_files_stay_where_they_are() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    let large = Writing { file_size: Some((20 << 20) + 1), ..Writing::of(Kind::Video) };
    let video = received(&telegram, large).await;
    let refusal = telegram.refused("getFile", json!({"file_id": video["file_id"]})).await;
    assert_eq!(refusal, "400 Bad Request: file is too big");
    assert!(telegram.invalid().is_empty());
    telegram.refused("getFile", json!({"file_id": "AgACmadeup"})).await;
    assert_eq!(telegram.invalid().len(), 1);
}

#[tokio::test]
async fn an_album_is_sent_as_one() {
    let telegram = Telegram::start().await;
    telegram.start_bot(7);
    let mut media = Vec::new();
    for kind in [Kind::Photo, Kind::Video] {
        let file = received(&telegram, Writing::of(kind)).await;
        media.push(json!({"type": kind.field(), "media": file["file_id"], "caption": "c"}));
    }
    let sent = telegram.good("sendMediaGroup", json!({"chat_id": 7, "media": media})).await;
    assert_is("Array of Message", &sent);
    assert_eq!(sent[0]["media_group_id"], sent[1]["media_group_id"]);
    assert!(sent[0]["media_group_id"].is_string());
    telegram.refused("sendMediaGroup", json!({"chat_id": 7, "media": media[..1]})).await;
    let document = received(&telegram, Writing::of(Kind::Document)).await;
    let mixed = json!([media[0], {"type": "document", "media": document["file_id"]}]);
    telegram.refused("sendMediaGroup", json!({"chat_id": 7, "media": mixed})).await;
    assert_eq!(telegram.invalid().len(), 2);
}
