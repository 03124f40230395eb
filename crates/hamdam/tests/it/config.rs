//! What an operator reads when the configuration is wrong, and what is read when it is right.

use std::collections::BTreeMap;
use std::time::Duration;

use hamdam::config::{Config, Inputs, LiveState, Section, VARIABLES, flags};
use hamdam_domain::rules::Rules;
use hamdam_fleet::run::BotRate;
use hamdam_state::redis::{RedisServers, RedisSettings};
use secrecy::ExposeSecret;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const TOKENS: &str =
    "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc,987654321:BBEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc";

fn environment(values: &[(&str, &str)]) -> Inputs {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Inputs { environment: values.collect(), ..Inputs::default() }
}

/// The least a fleet needs, and `more`.
fn fleet(more: &[(&str, &str)]) -> Inputs {
    let least = [("BOT_TOKENS", TOKENS), ("WEBHOOK_SECRET", SECRET), ("REDIS_URL", "redis://r")];
    let mut values: BTreeMap<_, _> = least.into();
    values.extend(more.iter().copied());
    let values: Vec<_> = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    environment(&values)
}

fn read(inputs: &Inputs) -> Config {
    Config::read(inputs, false).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn mistakes(inputs: &Inputs) -> String {
    match Config::read(inputs, false) {
        Ok(_) => panic!("nothing was found wrong"),
        Err(mistakes) => mistakes.to_string(),
    }
}

fn redis(inputs: &Inputs) -> RedisSettings {
    match read(inputs).state {
        LiveState::Redis(redis) => redis,
        LiveState::Embedded => panic!("embedded"),
    }
}

fn node(host: &str, port: u16) -> (String, u16) {
    (host.into(), port)
}

#[test]
fn nothing_given_names_all_that_is_required() {
    insta::assert_snapshot!(mistakes(&Inputs::default()));
}

#[test]
fn every_section_tells_its_mistakes_in_one_message() {
    let inputs = environment(&[
        ("BOT_TOKENS", "123:AAA, nonsense, 123:BBB"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("TELEGRAM_PROXY", "ftp://user:hunter2@proxy"),
        ("WEBHOOK_SECRET", "short"),
        ("REDIS_URL", "http://user:hunter2@r"),
        ("REDIS_PORT", "tcp://10.0.0.1:6379"),
        ("REDIS_DB", "3"),
        ("REDIS_CLUSTER_MODE", "true"),
        ("REDIS_SENTINELS", "s1,s2"),
        ("REDIS_MAX_CONNECTIONS", "0"),
        ("DATABASE_URL", "postgres://user:hunter2@db/x"),
        ("MYSQL_HOST", "db"),
        ("DB_POOL_SIZE", "many"),
        ("SLOW_QUERY_MS", "soon"),
        ("MATCHMAKING_WORKER_INTERVAL", "-1"),
        ("MATCHMAKING_WORKER_BATCH_SIZE", "0"),
        ("MATCHMAKING_WORKERS", "x"),
        ("MATCHMAKING_POOLS", "ir=IR>asia@10; asia=ZZ; Far East=CN; jp=JP@soon; kr"),
        ("NOT_AGAIN_HOURS", "1000"),
        ("ACROSS_BOTS_SECONDS", "0"),
        ("PROFILE_REQUIRED", "shoe"),
        ("ADULTS_ONLY", "perhaps"),
        ("SEARCH_GIVE_UP_MINUTES", "soon"),
        ("BOT_RATE_LIMIT", "fast"),
        ("CHAT_RATE_LIMIT", "nan"),
        ("LISTEN", "8080"),
        ("ADMIN_LISTEN", "0.0.0.0:8080"),
        ("ROLES", "webhook,cook"),
        ("DRAIN_SECONDS", "5"),
        ("STATE_SHARDS", "100000"),
        ("ROOM_IDLE_HOURS", "0"),
        ("RETENTION_DAYS", "forever"),
        ("LOG_FORMAT", "xml"),
        ("SENTRY_DSN", "no"),
    ]);
    let text = mistakes(&inputs);
    assert!(!text.contains("hunter2") && !text.contains("short\""), "a secret is shown: {text}");
    insta::assert_snapshot!(text);
}

#[test]
fn what_contradicts_itself_is_told() {
    let text = mistakes(&fleet(&[
        ("REDIS_HOST", "r"),
        ("REDIS_URL", "redis://:pw@r:6379/2"),
        ("REDIS_PASSWORD", "pw"),
        ("REDIS_DB", "3"),
        ("REDIS_NODES", "a:1"),
        ("REDIS_SENTINEL_MASTER", "m"),
        ("MYSQL_USER", "u"),
        ("BOT_RATE_LIMIT", "10"),
        ("BROADCAST_RATE_LIMIT", "20"),
        ("ROLES", "sender"),
    ]));
    insta::assert_snapshot!(text);
}

#[test]
fn embedded_and_redis_exclude_each_other() {
    let error = Config::read(&fleet(&[]), true).unwrap_err().to_string();
    assert!(error.contains("REDIS_URL is given together with --embedded"), "{error}");
    assert!(matches!(Config::read(&fleet(&[("REDIS_URL", "")]), true).unwrap().state, LiveState::Embedded));
    let error = mistakes(&fleet(&[("REDIS_URL", ""), ("REDIS_PORT", "6379")]));
    assert!(error.contains("REDIS_URL is not set") && error.contains("--embedded"), "{error}");
}

#[test]
fn redis_is_read_in_each_of_its_forms() {
    let one = redis(&fleet(&[("REDIS_URL", "rediss://ann:p%40ss@r.example:7000/4"), ("STATE_SHARDS", "8")]));
    assert_eq!(one.servers, RedisServers::Single { server: node("r.example", 7000), database: 4 });
    assert_eq!((one.tls, one.username.as_deref(), one.shards), (true, Some("ann"), 8));
    assert_eq!(one.password.unwrap().expose_secret(), "p@ss");

    let parts = [("REDIS_URL", ""), ("REDIS_HOST", "r"), ("REDIS_PORT", "7"), ("REDIS_PASSWORD", "p")];
    let one = redis(&fleet(&parts));
    assert_eq!(one.servers, RedisServers::Single { server: node("r", 7), database: 0 });
    assert_eq!(one.password.unwrap().expose_secret(), "p");

    let nodes = [("REDIS_URL", ""), ("REDIS_CLUSTER_MODE", "true"), ("REDIS_NODES", "a:1, b,[::1]:3")];
    let nodes = redis(&fleet(&nodes)).servers;
    assert_eq!(nodes, RedisServers::Cluster { nodes: vec![node("a", 1), node("b", 6379), node("::1", 3)] });

    let sentinels = [("REDIS_URL", ""), ("REDIS_SENTINELS", "s1,s2:5"), ("REDIS_SENTINEL_MASTER", "m")];
    let found = redis(&fleet(&sentinels)).servers;
    let sentinels = vec![node("s1", 26379), node("s2", 5)];
    assert_eq!(found, RedisServers::Sentinel { sentinels, master: "m".into(), database: 0 });
}

#[test]
fn the_database_is_read_from_a_url_or_from_its_parts_and_never_printed_with_its_password() {
    let url = read(&fleet(&[("DATABASE_URL", "mariadb://u:hunter2@db:7/name")]));
    assert_eq!(url.database.address.to_string(), "mysql://db:7/name");
    let parts = [("MYSQL_HOST", "db"), ("MYSQL_PASSWORD", "hunter2@/"), ("MYSQL_DATABASE", "chat")];
    let parts = read(&fleet(&parts));
    assert_eq!(parts.database.address.to_string(), "mysql://db:3306/chat");
    let printed = format!("{url:?} {parts:?}");
    for secret in ["hunter2", SECRET, "AAEhBOweik6ad9r"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert_eq!(read(&fleet(&[])).database.address.to_string(), "sqlite:hamdam.db");
}

#[test]
fn further_databases_are_read_in_their_order_and_mistakes_in_them_are_named_without_their_passwords() {
    let first = ("DATABASE_URL", "mysql://u:hunter2@db/x");
    let further = ("MYSQL_SHARD_URLS", "mysql://u:hunter2@db2/x,\n mariadb://u:hunter2%2C@db2:7/y");
    let config = read(&fleet(&[first, further]));
    assert_eq!(config.database.addresses(), "mysql://db:3306/x, mysql://db2:3306/x, mysql://db2:7/y");
    assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");
    for (first, further, found, mend) in [
        ("sqlite:x", "mysql://u:hunter2@db2/x", "without a first database on MySQL", "SQLite is one file"),
        (first.1, "mysql://u:hunter2@db2/x, sqlite:x", "a malformed address (number 2)", "%2C"),
        (
            first.1,
            "postgres://u:hunter2@db2/x",
            "a malformed address (number 1)",
            "mysql://user:password@host",
        ),
        (first.1, "mysql://u:hunter2@db2", "a malformed address (number 1)", "/database"),
        (first.1, "mysql://v:hunter2@db:3306/x", "names mysql://db:3306/x again", "each database once"),
        (first.1, "mysql://u:hunter2@b/x,mysql://u:hunter2@b/x", "names mysql://b:3306/x again", "once"),
    ] {
        let text = mistakes(&fleet(&[("DATABASE_URL", first), ("MYSQL_SHARD_URLS", further)]));
        assert!(text.contains("MYSQL_SHARD_URLS") && text.contains(found) && text.contains(mend), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let alone = fleet(&[first, further, ("REDIS_URL", "")]);
    let error = Config::read(&alone, true).unwrap_err().to_string();
    assert!(error.contains("MYSQL_SHARD_URLS is given together with --embedded"), "{error}");
}

#[test]
fn flags_come_before_the_environment_and_that_before_dot_env() {
    let mut inputs = fleet(&[("STATE_SHARDS", "2")]);
    inputs.dot_env = Some("STATE_SHARDS=1\nMATCHMAKING_WORKERS=9 # comment\nBOT_RATE_LIMIT=''\n".into());
    inputs.flags.insert("STATE_SHARDS".into(), "3".into());
    let config = read(&inputs);
    assert_eq!((config.instance.shards, config.matchmaking.pools_at_once), (3, 9));
    assert_eq!(config.sending.bot_rate, BotRate::Learned);
    inputs.flags.clear();
    assert_eq!(read(&inputs).instance.shards, 2);
}

#[test]
fn secrets_may_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tokens");
    std::fs::write(&file, TOKENS.replace(',', "\n")).unwrap();
    let path = file.to_str().unwrap();
    let config = read(&fleet(&[("BOT_TOKENS", ""), ("BOT_TOKENS_FILE", path)]));
    assert_eq!(config.bots.ids().map(|bot| bot.0).collect::<Vec<_>>(), [123_456_789, 987_654_321]);

    let both = mistakes(&fleet(&[("BOT_TOKENS_FILE", path)]));
    assert!(both.contains("BOT_TOKENS is given, and so is BOT_TOKENS_FILE"), "{both}");
    std::fs::write(&file, "\n").unwrap();
    let empty = mistakes(&fleet(&[("BOT_TOKENS", ""), ("BOT_TOKENS_FILE", path)]));
    assert!(empty.contains("BOT_TOKENS_FILE names the empty file"), "{empty}");
    std::fs::remove_file(&file).unwrap();
    let missing = mistakes(&fleet(&[("WEBHOOK_SECRET", ""), ("WEBHOOK_SECRET_FILE", path)]));
    assert!(missing.contains("WEBHOOK_SECRET_FILE names") && missing.contains("cannot be read"), "{missing}");
}

#[test]
fn rules_may_come_from_a_file_and_what_it_leaves_out_from_variables() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.json");
    let path = file.to_str().unwrap();
    let by = |text: &str, more: &[(&str, &str)]| {
        std::fs::write(&file, text).unwrap();
        fleet(&[&[("MATCHMAKING_RULES_FILE", path)][..], more].concat())
    };
    let text = r#"{"across_bots": true, "schedule": [], "batch_size": 7}"#;
    let config = read(&by(text, &[("NOT_AGAIN_HOURS", "2"), ("MATCHMAKING_WORKER_BATCH_SIZE", "7")]));
    let rules = &config.matchmaking.rules;
    assert!(rules.across_bots && rules.schedule.steps().is_empty());
    assert_eq!((rules.batch_size, rules.not_again_for), (7, Duration::from_hours(2)));
    assert_eq!(config.matchmaking.rules_file.as_deref(), Some(file.as_path()));

    let state = redis(&by(r#"{"not_again_for_hours": 0.5}"#, &[]));
    assert_eq!(
        state.not_again_for,
        Duration::from_mins(30),
        "live state remembers as long as the rules want"
    );
    let usual = Rules { across_bots: true, ..Rules::default() };
    assert_eq!(read(&fleet(&[])).matchmaking.rules, usual);
    let apart = read(&fleet(&[("ACROSS_BOTS_SECONDS", "never")])).matchmaking.rules;
    assert_eq!(apart, Rules::default());
}

#[test]
fn the_mistakes_of_a_rules_file_are_told_with_all_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.json");
    let path = file.to_str().unwrap();
    std::fs::write(&file, r#"{"seed": -1, "schedule": [{"years": 3}]}"#).unwrap();
    let wrong = [("MATCHMAKING_RULES_FILE", path), ("MATCHMAKING_WORKERS", "0"), ("ROLES", "cook")];
    let text = mistakes(&fleet(&wrong)).replace(path, "rules.json");
    let told: Vec<&str> =
        text.lines().filter(|line| line.contains(". ") && !line.starts_with("     ")).collect();
    let wanted = [
        "  1. MATCHMAKING_WORKERS is \"0\" (from the environment)",
        "  2. MATCHMAKING_RULES_FILE names rules.json, where seed is -1",
        "  3. MATCHMAKING_RULES_FILE names rules.json, where schedule[1].after_seconds is missing",
        "  4. ROLES is \"cook\" (from the environment)",
    ];
    assert_eq!(told, wanted, "{text}");
    assert!(text.contains("\n     Say when the step is taken: \"after_seconds\": 10.\n"), "{text}");

    std::fs::write(&file, r#"{"batch_size": 9, "not_again_for_hours": 200}"#).unwrap();
    let both =
        [("MATCHMAKING_RULES_FILE", path), ("MATCHMAKING_WORKER_BATCH_SIZE", "8"), ("NOT_AGAIN_HOURS", "3")];
    let text = mistakes(&fleet(&both)).replace(path, "rules.json");
    for said in [
        "MATCHMAKING_WORKER_BATCH_SIZE is given, and rules.json (MATCHMAKING_RULES_FILE) says another batch_size",
        "NOT_AGAIN_HOURS is given, and rules.json (MATCHMAKING_RULES_FILE) says another not_again_for_hours",
        "MATCHMAKING_RULES_FILE names rules.json, where not_again_for_hours is 200\n     Give a number from 0 to 168.",
    ] {
        assert!(text.contains(said), "{said} is missing in\n{text}");
    }

    std::fs::remove_file(&file).unwrap();
    let text = mistakes(&fleet(&[("MATCHMAKING_RULES_FILE", path)])).replace(path, "rules.json");
    for said in ["MATCHMAKING_RULES_FILE names rules.json, which cannot be read", "--print-rules"] {
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn a_broken_line_of_dot_env_is_named_by_its_number_and_not_shown() {
    let mut inputs = fleet(&[]);
    inputs.dot_env = Some("REDIS_PASSWORD=ok\nWEBHOOK_SECRET=it's hunter2\n".into());
    let text = mistakes(&inputs);
    assert!(text.contains(".env has a line 2 that is not NAME=value"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn misspelt_names_are_pointed_out() {
    let text = mistakes(&fleet(&[("BOT_TOKENS", ""), ("BOT_TOKEN", TOKENS)]));
    assert!(
        text.contains("BOT_TOKEN is set, which Hamdam does not know; did you mean BOT_TOKENS?"),
        "{text}"
    );
    let config = read(&fleet(&[("REDIS_ULR", "x"), ("PATH", "/bin"), ("MYSQL_ROOT_PASSWORD", "x")]));
    assert_eq!(config.warnings, ["REDIS_ULR is set, which Hamdam does not know; did you mean REDIS_URL?"]);
}

/// A file as the old system's guide had it for its largest step.
#[test]
fn an_old_file_works_and_what_would_throttle_or_bloat_is_said() {
    let old = environment(&[
        ("BOT_TOKENS", TOKENS),
        ("WEBHOOK_SECRET", "0123456789abcdef0123456789abcdef"),
        ("MYSQL_HOST", "db"),
        ("MYSQL_PORT", "3306"),
        ("MYSQL_USER", "chat"),
        ("MYSQL_PASSWORD", "hunter2"),
        ("MYSQL_DATABASE", "chat"),
        ("DB_POOL_SIZE", "200"),
        ("DB_MAX_OVERFLOW", "300"),
        ("REDIS_HOST", "redis"),
        ("REDIS_PORT", "6379"),
        ("REDIS_DB", "0"),
        ("REDIS_PASSWORD", "hunter2"),
        ("REDIS_MAX_CONNECTIONS", "200"),
        ("MATCHMAKING_WORKER_INTERVAL", "2"),
        ("MATCHMAKING_WORKER_BATCH_SIZE", "10"),
    ]);
    let config = read(&old);
    assert_eq!((config.database.pool_size, config.database.max_overflow), (200, 300), "honoured");
    assert_eq!((config.matchmaking.rules.batch_size, config.matchmaking.interval.as_secs()), (10, 2));
    let told = config.warnings.join("\n");
    for said in [
        "DB_POOL_SIZE=200: ",
        "DB_MAX_OVERFLOW=300: ",
        "REDIS_MAX_CONNECTIONS=200: ",
        "MATCHMAKING_WORKER_BATCH_SIZE=10: ",
        "MATCHMAKING_WORKER_INTERVAL=2: ",
    ] {
        assert!(told.contains(said), "{said} is missing in\n{told}");
    }
    assert_eq!(config.warnings.len(), 5, "{told}");
    assert!(
        config.warnings.iter().all(|line| line.contains("advised")) && !told.contains("hunter2"),
        "{told}"
    );
    assert_eq!(read(&fleet(&[])).warnings, Vec::<String>::new(), "the defaults are what is advised");
}

#[test]
fn what_is_dangerous_is_said() {
    let config = read(&fleet(&[("ADMIN_LISTEN", "0.0.0.0:9090")]));
    assert_eq!(config.warnings.len(), 1, "{:?}", config.warnings);
}

#[test]
fn sentrys_address_names_a_key_and_a_project() {
    let config = read(&fleet(&[("SENTRY_DSN", "https://key@sentry.example/1")]));
    assert!(config.log.sentry_dsn.is_some() && config.warnings.is_empty(), "{:?}", config.warnings);
    assert!(!format!("{config:?}").contains("key@"), "it is nobody's business");
    for wrong in [
        "sentry.example",
        "https://sentry.example/1",
        "https://key@sentry.example",
        "ftp://key@sentry.example/1",
    ] {
        let told = mistakes(&fleet(&[("SENTRY_DSN", wrong)]));
        assert!(told.contains("SENTRY_DSN has a value that does not fit"), "{told}");
        assert!(told.contains("the https address Sentry shows") && !told.contains("key@"), "{told}");
    }
}

#[test]
fn every_variable_is_a_flag_of_its_section() {
    let command = clap::Command::new("x").args(flags(Section::ALL));
    let long: Vec<_> = command.get_arguments().filter_map(|arg| arg.get_long()).collect();
    for variable in VARIABLES {
        let flag = variable.name.to_lowercase().replace('_', "-");
        assert!(long.contains(&flag.as_str()), "{flag}");
        assert_eq!(long.contains(&format!("{flag}-file").as_str()), variable.secret, "{flag}");
    }
}

#[test]
fn every_mistake_in_the_word_lists_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("words.txt");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "# ours\n[en]\nhold damn\nforbid darn\n[klingon]\nask *x\n").unwrap();
    let told = mistakes(&fleet(&[("WORD_LISTS_FILE", path), ("REPEAT_ROOMS_ASK", "many")]));
    for part in [
        "these mistakes",
        "where in line 4 \"forbid\" is nothing that can be done",
        "Begin the line with hold, ask or count.",
        "where in line 5 \"[klingon]\" begins no list",
        "where in line 6",
        "REPEAT_ROOMS_ASK is \"many\"",
    ] {
        assert!(told.contains(part), "{part}:\n{told}");
    }
    let away = mistakes(&fleet(&[("WORD_LISTS_FILE", "/nowhere/words.txt")]));
    assert!(away.contains("names /nowhere/words.txt, which cannot be read"), "{away}");
    std::fs::write(&file, "[all]\nhold damn\ncount *spam*\n").unwrap();
    assert_eq!(read(&fleet(&[("WORD_LISTS_FILE", path)])).safety.words.len(), 2);
}

#[test]
fn a_required_channel_is_a_public_one() {
    let channel = read(&fleet(&[("REQUIRED_CHANNEL", "@hamdam_news")])).people.channel.unwrap();
    assert_eq!(channel.to_string(), "@hamdam_news");
    assert_eq!(read(&fleet(&[])).people.channel, None);
    let told = mistakes(&fleet(&[("REQUIRED_CHANNEL", "-1001234567890")]));
    assert!(told.contains("REQUIRED_CHANNEL is") && told.contains("such as @hamdam_news"), "{told}");
}
