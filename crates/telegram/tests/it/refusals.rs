//! Telegram's refusals, one by one, as the client reads them.

use hamdam_telegram::method::{CopyMessage, EditMessageText, SendMessage};
use hamdam_telegram::{Call, Client, Tokens, http};

use crate::server::{Reply, Server};

fn copy() -> Call {
    CopyMessage { chat_id: 7, from_chat_id: 8, message_id: 9, reply_parameters: None, protect_content: false }
        .into()
}

fn edit() -> Call {
    EditMessageText { chat_id: 7, message_id: 9, text: "x".into(), entities: None, reply_markup: None }.into()
}

fn send() -> Call {
    let text = "x".to_owned();
    SendMessage {
        chat_id: 7,
        text,
        entities: None,
        link_preview_options: None,
        protect_content: false,
        reply_parameters: None,
        reply_markup: None,
    }
    .into()
}

#[tokio::test]
async fn every_refusal_says_what_follows() {
    for (call, code, description, wanted) in [
        (copy(), 403, "Forbidden: bot was blocked by the user", "unreachable"),
        (send(), 403, "Forbidden: user is deactivated", "unreachable"),
        (send(), 403, "Forbidden: bot can't initiate conversation with a user", "unreachable"),
        (copy(), 400, "Bad Request: chat not found", "unreachable"),
        (copy(), 400, "Bad Request: message to copy not found", "explain"),
        (copy(), 400, "Bad Request: the message can't be copied", "explain"),
        (copy(), 400, "Bad Request: message to be replied not found", "explain"),
        (copy(), 400, "Bad Request: user restricted receiving of voice note messages", "explain"),
        (copy(), 400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", "explain"),
        (edit(), 400, "Bad Request: SOME_NEW_CODE", "explain"),
        (copy(), 400, "Bad Request: something nobody has seen before", "explain"),
        (edit(), 400, "Bad Request: message to edit not found", "gone"),
        (
            edit(),
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
            "gone",
        ),
        (edit(), 400, "Bad Request: message can't be edited", "gone"),
        (
            send(),
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            "gone",
        ),
        (send(), 400, "Bad Request: message text is empty", "bug"),
        (send(), 400, "Bad Request: can't parse entities: unexpected end", "bug"),
        (send(), 400, "Bad Request: BUTTON_DATA_INVALID", "bug"),
        (edit(), 400, "Bad Request: something nobody has seen before", "bug"),
        (send(), 401, "Unauthorized", "revoked"),
    ] {
        let body = format!(r#"{{"ok":false,"error_code":{code},"description":"{description}"}}"#);
        let server = Server::start(Reply::Answer(code, "", body.leak())).await;
        let client =
            Client::new(http::client(None).unwrap(), &server.url(), Tokens::parse("1:x").unwrap()).unwrap();
        let error = client.call(1, &call).await.unwrap_err();
        assert_eq!(error.label(), wanted, "{description}");
        assert_eq!(error.method(), call.method());
        if wanted != "bug" {
            assert!(!error.to_string().contains("Bad Request"), "{error}");
        }
    }
}
