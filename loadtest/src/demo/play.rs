//! The play: people act, the story is told, the oracle watches, and at the end it speaks.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::ink::Ink;
use super::script::Script;
use super::story::Story;
use super::world::World;
use super::{Options, cast};
use crate::oracle::{Oracle, Patience};
use crate::report::{Verdict, table};
use crate::telegram::{Event, Person, UserId};
use crate::users::{Crowd, Habits, Plan};

const FIRST_USER: UserId = 600_000_000;
/// Messages per person and minute: as fast as one can read along with a dozen.
const PACE: f64 = 16.0;
/// People look up so often.
const TICK: Duration = Duration::from_millis(20);
/// How it goes is said so often.
const NEWS: Duration = Duration::from_secs(1);
/// And where it cannot be overwritten, so often.
const NEWS_ON_PAPER: Duration = Duration::from_secs(5);
/// What is under way at the end arrives within this.
const DRAIN: Duration = Duration::from_secs(15);
/// A play without a set end.
const FOR_EVER: u64 = 10 * 365 * 86_400;

/// The performance.
pub(super) struct Play {
    ink: Ink,
    crowd: Crowd,
    oracle: Oracle,
    script: Script,
    story: Story,
    until: Option<Duration>,
    began: Duration,
    status_shown: bool,
}

impl Play {
    pub(super) fn new(options: &Options, world: &World) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let ink = Ink { colour: terminal && std::env::var_os("NO_COLOR").is_none() };
        let users = usize::from(options.users);
        introduce(world, users);
        let plan = Plan {
            bots: world.bots.clone(),
            first_user: FIRST_USER,
            users,
            messages_per_minute: PACE,
            seconds: options.seconds.unwrap_or(FOR_EVER),
            seed: options.seed,
            drain_seconds: DRAIN.as_secs(),
            habits: habits(),
            patience_seconds: None,
        };
        let now = world.simulator.now();
        let mut crowd = Crowd::new(plan, now);
        crowd.begin(now);
        let theatre = Self {
            ink,
            crowd,
            oracle: Oracle::new(Patience::default()),
            script: Script::new(FIRST_USER, options.seed),
            story: Story::new(FIRST_USER, ink),
            until: options.seconds.map(|seconds| now + Duration::from_secs(seconds)),
            began: now,
            status_shown: false,
        };
        theatre.open(users);
        theatre
    }

    fn open(&self, users: usize) {
        let title = self.ink.bold("Hamdam");
        println!(
            "\n  {title}: {users} people, one bot, one process. State in memory, record in SQLite, Telegram simulated; \
             all else is real."
        );
        let until = match self.until {
            Some(until) => format!("for {} s", until.saturating_sub(self.began).as_secs()),
            None => "until Ctrl-C".to_owned(),
        };
        println!("  {}\n", self.ink.dim(&format!("♥ met   ▸ relayed   ✎ edited   ✕ left        {until}")));
    }

    /// Acts and tells until the time is up or somebody presses Ctrl-C.
    pub(super) async fn perform(&mut self, world: &mut World) {
        let news = if std::io::stdout().is_terminal() { NEWS } else { NEWS_ON_PAPER };
        let (mut ticks, mut news) = (ticking(TICK), ticking(news));
        let interrupted = tokio::signal::ctrl_c();
        tokio::pin!(interrupted);
        loop {
            tokio::select! {
                Some(event) = world.events.recv() => self.see(&event),
                _ = ticks.tick() => {
                    let now = world.simulator.now();
                    if self.until.is_some_and(|until| now >= until) {
                        return;
                    }
                    let (script, simulator) = (&mut self.script, &world.simulator);
                    self.crowd.due(now, |deed| {
                        let deed = script.prompt(deed);
                        // Telegram's app may not let them (a button is gone): they do something else later.
                        let _ = simulator.act(deed.bot, deed.user, deed.action);
                    });
                }
                _ = news.tick() => self.news(world.simulator.now()),
                _ = &mut interrupted => return,
            }
        }
    }

    /// Nobody does anything any more: what is under way arrives, then the oracle speaks.
    pub(super) async fn end(&mut self, world: &mut World) -> Verdict {
        self.crowd.end();
        self.say(&self.ink.dim("        the curtain falls; what is under way arrives"));
        let ended = world.simulator.now();
        let deadline = Instant::now() + DRAIN;
        let mut ticks = ticking(TICK);
        while Instant::now() < deadline && !self.has_come_to_rest(world) {
            tokio::select! {
                Some(event) = world.events.recv() => self.see(&event),
                _ = ticks.tick() => self.oracle.tick(world.simulator.now()),
            }
        }
        self.clear_status();
        self.verdict(world, ended.saturating_sub(self.began))
    }

    fn has_come_to_rest(&self, world: &World) -> bool {
        let status = world.simulator.status();
        world.events.is_empty()
            && status.pending_updates == 0
            && status.calls_in_flight == 0
            && self.oracle.is_settled()
    }

    fn verdict(&mut self, world: &World, played: Duration) -> Verdict {
        self.oracle.tick(world.simulator.now());
        self.oracle.settle();
        let plan = self.crowd.plan();
        let verdict = Verdict {
            users: plan.users,
            seated: self.oracle.seated(),
            seconds: played.as_secs(),
            // How much is said depends on who happens to be alone; but a play without a word is none.
            least_sent: 1.0,
            ..Verdict::of(&self.oracle, &world.simulator.status(), played)
        };
        verdict.judged(Some(world.fleet_counts()))
    }

    fn see(&mut self, event: &Event) {
        self.oracle.see(event);
        self.script.see(event);
        self.crowd.see(event);
        if let Some(line) = self.story.tell(event) {
            self.say(&line);
        }
    }

    fn say(&mut self, line: &str) {
        self.clear_status();
        println!("{line}");
    }

    /// How it goes, in a line that the next one overwrites.
    fn news(&mut self, now: Duration) {
        self.oracle.tick(now);
        let (tally, waiting) = (self.oracle.tally(), self.oracle.searching());
        let seconds = now.saturating_sub(self.began).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a few messages")]
        let rate = tally.relayed as f64 / seconds.max(1.0);
        // Short enough for a narrow terminal: a line that wraps cannot be overwritten.
        let line = format!(
            "{seconds:>6.0}s  {} chatting · {waiting} waiting · {} met · {} relayed, {rate:.1}/s, in {:.0} ms",
            self.oracle.seated(),
            tally.rooms,
            tally.relayed,
            tally.relay.quantile_ms(0.5),
        );
        let line = self.ink.bold(&line);
        if std::io::stdout().is_terminal() {
            self.clear_status();
            print!("{line}");
            // Only the terminal could have gone away.
            let _ = std::io::stdout().flush();
            self.status_shown = true;
        } else {
            println!("{line}");
        }
    }

    fn clear_status(&mut self) {
        if std::mem::take(&mut self.status_shown) {
            print!("\r\x1b[2K");
        }
    }

    /// The oracle's verdict, for the eye.
    pub(super) fn applaud(&self, verdict: &Verdict) {
        println!("\n{}", table(verdict));
        if verdict.good {
            println!("  {}\n", self.ink.good("Nothing was lost, doubled, misdelivered or out of order."));
        } else {
            println!("  {}\n", self.ink.bad("This must not happen. The findings above say what did."));
        }
    }
}

/// Gives the people their names and languages.
fn introduce(world: &World, users: usize) {
    for (index, user) in (FIRST_USER..).take(users).enumerate() {
        let player = cast::player(index);
        let person = Person {
            first_name: cast::name(index),
            last_name: None,
            username: None,
            language_code: Some(player.language.to_owned()),
        };
        world.simulator.introduce(user, person);
    }
}

/// People who talk more than they send, and take their time.
fn habits() -> Habits {
    Habits {
        stay_at_least: 8.0,
        stay: 14.0,
        joins_per_second: 8.0,
        media: 0.08,
        uncopyable: 0.01,
        replies: 0.2,
        edits: 0.05,
        oddities: 0.0,
        restless: 0.0,
        ..Habits::default()
    }
}

fn ticking(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
