//! Instances that come and go under one name.

use std::path::Path;

use anyhow::ensure;

use super::stub::Stub;
use super::telegram::Telegram;
use super::*;
use crate::{Folder, Process, poll};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../nginx/instances-by-dns.sh");

/// A `getent` that answers from a file.
fn resolver(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let (program, names) = (folder.join("getent"), folder.join("addresses"));
    std::fs::write(&names, "")?;
    let text = format!("#!/bin/sh\n[ \"$*\" = 'ahostsv4 hamdam' ] || exit 2\ncat {}\n", names.display());
    std::fs::write(&program, text)?;
    std::fs::set_permissions(program, PermissionsExt::from_mode(0o755))
}

#[tokio::test]
async fn nginx_follows_a_name_whose_addresses_change() {
    let folder = Folder::new("names").unwrap();
    resolver(folder.path()).unwrap();
    let name = |addresses: &[&str]| {
        let lines: Vec<_> = addresses.iter().map(|address| format!("{address} STREAM hamdam")).collect();
        std::fs::write(folder.path().join("addresses"), lines.join("\n")).unwrap();
    };
    let (first, second) = (Stub::start().await, Stub::start().await);
    let port = |stub: &Stub| stub.address().rsplit(':').next().unwrap().to_owned();
    let mut balancer = Balancer::start(BalancerKind::Nginx, &[first.address()]).await.unwrap();
    let Balancer::Nginx(nginx) = &mut balancer else { unreachable!("started as such") };
    let mut command = std::process::Command::new("sh");
    let path = std::env::var("PATH").unwrap();
    command.arg(SCRIPT).args(["hamdam", &port(&second)]).arg(nginx.folder());
    command.env("PATH", format!("{}:{path}", folder.path().display()));
    let list = nginx.folder().join("hamdam-instances.conf");
    let process = Process::start("instances-by-dns", &command, folder.path().join("log")).unwrap();
    // The stubs listen on 127.0.0.1 alone, and the name has that address later: other addresses are of dead instances.
    name(&["127.0.0.3", "127.0.0.2", "127.0.0.2"]);
    poll("the list to name both", || async {
        let text = std::fs::read_to_string(&list)?;
        let servers: Vec<_> = text.lines().filter(|line| line.starts_with("server ")).collect();
        let wanted = ["127.0.0.2", "127.0.0.3"].map(|address| {
            ["max_fails=1 fail_timeout=2s", "max_fails=0 backup"]
                .map(|how| format!("server {address}:{} {how};", port(&second)))
        });
        let wanted = wanted.as_flattened();
        ensure!(servers == wanted, "{text}");
        Ok(())
    })
    .await
    .unwrap();
    name(&["127.0.0.1", "127.0.0.2"]);
    poll("updates to reach the instance that came", || async {
        // Workers of the old list may take a few.
        for _ in 0..4 {
            let status = Telegram::before(&balancer).send().await;
            ensure!(status == 200, "{status}: {}", process.log_tail());
        }
        ensure!(second.count() >= 4, "{} reached it", second.count());
        Ok(())
    })
    .await
    .unwrap();
    // Nobody answers for the name: what was known stays.
    name(&[]);
    let before = second.count();
    Telegram::before(&balancer).send_all(4).await;
    assert_eq!(second.count(), before + 4);
}
