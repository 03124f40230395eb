//! A file passes from one bot to another without being held whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::{StreamExt, stream};
use hamdam_telegram::files::{Delivery, FilePlace, GetFile, InputFile, SendVoice, Under};
use hamdam_telegram::{Call, CallError, Client, Download, Executed, Tokens, UploadError, http};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use crate::server::{Reply, Server};

const BOT: i64 = 123;
const PIECE: usize = 64 << 10;
const WHOLE: u64 = 15 << 20;
/// What two kernels' buffers may hold between a writer and a slow reader, generously; far from the whole.
const BUFFERS: u64 = 8 << 20;

fn client(base: &str) -> Client {
    let tokens = Tokens::parse(&format!("{BOT}:AAsecret")).unwrap();
    Client::new(http::client(None).unwrap(), base, tokens).unwrap()
}

fn send() -> Call {
    SendVoice {
        chat_id: 7,
        voice: InputFile::Enclosed,
        duration: Some(4),
        under: Under { caption: Some("two\nlines".into()), caption_entities: None },
        delivery: Delivery { reply_parameters: None, protect_content: true },
    }
    .into()
}

/// A file of so many bytes that counts what was asked of it. It says that it has `size`.
fn file(bytes: u64, size: u64, asked: Arc<AtomicU64>) -> Download {
    let pieces = usize::try_from(bytes).unwrap() / PIECE;
    let content = stream::iter(0..pieces).map(move |_| {
        asked.fetch_add(PIECE as u64, Ordering::SeqCst);
        Ok(Bytes::from(vec![b'x'; PIECE]))
    });
    Download {
        size: Some(size),
        name: "voice.ogg".into(),
        mime: Some("audio/ogg".into()),
        content: content.boxed(),
    }
}

/// Reads one request in small bites. Answers its head, the beginning of its body, how much there was, and by how much what
/// was asked of the file was ever ahead of what had come.
fn slow_server(asked: Arc<AtomicU64>) -> (String, JoinHandle<(String, String, u64, u64)>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 << 10).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (head, mut body) = head(&mut stream).await;
        let length = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<u64>().ok())
            .expect("Telegram is told how much comes");
        let (mut came, mut ahead) = (body.len() as u64, 0);
        let mut bite = vec![0; 16 << 10];
        while came < length {
            let read = stream.read(&mut bite).await.unwrap();
            if read == 0 {
                break;
            }
            came += read as u64;
            if body.len() < 4_096 {
                body.extend_from_slice(&bite[..read]);
            }
            ahead = ahead.max(asked.load(Ordering::SeqCst).saturating_sub(came));
        }
        if came == length {
            let answer = r#"{"ok":true,"result":{"message_id":9,"voice":{"file_id":"ours","duration":4}}}"#;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", answer.len());
            stream.write_all((head + answer).as_bytes()).await.unwrap();
        }
        (head, String::from_utf8_lossy(&body).into_owned(), came, ahead)
    };
    #[expect(clippy::disallowed_methods, reason = "the test waits for it")]
    let task = tokio::spawn(task);
    (url, task)
}

async fn head(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut buffer = Vec::new();
    loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = buffer.split_off(at + 4);
            return (String::from_utf8(buffer).unwrap(), rest);
        }
        assert_ne!(stream.read_buf(&mut buffer).await.unwrap(), 0, "a head has an end");
    }
}

#[tokio::test]
async fn fifteen_megabytes_pass_in_bounded_buffers() {
    let asked = Arc::new(AtomicU64::new(0));
    let (url, server) = slow_server(Arc::clone(&asked));
    let uploaded =
        client(&url).upload(BOT, &send(), file(WHOLE, WHOLE, Arc::clone(&asked)), "voice").await.unwrap();
    assert_eq!((uploaded.sent.message_id, uploaded.file_id.as_deref()), (Some(9), Some("ours")));
    let (head, body, came, ahead) = server.await.unwrap();
    assert!(head.starts_with("POST /bot123:AAsecret/sendVoice HTTP/1.1"), "{head}");
    assert!(came > WHOLE && asked.load(Ordering::SeqCst) == WHOLE);
    assert!(ahead < BUFFERS, "{ahead} bytes were held");
    for part in [
        "name=\"chat_id\"\r\n\r\n7\r\n",
        "name=\"duration\"\r\n\r\n4\r\n",
        "name=\"protect_content\"\r\n\r\ntrue\r\n",
        "name=\"caption\"\r\n\r\ntwo\nlines\r\n",
        "name=\"voice\"; filename=\"voice.ogg\"\r\nContent-Type: audio/ogg\r\n",
    ] {
        assert!(body.contains(part), "{part:?} is not in {:?}", &body[..600]);
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_was_surely_not_sent() {
    let asked = Arc::new(AtomicU64::new(0));
    let (url, server) = slow_server(Arc::clone(&asked));
    let half = file(WHOLE / 2, WHOLE, asked);
    let error = client(&url).upload(BOT, &send(), half, "voice").await.unwrap_err();
    let UploadError::Download(CallError::Retry { executed: Executed::No, .. }) = error else {
        panic!("{error:?}")
    };
    let (_, _, came, _) = server.await.unwrap();
    assert!(came < WHOLE);
}

#[tokio::test]
async fn a_file_is_asked_for_and_fetched() {
    let answer = r#"{"ok":true,"result":{"file_id":"f","file_unique_id":"u","file_size":4,"file_path":"voice/file_1.oga"}}"#;
    let server = Server::start(Reply::Answer(200, "", answer)).await;
    let place = client(&server.url()).ask(BOT, &GetFile { file_id: "f".into() }).await.unwrap();
    assert_eq!(place, FilePlace { file_size: Some(4), file_path: Some("voice/file_1.oga".into()) });

    let server = Server::start(Reply::Answer(200, "", "abcd")).await;
    let file = client(&server.url()).open(BOT, &place).await.unwrap();
    assert_eq!((file.size, file.name.as_str()), (Some(4), "file_1.oga"));
    let pieces: Vec<_> = file.content.map(Result::unwrap).collect().await;
    assert_eq!(pieces.concat(), b"abcd");
    assert!(server.requests()[0].head.starts_with("GET /file/bot123:AAsecret/voice/file_1.oga HTTP/1.1"));
}

#[tokio::test]
async fn a_place_that_is_gone_is_asked_for_again_and_one_that_never_was_is_not() {
    let place = |path: Option<&str>| FilePlace { file_size: None, file_path: path.map(str::to_owned) };
    for (status, again) in [(404, true), (502, true), (429, true), (401, false), (302, false)] {
        let server = Server::start(Reply::Answer(status, "", "")).await;
        let error = client(&server.url()).open(BOT, &place(Some("x"))).await.unwrap_err();
        assert_eq!(
            matches!(error, CallError::Retry { executed: Executed::No, .. }),
            again,
            "{status}: {error}"
        );
        assert!(!format!("{error} {error:?}").contains("AAsecret"));
    }
    let error = client("http://127.0.0.1:1").open(BOT, &place(None)).await.unwrap_err();
    assert!(matches!(error, CallError::Explain { .. }), "{error}");
}
