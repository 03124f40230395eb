//! One rule for every update (design: one rule): effects on others first, then one step on the own shard, then 200.
//!
//! `handle` only awaits steps: no timers, no spawns. Whoever drops it between two steps has crashed there, and
//! Telegram's retry redoes what is missing. [`Intake::receive`] stands around it and keeps aside what no retry mends.

mod channel;
mod clear;
mod payments;
mod poison;
mod profiles;
mod till;

use std::sync::Arc;

use hamdam_bot::desk::request;
use hamdam_bot::safety::case_press;
use hamdam_bot::{
    Command, First, Heard, Input, Membership, Move, Outcome, Plan, Relaying, Scene, Settings, Understood,
    UnreadablePayment, Unrelayed, comes, decide, settlement, understand, unrelayed,
};
use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, Forgotten};
use hamdam_domain::haste::Counted;
use hamdam_domain::id::{BotId, MessageId, RoomId, UpdateId, UserId};
use hamdam_domain::mark::UpdateRef;
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Entry, Notice, Toast};
use hamdam_domain::profile::Profile;
use hamdam_domain::record::Record;
use hamdam_state::step::erasure::Forget;
use hamdam_state::step::matching::{Relay, Relayed};
use hamdam_state::step::sending::Known;
use hamdam_state::step::user::{Act, Acted, Arrival, Wrote};
use hamdam_state::{State, StateError};
use hamdam_telegram::{CallError, Event, Update};

pub use self::payments::Payments;
pub use self::poison::{Received, STRIKES};
pub use self::profiles::{Profiles, ProfilesError, Stored};
pub use self::till::{Cashier, Till};
use crate::bots::Bots;
use crate::calls::BotApi;
use crate::credits;
use crate::crowd::Crowd;
use crate::desk::{Clerk, Office};
use crate::metrics::Metrics;
use crate::moderation::{Moderation, ModerationError};
use crate::others;
use crate::posted::Posted;

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
    /// A moderator's decision was not carried out.
    #[error("a decision was not carried out")]
    Moderation(#[from] ModerationError),
    /// A payment cannot be read.
    #[error(transparent)]
    Payment(#[from] UnreadablePayment),
    /// Telegram did not take the word about a payment.
    #[error("a word about a payment was not taken")]
    Word(#[source] CallError),
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
            Self::State(error) | Self::Moderation(ModerationError::State(error)) => {
                matches!(error, StateError::Unavailable { .. } | StateError::Full { .. })
            }
            Self::Profiles(_) | Self::Moderation(ModerationError::Profiles(_)) => true,
            Self::Word(error) => {
                matches!(error, CallError::Retry { .. } | CallError::Pause { .. } | CallError::Revoked { .. })
            }
            Self::Moderation(ModerationError::Contended)
            | Self::Contended
            | Self::Payment(_)
            | Self::UnknownBot(_) => false,
        }
    }
}

/// Takes updates in.
pub struct Intake {
    state: Arc<dyn State>,
    profiles: Arc<dyn Profiles>,
    moderation: Moderation,
    payments: Payments,
    till: Option<Till>,
    bots: Arc<Bots>,
    settings: Settings,
    metrics: Arc<Metrics>,
    /// Whom to ask who is in the required channel.
    api: Option<Arc<dyn BotApi>>,
    posted: Arc<Posted>,
    desk: Option<Clerk>,
    crowd: Crowd,
}

impl Intake {
    /// An intake for these bots. Without a till it sells nothing.
    pub fn new(
        state: Arc<dyn State>,
        profiles: Arc<dyn Profiles>,
        bots: Arc<Bots>,
        settings: Settings,
        metrics: Arc<Metrics>,
    ) -> Self {
        let moderation = Moderation::new(Arc::clone(&state), Arc::clone(&profiles));
        let payments = Payments::new(Arc::clone(&state));
        Self {
            state,
            profiles,
            moderation,
            payments,
            till: None,
            bots,
            settings,
            metrics,
            api: None,
            posted: Arc::default(),
            desk: None,
            crowd: Crowd::default(),
        }
    }

    /// The same with a till.
    #[must_use]
    pub fn with_till(self, till: Till) -> Self {
        Self { till: Some(till), ..self }
    }

    /// The same with a desk for administrators, which asks this record.
    #[must_use]
    pub fn with_desk(self, office: Arc<dyn Office>) -> Self {
        let desk = Clerk {
            state: Arc::clone(&self.state),
            profiles: Arc::clone(&self.profiles),
            office,
            moderation: self.moderation.clone(),
            bots: Arc::clone(&self.bots),
            pools: self.settings.pools.all().cloned().collect(),
        };
        Self { desk: Some(desk), ..self }
    }

    /// The same, heeding what operators put up.
    #[must_use]
    pub fn heeding(self, posted: Arc<Posted>) -> Self {
        Self { posted, ..self }
    }

    /// The same intake, which can ask Telegram who is in the required channel. Without it nobody is asked, and everybody is
    /// let in.
    #[must_use]
    pub fn asking(self, api: Arc<dyn BotApi>) -> Self {
        Self { api: Some(api), ..self }
    }

    /// Does what an update asks for. When it answers `Ok`, all effects are durable and the update may be acknowledged;
    /// after an error, or when it is dropped half-way, the same update must come again.
    pub async fn handle(&self, bot: BotId, update: &Update) -> Result<Outcome, IntakeError> {
        let era = self.bots.era(bot).ok_or(IntakeError::UnknownBot(bot))?;
        if let Some(press) = case_press(update, &self.settings.moderators) {
            self.moderation.press(bot, &press, &self.settings.moderators).await?;
            return Ok(Outcome::Answered);
        }
        if let Event::PreCheckoutQuery(query) = &update.event {
            return self.word_about(bot, query).await;
        }
        if let Some(desk) = &self.desk
            && let Some(request) = request(update, bot, &self.settings.moderators)
        {
            desk.serve(bot, UpdateId(update.update_id), &request).await?;
            return Ok(Outcome::Answered);
        }
        let Some(said) = understand(update) else { return Ok(Outcome::Ignored) };
        if let Event::Message(message) = &update.event
            && let Some(settlement) = settlement(bot, message)
        {
            return self.settle(bot, &said, &settlement?).await;
        }
        let (message, heard) = (update.event.message(), Heard::of(update, &said, &self.settings));
        let update = UpdateRef { bot, era, queue: said.queue, id: UpdateId(update.update_id) };
        let arrival = self.arrival(&said, heard, &update);
        let mut reading = self.state.arrive(said.user, arrival).await?;
        let was_known = reading.record.is_some();
        let (invited, link) =
            (self.invited(&said).await, self.link(bot, &said, reading.record.as_ref()).await);
        let elsewhere = self.elsewhere(bot, &said, reading.now).await;
        let mut told = None;
        for _ in 0..ATTEMPTS {
            if reading.healed {
                self.metrics.count_repair("record");
            }
            let now = reading.now;
            match &reading.record {
                Some(record) if record.forgotten.is_none() => {
                    let (said, update, settings) = (&said, &update, &self.settings);
                    let membership = match told {
                        Some(told) => told,
                        None => self.membership(said, update, record, now).await,
                    };
                    told = Some(membership).filter(|membership| matches!(membership, Membership::Told(_)));
                    let (link, maintenance) = (link.as_deref(), self.posted.maintenance());
                    let scene = Scene {
                        said,
                        message,
                        heard,
                        membership,
                        update,
                        record,
                        now,
                        settings,
                        invited,
                        elsewhere,
                        link,
                        maintenance,
                    };
                    if let Some(outcome) = self.carry_out(&scene).await? {
                        return Ok(outcome);
                    }
                }
                Some(record) if record.has_done(&update, now) => return Ok(Outcome::Duplicate),
                // They were forgotten while this was handled: it belongs to what is over.
                None if was_known => return Ok(Outcome::Stale),
                nobody => {
                    if !self.welcome(&said, bot, nobody.as_ref(), now).await? {
                        return Ok(Outcome::Noted);
                    }
                }
            }
            reading = self.state.read(said.user).await?;
        }
        Err(IntakeError::Contended)
    }

    /// What the update brings, and how it counts for what its user may send.
    fn arrival(&self, said: &Understood, heard: Heard, update: &UpdateRef) -> Arrival {
        let UpdateRef { bot, id, .. } = *update;
        let wrote = said.input.written().map(|message| Wrote { bot, message });
        let bucket = self.settings.haste.flood;
        let counts = bucket.updates > 0 && !matches!(said.input, Input::Blocked | Input::Unblocked);
        let counted = counts.then_some(Counted { bot, update: id, text: heard.text, bucket });
        let spreads = heard.spreads.filter(|_| matches!(said.input, Input::Message(_)));
        Arrival { wrote, counted, spreads }
    }

    /// Who came by the user's own link, if they ask for it. With the durable record away they get the link alone.
    async fn invited(&self, said: &Understood) -> Option<u64> {
        match said.input {
            Input::Command { command: Command::Invite, .. } => {
                let source = self.settings.invites.invitation(said.user);
                self.profiles.newcomers(&source).await.ok()
            }
            _ => None,
        }
    }

    /// The bot that has room, for who comes to one that has none. Where that cannot be told, they stay.
    async fn elsewhere(&self, bot: BotId, said: &Understood, now: Millis) -> Option<BotId> {
        let from = self.settings.busy_from?;
        match said.input {
            Input::Command { command: Command::Start(_), .. } => {
                self.crowd.elsewhere(&*self.state, &self.bots, bot, from, now).await.ok().flatten()
            }
            _ => None,
        }
    }

    /// Somebody live state does not know, or knows as forgotten: read back from the durable record, or new. Answers whether
    /// they are known now: not who only leaves, or presses once more what had them forgotten.
    async fn welcome(
        &self,
        said: &Understood,
        bot: BotId,
        forgotten: Option<&Record>,
        now: Millis,
    ) -> Result<bool, IntakeError> {
        let stored = match forgotten {
            // The durable record may not have forgotten them yet.
            Some(record) => Some(Stored {
                profile: record.profile.clone(),
                blocked: Vec::new(),
                credits: Vec::new(),
                forgotten: true,
            }),
            None => self.profiles.load(said.user).await?,
        };
        let (left, blocked) = match stored {
            Some(Stored { profile, blocked, credits, forgotten: false }) => {
                credits::tell(&*self.state, said.user, &credits).await?;
                self.state.enroll(said.user, &profile, &blocked, &[]).await?;
                return Ok(true);
            }
            Some(Stored { profile, blocked, forgotten: true, .. }) => (Some(profile), blocked),
            None => (None, Vec::new()),
        };
        if !comes(&said.input) {
            self.end_spinner(said, bot).await?;
            return Ok(false);
        }
        let mut profile = Profile::new(said.language.unwrap_or_default(), bot);
        if let Some(left) = left.map(|left| left.left_behind(now)) {
            profile.banned_until = left.banned_until;
            profile.facts.muted_until = left.facts.muted_until;
        }
        let fact = Fact::Profile { user: said.user, profile: profile.clone(), version: now };
        self.state.enroll(said.user, &profile, &blocked, &[fact]).await?;
        Ok(true)
    }

    /// A press that does nothing ends its spinner all the same.
    async fn end_spinner(&self, said: &Understood, bot: BotId) -> Result<(), StateError> {
        let Input::Press { query, .. } = &said.input else { return Ok(()) };
        let content = Content::AnswerCallback { query: query.clone(), toast: Some(Toast::Over) };
        let entry = Entry { room: None, content };
        self.state.post(said.user, bot, &entry, &format!("press:{query}")).await
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
            Plan::Forget { first, act, forgotten } => self.forget(scene, first, act, forgotten).await,
            Plan::Act { first, act, then } => {
                if let Some(first) = first {
                    let moderators = scene.settings.moderators.chats();
                    others::act(&*self.state, scene.said.user, first, moderators).await?;
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

    /// Others hear that the room ended, then the own record goes. What else is to be forgotten is left to whoever writes the
    /// journal; but those they met are told at once of whom they may not tell any more, as far as that comes off.
    async fn forget(
        &self,
        scene: &Scene<'_>,
        first: Option<First>,
        act: Move,
        forgotten: Forgotten,
    ) -> Result<Option<Outcome>, IntakeError> {
        let user = scene.said.user;
        if let Some(first) = first {
            others::act(&*self.state, user, first, &[]).await?;
        }
        let step = Forget {
            user,
            update: *scene.update,
            expect: scene.record.version,
            at: forgotten.at,
            left: forgotten.left,
            entries: act.entries,
            facts: act.facts,
        };
        if self.state.forget(&step).await? != Acted::Done {
            return Ok(None);
        }
        let pseudonym = scene.settings.pseudonyms.of(user);
        for other in forgotten.met {
            if let Err(error) = self.state.rename(other, user, pseudonym).await {
                tracing::debug!(%error, "somebody's name stays in a record until the journal is written");
            }
        }
        Ok(Some(act.outcome))
    }

    async fn act(&self, scene: &Scene<'_>, act: &Move) -> Result<Option<Outcome>, StateError> {
        let step = Act {
            user: scene.said.user,
            update: *scene.update,
            expect: scene.record.version,
            session: act.session.clone(),
            begins: act.begins,
            profile: act.profile.clone(),
            blocks: act.blocks,
            asks: act.asks,
            asked: act.asked.clone(),
            brakes: act.brakes,
            joined: act.joined,
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

    /// The partner's id of a message that the user answers: live state knows the last hundred of a room, the durable record
    /// those before. With that away, or for a message of ours, the answer answers nothing.
    async fn counterpart(
        &self,
        user: UserId,
        room: RoomId,
        here: MessageId,
        content: &Content,
    ) -> Result<Option<MessageId>, StateError> {
        let there = self.state.lookup(user, room, Known::Here(here)).await?;
        // A reaction does not say whose message it is on, and it is often one's own: that is no reason to ask a database.
        if there.is_some() || matches!(content, Content::React(_)) {
            return Ok(there);
        }
        Ok(self.profiles.counterpart(user, room, here).await.ok().flatten())
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
            && let Some(there) = self.counterpart(user, room, here, &relaying.entry.content).await?
        {
            relaying.reply_to(there);
        }
        if let Some(first) = relaying.first {
            others::act(&*self.state, user, first, &[]).await?;
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
        let relayed = self.state.relay(&relay).await;
        if let (Ok(Relayed::Queued), Some(kind)) = (&relayed, relaying.loses) {
            self.tell_of_copy(scene, kind).await;
        }
        // Behind the message a pressed button shows that it did its work, by whichever try of its update that is.
        if let (Ok(Relayed::Queued | Relayed::Duplicate), Some(then)) = (&relayed, &relaying.then) {
            return Ok(self.act(scene, then).await?);
        }
        let why = match relayed {
            Ok(Relayed::Queued) => return Ok(Some(Outcome::Relayed)),
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
