//! What an operator decides about an instance's loops, and the times the protocol rests on.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use hamdam_domain::id::InstanceId;
use hamdam_domain::pools::Pools;
use hamdam_domain::pseudonym::Pseudonyms;
use hamdam_domain::rules::Rules;

use crate::bots::Bots;

/// What an instance does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Takes updates from Telegram.
    pub webhook: bool,
    /// Leads pools.
    pub matchmaker: bool,
    /// Owns shards: sends, writes the journal, audits. One lease protects all three, so they go together.
    pub sender: bool,
}

impl Roles {
    /// Everything: the default.
    pub const ALL: Self = Self { webhook: true, matchmaker: true, sender: true };
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (self.webhook, "webhook"),
            (self.matchmaker, "matchmaker"),
            (self.sender, "sender"),
            (self.sender, "journal"),
        ];
        let said: Vec<_> = words.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
        f.write_str(&said.join(","))
    }
}

/// A text that names no [`Roles`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoRoles {
    /// A word that is no role.
    #[error("{0:?} is no role; known are all, webhook, matchmaker, sender, journal")]
    Unknown(String),
    /// Nothing to do.
    #[error("an instance needs at least one role")]
    Empty,
    /// One without the other.
    #[error("sender and journal share a shard's lease: name both or neither")]
    Torn,
}

impl FromStr for Roles {
    type Err = NoRoles;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut roles = Self { webhook: false, matchmaker: false, sender: false };
        let (mut journal, mut all) = (false, false);
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "all" => all = true,
                "webhook" => roles.webhook = true,
                "matchmaker" => roles.matchmaker = true,
                "sender" => roles.sender = true,
                "journal" => journal = true,
                unknown => return Err(NoRoles::Unknown(unknown.to_owned())),
            }
        }
        if all {
            return Ok(Self::ALL);
        }
        if roles.sender != journal {
            return Err(NoRoles::Torn);
        }
        if !(roles.webhook || roles.matchmaker || roles.sender) {
            return Err(NoRoles::Empty);
        }
        Ok(roles)
    }
}

/// How fast one token may send, over the whole fleet (`BOT_RATE_LIMIT`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BotRate {
    /// No limit of ours: nothing is asked, only a 429 slows us down.
    Unlimited,
    /// So many messages per second.
    PerSecond(f64),
    /// What the token turns out to take, from [`BotRate::START`] on.
    Learned,
}

impl BotRate {
    /// Messages per second with which learning starts: what Telegram documents for a token.
    pub const START: f64 = 30.0;

    /// Messages per second that are known before anything is learned; `None` without a limit.
    #[must_use]
    pub fn known(self) -> Option<f64> {
        match self {
            Self::Unlimited => None,
            Self::PerSecond(rate) => Some(rate),
            Self::Learned => Some(Self::START),
        }
    }
}

/// A text that is no [`BotRate`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no rate; want auto, none, or messages per second above 0")]
pub struct NoBotRate(pub String);

impl FromStr for BotRate {
    type Err = NoBotRate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Learned),
            "none" => Ok(Self::Unlimited),
            number => match number.parse::<f64>() {
                Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(Self::PerSecond(rate)),
                _ => Err(NoBotRate(number.to_owned())),
            },
        }
    }
}

/// How fast one chat is sent to (`CHAT_RATE_LIMIT`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChatRate {
    /// Messages per second in the long run.
    pub per_second: f64,
    /// Messages at once after a rest.
    pub burst: u32,
}

impl Default for ChatRate {
    fn default() -> Self {
        Self { per_second: 1.0, burst: 5 }
    }
}

/// The times the protocol rests on. Tests shorten them; in a fleet every instance has the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Life of a shard's or pool's lease without renewal: how long a dead instance's work waits.
    pub lease: Duration,
    /// How often a heartbeat is sent.
    pub heartbeat: Duration,
    /// Life of a heartbeat: after this long without one, the others share out an instance's work.
    pub heartbeat_life: Duration,
    /// How often leases that should be ours and are not are tried for.
    pub claim_leases: Duration,
    /// No Bot API call lives longer: the client's time limit must not be above it. A successor leaves a claimed
    /// chat alone for so long.
    pub longest_call: Duration,
    /// The same for a call that brings a file along, from one bot to another.
    pub longest_transfer: Duration,
    /// A call starts within this time of its claim, or is claimed anew.
    pub start_limit: Duration,
    /// A sender's turn comes at least so often: it renews the lease and catches a lost ring.
    pub poll: Duration,
    /// Two turns of a shard are at least so far apart: what comes in between shares one.
    pub turn_gap: Duration,
    /// How long an acknowledgement waits for others to share a turn with. Whatever waits is sent again if this instance
    /// dies, so with its turn it stays well below the 500 ms that a kill may repeat (design: load tool).
    pub ack_linger: Duration,
    /// How often the journals are written: the longer, the more rows per statement.
    pub journal: Duration,
    /// How often a shard's users are audited.
    pub audit: Duration,
    /// How often gauges are read from the state.
    pub gauges: Duration,
    /// How often it is looked for rows that are too old, and for partitions to make or drop.
    pub retention: Duration,
    /// How often the board is looked at: what operators put up holds everywhere after so long.
    pub board: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_millis(4_500),
            heartbeat: Duration::from_secs(1),
            heartbeat_life: Duration::from_millis(3_500),
            claim_leases: Duration::from_millis(200),
            longest_call: hamdam_telegram::CALL_TIMEOUT,
            longest_transfer: hamdam_telegram::TRANSFER_TIMEOUT,
            start_limit: Duration::from_secs(1),
            poll: Duration::from_secs(1),
            turn_gap: Duration::from_millis(20),
            ack_linger: Duration::from_millis(200),
            journal: Duration::from_secs(2),
            audit: Duration::from_secs(10),
            gauges: Duration::from_secs(5),
            retention: Duration::from_mins(1),
            board: Duration::from_millis(250),
        }
    }
}

/// Everything an operator decides about an instance's loops.
#[derive(Clone, Debug)]
pub struct Settings {
    /// This instance: random, new at every start.
    pub instance: InstanceId,
    /// What it does.
    pub roles: Roles,
    /// Where its webhook listens, told to the others.
    pub address: String,
    /// Its version, told to the others.
    pub version: String,
    /// The bots of this fleet.
    pub bots: Arc<Bots>,
    /// The pools of this fleet (`MATCHMAKING_POOLS`).
    pub pools: Pools,
    /// Pools this instance leads at once, at most (`MATCHMAKING_WORKERS`).
    pub pools_at_once: usize,
    /// A pool of so many tickets is paired by all processors at once (`MATCHMAKING_LARGE_POOL`).
    pub large_pool: usize,
    /// Time between two batches of a pool, if nobody new comes in (`MATCHMAKING_WORKER_INTERVAL`).
    pub batch_interval: Duration,
    /// Who may meet whom (`NOT_AGAIN_HOURS`), and how many at once (`MATCHMAKING_WORKER_BATCH_SIZE`).
    pub rules: Rules,
    /// A search without a partner ends after so long (`SEARCH_GIVE_UP_MINUTES`); `None`: never.
    pub give_up: Option<Duration>,
    /// The budget of a token.
    pub bot_rate: BotRate,
    /// Broadcasts of one token per second, within its budget (`BROADCAST_RATE_LIMIT`).
    pub broadcast_rate: f64,
    /// The pace of a chat.
    pub chat_rate: ChatRate,
    /// A room without a message for so long is ended (`ROOM_IDLE_HOURS`).
    pub room_idle: Duration,
    /// Rows about what is over are deleted when they are so old (`RETENTION_DAYS`).
    pub retention: Duration,
    /// Under which ids of who is forgotten become pseudonyms (`FORGET_SECRET`).
    pub pseudonyms: Pseudonyms,
    /// The protocol's times.
    pub timing: Timing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_and_named_back() {
        assert_eq!("all".parse(), Ok(Roles::ALL));
        let split: Roles = "webhook, matchmaker".parse().unwrap();
        assert_eq!(split, Roles { webhook: true, matchmaker: true, sender: false });
        assert_eq!(split.to_string(), "webhook,matchmaker");
        assert_eq!(Roles::ALL.to_string().parse(), Ok(Roles::ALL));
        assert_eq!("sender".parse::<Roles>(), Err(NoRoles::Torn));
        assert_eq!("".parse::<Roles>(), Err(NoRoles::Empty));
        assert_eq!("all,mayor".parse::<Roles>(), Err(NoRoles::Unknown("mayor".into())));
        assert_eq!("mayor".parse::<Roles>(), Err(NoRoles::Unknown("mayor".into())));
    }

    #[test]
    fn rates_are_read() {
        assert_eq!("auto".parse(), Ok(BotRate::Learned));
        assert_eq!("none".parse(), Ok(BotRate::Unlimited));
        assert_eq!("12.5".parse(), Ok(BotRate::PerSecond(12.5)));
        for wrong in ["0", "-3", "NaN", "inf", "fast"] {
            assert_eq!(wrong.parse::<BotRate>(), Err(NoBotRate(wrong.into())));
        }
    }
}
