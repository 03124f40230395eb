//! The administrators' desk: figures, look-ups, decisions, broadcasts and maintenance, asked for in a chat with a bot.
//!
//! What is asked is done without a mark: each effect may come twice, and each answer is queued once for the update that
//! asked.

use std::sync::Arc;

use async_trait::async_trait;
use futures::future::try_join_all;
use hamdam_archive::Archive;
use hamdam_bot::desk::{Asks, By, Request};
use hamdam_domain::broadcast::{Author, BroadcastId, Message, Original, Plan, Segment};
use hamdam_domain::clock::Millis;
use hamdam_domain::desk::{Choosing, Desk, Figures, Person, Progress};
use hamdam_domain::id::{BotId, MessageId, PoolId, Shard, UpdateId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Entry, Notice, Toast};
use hamdam_domain::profile::Language;
use hamdam_domain::safety::{Decision, Verdict};
use hamdam_state::State;
use hamdam_state::step::broadcast::{Begun, Broadcast};

use crate::bots::Bots;
use crate::broadcast::tally;
use crate::intake::{Profiles, ProfilesError};
use crate::moderation::{Moderation, ModerationError};

/// Decisions that are shown of a user: the last ones.
const SHOWN: usize = 10;

/// What the desk asks of the durable record. While that is away the desk says so, and all else goes on.
#[async_trait]
pub trait Office: Send + Sync + 'static {
    /// How many users there are, and how many reports nobody decided.
    async fn totals(&self) -> Result<(u64, u64), ProfilesError>;

    /// How often a user was reported, and what was decided about them by stored names, oldest first.
    async fn history(&self, user: UserId) -> Result<(u64, Vec<(String, Millis)>), ProfilesError>;
}

#[async_trait]
impl Office for Archive {
    async fn totals(&self) -> Result<(u64, u64), ProfilesError> {
        let asked = async { Ok((self.users().await?, self.open_reports().await?)) };
        asked.await.map_err(|error: hamdam_archive::ArchiveError| ProfilesError(Box::new(error)))
    }

    async fn history(&self, user: UserId) -> Result<(u64, Vec<(String, Millis)>), ProfilesError> {
        let asked = async { Ok((self.reports_about(user).await?, self.decisions(user).await?)) };
        let (reports, decisions) =
            asked.await.map_err(|error: hamdam_archive::ArchiveError| ProfilesError(Box::new(error)))?;
        Ok((reports, decisions.into_iter().map(|decision| (decision.verdict, decision.at)).collect()))
    }
}

/// Serves administrators.
pub(crate) struct Clerk {
    pub(crate) state: Arc<dyn State>,
    pub(crate) profiles: Arc<dyn Profiles>,
    pub(crate) office: Arc<dyn Office>,
    pub(crate) moderation: Moderation,
    pub(crate) bots: Arc<Bots>,
    pub(crate) pools: Vec<PoolId>,
}

impl Clerk {
    /// Does what is asked by this update, and answers.
    pub(crate) async fn serve(
        &self,
        bot: BotId,
        update: UpdateId,
        request: &Request,
    ) -> Result<(), ModerationError> {
        let name = format!("desk:{bot}:{update}");
        let page = match &request.asks {
            Asks::Fleet => self.fleet().await?,
            Asks::Person(user) => self.person(*user).await?,
            Asks::Decide(user, verdict) => {
                self.decide(*user, *verdict, request.by, &name).await?;
                self.person(*user).await?
            }
            Asks::Maintain(way) => {
                self.state.maintain(*way).await?;
                self.fleet().await?
            }
            Asks::Progress(broadcast) => self.progress(*broadcast).await?,
            Asks::Steer(broadcast, order) => {
                self.state.steer_broadcast(*broadcast, *order).await?;
                self.progress(*broadcast).await?
            }
            Asks::HowToBroadcast => Desk::HowToBroadcast,
            Asks::Preview(message) => return self.preview(bot, request.by, *message, &name).await,
            Asks::Compose(choosing, to) => self.compose(*choosing, *to),
            Asks::Begin(to, original) => {
                match self.begin(*to, original.clone(), &request.how, &name).await? {
                    Begun::As(broadcast) => self.progress(broadcast).await?,
                    Begun::Busy(_) => return self.answer_press(bot, request, Some(Toast::Busy), &name).await,
                }
            }
        };
        let notice = Notice::Desk(Box::new(page));
        let entry = match &request.how {
            By::Command => notice.entry(),
            By::Press { message, .. } => notice.instead_of(*message),
        };
        self.state.post(request.by, bot, &entry, &name).await?;
        self.answer_press(bot, request, None, &name).await
    }

    /// Ends the spinner of a pressed button.
    async fn answer_press(
        &self,
        bot: BotId,
        request: &Request,
        toast: Option<Toast>,
        name: &str,
    ) -> Result<(), ModerationError> {
        let By::Press { query, .. } = &request.how else { return Ok(()) };
        let content = Content::AnswerCallback { query: query.clone(), toast };
        let entry = Entry { room: None, content };
        Ok(self.state.post(request.by, bot, &entry, &format!("{name}:press")).await?)
    }

    /// The message as others would see it, and behind it what to choose.
    async fn preview(
        &self,
        bot: BotId,
        by: UserId,
        message: MessageId,
        name: &str,
    ) -> Result<(), ModerationError> {
        let shown = Original { from: by, bot, message, kind: MessageKind::Other, parcel: None };
        if let Some(content) = Message::Copy(shown).content(Language::default(), bot) {
            self.state.post(by, bot, &Entry { room: None, content }, &format!("{name}:copy")).await?;
        }
        let page = self.compose(Choosing::default(), Segment::default());
        let entry = Notice::Desk(Box::new(page)).about(message);
        Ok(self.state.post(by, bot, &entry, name).await?)
    }

    fn compose(&self, choosing: Choosing, to: Segment) -> Desk {
        Desk::Compose { choosing, to, bots: self.bots.ids() }
    }

    async fn begin(
        &self,
        to: Segment,
        original: Original,
        how: &By,
        name: &str,
    ) -> Result<Begun, ModerationError> {
        let (user, bot) = (original.from, original.bot);
        let by = match how {
            By::Press { message, .. } => Some(Author { user, bot, message: *message }),
            By::Command => None,
        };
        let plan = Plan { message: Message::Copy(original), to, by };
        Ok(self.state.begin_broadcast(&plan, name).await?)
    }

    async fn progress(&self, broadcast: BroadcastId) -> Result<Desk, ModerationError> {
        Ok(match self.state.broadcast(broadcast).await? {
            Some(known) => Desk::Broadcast(progress(&*self.state, broadcast, &known).await?),
            None => Desk::NoBroadcast,
        })
    }

    async fn decide(
        &self,
        user: UserId,
        verdict: Verdict,
        by: UserId,
        name: &str,
    ) -> Result<(), ModerationError> {
        let at = self.state.read(user).await?.now;
        let until = verdict.until(at);
        let (by, report, reason) = (Some(by), None, String::new());
        let decision = Decision { user, verdict, until, by, report, reason, at };
        self.moderation.decide(&decision, name).await.map(drop)
    }

    async fn fleet(&self) -> Result<Desk, ModerationError> {
        let shards = (0..self.state.shards()).map(|shard| self.state.depth(Shard(shard)));
        let depths = try_join_all(shards).await?;
        let queues = try_join_all(self.pools.iter().map(|pool| self.state.queue_length(pool))).await?;
        let board = self.state.board().await?;
        let totals = self.office.totals().await.ok();
        Ok(Desk::Fleet(Figures {
            users: totals.map(|(users, _)| users),
            waiting: depths.iter().map(|depth| depth.waiting).sum(),
            chatting: depths.iter().map(|depth| depth.chatting).sum(),
            queued: queues.iter().sum(),
            unsent: depths.iter().map(|depth| depth.outbox).sum(),
            reports: totals.map(|(_, reports)| reports),
            maintenance: board.maintenance,
            broadcast: (board.newest != BroadcastId::default()).then_some(board.newest),
        }))
    }

    async fn person(&self, user: UserId) -> Result<Desk, ModerationError> {
        let reading = self.state.read(user).await?;
        let history = self.office.history(user).await.ok();
        let (reports, mut decisions) =
            history.map_or((None, Vec::new()), |(reports, decided)| (Some(reports), decided));
        decisions.drain(..decisions.len().saturating_sub(SHOWN));
        let (stands, known) = if let Some(record) = reading.record {
            (Some(record.session.name().to_owned()), Some((record.profile, record.blocked)))
        } else {
            // With the durable record away nothing more is known, and the page says as much.
            let stored = self.profiles.load(user).await.ok().flatten();
            (None, stored.map(|stored| (stored.profile, stored.blocked)))
        };
        let profile = known.as_ref().map(|(profile, _)| profile);
        Ok(Desk::Person(Person {
            user,
            known: known.is_some(),
            stands,
            language: profile.map(|profile| profile.language),
            unreachable: profile.is_some_and(|profile| profile.unreachable),
            banned_until: profile.and_then(|profile| profile.banned(reading.now)),
            muted_until: profile.and_then(|profile| profile.muted(reading.now)),
            blocks: known.as_ref().map_or(0, |(_, blocked)| blocked.len() as u64),
            reports,
            decisions,
        }))
    }
}

/// How a broadcast goes, as its page tells it.
pub(crate) async fn progress(
    state: &dyn State,
    broadcast: BroadcastId,
    known: &Broadcast,
) -> hamdam_state::Result<Progress> {
    Ok(Progress {
        broadcast,
        course: known.course,
        over: known.over_at.is_some(),
        all_queued: known.all_queued,
        tally: tally(state, broadcast).await?,
    })
}
