//! An address whose certificate no authority vouches for: `hamdam webhook set --certificate`.

use std::path::Path;
use std::process::Output;

use hamdam_testbed::fleet::Binaries;
use serde_json::{Value, json};
use tokio::process::Command;

use super::support::{TOKEN, Telegram, request};

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n";
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n";

/// `setWebhook` with a file.
async fn sets(telegram: &Telegram, certificate: &str) -> Value {
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\nhttp://127.0.0.1:1/\r\n--b\r\nContent-Disposition: \
         form-data; name=\"certificate\"; filename=\"c.pem\"\r\nContent-Type: application/octet-stream\r\n\r\n\
         {certificate}\r\n--b--\r\n"
    );
    let path = format!("/bot{TOKEN}/setWebhook");
    let kind = "multipart/form-data; boundary=b";
    request(telegram.address, "POST", &path, kind, body.as_bytes()).await.unwrap().json
}

async fn shows_its_own(telegram: &Telegram) -> bool {
    telegram.good("getWebhookInfo", json!({})).await["has_custom_certificate"] == true
}

/// `hamdam webhook`, for a fleet at an address of its own.
async fn hamdam(telegram: &Telegram, home: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(Binaries::beside_this().unwrap().hamdam);
    command.arg("webhook").args(args).env_clear().current_dir(home);
    command.env("BOT_TOKENS", TOKEN).env("TELEGRAM_API_URL", format!("http://{}", telegram.address));
    command.env("WEBHOOK_SECRET", "0123456789abcdef").env("WEBHOOK_BASE_URL", "http://127.0.0.1:1");
    command.output().await.unwrap()
}

#[tokio::test]
async fn the_simulator_takes_a_certificate_as_a_file_and_nothing_else() {
    let telegram = Telegram::start().await;
    let as_text =
        telegram.refused("setWebhook", json!({"url": "http://127.0.0.1:1/", "certificate": CERTIFICATE}));
    assert!(as_text.await.contains("certificate"));
    for wrong in [KEY, "0\u{82}1", ""] {
        assert_eq!(sets(&telegram, wrong).await["ok"], false, "{wrong}");
    }
    assert_eq!(telegram.invalid().len(), 4);
    assert!(!shows_its_own(&telegram).await);
    let taken = sets(&telegram, CERTIFICATE).await;
    assert_eq!(taken["ok"], true, "{taken}");
    assert!(shows_its_own(&telegram).await);
}

#[tokio::test]
async fn a_self_signed_certificate_goes_along_and_its_key_never() {
    let (telegram, home) = (Telegram::start().await, tempfile::tempdir().unwrap());
    let file = |name: &str, content: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let both = file("both.pem", &format!("{KEY}{CERTIFICATE}"));
    let der = file("certificate.der", "0\u{82}1");
    for (path, why) in [(&both, "private key"), (&der, "openssl x509"), (&"none.pem".to_owned(), "none.pem")]
    {
        let refused = hamdam(&telegram, home.path(), &["set", "--certificate", path]).await;
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains(why), "{said}");
    }
    assert_eq!(telegram.good("getWebhookInfo", json!({})).await["url"], "", "a wrong file sets nothing");

    let good = file("certificate.pem", CERTIFICATE);
    let set = hamdam(&telegram, home.path(), &["set", "--certificate", &good, "--json"]).await;
    assert_eq!(set.status.code(), Some(0), "{set:?}");
    let rows: Value = serde_json::from_slice(&set.stdout).unwrap();
    assert_eq!(rows[0]["webhook"]["has_custom_certificate"], true, "{rows}");
    assert_eq!(rows[0]["webhook"]["allowed_updates"].as_array().unwrap().len(), 6, "{rows}");

    // The next registration is in the way of the simulator's once per second, which is waited out.
    let without = hamdam(&telegram, home.path(), &["set"]).await;
    assert_eq!(without.status.code(), Some(0), "{without:?}");
    assert!(!shows_its_own(&telegram).await, "one that an authority vouches for needs none");
    assert!(telegram.invalid().is_empty(), "{:?}", telegram.invalid());
}
