//! One rule for every update (design: one rule): effects on others first, then one step on the own shard, then 200.
//!
//! `handle` only awaits steps: no timers, no spawns. Whoever drops it between two steps has crashed there, and
//! Telegram's retry redoes what is missing. [`Intake::receive`] stands around it and keeps aside what no retry mends.

mod clear;
mod poison;
mod profiles;

use std::collections::HashMap;
use std::sync::Arc;

use hamdam_bot::{
    First, Move, Outcome, Plan, Relaying, Scene, Settings, Understood, Unrelayed, decide, understand,
    unrelayed,
};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::Fact;
use hamdam_domain::id::{BotId, UpdateId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::Notice;
use hamdam_domain::profile::Profile;
use hamdam_state::step::matching::{End, Relay, Relayed};
use hamdam_state::step::sending::Known;
use hamdam_state::step::user::{Act, Acted, Wrote};
use hamdam_state::{State, StateError};
use hamdam_telegram::Update;

pub use self::poison::{Received, STRIKES};
pub use self::profiles::{Profiles, ProfilesError, Stored};
use crate::metrics::Metrics;

/// How often an update is decided anew because its user's record changed meanwhile. Every change is somebody
/// else's progress (a match, a partner leaving, the same update handled twice), so more than a few are a fault.
const ATTEMPTS: u32 = 16;

/// Why an update was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A step did not answer.
    #[error("live state failed")]
    State(#[from] StateError),
    /// The user is unknown to live state, and the durable record cannot be asked.
    #[error("the record of users cannot be read")]
    Profiles(#[from] ProfilesError),
    /// The record kept changing.
    #[error("the user's record changed {ATTEMPTS} times while one update was decided")]
    Contended,
    /// An update for a bot this fleet does not run.
    #[error("bot {0} is none of ours")]
    UnknownBot(BotId),
}

impl IntakeError {
    /// Whether it passes by itself: something is away or full, and the update is as good as any. Telegram is to try
    /// again; it is no strike against the update.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            Self::State(error) => matches!(error, StateError::Unavailable { .. } | StateError::Full { .. }),
            Self::Profiles(_) => true,
            Self::Contended | Self::UnknownBot(_) => false,
        }
    }
}

/// Takes updates in.
pub struct Intake {
    state: Arc<dyn State>,
    profiles: Arc<dyn Profiles>,
    bots: HashMap<BotId, u16>,
    settings: Settings,
    metrics: Arc<Metrics>,
}

impl Intake {
    /// An intake for these bots, each with its era ([`State::era`]).
    pub fn new(
        state: Arc<dyn State>,
        profiles: Arc<dyn Profiles>,
        bots: HashMap<BotId, u16>,
        settings: Settings,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { state, profiles, bots, settings, metrics }
    }

    /// Does what an update asks for. When it answers `Ok`, all effects are durable and the update may be acknowledged;
    /// after an error, or when it is dropped half-way, the same update must come again.
    pub async fn handle(&self, bot: BotId, update: &Update) -> Result<Outcome, IntakeError> {
        let era = *self.bots.get(&bot).ok_or(IntakeError::UnknownBot(bot))?;
        let Some(said) = understand(update) else { return Ok(Outcome::Ignored) };
        let update = UpdateRef { bot, era, queue: said.queue, id: UpdateId(update.update_id) };
        let wrote = said.input.written().map(|message| Wrote { bot, message });
        let mut reading = self.state.arrive(said.user, wrote).await?;
        for _ in 0..ATTEMPTS {
            if reading.healed {
                self.metrics.count_repair("record");
            }
            let now = reading.now;
            if let Some(record) = &reading.record {
                let (said, update, settings) = (&said, &update, &self.settings);
                let scene = Scene { said, update, record, now, settings };
                if let Some(outcome) = self.carry_out(&scene).await? {
                    return Ok(outcome);
                }
            } else {
                self.enroll(&said, bot, now).await?;
            }
            reading = self.state.read(said.user).await?;
        }
        Err(IntakeError::Contended)
    }

    /// Somebody live state does not know: read back from the durable record, or new.
    async fn enroll(&self, said: &Understood, bot: BotId, now: Millis) -> Result<(), IntakeError> {
        if let Some(Stored { profile, blocked }) = self.profiles.load(said.user).await? {
            return Ok(self.state.enroll(said.user, &profile, &blocked, &[]).await?);
        }
        let language = said.language.unwrap_or_default();
        let profile = Profile::new(language, bot);
        let fact = Fact::Profile { user: said.user, profile: profile.clone(), version: now };
        Ok(self.state.enroll(said.user, &profile, &[], &[fact]).await?)
    }

    /// Decides and does. `None`: the record is no longer what was read; read and decide again.
    async fn carry_out(&self, scene: &Scene<'_>) -> Result<Option<Outcome>, IntakeError> {
        match decide(scene) {
            Plan::Nothing => Ok(Some(Outcome::Duplicate)),
            Plan::Readd(ticket) => {
                self.state.add_ticket(&ticket).await?;
                Ok(Some(Outcome::Duplicate))
            }
            Plan::Relay(relaying) => self.relay(scene, relaying).await,
            Plan::Clear(room) => self.clear(scene, room).await,
            Plan::Act { first, act, then } => {
                if let Some(first) = first {
                    self.first(scene, first).await?;
                }
                let outcome = match self.act(scene, &act).await {
                    Err(StateError::Full { .. }) if act.if_full.is_some() => {
                        return self.instead(scene, act).await;
                    }
                    answer => answer?,
                };
                if let (Some(_), Some(ticket)) = (outcome, then) {
                    self.state.add_ticket(&ticket).await?;
                }
                Ok(outcome)
            }
        }
    }

    /// What stands before the own step, on others' shards. Whatever it answers, the own step follows: somebody who
    /// is no longer in that room needs no ending.
    async fn first(&self, scene: &Scene<'_>, first: First) -> Result<(), IntakeError> {
        match first {
            First::EndPartner { partner, room, notice, fact } => {
                let end =
                    End { user: partner, room, notice, fact, unless_active_since: None, unreachable: false };
                self.state.end(&end).await?;
            }
            First::RemoveTicket { pool, ticket } => {
                self.state.remove_ticket(&pool, scene.said.user, ticket).await?;
            }
        }
        Ok(())
    }

    async fn act(&self, scene: &Scene<'_>, act: &Move) -> Result<Option<Outcome>, StateError> {
        let step = Act {
            user: scene.said.user,
            update: *scene.update,
            expect: scene.record.version,
            session: act.session.clone(),
            begins: act.begins,
            profile: act.profile.clone(),
            asks: act.asks,
            entries: act.entries.clone(),
            facts: act.facts.clone(),
            grows: act.if_full.is_some(),
        };
        Ok(match self.state.act(&step).await? {
            Acted::Done => Some(act.outcome),
            // Done by another handler of this update: reading again shows it, and what still has to follow.
            Acted::Duplicate | Acted::Changed => None,
        })
    }

    /// What is done above the memory watermark.
    async fn instead(&self, scene: &Scene<'_>, act: Move) -> Result<Option<Outcome>, IntakeError> {
        let instead = act.if_full.expect("only steps that grow are refused as full, and they carry another");
        Ok(self.act(scene, &instead).await?)
    }

    /// Two round trips for nearly every message: the record, then the partner's shard.
    async fn relay(&self, scene: &Scene<'_>, mut relaying: Relaying) -> Result<Option<Outcome>, IntakeError> {
        let (user, room) = (scene.said.user, relaying.room);
        if let Some(here) = relaying.lookup
            && let Some(there) = self.state.lookup(user, room, Known::Here(here)).await?
        {
            relaying.reply_to(there);
        }
        let relay = Relay {
            to: relaying.to,
            room,
            from: user,
            update: *scene.update,
            entry: relaying.entry,
            found: relaying.found,
            backlog_limit: scene.settings.backlog_limit,
        };
        let why = match self.state.relay(&relay).await {
            Ok(Relayed::Queued | Relayed::Duplicate) if relaying.then.is_some() => {
                let act = relaying.then.expect("looked at above");
                return Ok(self.act(scene, &act).await?);
            }
            Ok(Relayed::Queued) => {
                if let Some(kind) = relaying.loses {
                    self.tell_of_copy(scene, kind).await;
                }
                return Ok(Some(Outcome::Relayed));
            }
            Ok(Relayed::Duplicate) => return Ok(Some(Outcome::Duplicate)),
            Ok(Relayed::NotInRoom) => Unrelayed::NotInRoom,
            Ok(Relayed::Backlogged) => Unrelayed::Backlogged,
            Err(StateError::Full { .. }) => Unrelayed::Full,
            Err(error) => return Err(error.into()),
        };
        Ok(self.act(scene, &unrelayed(scene, why)).await?)
    }
    /// What a copy loses is told beside the message, which is relayed in any case: a failure is no reason to repeat it.
    async fn tell_of_copy(&self, scene: &Scene<'_>, kind: MessageKind) {
        let (entry, once) = (Notice::CopiedAnew { kind }.entry(), format!("anew:{kind}"));
        if let Err(error) = self.state.tell(scene.said.user, &entry, &once).await {
            tracing::debug!(%error, "a writer could not be told what a copy loses");
        }
    }
}
