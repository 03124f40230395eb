//! From people to machines.

use serde::Serialize;

use crate::registration::{FEWEST_INSTANCES, connections};

use super::costs::{
    BUSY, CHATTING, Cpu, DATABASE, DAY, FACT, FORK, FULL, IDLE, INSTANCES, NGINX, REDIS, REDIS_COMMANDS, ROW,
    STAY, TOKEN, TRAFFIC, WITHOUT_DATABASE,
};

/// A Cluster has three masters at least.
const FEWEST_MASTERS: u64 = 3;
/// Connections of an instance to the database: four were the peak of a whole fleet at 2,400 messages a second.
const POOL: u64 = 5;
const OVERFLOW: u64 = 5;
/// Connections to the database for others than the fleet.
const OTHERS: u64 = 20;
const MIB: f64 = 1_048_576.0;

/// What is asked.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Wish {
    /// People who chat at the same time.
    pub(super) users: u64,
    /// What each of them writes.
    pub(super) messages_per_minute: f64,
    /// People who are remembered and do not chat.
    pub(super) idle: u64,
    /// Cores of a machine that carries an instance.
    pub(super) cores: u64,
}

/// What it takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Plan {
    pub(super) messages_per_second: f64,
    pub(super) instances: u64,
    pub(super) instance_cores: f64,
    pub(super) balancer_cores: f64,
    pub(super) redis_masters: u64,
    pub(super) redis_replicas: u64,
    pub(super) redis_cores: f64,
    pub(super) redis_commands_per_second: f64,
    /// `maxmemory` of each server.
    pub(super) redis_maxmemory_mb: u64,
    /// Memory of each server's machine.
    pub(super) redis_machine_mb: u64,
    pub(super) redis_connections: u64,
    pub(super) database_cores: f64,
    pub(super) database_connections: u64,
    pub(super) database_rows_per_day: u64,
    pub(super) database_mb_per_day: u64,
    pub(super) bot_tokens: u64,
    /// What Telegram may open to push the updates of each.
    pub(super) webhook_connections: u8,
    pub(super) network_mbit_per_second: f64,
}

/// Reckons with the peak, but for what adds up over a day.
pub(super) fn reckon(wish: Wish) -> Plan {
    let messages = float(wish.users) * wish.messages_per_minute / 60.0;
    let stays = float(wish.users) / STAY.value;
    let cores = |of: Cpu| (messages * of.message.value + stays * of.stay.value) / 1e6 / BUSY.value;
    let instances = up(cores(INSTANCES) / float(wish.cores)).max(FEWEST_INSTANCES as u64);
    // One server is one core: more masters are the only way to more.
    let (masters, replicas) = match up(cores(REDIS)) {
        0 | 1 => (1, 2),
        masters => {
            let masters = masters.max(FEWEST_MASTERS);
            (masters, masters)
        }
    };
    let sessions = float(wish.users) * CHATTING.value + float(wish.idle) * IDLE.value;
    let waiting = messages * FACT.value * WITHOUT_DATABASE.value;
    let maxmemory = (sessions + waiting) / FULL.value / MIB / float(masters);
    let rows = messages * DAY.value * 86_400.0;
    let bot_tokens = up(messages / TOKEN.value).max(1);
    Plan {
        messages_per_second: messages,
        instances,
        instance_cores: cores(INSTANCES),
        balancer_cores: cores(NGINX),
        redis_masters: masters,
        redis_replicas: replicas,
        redis_cores: cores(REDIS),
        redis_commands_per_second: messages * REDIS_COMMANDS.value,
        redis_maxmemory_mb: up(maxmemory).max(256),
        redis_machine_mb: up(maxmemory.max(256.0) * FORK.value),
        // To each master one, and one for rings.
        redis_connections: instances * (masters + 1),
        database_cores: cores(DATABASE),
        database_connections: instances * (POOL + OVERFLOW) + OTHERS,
        database_rows_per_day: up(rows),
        database_mb_per_day: up(rows * ROW.value / MIB),
        bot_tokens,
        webhook_connections: connections(size(bot_tokens), size(instances)),
        network_mbit_per_second: messages * TRAFFIC.value * 8.0 / 1e6,
    }
}

impl Plan {
    /// What goes into `.env`: every instance has the same.
    pub(super) fn environment(&self, wish: Wish) -> Vec<(&'static str, String)> {
        let mut environment = vec![
            ("BOT_TOKENS_FILE", "/run/secrets/bot_tokens".to_owned()),
            ("WEBHOOK_SECRET_FILE", "/run/secrets/webhook_secret".to_owned()),
            ("WEBHOOK_BASE_URL", "https://chat.example.org".to_owned()),
        ];
        if self.redis_masters > 1 {
            let nodes: Vec<_> = (1..=self.redis_masters).map(|n| format!("redis-{n}:6379")).collect();
            environment.push(("REDIS_CLUSTER_MODE", "true".to_owned()));
            environment.push(("REDIS_NODES", nodes.join(",")));
        } else {
            environment.push(("REDIS_SENTINELS", "redis-1:26379,redis-2:26379,redis-3:26379".to_owned()));
            environment.push(("REDIS_SENTINEL_MASTER", "hamdam".to_owned()));
            // A master whose only replica is away would acknowledge nothing, so not in the Cluster above.
            environment.push(("REDIS_WAIT_REPLICAS", "1".to_owned()));
        }
        environment.extend([
            ("REDIS_PASSWORD_FILE", "/run/secrets/redis_password".to_owned()),
            ("REDIS_MAX_CONNECTIONS", (self.redis_masters + 1).max(16).to_string()),
            ("DATABASE_URL_FILE", "/run/secrets/database_url".to_owned()),
            ("DB_POOL_SIZE", POOL.to_string()),
            ("DB_MAX_OVERFLOW", OVERFLOW.to_string()),
            ("BOT_RATE_LIMIT", "auto".to_owned()),
            ("TOKIO_WORKER_THREADS", wish.cores.to_string()),
            ("LOG_FORMAT", "json".to_owned()),
        ]);
        environment
    }
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn float(number: u64) -> f64 {
    number as f64
}

/// The whole number above; what is planned is never negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate that fits")]
fn up(number: f64) -> u64 {
    number.ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../../../../README.md");

    fn plan(users: u64) -> Plan {
        reckon(Wish { users, messages_per_minute: 3.0, idle: 10 * users, cores: 2 })
    }

    #[test]
    fn a_hundred_thousand_people_take_what_was_measured() {
        let plan = plan(100_000);
        assert!((plan.messages_per_second - 5_000.0).abs() < 0.001, "{plan:?}");
        // 5,000 messages x 130 microseconds and 417 stays x 1,210 are 1.15 cores, and 0.6 of each is planned with.
        assert!((plan.instance_cores - 1.924).abs() < 0.001, "{plan:?}");
        // One Redis would be full.
        assert_eq!((plan.instances, plan.redis_masters, plan.redis_replicas), (3, 3, 3));
        assert_eq!((plan.bot_tokens, plan.redis_connections, plan.database_connections), (167, 12, 50));
        assert_eq!(plan.webhook_connections, 14);
        assert!((plan.redis_commands_per_second - 3_000.0).abs() < 0.001, "{plan:?}");
        assert_eq!(plan.database_rows_per_day, 172_800_000);
        assert!(plan.redis_machine_mb > plan.redis_maxmemory_mb);
    }

    /// The table of the README is a measured profile.
    #[test]
    fn the_plan_agrees_with_the_profile_that_was_measured() {
        let plan = plan(50_000);
        let planned = [
            ("instances", plan.instance_cores),
            ("Redis (one thread)", plan.redis_cores),
            ("nginx", plan.balancer_cores),
            ("MariaDB", plan.database_cores),
        ];
        for (part, cores) in planned {
            let begin = format!("| {part} | ");
            let row = README.lines().find_map(|line| line.strip_prefix(&begin));
            let row = row.unwrap_or_else(|| panic!("the README has no row of {part}"));
            let measured: f64 = row.split(" | ").nth(1).unwrap().parse().unwrap();
            let busy = cores * BUSY.value;
            assert!(
                (busy - measured).abs() <= 0.1 * measured + 0.01,
                "{part}: {busy} planned, {measured} measured"
            );
        }
    }

    #[test]
    fn more_people_take_more_of_everything_and_few_take_the_least() {
        let (few, many, crowd) = (plan(10), plan(1_000_000), plan(2_000_000));
        assert_eq!(
            (few.instances, few.redis_masters, few.bot_tokens, few.redis_maxmemory_mb),
            (3, 1, 1, 256)
        );
        assert_eq!((many.redis_masters, many.redis_replicas), (18, 18), "10.3 cores, each 60 % busy");
        assert!(crowd.instances > many.instances && crowd.redis_masters > many.redis_masters);
        assert!(crowd.bot_tokens > many.bot_tokens);
    }
}
