//! What befalls instances, and what Telegram notices of it: nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use anyhow::ensure;

use super::stub::{Mood, Seen, Stub};
use super::telegram::{Telegram, ask};
use super::*;
use crate::poll;

/// An instance that hangs may cost so many updates some seconds each, until it is noticed.
const NOTICED_BY: usize = 2;

async fn three(kind: BalancerKind) -> ([Stub; 3], Balancer, Telegram) {
    let stubs = [Stub::start().await, Stub::start().await, Stub::start().await];
    let balancer = Balancer::start(kind, &stubs.each_ref().map(Stub::address)).await.unwrap();
    let telegram = Telegram::before(&balancer);
    (stubs, balancer, telegram)
}

/// Goes on sending until the instance is sent to again.
async fn comes_back(stub: &Stub, telegram: &mut Telegram) {
    let before = stub.count();
    for _ in 0..10_000 {
        telegram.send_all(1).await;
        if stub.count() > before {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("nothing is sent to an instance that is back");
}

async fn instances_die_drain_hang_and_come_back(kind: BalancerKind) {
    let (mut stubs, _balancer, mut telegram) = three(kind).await;
    telegram.send_all(30).await;
    for stub in &stubs {
        assert!(stub.count() >= 5, "{kind:?}: everybody gets a share");
    }

    // It dies with updates in its hands, then nobody listens there.
    stubs[0].set(Mood::Dying);
    telegram.send_all(9).await;
    stubs[0].kill().await;
    telegram.send_all(60).await;
    stubs[0].revive().await;
    comes_back(&stubs[0], &mut telegram).await;

    // It drains: updates are answered until the door closes.
    stubs[1].set(Mood::Draining);
    telegram.send_all(30).await;
    stubs[1].kill().await;
    telegram.send_all(30).await;
    stubs[1].revive().await;
    comes_back(&stubs[1], &mut telegram).await;

    // It hangs: only who comes before that is noticed waits.
    let before = stubs[2].count();
    stubs[2].set(Mood::Hanging);
    telegram.send_all(60).await;
    let waited = stubs[2].count() - before;
    assert!(
        (1..=NOTICED_BY).contains(&waited),
        "{kind:?}: {waited} updates waited for an instance that hangs"
    );
    stubs[2].set(Mood::Serving);
    comes_back(&stubs[2], &mut telegram).await;

    all_are_there(&stubs, &telegram);
}

/// Every update reached an instance, under a request id of its own that its repetitions share.
fn all_are_there(stubs: &[Stub], telegram: &Telegram) {
    let mut ids: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for Seen { update, request_id } in stubs.iter().flat_map(Stub::seen) {
        assert!(request_id.len() >= 32, "{request_id:?} is no request id");
        ids.entry(update).or_default().insert(request_id);
    }
    assert!(ids.keys().copied().eq(0..telegram.sent()), "some updates reached nobody");
    assert!(ids.values().all(|ids| ids.len() == 1), "a repetition has another id");
    let different: BTreeSet<_> = ids.values().flatten().collect();
    assert_eq!(different.len(), ids.len(), "two updates share an id");
}

#[tokio::test]
async fn behind_nginx_whatever_befalls_instances_no_update_is_refused() {
    instances_die_drain_hang_and_come_back(BalancerKind::Nginx).await;
}

#[tokio::test]
async fn behind_haproxy_whatever_befalls_instances_no_update_is_refused() {
    instances_die_drain_hang_and_come_back(BalancerKind::HaProxy).await;
}

/// A balancer that has seen every instance fail must not believe for longer than they are away that nobody is there.
#[tokio::test]
async fn behind_nginx_nobody_is_refused_once_all_that_died_together_are_back() {
    let (mut stubs, _balancer, mut telegram) = three(BalancerKind::Nginx).await;
    telegram.send_all(9).await;
    for stub in &mut stubs {
        stub.kill().await;
    }
    for _ in 0..9 {
        let status = telegram.send().await;
        assert_eq!(status, 502, "nobody is there");
    }
    for stub in &mut stubs {
        stub.revive().await;
    }
    telegram.send_all(30).await;
}

#[tokio::test]
async fn haproxy_sends_nothing_to_one_that_says_it_is_draining_and_little_to_one_that_is_back() {
    let (stubs, balancer, mut telegram) = three(BalancerKind::HaProxy).await;
    let Balancer::HaProxy(haproxy) = &balancer else { unreachable!("started as such") };
    let state = async |wanted: &str| {
        poll("HAProxy to notice", || async {
            let known = haproxy.ask("show stat").await?;
            ensure!(
                known.lines().any(|line| line.starts_with("hamdam,i0,") && line.contains(wanted)),
                "{known}"
            );
            Ok(())
        })
        .await
        .unwrap();
    };
    stubs[0].set(Mood::Draining);
    state(",DOWN,").await;
    let before = stubs[0].count();
    telegram.send_all(30).await;
    assert_eq!(stubs[0].count(), before);
    stubs[0].set(Mood::Serving);
    state(",UP,").await;
    telegram.send_all(30).await;
    let share = stubs[0].count() - before;
    assert!(share < 10, "{share} of 30 is a full share");
}

#[tokio::test]
async fn a_drained_instance_of_haproxy_may_be_stopped() {
    let (mut stubs, balancer, mut telegram) = three(BalancerKind::HaProxy).await;
    let Balancer::HaProxy(haproxy) = &balancer else { unreachable!("started as such") };
    let drain = |arguments: &[&str]| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/haproxy/drain.sh");
        let mut command = tokio::process::Command::new(script);
        command.args(arguments).env("HAPROXY_SOCKET", haproxy.socket()).kill_on_drop(true);
        command.stdin(Stdio::null());
        command
    };
    telegram.send_all(9).await;
    // One update is in its hands.
    stubs[1].set(Mood::Thinking);
    let before = stubs[1].count();
    let mut others = Telegram::before(&balancer);
    let in_hand = async {
        while stubs[1].count() == before {
            others.send_all(1).await;
        }
    };
    let draining = async {
        poll("an update to be in its hands", || async {
            ensure!(stubs[1].count() > before);
            Ok(())
        })
        .await
        .unwrap();
        let mut child = drain(&["i1"]).spawn().unwrap();
        poll("HAProxy to drain", || async {
            ensure!(haproxy.ask("show stat").await?.contains(",DRAIN,"));
            Ok(())
        })
        .await
        .unwrap();
        assert!(child.try_wait().unwrap().is_none(), "it ended before the update was answered");
        telegram.send_all(30).await;
        assert_eq!(stubs[1].count(), before + 1, "updates go to an instance that drains");
        stubs[1].set(Mood::Serving);
        assert!(child.wait().await.unwrap().success());
    };
    tokio::join!(in_hand, draining);
    stubs[1].kill().await;
    telegram.send_all(9).await;
    stubs[1].revive().await;
    assert!(drain(&["i1", "ready"]).status().await.unwrap().success());
    comes_back(&stubs[1], &mut telegram).await;
    let output = drain(&["nobody"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[tokio::test]
async fn a_reload_changes_the_set_and_a_start_finds_it_again() {
    for kind in [BalancerKind::Nginx, BalancerKind::HaProxy] {
        let (first, second) = (Stub::start().await, Stub::start().await);
        let mut balancer = Balancer::start(kind, &[first.address()]).await.unwrap();
        Telegram::before(&balancer).send_all(4).await;
        assert_eq!(first.count(), 4);
        balancer.reload(&[second.address()]).await.unwrap();
        Telegram::before(&balancer).send_all(4).await;
        assert_eq!((first.count(), second.count()), (4, 4), "{kind:?}");
        balancer.kill().await.unwrap();
        balancer.start_again().await.unwrap();
        Telegram::before(&balancer).send_all(1).await;
        assert_eq!(second.count(), 5, "{kind:?}");
    }
}

#[tokio::test]
async fn with_no_instance_left_the_sender_is_told_to_come_again() {
    for kind in [BalancerKind::Nginx, BalancerKind::HaProxy] {
        let dead = crate::Port::free().unwrap();
        let balancer = Balancer::start(kind, &[dead.address()]).await.unwrap();
        let answer = ask(&balancer, "POST", "/telegram/1", "").await;
        let status = answer.split(' ').nth(1).unwrap();
        assert!(["502", "503"].contains(&status), "{kind:?}: {answer}");
    }
}
