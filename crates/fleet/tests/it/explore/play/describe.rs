//! What happened, for people to read.

use hamdam_state::memory::Pass;

use super::task::Role;
use super::{Choice, Play};

impl Play<'_> {
    pub(super) fn describe(&self, choice: Choice) -> String {
        let name = |user: usize| char::from(b'A' + u8::try_from(user).expect("few users"));
        let of = |task: usize| match self.tasks[task].role {
            Role::Handler { user, index } => format!("handler of {}{}", name(user), index + 1),
            Role::Matchmaker { number, .. } => format!("matchmaker {number}"),
        };
        match choice {
            Choice::Act(user) => {
                let act = self.scenario.users[user][self.done[user]];
                format!(
                    "user {} does {:?} (update {}, {:?})",
                    name(user),
                    act.deed,
                    self.done[user] + 1,
                    act.kind
                )
            }
            Choice::Deliver { user, index, again } => {
                format!(
                    "Telegram delivers {}{}{}",
                    name(user),
                    index + 1,
                    if again { " AGAIN at once" } else { "" }
                )
            }
            Choice::Step { task, pass, pick } => {
                let how = match pass {
                    Pass::Once => String::new(),
                    other => format!(" ({other:?})"),
                };
                format!(
                    "{}: {}{how}{}",
                    of(task),
                    self.tasks[task].before,
                    if pick > 0 { format!(" #{pick}") } else { String::new() }
                )
            }
            Choice::Crash(task) => format!("CRASH of {} before {}", of(task), self.tasks[task].before),
            Choice::Lead(pool) => {
                format!(
                    "matchmaker {} takes the free lock of pool {}",
                    self.leaders + 1,
                    self.stage.all[pool]
                )
            }
            Choice::Audit => "the audit walks twice".into(),
            Choice::Heal(user) => {
                format!("the record of {} is damaged and healed: its since is lost", name(user))
            }
            Choice::TakeOver(pool) => format!(
                "the lock of pool {} runs out while its holder sleeps; matchmaker {} takes it",
                self.stage.all[pool],
                self.leaders + 1
            ),
        }
    }
}
