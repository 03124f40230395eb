//! Instances that come and go under one name.

use std::path::Path;

use anyhow::ensure;

use super::stub::Stub;
use super::telegram::Telegram;
use super::*;
use crate::{Folder, Process, poll};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../nginx/instances-by-dns.sh");

/// A `getent` that answers from a file, and notes each time that it was asked.
fn resolver(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let (program, names, asked) = (folder.join("getent"), folder.join("addresses"), folder.join("asked"));
    std::fs::write(&names, "")?;
    std::fs::write(&asked, "")?;
    let (names, asked) = (names.display(), asked.display());
    let text = format!("#!/bin/sh\n[ \"$*\" = 'ahostsv4 hamdam' ] || exit 2\ncat {names}\necho >> {asked}\n");
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
    let at_first = nginx.workers().unwrap();
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
    nginx.reloaded(&at_first).await.unwrap();
    let to_the_dead = nginx.workers().unwrap();
    name(&["127.0.0.1", "127.0.0.2"]);
    nginx.reloaded(&to_the_dead).await.unwrap();
    assert_eq!(Telegram::before(&balancer).send_all(4).await.len(), second.count());
    // Nobody answers for the name: what was known stays.
    name(&[]);
    let asked = || std::fs::read(folder.path().join("asked")).unwrap().len();
    let before = asked();
    poll("it to be asked again, twice", || async {
        ensure!(asked() > before + 1);
        Ok(())
    })
    .await
    .unwrap();
    Telegram::before(&balancer).send_all(4).await;
    assert_eq!(second.count(), 8, "{}", process.log_tail());
}
