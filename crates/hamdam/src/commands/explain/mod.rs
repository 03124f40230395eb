//! `hamdam match explain USER`: why a user waits. Reads live state and changes nothing.

mod answer;
mod shadow;
mod words;

use std::time::Duration;

use anyhow::Context;
use clap::{Arg, ArgMatches, Command, value_parser};
use hamdam_domain::clock::{Clock, Millis, SystemClock};
use hamdam_domain::engine::Rules;
use hamdam_domain::id::{Shard, UserId};
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::Claimant;
use hamdam_state::State;
use hamdam_state::redis::RedisState;
use hamdam_state::step::pool::Standing;

use self::answer::{Answer, Stands, Wait};
use self::shadow::Shadow;
use super::{Exit, json_flag, print_rows};
use crate::config::{Inputs, Instance, LiveState, Matchmaking, Section, Settings, flags};

pub(super) fn command() -> Command {
    Command::new("match").about("Who meets whom").subcommand_required(true).arg_required_else_help(true).subcommand(
        Command::new("explain")
            .about("Say where a user stands and why they wait; exit code 1 if something is wrong with it")
            .arg(
                Arg::new("user")
                    .value_name("USER")
                    .required(true)
                    .value_parser(value_parser!(i64).range(1..))
                    .help("Telegram's number of the user"),
            )
            .arg(
                Arg::new("watch")
                    .long("watch")
                    .value_name("SECONDS")
                    .default_value("0")
                    .value_parser(value_parser!(u64).range(0..=600))
                    .help("Follow the pool for so long, and estimate the wait from the pairs that can be made meanwhile"),
            )
            .arg(json_flag())
            .args(flags(&[Section::Redis, Section::Matchmaking, Section::Instance]))
            .after_help(
                "Only reads: the pool's lock stays where it is, and nobody is matched by this.\n\n\
                 Example: hamdam match explain 123456789 --watch 60 --redis-url redis://redis:6379",
            ),
    )
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let shards = Instance::read(&mut settings).shards;
    let (matchmaking, redis) = (Matchmaking::read(&mut settings), LiveState::of_fleet(&mut settings, shards));
    let (matchmaking, redis) = settings.finish((matchmaking, redis))?;
    let user = UserId(*matches.get_one::<i64>("user").expect("required"));
    let watch = Duration::from_secs(*matches.get_one::<u64>("watch").expect("has a default"));
    let answer = super::runtime()?.block_on(async {
        let state = Box::pin(RedisState::connect(&redis)).await;
        let state = state.with_context(|| format!("no Redis at {:?}", redis.servers))?;
        let asking = Asking {
            state: &state,
            clock: SystemClock::new(),
            rules: matchmaking.rules,
            interval: matchmaking.interval,
        };
        let answer = asking.explain(user, watch).await;
        state.close().await;
        answer.context("the user's place could not be read")
    })?;
    print_rows(matches.get_flag("json"), &[&answer], |answer| words::of(answer))?;
    Ok(if answer.problem.is_some() { Exit::Problem } else { Exit::Fine })
}

/// What the question is answered with.
struct Asking<'a> {
    state: &'a dyn State,
    clock: SystemClock,
    rules: Rules,
    interval: Duration,
}

impl Asking<'_> {
    async fn explain(&self, user: UserId, watch: Duration) -> hamdam_state::Result<Answer> {
        let (session, now) = self.look(user).await?;
        let stands = match session {
            None => {
                let shards = self.state.shards();
                let problem = format!(
                    "live state does not know this user: they never wrote to a bot, or not for 30 days \
                     (STATE_SHARDS is {shards} here; it must be the fleet's)"
                );
                return Ok(Answer { user: user.0, stands: Stands::Unknown, problem: Some(problem) });
            }
            Some(Session::Idle) => Stands::Idle,
            Some(Session::Held { room, .. }) => Stands::Held { room: room.0 },
            Some(Session::Chatting { room, .. }) => Stands::Chatting { room: room.0 },
            Some(Session::Waiting(stub)) => return self.waiting(user, &stub, now, watch).await,
        };
        Ok(Answer { user: user.0, stands, problem: None })
    }

    /// Where the user stands, `None` if nobody knows them, and the state's time.
    async fn look(&self, user: UserId) -> hamdam_state::Result<(Option<Session>, Millis)> {
        let shard = Shard::of(user, self.state.shards());
        let look = self.state.look(shard, &[user]).await?;
        Ok((look.seen.into_iter().next().flatten().map(|seen| seen.session), look.now))
    }

    async fn waiting(
        &self,
        user: UserId,
        stub: &Stub,
        now: Millis,
        watch: Duration,
    ) -> hamdam_state::Result<Answer> {
        let (begun, waited) = (self.clock.monotonic(), now.since(stub.waiting_since));
        let mut shadow = Shadow::of(self.state, &stub.pool, self.rules.clone(), user).await?;
        let mut waiting = Wait::new(stub, waited);
        let Some(explanation) = shadow.explain(now) else {
            let problem = self.without_ticket(user, stub).await?;
            return Ok(Answer { user: user.0, stands: Stands::Waiting(Box::new(waiting)), problem });
        };
        waiting.explain(&explanation, &self.rules);
        if !watch.is_zero() {
            let passed = || self.clock.monotonic().saturating_sub(begun);
            while passed() < watch && shadow.has_user() {
                tokio::time::sleep(self.interval).await;
                shadow.follow(now.after(passed())).await?;
            }
            waiting.watched(passed(), shadow.estimate(now.after(passed())));
            let then = self.look(user).await?.0;
            let stays = matches!(&then, Some(Session::Waiting(later)) if later.ticket == stub.ticket);
            if !stays || !shadow.has_user() {
                waiting.left = Some(then.map_or("unknown", |session| session.name()));
            }
        }
        Ok(Answer { user: user.0, stands: Stands::Waiting(Box::new(waiting)), problem: None })
    }

    /// What is wrong, if anything, with who waits and has no ticket in their pool.
    async fn without_ticket(&self, user: UserId, stub: &Stub) -> hamdam_state::Result<Option<String>> {
        let claimant = Claimant { user, ticket: stub.ticket, attempt: stub.attempt };
        let standing = self.state.standing(&stub.pool, &[claimant]).await?;
        Ok(match standing.first() {
            // A partner was chosen just now.
            Some(Standing::Matched(_)) => None,
            Some(Standing::Queued) => {
                Some("the ticket came into the pool while it was looked at; ask again".to_owned())
            }
            _ => Some(
                "the user waits, and the pool has no ticket of theirs; the audit of a running fleet mends that \
                 within minutes, so ask again"
                    .to_owned(),
            ),
        })
    }
}
