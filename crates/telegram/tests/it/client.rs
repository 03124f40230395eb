//! What the client makes of a server that answers, refuses, breaks and hangs.

use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use hamdam_telegram::markup::ReplyParameters;
use hamdam_telegram::method::{CopyMessage, GetMe, GetUpdates, GetWebhookInfo, SetWebhook};
use hamdam_telegram::{CALL_TIMEOUT, Call, CallError, Client, Executed, Method, Sent, Tokens, http};
use secrecy::SecretString;
use tokio::net::TcpListener;

use crate::server::{Reply, Server};

const BOT: i64 = 123;
const SECRET: &str = "AAsecretsecretsecret";

fn client(base: &str) -> Client {
    let tokens = Tokens::parse(&format!("{BOT}:{SECRET}")).unwrap();
    Client::new(http::client(None).unwrap(), base, tokens).unwrap()
}

fn copy() -> Call {
    let reply = ReplyParameters { message_id: 5, allow_sending_without_reply: true };
    CopyMessage {
        chat_id: 7,
        from_chat_id: 8,
        message_id: 9,
        reply_parameters: Some(reply),
        protect_content: false,
    }
    .into()
}

/// An error with all it came from, none of which may hold the token or an address that might.
fn told(error: &CallError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    assert!(!text.contains(SECRET) && !text.contains("/bot"), "{text}");
    text
}

async fn error_of(reply: Reply) -> CallError {
    let server = Server::start(reply).await;
    let error = client(&server.url()).call(BOT, &copy()).await.unwrap_err();
    told(&error);
    error
}

#[tokio::test]
async fn a_call_goes_out_as_the_specification_has_it_and_brings_its_id_back() {
    let server =
        Server::start(Reply::Answer(200, "", r#"{"ok":true,"result":{"message_id":77,"new":1}}"#)).await;
    let sent = client(&server.url()).call(BOT, &copy()).await.unwrap();
    assert_eq!(sent, Sent { message_id: Some(77), others: Vec::new() });
    let request = &server.requests()[0];
    assert!(request.head.starts_with(&format!("POST /bot{BOT}:{SECRET}/copyMessage HTTP/1.1\r\n")));
    assert!(request.head.to_lowercase().contains("content-type: application/json"));
    assert_eq!(
        request.body,
        r#"{"chat_id":7,"from_chat_id":8,"message_id":9,"reply_parameters":{"message_id":5,"allow_sending_without_reply":true}}"#
    );
}

#[tokio::test]
async fn one_connection_serves_call_after_call() {
    let server = Server::start(Reply::Answer(200, "", r#"{"ok":true,"result":true}"#)).await;
    let client = client(&server.url());
    for _ in 0..20 {
        assert_eq!(client.call(BOT, &copy()).await.unwrap(), Sent::default());
    }
    assert_eq!((server.requests().len(), server.connections()), (20, 1));
}

#[tokio::test]
async fn what_was_done_counts_as_done_however_its_result_reads() {
    for body in [
        r#"{"ok":true,"result":"a novelty"}"#,
        r#"{"ok":true,"result":{"message_id":"seventy"}}"#,
        r#"{"ok":true,"result":[1]}"#,
    ] {
        let server = Server::start(Reply::Answer(200, "", body)).await;
        assert_eq!(client(&server.url()).call(BOT, &copy()).await.unwrap(), Sent::default(), "{body}");
    }
}

#[tokio::test]
async fn a_flood_wait_is_told_in_seconds_from_wherever_it_stands() {
    for (headers, body, wanted) in [
        ("", r#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":17}}"#, 17),
        ("Retry-After: 9\r\n", r#"{"ok":false,"error_code":429,"description":"x"}"#, 9),
        ("Retry-After: 9\r\n", "<html>slow down</html>", 9),
        ("", r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 31"}"#, 31),
        ("", r#"{"ok":false,"error_code":429,"description":"Too Many Requests"}"#, 5),
        ("", r#"{"ok":false,"error_code":429,"parameters":{"retry_after":0}}"#, 1),
    ] {
        match error_of(Reply::Answer(429, headers, body)).await {
            CallError::Pause { seconds, .. } => assert_eq!(seconds, wanted, "{body}"),
            other => panic!("{body}: {other}"),
        }
    }
}

#[tokio::test]
async fn server_errors_and_strange_bodies_may_have_been_executed() {
    for reply in [
        Reply::Answer(500, "", r#"{"ok":false,"error_code":500,"description":"Internal Server Error"}"#),
        Reply::Answer(502, "", "<html>bad gateway</html>"),
        Reply::Answer(200, "", "<html>welcome to this hotel</html>"),
        Reply::Close,
        Reply::CutOff,
    ] {
        let error = error_of(reply.clone()).await;
        assert!(matches!(error, CallError::Retry { executed: Executed::Perhaps, .. }), "{reply:?}: {error}");
    }
}

#[tokio::test]
async fn a_hanging_call_ends_and_may_have_been_executed() {
    let server = Server::start(Reply::Hang).await;
    let client = client(&server.url()).with_longest_call(Duration::from_millis(60));
    let error = client.call(BOT, &copy()).await.unwrap_err();
    assert!(told(&error).contains("no answer in time"));
    assert!(matches!(error, CallError::Retry { executed: Executed::Perhaps, .. }));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_executed() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = client(&format!("http://{address}")).call(BOT, &copy()).await.unwrap_err();
    told(&error);
    assert!(matches!(error, CallError::Retry { executed: Executed::No, .. }), "{error}");
}

#[tokio::test]
async fn an_unknown_token_and_wrong_addresses_are_mended_by_the_operator_alone() {
    let unknown = r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#;
    let error = error_of(Reply::Answer(401, "", unknown)).await;
    assert!(matches!(error, CallError::Revoked { method: "copyMessage" }), "{error}");
    for (status, body) in [
        (404, r#"{"ok":false,"error_code":404,"description":"Not Found"}"#),
        (409, r#"{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates"}"#),
        (404, "<html>nothing here</html>"),
        (302, ""),
    ] {
        match error_of(Reply::Answer(status, "Location: http://elsewhere/\r\n", body)).await {
            CallError::Bug { method: "copyMessage", code, .. } => assert_eq!(code, status),
            other => panic!("{status}: {other}"),
        }
    }
}

#[tokio::test]
async fn a_client_speaks_for_the_bots_it_is_told_of() {
    let server = Server::start(Reply::Answer(200, "", r#"{"ok":true,"result":{"message_id":9}}"#)).await;
    let client = client(&server.url());
    let clone = client.clone();
    let stranger = async |bot| match clone.call(bot, &copy()).await {
        Ok(_) => None,
        Err(CallError::Stranger { method: "copyMessage", left }) => Some(left),
        Err(other) => panic!("{other}"),
    };
    assert_eq!((stranger(BOT).await, stranger(BOT + 1).await), (None, Some(false)));
    client.speak_for(Tokens::parse(&format!("{}:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bd", BOT + 1)).unwrap());
    assert_eq!((stranger(BOT).await, stranger(BOT + 1).await), (Some(true), None));
    let heads: Vec<_> = server.requests().into_iter().map(|request| request.head).collect();
    assert!(heads.len() == 2 && heads[0].contains(SECRET) && heads[1].contains("4K-bd"), "{heads:#?}");
    // A bot whose token was lost has another one.
    client.speak_for(Tokens::parse(&format!("{}:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-be", BOT + 1)).unwrap());
    assert_eq!(stranger(BOT + 1).await, None);
    assert!(server.requests()[2].head.contains("4K-be"), "a token of old is used");
    assert_eq!((client.bots(), clone.bots()), (vec![BOT + 1], vec![BOT + 1]));
}

#[tokio::test]
async fn typed_methods_read_their_answers() {
    let info = r#"{"ok":true,"result":{"url":"https://x/","pending_update_count":3,"last_error_message":"Read timeout expired","has_custom_certificate":false}}"#;
    let server = Server::start(Reply::Answer(200, "", info)).await;
    let info = client(&server.url()).ask(BOT, &GetWebhookInfo {}).await.unwrap();
    assert_eq!(
        (info.pending_update_count, info.last_error_message.as_deref()),
        (3, Some("Read timeout expired"))
    );

    let me = r#"{"ok":true,"result":{"id":123,"is_bot":true,"first_name":"H","username":"hamdam_bot"}}"#;
    let server = Server::start(Reply::Answer(200, "", me)).await;
    let me = client(&server.url()).ask(BOT, &GetMe {}).await.unwrap();
    assert_eq!(me.username.as_deref(), Some("hamdam_bot"));

    let updates = r#"{"ok":true,"result":[{"update_id":1,"poll":{}},{"update_id":2,"message":{"message_id":1,"chat":{"id":7,"type":"private"},"text":"x"}}]}"#;
    let server = Server::start(Reply::Answer(200, "", updates)).await;
    let ask = GetUpdates { offset: Some(1), limit: 100, timeout: 25, allowed_updates: vec!["message"] };
    assert_eq!(ask.timeout(), CALL_TIMEOUT + Duration::from_secs(25));
    let updates = client(&server.url()).ask(BOT, &ask).await.unwrap();
    let ids =
        updates.iter().map(|raw| hamdam_telegram::Update::from_json(raw.get().as_bytes()).unwrap().update_id);
    assert_eq!(ids.collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn the_webhook_secret_goes_out_but_does_not_print() {
    let server = Server::start(Reply::Answer(200, "", r#"{"ok":true,"result":true}"#)).await;
    let set = SetWebhook {
        url: "https://example.org/telegram/123".into(),
        secret_token: SecretString::from("hushhush"),
        max_connections: 100,
        allowed_updates: hamdam_telegram::update::ALLOWED_UPDATES.to_vec(),
        drop_pending_updates: false,
    };
    assert!(!format!("{set:?}").contains("hushhush"));
    assert!(client(&server.url()).ask(BOT, &set).await.unwrap());
    assert!(server.requests()[0].body.contains(r#""secret_token":"hushhush""#));
}

#[test]
fn a_client_does_not_print_its_tokens() {
    let client = client("http://127.0.0.1:1");
    let shown = format!("{client:?}");
    assert!(shown.contains("123") && !shown.contains(SECRET), "{shown}");
}

#[test]
fn addresses_that_cannot_be_used_are_refused_at_once() {
    for base in ["", "api.telegram.org", "ftp://x", "http://x/?a=1", "http://x/#a"] {
        let made = Client::new(http::client(None).unwrap(), base, Tokens::default());
        assert!(made.is_err(), "{base}");
    }
    for proxy in ["", "proxy:8080", "ftp://proxy:21", "http://"] {
        let error = http::client(Some(proxy)).unwrap_err();
        assert!(error.to_string().starts_with("TELEGRAM_PROXY"), "{proxy}");
    }
    for proxy in ["http://user:pass@proxy:8080", "socks5://proxy:1080", "socks5h://proxy:1080"] {
        assert!(http::client(Some(proxy)).is_ok(), "{proxy}");
    }
}

#[tokio::test]
async fn calls_go_through_the_proxy() {
    let proxy = Server::start(Reply::Answer(200, "", r#"{"ok":true,"result":{"message_id":1}}"#)).await;
    let http = http::client(Some(&proxy.url())).unwrap();
    let tokens = Tokens::parse(&format!("{BOT}:{SECRET}")).unwrap();
    let client = Client::new(http, "http://api.invalid", tokens).unwrap();
    assert_eq!(client.call(BOT, &copy()).await.unwrap(), Sent { message_id: Some(1), others: Vec::new() });
    assert!(proxy.requests()[0].head.starts_with("POST http://api.invalid/bot"));
}
