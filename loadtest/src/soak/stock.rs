//! What lies in live state, kind of key by kind of key, and what of it should not.
//!
//! A kind is what stands behind a key's hash tag: `user` of `hd:{s}:user:7`. A key that is all tag, `hd:{case:7-1}`, is
//! of the kind that its tag begins with.

use std::collections::BTreeMap;

use fred::prelude::{
    Client, ClientLike, HashesInterface, KeysInterface, ListInterface, MemoryInterface, SortedSetsInterface,
    StreamsInterface,
};
use serde::Serialize;

use crate::gauge::store::{connect, keys};

/// Questions sent to a node in one go.
const BATCH: usize = 500;

/// Keys of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Kind {
    /// How many.
    pub keys: u64,
    /// What they hold together: entries, fields, members.
    pub entries: u64,
    /// What the fullest holds.
    pub fullest: u64,
    /// What they take, by Redis' own account.
    pub bytes: u64,
    /// How many have no time limit. Only counted at rest.
    pub timeless: u64,
}

/// Every kind there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stock(pub BTreeMap<String, Kind>);

/// How a kind's entries are counted.
#[derive(Clone, Copy)]
enum Shape {
    Stream,
    Hash,
    Sorted,
    List,
    /// One value.
    Plain,
}

fn shape(kind: &str) -> Shape {
    match kind {
        "out" | "bulk" | "journal" | "changes" | "intents" | "dead" => Shape::Stream,
        "user" | "count" | "backlog" | "claims" | "bulk-claims" | "tickets" | "matched" | "rate"
        | "instances" | "meta" | "pools" | "board" | "broadcasts" | "broadcast" | "payments" | "files"
        | "case" => Shape::Hash,
        "live" | "order" | "gone" | "files-until" => Shape::Sorted,
        "ids" => Shape::List,
        _ => Shape::Plain,
    }
}

/// Kinds that are empty once nobody talks and everything has arrived.
const EMPTY_AT_REST: [&str; 11] = [
    "out",
    "bulk",
    "journal",
    "backlog",
    "claims",
    "bulk-claims",
    "live",
    "order",
    "tickets",
    "intents",
    "matched",
];

/// Kinds whose keys may have no time limit at rest: what a fleet has one of each, and never more for having run longer.
const FOR_EVER: [&str; 24] = [
    "out",
    "bulk",
    "journal",
    "backlog",
    "claims",
    "bulk-claims",
    "live",
    "count",
    "asleep",
    "epoch",
    "order",
    "tickets",
    "gone",
    "changes",
    "intents",
    "matched",
    "rate",
    "era",
    "instances",
    "meta",
    "pools",
    "board",
    "broadcasts",
    "clients",
];

/// Kinds that end by themselves: they become more for an hour, a day or a month, and then no more.
const TIMED: [&str; 12] = [
    "ids",
    "told",
    "rated",
    "strikes",
    "buried",
    "dead",
    "files",
    "files-until",
    "case",
    "payments",
    "broadcast",
    "wish",
];

/// The most a key of these kinds may hold. Streams are trimmed node by node, a hundred entries at a time.
const CAPS: [(&str, u64); 4] =
    [("ids", 100), ("changes", 100_000 + 100), ("dead", 10_000 + 100), ("files", 10_000)];

impl Stock {
    /// Takes stock of these nodes. `at_rest` asks for time limits too.
    pub(super) async fn take(addresses: &[String], at_rest: bool) -> anyhow::Result<Self> {
        let mut stock = Self::default();
        for address in addresses {
            let client = connect(address).await?;
            for batch in keys(&client, "hd:*", usize::MAX).await?.chunks(BATCH) {
                stock.weigh(&client, batch, at_rest).await?;
            }
            client.quit().await?;
        }
        Ok(stock)
    }

    async fn weigh(&mut self, client: &Client, batch: &[String], at_rest: bool) -> anyhow::Result<()> {
        let pipeline = client.pipeline();
        for key in batch {
            let _: () = pipeline.memory_usage(key.as_str(), Some(0)).await?;
            let key = key.as_str();
            let _: () = match shape(kind(key)) {
                Shape::Stream => pipeline.xlen(key).await?,
                Shape::Hash => pipeline.hlen(key).await?,
                Shape::Sorted => pipeline.zcard(key).await?,
                Shape::List => pipeline.llen(key).await?,
                Shape::Plain => pipeline.exists(key).await?,
            };
            let _: () = pipeline.ttl(key).await?;
        }
        // Who is gone since the scan takes nothing.
        let answers: Vec<Option<i64>> = pipeline.all().await?;
        for (key, answer) in batch.iter().zip(answers.chunks(3)) {
            let [Some(bytes), entries, ttl] = answer else { continue };
            let number = |answer: Option<i64>| u64::try_from(answer.unwrap_or_default()).unwrap_or_default();
            let kind = self.0.entry(kind(key).to_owned()).or_default();
            kind.keys += 1;
            kind.entries += number(*entries);
            kind.fullest = kind.fullest.max(number(*entries));
            kind.bytes += number(Some(*bytes));
            kind.timeless += u64::from(at_rest && *ttl == Some(-1));
        }
        Ok(())
    }

    /// Of this kind, nothing if there is none.
    pub(super) fn of(&self, kind: &str) -> Kind {
        self.0.get(kind).copied().unwrap_or_default()
    }

    /// Bytes of everything that does not end by itself.
    pub(super) fn lasting_bytes(&self) -> u64 {
        self.lasting().map(|kind| kind.bytes).sum()
    }

    /// Keys that do not end by themselves.
    pub(super) fn lasting_keys(&self) -> u64 {
        self.lasting().map(|kind| kind.keys).sum()
    }

    /// Bytes of what ends by itself.
    pub(super) fn timed_bytes(&self) -> u64 {
        self.0.values().map(|kind| kind.bytes).sum::<u64>() - self.lasting_bytes()
    }

    /// The change feed is left out too: it is filled up to its cap, which is looked at by itself.
    fn lasting(&self) -> impl Iterator<Item = &Kind> {
        self.0
            .iter()
            .filter(|(name, _)| !TIMED.contains(&name.as_str()) && *name != "changes")
            .map(|(_, kind)| kind)
    }

    /// What nothing may ever hold, in words.
    pub(super) fn beyond_caps(&self) -> Vec<String> {
        CAPS.iter()
            .filter(|(name, cap)| self.of(name).fullest > *cap)
            .map(|(name, cap)| {
                format!("a key of {name} holds {} entries, {cap} at most", self.of(name).fullest)
            })
            .collect()
    }

    /// What is left over though nobody talks and everything has arrived, in words.
    pub(super) fn left_over(&self) -> Vec<String> {
        let full = EMPTY_AT_REST.iter().filter(|name| self.of(name).entries > 0);
        full.map(|name| format!("{name} still holds {} entries", self.of(name).entries)).collect()
    }

    /// What would stay for ever, in words.
    pub(super) fn timeless(&self) -> Vec<String> {
        let bound = self.0.iter().filter(|(name, _)| !FOR_EVER.contains(&name.as_str()));
        bound
            .filter(|(_, kind)| kind.timeless > 0)
            .map(|(name, kind)| format!("{} keys of {name} would stay for ever", kind.timeless))
            .collect()
    }
}

fn kind(key: &str) -> &str {
    let rest = key
        .split_once("}:")
        .map_or_else(|| key.trim_start_matches("hd:").trim_start_matches('{'), |(_, rest)| rest);
    rest.split(':').next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use hamdam_testbed::Redis;

    use super::*;

    #[test]
    fn a_kind_stands_behind_the_tag() {
        for (key, wanted) in [
            ("hd:{0a}:user:7", "user"),
            ("hd:{0a}:ids:5:7", "ids"),
            ("hd:{mm:any}:changes", "changes"),
            ("hd:{bot:7}:rate", "rate"),
            ("hd:{case:7-1}", "case"),
            ("hd:meta", "meta"),
        ] {
            assert_eq!(kind(key), wanted);
        }
    }

    async fn of(redis: &Redis) -> Stock {
        Stock::take(&[redis.address()], true).await.unwrap()
    }

    #[tokio::test]
    async fn what_leaks_in_redis_is_found_and_named() {
        let redis = Redis::start().await.unwrap();
        for command in [
            &["HSET", "hd:{a}:user:7", "v", "1"][..],
            &["EXPIRE", "hd:{a}:user:7", "100"],
            &["SET", "hd:{a}:epoch", "1"],
            &["RPUSH", "hd:{a}:ids:1:7", "1 2"],
            &["EXPIRE", "hd:{a}:ids:1:7", "100"],
            &["XADD", "hd:{a}:out", "1-1", "e", "x"],
            &["XDEL", "hd:{a}:out", "1-1"],
        ] {
            redis.ask(command).await.unwrap();
        }
        let sound = of(&redis).await;
        assert_eq!((sound.of("user").keys, sound.of("ids").entries, sound.of("out").entries), (1, 1, 0));
        assert!(sound.timed_bytes() > 0 && sound.lasting_bytes() > sound.timed_bytes());
        assert_eq!(sound.lasting_keys(), 3);
        assert!(
            sound.left_over().is_empty() && sound.timeless().is_empty() && sound.beyond_caps().is_empty()
        );

        redis.ask(&["PERSIST", "hd:{a}:ids:1:7"]).await.unwrap();
        assert_eq!(of(&redis).await.timeless(), ["1 keys of ids would stay for ever"]);
        redis.ask(&["SET", "hd:{a}:unheard:7", "of"]).await.unwrap();
        assert_eq!(of(&redis).await.timeless().len(), 2, "a kind that nobody knows");
        redis.ask(&["XADD", "hd:{a}:out", "2-1", "e", "x"]).await.unwrap();
        assert_eq!(of(&redis).await.left_over(), ["out still holds 1 entries"]);
        let many: Vec<&str> = ["RPUSH", "hd:{a}:ids:1:7"].into_iter().chain([" "; 100]).collect();
        redis.ask(&many).await.unwrap();
        assert_eq!(of(&redis).await.beyond_caps(), ["a key of ids holds 101 entries, 100 at most"]);
    }
}
