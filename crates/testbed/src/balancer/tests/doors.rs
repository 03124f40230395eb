//! What is let in, by which door.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;

use super::stub::{Mood, Stub};
use super::telegram::ask;
use super::*;
use crate::Folder;

#[tokio::test]
async fn the_webhook_and_health_are_there_and_nothing_else() {
    for kind in [BalancerKind::Nginx, BalancerKind::HaProxy] {
        let stub = Stub::start().await;
        let balancer = Balancer::start(kind, &[stub.address()]).await.unwrap();
        let status = async |path: &str| ask(&balancer, "GET", path, "").await[9..12].to_owned();
        assert_eq!(status("/health/ready").await, "200", "{kind:?}");
        assert_eq!(status("/metrics").await, "404", "{kind:?}");
        assert_eq!(status("/health/live").await, "404", "{kind:?}");
        let itself = ask(&balancer, "GET", "/health/balancer", "").await;
        assert!(itself.trim_end().ends_with("ok"), "{kind:?}: {itself}");
        let large = ask(&balancer, "POST", "/telegram/1", "Content-Length: 3000000\r\nX-Rest: ").await;
        assert!(large.starts_with("HTTP/1.1 413"), "{kind:?}: {large}");
        stub.set(Mood::Draining);
        assert_eq!(status("/health/ready").await, "503", "{kind:?}: no instance is ready");
        assert_eq!(status("/health/balancer").await, "200", "{kind:?}: the balancer is");
    }
}

#[tokio::test]
async fn strangers_are_refused_where_only_telegram_may_call() {
    let behind = BalancerOptions { telegram_only: true, behind_a_balancer: true, tls: None };
    let alone = BalancerOptions { behind_a_balancer: false, ..behind.clone() };
    for kind in [BalancerKind::Nginx, BalancerKind::HaProxy] {
        let stub = Stub::start().await;
        let status = async |balancer: &Balancer, path: &str, from: &str| {
            let header = format!("X-Forwarded-For: {from}\r\n");
            ask(balancer, "POST", path, &header).await[9..12].to_owned()
        };
        let balancer = Balancer::start_with(kind, &[stub.address()], &behind).await.unwrap();
        for (from, wanted) in [
            ("149.154.167.220", "200"),
            ("91.108.7.255", "200"),
            ("203.0.113.5, 149.154.160.1", "200"),
            ("91.108.8.1", "403"),
            ("149.154.167.220, 203.0.113.5", "403"),
        ] {
            assert_eq!(status(&balancer, "/telegram/1", from).await, wanted, "{kind:?}: {from}");
        }
        assert_eq!(status(&balancer, "/health/balancer", "203.0.113.5").await, "200", "{kind:?}");
        let balancer = Balancer::start_with(kind, &[stub.address()], &alone).await.unwrap();
        let pretended = status(&balancer, "/telegram/1", "149.154.167.220").await;
        assert_eq!(pretended, "403", "{kind:?}: a stranger only says that Telegram calls");
    }
}

/// A certificate of its own making.
async fn certificate(folder: &Folder) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    let made = tokio::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .await
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    (certificate, key)
}

#[tokio::test]
async fn tls_ends_at_the_balancer() {
    let folder = Folder::new("tls").unwrap();
    let (certificate, key) = certificate(&folder).await;
    let options = BalancerOptions { tls: Some((certificate.clone(), key)), ..BalancerOptions::default() };
    for kind in [BalancerKind::Nginx, BalancerKind::HaProxy] {
        let stub = Stub::start().await;
        let balancer = Balancer::start_with(kind, &[stub.address()], &options).await.unwrap();
        let post = async |version: &str| {
            let mut client = tokio::process::Command::new("openssl");
            client.args(["s_client", "-quiet", "-verify_return_error", version, "-CAfile"]);
            client.arg(&certificate).args(["-connect", &balancer.tls_address().unwrap()]);
            client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
            let mut client = client.spawn().unwrap();
            let request =
                "POST /telegram/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n7";
            // Who is refused hears nothing.
            let _ = client.stdin.as_mut().unwrap().write_all(request.as_bytes()).await;
            String::from_utf8(client.wait_with_output().await.unwrap().stdout).unwrap()
        };
        for version in ["-tls1_2", "-tls1_3"] {
            let answer = post(version).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{kind:?} {version}: {answer}");
        }
        assert_eq!(post("-tls1_1").await, "", "{kind:?}: an old version is refused");
        assert_eq!(stub.count(), 2, "{kind:?}");
    }
}
