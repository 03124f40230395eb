//! The scripts: one per step, each its own file, with the functions they share put before them.

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
    fn new(step: &'static str, class: Class, parts: &[&str]) -> Self {
        let shebang = match class {
            Class::Grows => "#!lua",
            Class::Drains => "#!lua flags=allow-oom",
            Class::Reads => "#!lua flags=no-writes",
        };
        let text = format!("{shebang}\n{}", parts.join("\n"));
        Self { step, class, sha: sha1_hash(&text).into(), text: text.into() }
    }
}

macro_rules! scripts {
    ($($name:ident = $class:ident $file:literal [$($part:literal)*];)*) => {
        /// Every script.
        #[derive(Debug)]
        pub(super) struct Scripts {
            $(pub(super) $name: Script,)*
        }

        impl Scripts {
            pub(super) fn new() -> Self {
                Self {
                    $($name: Script::new(
                        stringify!($name),
                        Class::$class,
                        &[
                            $(include_str!(concat!("scripts/prelude/", $part, ".lua")),)*
                            include_str!(concat!("scripts/", $file, ".lua")),
                        ],
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
    arrive = Drains "arrive" [];
    read = Reads "read" [];
    heal = Drains "heal" [];
    enroll = Drains "enroll" [];
    act = Drains "act" ["clock" "mark" "outbox" "session"];
    act_growing = Grows "act" ["clock" "mark" "outbox" "session"];
    tell = Drains "tell" ["outbox"];

    relay = Grows "relay" ["clock" "mark" "outbox" "session" "let_in"];
    end = Drains "end" ["clock" "outbox" "session" "leave"];
    hold = Drains "hold" ["clock" "mark" "session"];
    attach = Drains "attach" ["clock" "mark" "outbox" "session"];
    open = Drains "open" ["clock" "outbox" "session" "let_in"];
    release = Drains "release" ["clock" "outbox" "session" "leave"];
    bump = Drains "bump" ["clock" "outbox" "session" "leave"];

    add_ticket = Drains "add_ticket" ["clock" "pool"];
    remove_ticket = Drains "remove_ticket" ["clock" "pool"];
    lead = Drains "lease" [];
    step_down = Drains "give_back" ["lease"];
    feed_end = Reads "feed_end" [];
    stock = Reads "stock" [];
    changes = Reads "changes" [];
    commit = Drains "commit" ["clock" "lease" "pool"];
    intents = Reads "intents" ["lease"];
    settle = Drains "settle" ["clock" "lease" "pool"];
    standing = Reads "standing" ["clock" "pool"];

    lease = Drains "lease" [];
    release_lease = Drains "give_back" ["lease"];
    inherit = Reads "inherit" ["clock" "lease"];
    turn = Drains "turn" ["clock" "lease"];
    facts = Reads "facts" ["lease"];
    forget_facts = Drains "forget_facts" ["lease"];
    live = Reads "live" [];
    look = Reads "look" ["clock"];
    depth = Reads "depth" ["clock"];

    permits = Drains "permits" ["clock"];
    pause = Drains "pause" ["clock"];
    era = Drains "era" [];
    strike = Drains "strike" [];
    bury = Drains "bury" ["clock"];
    heartbeat = Drains "heartbeat" ["clock"];
    join = Drains "join" [];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_says_what_it_takes_and_costs() {
        for script in Scripts::new().all() {
            let text = &*script.text;
            assert!(
                text.contains("-- KEYS ") && text.contains("-- Answer ") && text.contains("-- Cost "),
                "{text}"
            );
            assert!(!text.contains("cjson"), "{}: bodies are opaque to scripts", script.step);
        }
    }

    #[test]
    fn only_search_and_relay_are_refused_by_a_full_redis() {
        let scripts = Scripts::new();
        let growing: Vec<_> =
            scripts.all().into_iter().filter(|script| script.class == Class::Grows).map(|s| s.step).collect();
        assert_eq!(growing, ["act_growing", "relay"]);
    }
}
