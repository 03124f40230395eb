//! Names of keys: the one place where they are made.
//!
//! | key | type | holds | lives | slot |
//! |---|---|---|---|---|
//! | `hd:{tag}:user:<id>` | hash | one user's record, see `record` | 30 days after the last update while idle, else for ever | shard |
//! | `hd:{tag}:live:<0-31>` | sorted set | users not idle by when they entered their state, in 32 parts by user id, so that each stays a listpack (20 bytes a user instead of 110) up to 4,000 live users per shard | no limit | shard |
//! | `hd:{tag}:count` | hash | `w` users waiting or held, `c` chatting | no limit | shard |
//! | `hd:{tag}:out` | stream | `h` `user:bot:language:sequence`, `e` the entry | no limit | shard |
//! | `hd:{tag}:backlog` | hash | `user:bot` -> entries in the outbox | no limit | shard |
//! | `hd:{tag}:claims` | hash | `user:bot` -> `entry ms epoch` of the send under way | no limit | shard |
//! | `hd:{tag}:asleep` | string | there while the sender sleeps; also the name of the channel it is rung on | no limit | shard |
//! | `hd:{tag}:journal` | stream | `f` a fact | no limit | shard |
//! | `hd:{tag}:lease` | string | `epoch owner` | the lease | shard |
//! | `hd:{tag}:epoch` | integer | the highest epoch given | never expires | shard |
//! | `hd:{tag}:bulk` | stream | parts of broadcasts: `e` `user:bot:language broadcast` | no limit | shard |
//! | `hd:{tag}:bulk-claims` | hash | part -> `ms epoch` of the send under way | no limit | shard |
//! | `hd:{tag}:broadcast:<n>` | hash | `position` up to which user its parts are queued here, `queued` how many, and what became of them: `sent`, `unreachable`, `failed`, `dropped` | 30 days after the last piece | shard |
//! | `hd:{tag}:ids:<room>:<user>` | list | `here there`: ids of the last 100 messages in this user's and in the partner's chat | 1 h after the room | shard |
//! | `hd:{tag}:payments:<user>` | hash | charge -> `ms days` that it gives, or `-` if it went back | 90 days behind the end of premium | shard |
//! | `hd:{tag}:told:<hash>` | string | an explanation was given, or that somebody unknown cannot be reached was noted; a hash of user and name, so that it outlives a forgetting without telling of anybody | 1 h | shard |
//! | `hd:{tag}:rated:<hash>` | string | `u` or `d`: how the other rated them there; named as `told` | 1 h | shard |
//! | `hd:{mm:<pool>}:order` | sorted set | `user:bot:update` by the time since which they wait | no limit | pool |
//! | `hd:{mm:<pool>}:tickets` | hash | `user:bot:update` -> `attempt ticket` | no limit | pool |
//! | `hd:{mm:<pool>}:gone` | sorted set | tickets that left, by second and attempt | 2 min | pool |
//! | `hd:{mm:<pool>}:changes` | stream | `a` a ticket or `r` `user:bot:update:attempt` | 2 min, 100,000 changes; never the last one | pool |
//! | `hd:{mm:<pool>}:intents` | stream | `r` room, `a` first and `b` second ticket | until settled | pool |
//! | `hd:{mm:<pool>}:matched` | hash | room -> `place claimant claimant`, claimant -> room, of stored intents | until settled | pool |
//! | `hd:{mm:<pool>}:asleep` | string | there while the pool's leader sleeps; also the name of the channel it is rung on | no limit | pool |
//! | `hd:{mm:<pool>}:lock`, `:epoch` | string | as lease and epoch | as there | pool |
//! | `hd:{bot:<id>}:rate` | hash | the bucket: `level` in millionths, `at`, `paused`; of one that learns `learned` in thousandths a second, `raised`, `cut`, `failed`; `spare` what ran over for broadcasts, and their own bucket `bulk`, `bulkat`; what was used lately: `window`, `used`, `before` | no limit | bot |
//! | `hd:{bot:<id>}:era` | hash | `server`, `era` | never expires | bot |
//! | `hd:{bot:<id>}:strikes:<update>` | set | names of failures | 1 h | bot |
//! | `hd:{bot:<id>}:dead` | stream | `body`, `reason` | 24 h, 10,000 letters | bot |
//! | `hd:{bot:<id>}:files` | hash | `file_unique_id` -> `ms file_id`: until when, and how this bot calls it | a week after the last, 10,000 files | bot |
//! | `hd:{bot:<id>}:files-until` | sorted set | the same files by that time | as there | bot |
//! | `hd:{bot:<id>}:buried:<name>` | string | a burial was done | 1 min | bot |
//! | `hd:{case:<name>}` | hash | `c` report, `d` what was decided, `k` by which press, `a` when | 30 days | own |
//! | `hd:{desk}:board` | hash | `maintenance` in which way the fleet is closed; `newest` broadcast; `c<n>` how a broadcast that is not over stands | no limit | desk |
//! | `hd:{desk}:broadcasts` | hash | `newest` number given; of the last 20 broadcasts `<n>:plan`, `:course`, `:begun`, `:position` up to which user it is queued, `:all` once everybody is, `:over` since when | no limit | desk |
//! | `hd:{desk}:wish:<name>` | string | the number of the broadcast that a wish began | 1 day | desk |
//! | `hd:{desk}:lease`, `:epoch` | string | who queues broadcasts; as lease and epoch | as there | desk |
//! | `hd:instances` | hash | id -> `until roles address version`, and the channel on which it was heard, `hd:life:<id>` | until a heartbeat finds it over | own |
//! | `hd:meta` | hash | `shards`, `version` | never expires | own |
//! | `hd:pools` | hash | pool -> its number in room ids | never expires | own |
//! | `hd:clients` | integer | numbers given to clients | never expires | own |
//! | `hd:{tag}:replicated` | string | what `WAIT` waits for, see `link` | 1 s | shard, pool or bot |

use std::fmt::Display;

use fred::types::Key;
use hamdam_domain::broadcast::BroadcastId;
use hamdam_domain::id::{BotId, InstanceId, PoolId, RoomId, Shard, UpdateId, UserId};
use hamdam_domain::safety::CaseId;

/// Hash slots of a Redis Cluster.
pub(super) const SLOTS: u16 = 16_384;
/// Parts of `live`.
pub(super) const LIVE_PARTS: i64 = 32;

/// Makes keys for a fleet with so many shards.
#[derive(Debug)]
pub(super) struct Keys {
    shards: Vec<ShardKeys>,
}

/// Keys of one shard. Cloning one counts a reference.
#[derive(Debug)]
pub(super) struct ShardKeys {
    tag: String,
    live: Vec<Key>,
    pub(super) count: Key,
    pub(super) out: Key,
    pub(super) backlog: Key,
    pub(super) claims: Key,
    pub(super) bulk: Key,
    pub(super) bulk_claims: Key,
    pub(super) asleep: Key,
    pub(super) journal: Key,
    pub(super) lease: Key,
    pub(super) epoch: Key,
}

/// Keys of one pool.
#[derive(Debug)]
pub(super) struct PoolKeys {
    pub(super) order: Key,
    pub(super) tickets: Key,
    pub(super) gone: Key,
    pub(super) changes: Key,
    pub(super) intents: Key,
    pub(super) matched: Key,
    pub(super) asleep: Key,
    pub(super) lock: Key,
    pub(super) epoch: Key,
}

impl Keys {
    /// Keys for `shards` shards, 1 to 16,384.
    pub(super) fn new(shards: u16) -> Self {
        Self { shards: tags(shards).into_iter().map(ShardKeys::new).collect() }
    }

    pub(super) fn shards(&self) -> u16 {
        u16::try_from(self.shards.len()).expect("made from a u16")
    }

    pub(super) fn shard(&self, shard: Shard) -> &ShardKeys {
        &self.shards[usize::from(shard.0)]
    }

    /// The shard a user is on.
    pub(super) fn of(&self, user: UserId) -> &ShardKeys {
        self.shard(Shard::of(user, self.shards()))
    }

    pub(super) fn user(&self, user: UserId) -> Key {
        self.of(user).key(format_args!("user:{user}"))
    }

    pub(super) fn ids(&self, room: RoomId, user: UserId) -> Key {
        self.of(user).key(format_args!("ids:{room}:{user}"))
    }

    pub(super) fn rated(&self, user: UserId, room: RoomId) -> Key {
        self.of(user).key(format_args!("rated:{:016x}", fnv(format!("{user}:{room}").as_bytes())))
    }

    pub(super) fn payments(&self, user: UserId) -> Key {
        self.of(user).key(format_args!("payments:{user}"))
    }

    pub(super) fn told(&self, user: UserId, once: &str) -> Key {
        self.of(user).key(format_args!("told:{:016x}", fnv(format!("{user}:{once}").as_bytes())))
    }
}

impl ShardKeys {
    fn new(tag: String) -> Self {
        let key = |name: &str| Key::from(format!("hd:{{{tag}}}:{name}"));
        Self {
            live: (0..LIVE_PARTS).map(|part| key(&format!("live:{part}"))).collect(),
            count: key("count"),
            out: key("out"),
            backlog: key("backlog"),
            claims: key("claims"),
            bulk: key("bulk"),
            bulk_claims: key("bulk-claims"),
            asleep: key("asleep"),
            journal: key("journal"),
            lease: key("lease"),
            epoch: key("epoch"),
            tag,
        }
    }

    fn key(&self, rest: impl Display) -> Key {
        Key::from(format!("hd:{{{}}}:{rest}", self.tag))
    }

    /// How far a broadcast has come here.
    pub(super) fn progress(&self, broadcast: BroadcastId) -> Key {
        self.key(format_args!("broadcast:{broadcast}"))
    }

    /// The part of `live` that a user is in.
    pub(super) fn live_of(&self, user: UserId) -> Key {
        let part = usize::try_from(user.0.rem_euclid(LIVE_PARTS)).expect("a remainder is not negative");
        self.live[part].clone()
    }

    /// Every part of `live`.
    pub(super) fn live(&self) -> Vec<Key> {
        self.live.clone()
    }
}

impl PoolKeys {
    pub(super) fn new(pool: &PoolId) -> Self {
        let key = |name: &str| Key::from(format!("hd:{{mm:{pool}}}:{name}"));
        Self {
            order: key("order"),
            tickets: key("tickets"),
            gone: key("gone"),
            changes: key("changes"),
            intents: key("intents"),
            matched: key("matched"),
            asleep: key("asleep"),
            lock: key("lock"),
            epoch: key("epoch"),
        }
    }
}

pub(super) fn rate(bot: BotId) -> Key {
    of_bot(bot, "rate")
}

pub(super) fn era(bot: BotId) -> Key {
    of_bot(bot, "era")
}

pub(super) fn strikes(bot: BotId, update: UpdateId) -> Key {
    of_bot(bot, format_args!("strikes:{update}"))
}

pub(super) fn files(bot: BotId) -> Key {
    of_bot(bot, "files")
}

pub(super) fn files_until(bot: BotId) -> Key {
    of_bot(bot, "files-until")
}

pub(super) fn dead(bot: BotId) -> Key {
    of_bot(bot, "dead")
}

pub(super) fn buried(bot: BotId, name: &str) -> Key {
    of_bot(bot, format_args!("buried:{name}"))
}

fn of_bot(bot: BotId, rest: impl Display) -> Key {
    Key::from(format!("hd:{{bot:{bot}}}:{rest}"))
}

pub(super) fn case(case: CaseId) -> Key {
    Key::from(format!("hd:{{case:{case}}}"))
}

pub(super) fn board() -> Key {
    Key::from_static_str("hd:{desk}:board")
}

pub(super) fn broadcasts() -> Key {
    Key::from_static_str("hd:{desk}:broadcasts")
}

pub(super) fn wish(once: &str) -> Key {
    Key::from(format!("hd:{{desk}}:wish:{once}"))
}

pub(super) fn broadcasts_lease() -> Key {
    Key::from_static_str("hd:{desk}:lease")
}

pub(super) fn broadcasts_epoch() -> Key {
    Key::from_static_str("hd:{desk}:epoch")
}

pub(super) fn instances() -> Key {
    Key::from_static_str("hd:instances")
}

/// The channel on which an instance listens for as long as it lives: no key.
pub(super) fn life(instance: &InstanceId) -> String {
    format!("hd:life:{}", instance.0)
}

pub(super) fn meta() -> Key {
    Key::from_static_str("hd:meta")
}

pub(super) fn pool_numbers() -> Key {
    Key::from_static_str("hd:pools")
}

pub(super) fn clients() -> Key {
    Key::from_static_str("hd:clients")
}

/// FNV-1a, 64 bits: the same in every process.
fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A key in the same slot as `key`, for the write that `WAIT` waits for.
pub(super) fn replicated(key: &Key) -> Key {
    let name = key.as_str_lossy();
    match name.split_once('{').and_then(|(_, rest)| rest.split_once('}')) {
        Some((tag, _)) => Key::from(format!("hd:{{{tag}}}:replicated")),
        None => Key::from(format!("hd:{{{name}}}:replicated")),
    }
}

/// One hash tag per shard: tag `i` of `n` hashes into the slots from `i * 16384 / n` to the next tag's, so shards
/// spread over a Cluster as evenly as its slots do. Of the tags that do, the shortest, and of those the first of the
/// alphabet: every instance finds the same.
fn tags(shards: u16) -> Vec<String> {
    assert!((1..=SLOTS).contains(&shards), "1 to {SLOTS} shards, not {shards}");
    let mut found: Vec<Option<String>> = vec![None; usize::from(shards)];
    let mut missing = found.len();
    let mut length = 1;
    while missing > 0 {
        let mut tag = vec![0; length];
        loop {
            let text: String = tag.iter().map(|&digit| char::from(ALPHABET[digit])).collect();
            let place = &mut found[shard_of_slot(slot(text.as_bytes()), shards)];
            if place.is_none() {
                *place = Some(text);
                missing -= 1;
            }
            if !count_up(&mut tag) {
                break;
            }
        }
        length += 1;
    }
    found.into_iter().flatten().collect()
}

const ALPHABET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// The next tag of the same length; `false` after the last.
fn count_up(tag: &mut [usize]) -> bool {
    for digit in tag.iter_mut().rev() {
        *digit += 1;
        if *digit < ALPHABET.len() {
            return true;
        }
        *digit = 0;
    }
    false
}

/// The shard in whose range of slots this one lies.
fn shard_of_slot(slot: u16, shards: u16) -> usize {
    // The greatest i with i * 16384 / shards <= slot.
    (usize::from(slot) * usize::from(shards) + usize::from(shards) - 1) / usize::from(SLOTS)
}

/// The hash slot of a hash tag (Redis Cluster specification: CRC16 of XMODEM, modulo 16,384).
fn slot(tag: &[u8]) -> u16 {
    let crc = tag.iter().fold(0_u16, |crc, &byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    });
    crc % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        // The specification's own check value, and two slots that its text and its clients' tests name.
        assert_eq!(slot(b"123456789"), 0x31C3);
        assert_eq!(slot(b"foo"), 12_182);
        assert_eq!(slot(b"bar"), 5_061);
    }

    #[test]
    fn every_tag_lies_in_its_shards_share_of_the_slots() {
        for shards in [1, 2, 3, 7, 16, 64, 100, 1_000] {
            let tags = tags(shards);
            assert_eq!(tags.len(), usize::from(shards));
            for (i, tag) in tags.iter().enumerate() {
                let from = i * 16_384 / usize::from(shards);
                let to = (i + 1) * 16_384 / usize::from(shards);
                let slot = usize::from(slot(tag.as_bytes()));
                assert!((from..to).contains(&slot), "tag {tag} of {shards}: {slot} is not in {from}..{to}");
                assert!(tag.len() <= 3, "{tag}");
            }
        }
    }

    #[test]
    fn the_usual_64_tags_never_change() {
        let tags = tags(64);
        assert!(tags.iter().all(|tag| tag.len() <= 2), "{tags:?}");
        // Stored data lies under these names.
        assert_eq!(
            tags.join(" "),
            "10 18 6h 03 29 21 3 4s 0j 0b 1a 0s b j s 2d 11 19 6i 02 28 20 2 4r 0k 0c 0z 0r c k r z \
             12 6s 09 01 4h 23 1 9 0h 0d 0y 0q d h q y 13 6r 08 00 4i 22 0 8 0i 0a 0x 0p a i p x"
        );
    }

    #[test]
    fn every_slot_can_have_a_shard() {
        let tags = tags(SLOTS);
        assert!(tags.iter().enumerate().all(|(i, tag)| usize::from(slot(tag.as_bytes())) == i));
    }

    #[test]
    fn the_name_of_an_explanation_tells_of_nobody() {
        // The specification's own check values.
        assert_eq!((fnv(b""), fnv(b"a")), (0xcbf2_9ce4_8422_2325, 0xaf63_dc4c_8601_ec8c));
        let key = Keys::new(64).told(UserId(7_123_456_789), "once");
        assert!(!key.as_str_lossy().contains("7123456789"), "{key:?}");
    }

    #[test]
    fn keys_of_a_user_share_the_shards_slot() {
        let keys = Keys::new(64);
        let user = UserId(7_123_456_789);
        let tag = |key: &Key| {
            let name = key.as_str_lossy().into_owned();
            name[name.find('{').unwrap()..=name.find('}').unwrap()].to_owned()
        };
        let shard = keys.of(user);
        let own = tag(&shard.out);
        for key in [
            keys.user(user),
            keys.ids(RoomId(1), user),
            keys.payments(user),
            keys.told(user, "once"),
            shard.live_of(user),
            replicated(&shard.out),
        ] {
            assert_eq!(tag(&key), own, "{key:?}");
        }
        assert_eq!(keys.user(user).as_str_lossy(), format!("hd:{own}:user:7123456789"));
    }
}
