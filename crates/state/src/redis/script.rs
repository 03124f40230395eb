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
    /// Refused: search and relay.
    Grows,
    /// Passes, so that a full Redis can empty itself and nobody is left hanging.
    Drains,
    /// Writes nothing.
    Reads,
}

/// A script as it is sent.
#[derive(Debug)]
pub(super) struct Script {
    /// The step it carries out: its name in errors and metrics.
    pub(super) step: &'static str,
    pub(super) class: Class,
    pub(super) text: Str,
    pub(super) sha: Str,
}

impl Script {
    fn new(step: &'static str, class: Class, source: &str) -> Self {
        let mut text = String::from(match class {
            Class::Grows => "#!lua\n",
            Class::Drains => "#!lua flags=allow-oom\n",
            Class::Reads => "#!lua flags=no-writes\n",
        });
        text.push_str("local function step(KEYS, ARGV)\n");
        for line in source.lines() {
            match line.trim_start().strip_prefix("-- include: ") {
                Some(name) => text.push_str(prelude(name)),
                None => text.push_str(line),
            }
            text.push('\n');
        }
        text.push_str("end\n");
        text.push_str(prelude("together"));
        Self { step, class, sha: sha1_hash(&text).into(), text: text.into() }
    }
}

/// What several scripts share.
const PRELUDE: [(&str, &str); 13] = [
    ("announced", include_str!("scripts/prelude/announced.lua")),
    ("clock", include_str!("scripts/prelude/clock.lua")),
    ("mark", include_str!("scripts/prelude/mark.lua")),
    ("outbox", include_str!("scripts/prelude/outbox.lua")),
    ("session", include_str!("scripts/prelude/session.lua")),
    ("kept_entry", include_str!("scripts/prelude/kept_entry.lua")),
    ("let_in", include_str!("scripts/prelude/let_in.lua")),
    ("leave", include_str!("scripts/prelude/leave.lua")),
    ("profile", include_str!("scripts/prelude/profile.lua")),
    ("remember", include_str!("scripts/prelude/remember.lua")),
    ("lease", include_str!("scripts/prelude/lease.lua")),
    ("pool", include_str!("scripts/prelude/pool.lua")),
    ("together", include_str!("scripts/prelude/together.lua")),
];

fn prelude(name: &str) -> &'static str {
    let known = PRELUDE.iter().find(|(known, _)| *known == name);
    known.expect("scripts include what is there, which a test checks").1
}

/// Every script, the same for every connection of the process.
pub(super) static SCRIPTS: LazyLock<Scripts> = LazyLock::new(Scripts::new);

macro_rules! scripts {
    ($($name:ident = $class:ident $file:literal;)*) => {
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
    arrive = Drains "arrive";
    read = Reads "read";
    heal = Drains "heal";
    enroll = Drains "enroll";
    act = Drains "act";
    act_growing = Grows "act";
    tell = Drains "tell";
    tell_waiting = Grows "tell_waiting";
    give_up = Drains "give_up";

    relay = Grows "relay";
    end = Drains "end";
    hold = Drains "hold";
    attach = Drains "attach";
    open = Drains "open";
    release = Drains "release";
    bump = Drains "bump";

    add_ticket = Drains "add_ticket";
    remove_ticket = Drains "remove_ticket";
    lead = Drains "lease";
    step_down = Drains "give_back";
    feed_end = Reads "feed_end";
    stock = Reads "stock";
    changes = Drains "changes";
    commit = Drains "commit";
    intents = Reads "intents";
    settle = Drains "settle";
    standing = Reads "standing";

    lease = Drains "lease";
    release_lease = Drains "give_back";
    inherit = Reads "inherit";
    turn = Drains "turn";
    facts = Reads "facts";
    forget_facts = Drains "forget_facts";
    live = Reads "live";
    look = Reads "look";
    depth = Reads "depth";

    permits = Drains "permits";
    pause = Drains "pause";
    era = Drains "era";
    strike = Drains "strike";
    bury = Drains "bury";
    heartbeat = Drains "heartbeat";
    join = Drains "join";
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
    fn only_search_its_news_and_relay_are_refused_by_a_full_redis() {
        let growing: Vec<_> =
            SCRIPTS.all().into_iter().filter(|script| script.class == Class::Grows).map(|s| s.step).collect();
        assert_eq!(growing, ["act_growing", "tell_waiting", "relay"]);
    }
}
