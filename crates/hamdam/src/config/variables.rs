//! The table of variables: the one place that names them. Flags, help and reading follow from it.

use clap::Arg;

/// A part of the configuration. A command takes the flags of the sections it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Which bots.
    Bots,
    /// Where Telegram is.
    Telegram,
    /// Where Telegram finds us, and how we know it is Telegram.
    Webhook,
    /// Live state.
    Redis,
    /// The durable record.
    Database,
    /// Who meets whom.
    Matchmaking,
    /// What people tell, and how long they wait.
    People,
    /// Who decides about reports.
    Safety,
    /// What is sold.
    Premium,
    /// How fast to send.
    Sending,
    /// Where we listen.
    Http,
    /// What this instance does, and what the fleet agrees on.
    Instance,
    /// What is kept how long.
    Retention,
    /// What is said about it all.
    Log,
}

impl Section {
    /// Every section.
    pub const ALL: &[Self] = &[
        Self::Bots,
        Self::Telegram,
        Self::Webhook,
        Self::Redis,
        Self::Database,
        Self::Matchmaking,
        Self::People,
        Self::Safety,
        Self::Premium,
        Self::Sending,
        Self::Http,
        Self::Instance,
        Self::Retention,
        Self::Log,
    ];

    fn heading(self) -> &'static str {
        match self {
            Self::Bots => "Bots",
            Self::Telegram => "Telegram",
            Self::Webhook => "Webhook",
            Self::Redis => "Live state (Redis)",
            Self::Database => "Durable record (database)",
            Self::Matchmaking => "Matchmaking",
            Self::People => "People",
            Self::Safety => "Safety",
            Self::Premium => "Premium",
            Self::Sending => "Sending",
            Self::Http => "Listening",
            Self::Instance => "Instance and fleet",
            Self::Retention => "Keeping",
            Self::Log => "Logs",
        }
    }
}

/// One variable of the environment, of `.env`, or flag.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name in the environment.
    pub name: &'static str,
    /// Where it belongs.
    pub section: Section,
    /// What holds if it is not given.
    pub default: Option<&'static str>,
    /// Its value is never shown, and `NAME_FILE` may name a file that holds it.
    pub secret: bool,
    shape: &'static str,
    help: &'static str,
}

const fn plain(
    section: Section,
    name: &'static str,
    default: Option<&'static str>,
    shape: &'static str,
    help: &'static str,
) -> Variable {
    Variable { name, section, default, secret: false, shape, help }
}

const fn secret(section: Section, name: &'static str, shape: &'static str, help: &'static str) -> Variable {
    Variable { name, section, default: None, secret: true, shape, help }
}

/// Every variable.
#[rustfmt::skip]
pub const VARIABLES: &[Variable] = &[
    secret(Section::Bots, "BOT_TOKENS", "TOKEN,…", "Tokens of the bots, separated by commas or line ends"),

    plain(Section::Telegram, "TELEGRAM_API_URL", Some("https://api.telegram.org"), "URL", "Bot API server: Telegram's, your own, or the simulator"),
    secret(Section::Telegram, "TELEGRAM_PROXY", "URL", "HTTP or SOCKS proxy for calls to Telegram"),

    plain(Section::Webhook, "WEBHOOK_BASE_URL", None, "URL", "Where Telegram reaches the fleet: `webhook set` registers URL/telegram/<bot id>"),
    secret(Section::Webhook, "WEBHOOK_SECRET", "TEXT", "Key from which each bot's secret header is derived"),
    secret(Section::Webhook, "WEBHOOK_SECRET_PREVIOUS", "TEXT", "The key before, accepted too while it is rotated"),
    secret(Section::People, "INVITE_SECRET", "TEXT", "Key from which the links of /invite are made; with another one old links count for nobody [default: WEBHOOK_SECRET]"),

    secret(Section::Database, "FORGET_SECRET", "TEXT", "Key under which a ban outlives /forgetme; with another one it is not found again [default: WEBHOOK_SECRET]"),

    secret(Section::Redis, "REDIS_URL", "URL", "redis://[user:password@]host[:port][/db], or rediss:// for TLS"),
    plain(Section::Redis, "REDIS_HOST", None, "HOST", "Host, where REDIS_URL is not given"),
    plain(Section::Redis, "REDIS_PORT", Some("6379"), "PORT", "Port beside REDIS_HOST"),
    plain(Section::Redis, "REDIS_DB", Some("0"), "N", "Database number; Redis Cluster has only 0"),
    secret(Section::Redis, "REDIS_PASSWORD", "TEXT", "Password, where the URL has none"),
    plain(Section::Redis, "REDIS_CLUSTER_MODE", Some("false"), "BOOL", "The nodes form a Redis Cluster"),
    plain(Section::Redis, "REDIS_NODES", None, "HOST:PORT,…", "Nodes of the Redis Cluster to begin with"),
    plain(Section::Redis, "REDIS_SENTINELS", None, "HOST:PORT,…", "Sentinels that know the master"),
    plain(Section::Redis, "REDIS_SENTINEL_MASTER", None, "NAME", "The master's name at the Sentinels"),
    plain(Section::Redis, "REDIS_MAX_CONNECTIONS", Some("16"), "N", "Connections of this instance at most"),
    plain(Section::Redis, "REDIS_WAIT_REPLICAS", Some("0"), "N", "Replicas that must have a write before an update is acknowledged"),

    secret(Section::Database, "DATABASE_URL", "URL", "mysql://user:password@host[:port]/database or sqlite:FILE [default: sqlite:hamdam.db]"),
    plain(Section::Database, "MYSQL_HOST", None, "HOST", "Host, where DATABASE_URL is not given"),
    plain(Section::Database, "MYSQL_PORT", Some("3306"), "PORT", "Port beside MYSQL_HOST"),
    plain(Section::Database, "MYSQL_USER", Some("hamdam"), "NAME", "User beside MYSQL_HOST"),
    secret(Section::Database, "MYSQL_PASSWORD", "TEXT", "Password beside MYSQL_HOST"),
    plain(Section::Database, "MYSQL_DATABASE", Some("hamdam"), "NAME", "Database beside MYSQL_HOST"),
    plain(Section::Database, "MYSQL_REPLICA_HOSTS", None, "HOST[:PORT],…", "Replicas for reads that may lag"),
    secret(Section::Database, "MYSQL_SHARD_URLS", "URL,…", "Further databases, mysql://user:password@host[:port]/database, for their share of rooms and messages; number and order are for ever"),
    plain(Section::Database, "DB_POOL_SIZE", Some("10"), "N", "Connections kept open to each database"),
    plain(Section::Database, "DB_MAX_OVERFLOW", Some("5"), "N", "Connections to each opened beyond that under load, and closed again"),
    plain(Section::Database, "SLOW_QUERY_MS", Some("500"), "MILLISECONDS", "What the database takes longer for, waiting for a connection included, is logged by its name; 0: nothing is"),

    plain(Section::Matchmaking, "MATCHMAKING_WORKER_INTERVAL", Some("0.2"), "SECONDS", "Time between two batches of a pool; somebody new is matched at once"),
    plain(Section::Matchmaking, "MATCHMAKING_WORKER_BATCH_SIZE", Some("5000"), "N", "Matches per batch at most"),
    plain(Section::Matchmaking, "MATCHMAKING_WORKERS", Some("3"), "N", "Pools this instance may lead at once"),
    plain(Section::Matchmaking, "MATCHMAKING_LARGE_POOL", Some("20000"), "N", "Tickets in a pool from which on all processors work on one batch; the pairs are the same"),
    plain(Section::Matchmaking, "MATCHMAKING_POOLS", None, "NAME=CC,CC>WIDER@SECONDS;…", "Pools for the people of some countries, the narrowest first; after so many seconds they go on to the wider pool, at last to `main`"),
    plain(Section::Matchmaking, "MATCHMAKING_RULES_FILE", None, "PATH", "Rules of matching, in JSON: what gives way when, who goes first; tried beforehand with `loadtest population` [default: the usual rules]"),
    plain(Section::Matchmaking, "NOT_AGAIN_HOURS", Some("24"), "HOURS", "For so long the same two do not meet again; of each user the last 20 meetings count. 0: they may at once"),
    plain(Section::Matchmaking, "ACROSS_BOTS_SECONDS", Some("20"), "SECONDS|never", "After so long users of other bots will do as partners; files then pass through this server"),

    plain(Section::People, "PROFILE_REQUIRED", None, "gender,age,place", "What must be told before the first search; all else is optional"),
    plain(Section::People, "ADULTS_ONLY", Some("false"), "BOOL", "Rules, being 18 among them, are to be agreed to before the first search"),
    plain(Section::People, "REQUIRED_CHANNEL", None, "@NAME", "A public channel that people are to be in before they search; every bot is an administrator of it"),
    plain(Section::People, "SEARCH_GIVE_UP_MINUTES", Some("30"), "MINUTES", "A search without a partner ends after so long; 0: never"),
    plain(Section::People, "POLICY_CONTACTS", Some("ask"), "POLICY", "Contact cards and vCards: allow, ask (\"send this anyway?\"), hold (goes to nobody); ask-new, hold-new: only of who came within a day"),
    plain(Section::People, "POLICY_MENTIONS", Some("ask"), "POLICY", "Names on Telegram: @name, names that open a profile, t.me links"),
    plain(Section::People, "POLICY_PHONES", Some("ask"), "POLICY", "Telephone numbers"),
    plain(Section::People, "POLICY_EMAILS", Some("ask"), "POLICY", "E-mail addresses"),
    plain(Section::People, "POLICY_LINKS", Some("hold-new"), "POLICY", "Other links"),

    plain(Section::Safety, "MODERATORS_CHAT", None, "CHAT", "Number of the group that decides about reports; every bot is a member of it"),
    plain(Section::Safety, "ADMIN_IDS", None, "USER,…", "Users who decide in their chat with the bot if there is no such group, and who alone may ask who was reported"),
    plain(Section::Safety, "KEEP_EVIDENCE", Some("false"), "BOOL", "Keep the text of a reported message with the report"),

    plain(Section::Safety, "TRUST_COMPLAINTS", Some("3"), "N", "So many people whose reports count part somebody from all but others like them (a warning weighs as one, a mute as two, a ban as three); 0: never, 5 at most"),
    plain(Section::Safety, "TRUST_DAYS", Some("14"), "DAYS", "For so long a report counts, 30 at most"),
    plain(Section::Safety, "TRUST_RATINGS", Some("10"), "N", "Thumbs mean something from so many on; each week halves them. 0: they mean nothing"),
    plain(Section::Safety, "TRUST_DOWN_PERCENT", Some("70"), "PERCENT", "So many of a hundred thumbs that point down do the same as reports"),

    plain(Section::Safety, "FLOOD_MESSAGES", Some("30"), "N", "What somebody may send at once, presses of buttons included, before they are slowed down; the same text again counts five times. 0: any number"),
    plain(Section::Safety, "FLOOD_SECONDS", Some("30"), "SECONDS", "In so many seconds as much again; half of them nothing is passed on or answered of whoever sent more, and they are told"),
    plain(Section::Safety, "HURRY_SECONDS", Some("5"), "SECONDS", "Whoever leaves a room sooner is in a hurry; 0: nobody is"),
    plain(Section::Safety, "HURRY_ROOMS", Some("4"), "N", "So often in a row that passes; after more the next search waits"),
    plain(Section::Safety, "HURRY_PAUSE_SECONDS", Some("5"), "SECONDS", "So long it waits then, and twice as long each time after, up to twelve times as long"),

    plain(Section::Safety, "WORD_LISTS_FILE", None, "PATH", "Words the house does not want, per language, and what is done about them: hold, ask or count; read at start [default: none]"),
    plain(Section::Safety, "REPEAT_ROOMS_ASK", Some("4"), "N", "Whoever writes the same long text, or the same link, in so many chats within minutes is asked whether they mean it; 0: never"),
    plain(Section::Safety, "REPEAT_ROOMS_HOLD", Some("6"), "N", "In so many it goes to nobody, and counts as two reports; 0: never"),

    plain(Section::Premium, "PREMIUM_OFFERS", None, "DAYS:STARS,monthly:STARS,…", "What /premium sells for Telegram Stars: a place further ahead in the queue; without it nothing is sold"),
    plain(Section::Premium, "PREMIUM_FILTERS", Some("near"), "FILTER,…|none", "Wishes that come with it: near (5 and 10 km, which nobody has otherwise), distance, city, gender, ages, interests (more than three)"),
    plain(Section::Premium, "PREMIUM_SUPPORT", None, "TEXT", "Who helps with payments (/paysupport); keep it for as long as subscriptions run"),
    plain(Section::Premium, "PREMIUM_TERMS", None, "TEXT", "What /terms says beside the usual terms, a link perhaps"),

    plain(Section::Sending, "BOT_RATE_LIMIT", Some("auto"), "auto|N", "Messages per second of one token, fleet-wide"),
    plain(Section::Sending, "BROADCAST_RATE_LIMIT", Some("25"), "N", "Broadcasts per second of one token, within that"),
    plain(Section::Sending, "BUSY_BOT_PERCENT", Some("90"), "PERCENT|never", "A bot that used so much of its rate in the last ten seconds points newcomers to one that has room, if there are several"),
    plain(Section::Sending, "CHAT_RATE_LIMIT", Some("1"), "N", "Messages per second to one chat, bursts of 5 allowed"),

    plain(Section::Http, "LISTEN", Some("0.0.0.0:8080"), "ADDR:PORT", "Where updates come in"),
    plain(Section::Http, "ADMIN_LISTEN", Some("127.0.0.1:9090"), "ADDR:PORT", "Where /metrics is served; never behind the proxy"),

    plain(Section::Instance, "ROLES", Some("all"), "ROLE,…", "all, or some of webhook, matchmaker, sender, journal"),
    plain(Section::Instance, "DRAIN_SECONDS", Some("30"), "SECONDS", "Time to finish and hand over after SIGTERM"),
    plain(Section::Instance, "STATE_SHARDS", Some("64"), "N", "Partitions of users; the same for the whole fleet, for ever"),

    plain(Section::Retention, "ROOM_IDLE_HOURS", Some("24"), "HOURS", "Rooms in which nobody wrote for so long are ended"),
    plain(Section::Retention, "RETENTION_DAYS", Some("90"), "DAYS", "How long references to messages, ended rooms, reports and arrivals are kept"),

    plain(Section::Log, "LOG_FORMAT", Some("pretty"), "pretty|json", "For people, or for Elastic (RUST_LOG sets the level)"),
    secret(Section::Log, "SENTRY_DSN", "URL", "Where errors are reported"),
];

impl Variable {
    /// The variable of that name.
    ///
    /// # Panics
    /// If the table has none: names are literals of this crate.
    #[must_use]
    pub fn named(name: &str) -> &'static Self {
        VARIABLES
            .iter()
            .find(|variable| variable.name == name)
            .expect("settings are read by names of the table")
    }

    /// The name of the variable that holds a file's path instead.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        self.secret.then(|| format!("{}_FILE", self.name))
    }

    fn help(&self) -> String {
        let file =
            if self.secret { " or a file in $NAME_FILE".replace("NAME", self.name) } else { String::new() };
        let default = self.default.map(|value| format!(" [default: {value}]")).unwrap_or_default();
        format!("{} [env: {}{file}]{default}", self.help, self.name)
    }
}

/// `REDIS_URL` as a flag: `redis-url`.
fn flag(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// The flags of some sections. Values are checked later, all at once.
pub fn flags(sections: &[Section]) -> impl Iterator<Item = Arg> {
    VARIABLES.iter().filter(|variable| sections.contains(&variable.section)).flat_map(|variable| {
        let heading = variable.section.heading();
        let value = Arg::new(variable.name)
            .long(flag(variable.name))
            .value_name(variable.shape)
            .help(variable.help())
            .help_heading(heading)
            .hide_short_help(true);
        let file = variable.file_name().map(|name| {
            Arg::new(name.clone())
                .long(flag(&name))
                .value_name("PATH")
                .help_heading(heading)
                .help("The same, read from a file")
                .hide(true)
        });
        std::iter::once(value).chain(file)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_never_end_like_a_file_of_another() {
        let mut names: Vec<String> =
            VARIABLES.iter().flat_map(|v| v.file_name().into_iter().chain([v.name.to_owned()])).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
