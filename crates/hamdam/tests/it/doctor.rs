//! `hamdam doctor`, on real servers in which mistakes are planted one by one.

use std::collections::BTreeSet;
use std::process::Output;
use std::time::Duration;

use hamdam_testbed::{MariaDb, Redis, RedisCluster, RedisOptions, RedisSentinels};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::fleet::Fleet;
use crate::registration::Telegram;

const TOKEN: &str = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";

/// A healthy fleet without instances, and the environment they would have.
struct Ward {
    environment: Vec<(String, String)>,
    folder: TempDir,
    _telegram: Telegram,
}

impl Ward {
    async fn new(live_state: &[(&str, String)], database: Option<String>) -> Self {
        let (folder, telegram) = (tempfile::tempdir().unwrap(), Telegram::start().await);
        let sqlite = format!("sqlite:{}", folder.path().join("record.db").display());
        let mut environment: Vec<_> = [
            ("BOT_TOKENS", TOKEN.to_owned()),
            ("WEBHOOK_SECRET", "0123456789abcdef0123456789abcdef".to_owned()),
            ("WEBHOOK_BASE_URL", "https://chat.example.org".to_owned()),
            ("TELEGRAM_API_URL", telegram.url()),
            ("DATABASE_URL", database.unwrap_or(sqlite)),
        ]
        .to_vec();
        environment.extend(live_state.iter().cloned());
        let environment = environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let ward = Self { environment, folder, _telegram: telegram };
        for arguments in [&["migrate"][..], &["webhook", "set"]] {
            let output = ward.hamdam(arguments).await;
            assert!(output.status.success(), "{output:#?}");
        }
        ward
    }

    async fn hamdam(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hamdam"));
        command.args(arguments).env_clear().envs(self.environment.iter().cloned());
        command.current_dir(self.folder.path()).kill_on_drop(true).output().await.unwrap()
    }

    /// The exit code, and what is not fine, as `what level`.
    async fn seen_with(&self, flags: &[&str]) -> (i32, BTreeSet<String>) {
        let output = self.hamdam(&[&["doctor", "--json"], flags].concat()).await;
        let findings: Vec<Value> =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:#?}"));
        let problem = findings.iter().any(|finding| finding["level"] == "problem");
        assert_eq!(output.status.code(), Some(i32::from(problem)), "{output:#?}");
        // How far Redis is away is for a quiet machine to say.
        let told =
            findings.iter().filter(|finding| finding["level"] != "fine" && finding["what"] != "latency");
        let named: BTreeSet<String> = told
            .map(|finding| {
                assert!(finding["mend"].as_str().is_some_and(|mend| !mend.is_empty()), "no mend: {finding}");
                format!("{} {}", finding["what"].as_str().unwrap(), finding["level"].as_str().unwrap())
            })
            .collect();
        (i32::from(named.iter().any(|finding| finding.ends_with(" problem"))), named)
    }

    async fn seen(&self) -> (i32, BTreeSet<String>) {
        self.seen_with(&[]).await
    }
}

fn only(finding: &str) -> BTreeSet<String> {
    BTreeSet::from([finding.to_owned()])
}

#[tokio::test]
async fn mistakes_of_a_single_redis_are_found_one_by_one() {
    let redis = Redis::start_with(RedisOptions::shipped()).await.unwrap();
    let ward = Ward::new(&[("REDIS_URL", redis.url())], None).await;
    assert_eq!(ward.seen().await, (0, BTreeSet::new()));
    let set = async |name: &str, value: &str| {
        assert_eq!(redis.ask(&["CONFIG", "SET", name, value]).await.unwrap(), "+OK");
    };
    for (name, wrong, right, code, finding) in [
        ("maxmemory-policy", "allkeys-lru", "noeviction", 1, "policy problem"),
        ("maxmemory-policy", "volatile-ttl", "noeviction", 1, "policy problem"),
        ("maxmemory", "0", "1gb", 0, "memory warning"),
        ("maxmemory", "1mb", "1gb", 1, "memory problem"),
        ("appendonly", "no", "yes", 1, "persistence problem"),
        ("appendfsync", "no", "everysec", 1, "persistence problem"),
    ] {
        set(name, wrong).await;
        assert_eq!(ward.seen().await, (code, only(finding)), "{name} {wrong}");
        set(name, right).await;
        assert_eq!(ward.seen().await, (0, BTreeSet::new()), "{name} {right}");
    }
    // What the guide of the old system advised is named.
    set("maxmemory-policy", "allkeys-lru").await;
    let output = ward.hamdam(&["doctor"]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("allkeys-lru") && text.contains("noeviction"), "{text}");
    set("maxmemory-policy", "noeviction").await;

    let replicas = ward.seen_with(&["--redis-wait-replicas", "1"]).await;
    assert_eq!(replicas, (1, only("replicas problem")));
    let nobody = ward.seen_with(&["--redis-url", "redis://127.0.0.1:9"]).await;
    assert_eq!(nobody, (1, only("connection problem")));
    // A user who may do anything but run scripts.
    let user = ["ACL", "SETUSER", "weak", "on", ">weak", "~*", "&*", "+@all", "-@scripting"];
    assert_eq!(redis.ask(&user).await.unwrap(), "+OK");
    let weak = format!("redis://weak:weak@{}", redis.address());
    assert_eq!(ward.seen_with(&["--redis-url", &weak]).await, (1, only("scripts problem")));
    // The state was founded with another number of shards.
    redis.ask(&["HSET", "hd:meta", "shards", "16", "version", "1"]).await.unwrap();
    assert_eq!(ward.seen().await, (1, only("shards problem")));
}

#[tokio::test]
async fn a_fleet_at_work_is_healthy() {
    let redis = Redis::start_with(RedisOptions::shipped()).await.unwrap();
    let fleet = Fleet::start(&redis).await;
    assert_eq!(fleet.hears(5, 1, "/search").await.status(), 200);
    let ward = Ward::new(&[("REDIS_URL", redis.url())], None).await;
    assert_eq!(ward.seen().await, (0, BTreeSet::new()));
    fleet.running.drain().await;
}

#[tokio::test]
async fn mistakes_of_a_database_are_found_one_by_one() {
    let redis = Redis::start_with(RedisOptions::shipped()).await.unwrap();
    let mariadb = MariaDb::start().await.unwrap();
    let url = mariadb.database("doctor").await.unwrap();
    let sql = async |sql: &str| mariadb.sql(&format!("USE hamdam_doctor; {sql}")).await.unwrap();
    sql("ALTER DATABASE hamdam_doctor CHARACTER SET utf8mb4").await;
    let ward = Ward::new(&[("REDIS_URL", redis.url())], Some(url)).await;
    assert_eq!(ward.seen().await, (0, BTreeSet::new()));

    let greedy = ward.seen_with(&["--db-pool-size", "500"]).await;
    let told = BTreeSet::from(["configuration warning", "connections problem"].map(str::to_owned));
    assert_eq!(greedy, (1, told));
    sql("ALTER TABLE chat_rooms DROP INDEX idx_active_chat_second").await;
    assert_eq!(ward.seen().await, (1, only("indexes problem")));
    sql("ALTER TABLE chat_rooms ADD INDEX idx_active_chat_second (is_active, user2_id)").await;
    sql("ALTER DATABASE hamdam_doctor CHARACTER SET latin1").await;
    assert_eq!(ward.seen().await, (0, only("charset warning")));
    sql("ALTER DATABASE hamdam_doctor CHARACTER SET utf8mb4").await;
    // Partitions: none, none beyond the last one made, none made ahead.
    let again = "DELETE FROM hamdam_migrations WHERE name = 'partitions'";
    for (plant, code, finding) in [
        ("DROP PARTITION pmax", 1, "partitions problem"),
        ("REMOVE PARTITIONING", 0, "partitions warning"),
        (
            "PARTITION BY RANGE (created_at) \
             (PARTITION old VALUES LESS THAN (1), PARTITION pmax VALUES LESS THAN MAXVALUE)",
            0,
            "partitions warning",
        ),
    ] {
        sql(&format!("ALTER TABLE messages {plant}")).await;
        assert_eq!(ward.seen().await, (code, only(finding)), "{plant}");
    }
    sql(&format!("ALTER TABLE messages REMOVE PARTITIONING; {again}")).await;
    assert!(ward.hamdam(&["migrate"]).await.status.success());
    assert_eq!(ward.seen().await, (0, BTreeSet::new()));
    let taken = mariadb.exhaust().await.unwrap();
    let output = ward.hamdam(&["doctor"]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Lower DB_POOL_SIZE"), "{text}");
    mariadb.restore(taken).await.unwrap();
    sql("DELETE FROM hamdam_migrations WHERE version > 1").await;
    assert_eq!(ward.seen().await, (1, only("schema problem")));
    sql("DROP TABLE hamdam_migrations").await;
    assert_eq!(ward.seen().await, (1, only("connection problem")));
    let away = ward.seen_with(&["--database-url", "mysql://u:p@127.0.0.1:9/x"]).await;
    assert_eq!(away, (1, only("connection problem")));
}

#[tokio::test]
async fn a_replica_that_lags_or_is_gone_is_found() {
    let redis = Redis::start_with(RedisOptions::shipped()).await.unwrap();
    let primary = MariaDb::start_primary().await.unwrap();
    let mut replica = primary.start_replica().await.unwrap();
    let url = primary.database("doctor").await.unwrap();
    primary.sql("ALTER DATABASE hamdam_doctor CHARACTER SET utf8mb4").await.unwrap();
    let hosts = ("MYSQL_REPLICA_HOSTS", format!("127.0.0.1:{}", replica.port()));
    let ward = Ward::new(&[("REDIS_URL", redis.url()), hosts], Some(url)).await;
    let until = async |what: &str, wanted: BTreeSet<String>| {
        let probe = || async {
            let seen = ward.seen().await;
            anyhow::ensure!(seen == (0, wanted.clone()), "{seen:?}");
            Ok(())
        };
        hamdam_testbed::poll(what, probe).await.unwrap();
    };
    until("the replica to follow", BTreeSet::new()).await;
    replica.follow(false).await.unwrap();
    until("the replica to lag", only("replica warning")).await;
    replica.follow(true).await.unwrap();
    until("the replica to come up", BTreeSet::new()).await;
    replica.kill().unwrap();
    assert_eq!(ward.seen().await, (0, only("replica warning")));
}

#[tokio::test]
async fn several_databases_are_looked_at_one_by_one_and_stand_in_their_order() {
    let redis = Redis::start_with(RedisOptions::shipped()).await.unwrap();
    let mariadb = MariaDb::start().await.unwrap();
    let (first, second) = (mariadb.database("one").await.unwrap(), mariadb.database("two").await.unwrap());
    let sql = async |sql: &str| mariadb.sql(sql).await.unwrap();
    for name in ["one", "two"] {
        sql(&format!("ALTER DATABASE hamdam_{name} CHARACTER SET utf8mb4")).await;
    }
    let further = ("MYSQL_SHARD_URLS", second.clone());
    let ward = Ward::new(&[("REDIS_URL", redis.url()), further], Some(first.clone())).await;
    assert_eq!(ward.seen().await, (0, BTreeSet::new()));
    let text = String::from_utf8(ward.hamdam(&["doctor"]).await.stdout).unwrap();
    assert!(text.contains("database: ") && text.contains("database 2: "), "{text}");

    sql("ALTER TABLE hamdam_two.chat_rooms DROP INDEX idx_active_chat_second").await;
    assert_eq!(ward.seen().await, (1, only("indexes problem")));
    sql("ALTER TABLE hamdam_two.chat_rooms ADD INDEX idx_active_chat_second (is_active, user2_id)").await;
    let away = ward.seen_with(&["--mysql-shard-urls", "mysql://u:p@127.0.0.1:9/x"]).await;
    assert_eq!(away, (1, only("connection problem")));

    let turned = ["--database-url", &second, "--mysql-shard-urls", &first];
    assert_eq!(ward.seen_with(&turned).await, (1, only("place problem")));
    for command in ["serve", "migrate", "recover"] {
        let arguments = [&[command][..], &turned].concat();
        let ended = tokio::time::timeout(Duration::from_mins(1), ward.hamdam(&arguments)).await;
        let output = ended.unwrap_or_else(|_| panic!("{command} goes on"));
        let text = String::from_utf8([output.stderr, output.stdout].concat()).unwrap();
        assert!(!output.status.success(), "{command}: {text}");
        assert!(text.contains("is database 2 of 2, and is named as database 1 of 2"), "{command}: {text}");
        assert!(text.contains("Name the same databases in the same order"), "{command}: {text}");
        assert!(!text.contains("companion"), "{command}: {text}");
    }
    let output = ward.hamdam(&["admin", "stats"]).await;
    assert!(output.status.success(), "{output:?}");
}

#[tokio::test]
async fn a_cluster_wants_its_replicas_and_all_its_slots() {
    let mut cluster = RedisCluster::start(3, 1).await.unwrap();
    let nodes = cluster.addresses()[..3].join(",");
    let live_state = [("REDIS_CLUSTER_MODE", "true".to_owned()), ("REDIS_NODES", nodes)];
    let ward = Ward::new(&live_state, None).await;
    assert_eq!(ward.seen().await, (0, BTreeSet::new()));
    // Each has just one, so none may ever be away.
    assert_eq!(ward.seen_with(&["--redis-wait-replicas", "1"]).await, (0, only("replicas warning")));
    // The replica of the first master.
    cluster.nodes()[3].kill().unwrap();
    hamdam_testbed::poll("the master to notice", || async {
        let (code, seen) = ward.seen().await;
        anyhow::ensure!((code, seen) == (1, only("replicas problem")));
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn sentinels_must_agree_and_have_somebody_to_promote() {
    let mut redis = RedisSentinels::start(1).await.unwrap();
    let live_state = [
        ("REDIS_SENTINELS", redis.sentinels().join(",")),
        ("REDIS_SENTINEL_MASTER", RedisSentinels::MASTER.to_owned()),
    ];
    let ward = Ward::new(&live_state, None).await;
    assert_eq!(ward.seen().await, (0, BTreeSet::new()));
    let one_less = format!("{},127.0.0.1:9", redis.sentinels()[0]);
    assert_eq!(ward.seen_with(&["--redis-sentinels", &one_less]).await, (1, only("sentinel problem")));
    redis.servers()[1].kill().unwrap();
    hamdam_testbed::poll("the master to notice", || async {
        let (code, seen) = ward.seen().await;
        anyhow::ensure!((code, seen) == (1, only("replicas problem")));
        Ok(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_webhook_that_is_not_ours_is_found() {
    let redis = Redis::start_with(RedisOptions::shipped()).await.unwrap();
    let ward = Ward::new(&[("REDIS_URL", redis.url())], None).await;
    let elsewhere = ward.seen_with(&["--webhook-base-url", "https://other.example.org"]).await;
    assert_eq!(elsewhere, (1, only("webhook problem")));
    assert!(ward.hamdam(&["webhook", "delete"]).await.status.success());
    assert_eq!(ward.seen().await, (1, only("webhook problem")));
    // Mistakes of the configuration are told as everywhere.
    assert_eq!(ward.hamdam(&["doctor", "--redis-url", "mongodb://x"]).await.status.code(), Some(64));
    assert_eq!(ward.hamdam(&["doctor", "--nonsense"]).await.status.code(), Some(2));
}
