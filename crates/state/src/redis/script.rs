//! The scripts: one per step, each its own file.
//!
//! Functions that several need stand in `scripts/prelude`; a line `-- include: name` is replaced by that file. Making
//! a function costs Redis time at every run, so a script includes them where it needs them.
//!
//! What is sent is a script's file as a function, and `together.lua` that calls it once for each step that travels in
//! the script.

use std::sync::LazyLock;

use fred::bytes_utils::Str;
use fred::util::sha1_hash;

/// What a script may do when Redis is at its `maxmemory`. Redis checks it before the script begins, so nothing is
/// ever half done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Refused: search, relay and broadcasts.
    Grows,
    /// Passes, so that a full Redis can empty itself and nobody is left hanging.
    Drains,
    /// Passes too, and no replica is waited for: what starting takes, and what operators put up in the worst hour.
    Aside,
    /// Writes nothing.
    Reads,
}

/// When a step leaves for Redis (see `departures`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// With the next round, together with whoever else goes.
    Round,
    /// At once: steps of a search and of a batch of matches, which follow one another until two people meet.
    Express,
}

/// A script as it is sent.
#[derive(Debug)]
pub(super) struct Script {
    /// The step it carries out: its name in errors and metrics.
    pub(super) step: &'static str,
    pub(super) class: Class,
    pub(super) pace: Pace,
    pub(super) text: Str,
    pub(super) sha: Str,
}

impl Script {
    fn new(step: &'static str, class: Class, pace: Pace, source: &str) -> Self {
        let mut text = String::from(match class {
            Class::Grows => "#!lua\n",
            Class::Drains | Class::Aside => "#!lua flags=allow-oom\n",
            Class::Reads => "#!lua flags=no-writes\n",
        });
        text.push_str("local function step(KEYS, ARGV)\n");
        expand(source, &mut text);
        text.push_str("end\n");
        text.push_str(prelude("together"));
        Self { step, class, pace, sha: sha1_hash(&text).into(), text: text.into() }
    }
}

/// What several scripts share.
const PRELUDE: [(&str, &str); 20] = [
    ("announced", include_str!("scripts/prelude/announced.lua")),
    ("bucket", include_str!("scripts/prelude/bucket.lua")),
    ("clock", include_str!("scripts/prelude/clock.lua")),
    ("gone", include_str!("scripts/prelude/gone.lua")),
    ("mark", include_str!("scripts/prelude/mark.lua")),
    ("outbox", include_str!("scripts/prelude/outbox.lua")),
    ("session", include_str!("scripts/prelude/session.lua")),
    ("kept_entry", include_str!("scripts/prelude/kept_entry.lua")),
    ("let_in", include_str!("scripts/prelude/let_in.lua")),
    ("room_fields", include_str!("scripts/prelude/room_fields.lua")),
    ("leave", include_str!("scripts/prelude/leave.lua")),
    ("paced", include_str!("scripts/prelude/paced.lua")),
    ("repeated", include_str!("scripts/prelude/repeated.lua")),
    ("premium", include_str!("scripts/prelude/premium.lua")),
    ("profile", include_str!("scripts/prelude/profile.lua")),
    ("remember", include_str!("scripts/prelude/remember.lua")),
    ("lease", include_str!("scripts/prelude/lease.lua")),
    ("pool", include_str!("scripts/prelude/pool.lua")),
    ("say_and_note", include_str!("scripts/prelude/say_and_note.lua")),
    ("together", include_str!("scripts/prelude/together.lua")),
];

/// Writes a source with what it includes, and what that includes.
fn expand(source: &str, text: &mut String) {
    for line in source.lines() {
        if let Some(name) = line.trim_start().strip_prefix("-- include: ") {
            expand(prelude(name), text);
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
}

fn prelude(name: &str) -> &'static str {
    let known = PRELUDE.iter().find(|(known, _)| *known == name);
    known.expect("scripts include what is there, which a test checks").1
}

/// Every script, the same for every connection of the process.
pub(super) static SCRIPTS: LazyLock<Scripts> = LazyLock::new(Scripts::new);

macro_rules! scripts {
    ($($name:ident = $class:ident $pace:ident $file:literal;)*) => {
        /// Every script.
        #[derive(Debug)]
        pub(super) struct Scripts {
            $(pub(super) $name: Script,)*
        }

        impl Scripts {
            fn new() -> Self {
                Self {
                    $($name: Script::new(
                        stringify!($name),
                        Class::$class,
                        Pace::$pace,
                        include_str!(concat!("scripts/", $file, ".lua")),
                    ),)*
                }
            }

            /// All of them, for loading.
            pub(super) fn all(&self) -> Vec<&Script> {
                vec![$(&self.$name,)*]
            }
        }
    };
}

scripts! {
    enlist = Aside Round "enlist";
    fence = Aside Express "fence";
    maintain = Aside Round "maintain";

    arrive = Drains Round "arrive";
    read = Reads Round "read";
    heal = Drains Round "heal";
    enroll = Drains Round "enroll";
    act = Drains Round "act";
    act_growing = Grows Express "act";
    tell = Drains Round "tell";
    tell_waiting = Grows Round "tell_waiting";
    give_up = Drains Round "give_up";

    relay = Grows Round "relay";
    end = Drains Round "end";
    hold = Drains Express "hold";
    attach = Drains Express "attach";
    open = Drains Express "open";
    release = Drains Express "release";
    bump = Drains Express "bump";

    add_ticket = Drains Express "add_ticket";
    remove_ticket = Drains Round "remove_ticket";
    lead = Drains Express "lease";
    step_down = Drains Round "give_back";
    feed_end = Reads Round "feed_end";
    stock = Reads Round "stock";
    changes = Drains Express "changes";
    commit = Drains Express "commit";
    intents = Reads Express "intents";
    settle = Drains Express "settle";
    standing = Reads Round "standing";

    lease = Drains Round "lease";
    release_lease = Drains Round "give_back";
    inherit = Reads Round "inherit";
    turn = Drains Round "turn";
    facts = Reads Round "facts";
    forget_facts = Drains Round "forget_facts";
    live = Reads Round "live";
    look = Reads Round "look";
    depth = Reads Round "depth";

    impose = Drains Express "impose";
    revive = Drains Round "revive";
    judge = Drains Round "judge";
    post = Drains Round "post";
    open_case = Drains Round "open_case";
    decide_case = Drains Round "decide_case";

    forget = Drains Round "forget";
    erase = Drains Round "erase";
    rename = Drains Round "rename";
    rewrite_case = Drains Round "rewrite_case";
    sweep_letters = Drains Round "sweep_letters";
    pass_over = Drains Round "pass_over";

    credit = Drains Round "credit";

    permits = Drains Round "permits";
    pause = Drains Round "pause";
    busy = Reads Round "busy";
    era = Drains Round "era";
    strike = Drains Round "strike";
    bury = Drains Round "bury";
    file = Reads Round "file";
    keep_file = Grows Round "keep_file";
    survey_shard = Reads Round "survey_shard";
    survey_pool = Reads Round "survey_pool";
    begin_broadcast = Grows Round "begin_broadcast";
    steer_broadcast = Drains Round "steer_broadcast";
    lead_broadcasts = Drains Round "lease";
    leave_broadcasts = Drains Round "give_back";
    queue_piece = Grows Round "queue_piece";
    advance_broadcast = Drains Round "advance_broadcast";
    conclude_broadcast = Drains Round "conclude_broadcast";
    bulk_turn = Drains Round "bulk_turn";
    bulk_permits = Drains Round "bulk_permits";
    unreachable = Drains Round "unreachable";
    heartbeat = Drains Round "heartbeat";
    join = Drains Round "join";
    number_pools = Drains Round "number_pools";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_says_what_it_takes_and_costs() {
        for script in SCRIPTS.all() {
            let text = &*script.text;
            assert!(
                text.contains("-- KEYS ") && text.contains("-- Answer ") && text.contains("-- Cost "),
                "{text}"
            );
            assert!(!text.contains("cjson"), "{}: bodies are opaque to scripts", script.step);
            // Without names to make keys of, a script can only use the keys it was given.
            assert!(!text.contains("hd:"), "{}: keys are declared, never made", script.step);
        }
    }

    #[test]
    fn only_what_adds_to_it_for_long_is_refused_by_a_full_redis() {
        let growing: Vec<_> =
            SCRIPTS.all().into_iter().filter(|script| script.class == Class::Grows).map(|s| s.step).collect();
        assert_eq!(
            growing,
            ["act_growing", "tell_waiting", "relay", "keep_file", "begin_broadcast", "queue_piece"]
        );
    }
}
