//! One piece of work of a sender: what is awaited between two decisions.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::future::BoxFuture;
use hamdam_archive::Dossiers;
use hamdam_bot::Voice;
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Content, Entry, EntryId, Notice};
use hamdam_domain::parcel::Medium;
use hamdam_state::step::bot::Kept;
use hamdam_state::step::matching::{End, Ended};
use hamdam_state::step::sending::Known;
use hamdam_state::{State, StateError};
use hamdam_telegram::files::{FilePlace, InputFile};
use hamdam_telegram::method::{ChatAction, SendChatAction};
use hamdam_telegram::{Call, CallError, Sent, UploadError, Uploaded};

use super::chat::{Chat, Job};
use super::my_data;
use super::retract::Withdrawal;
use crate::calls::BotApi;

/// What a sender works with.
#[derive(Clone)]
pub struct Tools {
    /// Live state.
    pub state: Arc<dyn State>,
    /// The door to Telegram.
    pub api: Arc<dyn BotApi>,
    /// Renders entries.
    pub voice: Arc<Voice>,
    /// What is kept about somebody, for themselves.
    pub dossiers: Arc<dyn Dossiers>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// Something to be awaited.
#[derive(Clone, Debug)]
pub enum Work {
    /// Ask for the message an entry replies to or changes.
    Lookup {
        /// The chat.
        chat: Chat,
        /// The entry.
        entry: EntryId,
        /// In which room.
        room: RoomId,
        /// What is known.
        known: Known,
    },
    /// Ask where the file of an entry is that crosses from one bot to another.
    Fetch {
        /// The entry.
        job: Arc<Job>,
        /// What is remembered of the file counts.
        trusts: bool,
    },
    /// Call the Bot API.
    Call(CallWork),
    /// The addressee cannot be reached: end the room they are in, and tell the partner.
    Unreachable {
        /// The chat.
        chat: Chat,
        /// The entry that failed.
        entry: EntryId,
        /// The room it belonged to.
        room: RoomId,
        /// Who else is in that room, if the entry tells.
        partner: Option<UserId>,
        /// When its send was claimed: whoever wrote since then is reachable.
        claimed: Millis,
        /// The state's time.
        now: Millis,
    },
    /// The addressee of a broadcast cannot be reached by this bot: note it.
    Mark {
        /// The chat.
        chat: Chat,
        /// The part.
        entry: EntryId,
        /// When its send was claimed: whoever wrote since then is reachable.
        claimed: Millis,
        /// The state's time.
        now: Millis,
    },
    /// A message cannot be copied: tell its writer.
    Explain {
        /// The chat it was to go to.
        chat: Chat,
        /// The entry.
        entry: EntryId,
        /// Its writer.
        writer: UserId,
        /// The message in the writer's chat.
        message: MessageId,
        /// Names the message once for all: the writer's bot and update.
        once: String,
        /// What it is.
        kind: MessageKind,
        /// Why, in Telegram's words.
        reason: String,
    },
    /// Tell a writer something about a message, beside what becomes of its entry.
    Tell {
        /// The writer.
        writer: UserId,
        /// What.
        entry: Entry,
        /// Names it once for all.
        once: String,
    },
    /// Take away what was taken back from its writer's chat.
    Withdraw {
        /// The chat whose head it follows; none if its room ended first.
        chat: Option<Chat>,
        /// What.
        withdrawal: Withdrawal,
    },
    /// Show in a chat that something is on its way.
    Show {
        /// The chat.
        chat: Chat,
        /// What.
        action: ChatAction,
    },
    /// Pause a token for the whole fleet.
    Pause {
        /// The token.
        bot: BotId,
        /// How long.
        wait: Duration,
    },
}

/// A call that may be made.
#[derive(Clone, Debug)]
pub struct CallWork {
    /// What to send.
    pub job: Arc<Job>,
    /// What goes out along with it: the rest of an album.
    pub along: Vec<Arc<Job>>,
    /// The message in the addressee's chat that it replies to or changes.
    pub target: Option<MessageId>,
    /// Its file, if it has one that crosses from another bot.
    pub file: Option<FileAt>,
    /// The request is written before this (monotonic), or not at all.
    pub start_before: Duration,
}

/// Where the file of an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileAt {
    /// The addressee's bot knows it by this `file_id`.
    Known(String),
    /// The writer's bot can fetch it here.
    There(FilePlace),
}

/// Why it is not known where a file is.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The state did not answer.
    #[error(transparent)]
    State(#[from] StateError),
    /// Telegram did not say.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// What came of a piece of [`Work`].
#[derive(Debug)]
pub enum Done {
    /// Of [`Work::Lookup`].
    Sought {
        /// The chat.
        chat: Chat,
        /// The entry.
        entry: EntryId,
        /// The other id, if it is known.
        found: Result<Option<MessageId>, StateError>,
    },
    /// Of [`Work::Fetch`].
    Found {
        /// The chat.
        chat: Chat,
        /// The entry.
        entry: EntryId,
        /// Where its file is.
        file: Result<FileAt, FetchError>,
    },
    /// Of [`Work::Call`].
    Called {
        /// The chat.
        chat: Chat,
        /// The entry.
        entry: EntryId,
        /// The method.
        method: &'static str,
        /// What became of it.
        outcome: Outcome,
    },
    /// Of [`Work::Unreachable`], [`Work::Mark`], [`Work::Explain`], [`Work::Tell`] and [`Work::Withdraw`].
    Followed {
        /// The work, to be done again if the state did not answer.
        work: Work,
        /// Whether it was done.
        result: Result<(), StateError>,
    },
    /// Of [`Work::Pause`] and [`Work::Show`]. If the pause failed, the other instances meet the 429 themselves; what is not
    /// shown nobody misses.
    Aside,
}

/// What became of a call.
#[derive(Debug)]
pub enum Outcome {
    /// It was made, and answered.
    Answered {
        /// When the request had been handed to the connection (monotonic), as exactly as can be known.
        written: Duration,
        /// The answer.
        answer: Result<Sent, CallError>,
    },
    /// It was too late to begin. Nothing was written.
    Late,
    /// Its file could not be fetched. Nothing was sent.
    NotFetched(CallError),
    /// There was nothing to send: what was to be changed is unknown in that chat.
    Nothing,
}

/// Carries out one piece of work. May be dropped at any point; that is a crash.
pub async fn perform(work: Work, tools: &Tools) -> Done {
    match work {
        Work::Lookup { chat, entry, room, known } => {
            Done::Sought { chat, entry, found: tools.state.lookup(chat.user, room, known).await }
        }
        Work::Fetch { job, trusts } => {
            Done::Found { chat: job.chat, entry: job.id, file: find(&job, trusts, tools).await }
        }
        Work::Call(call) => make(call, tools).await,
        Work::Unreachable { chat, room, partner, claimed, now, .. } => {
            let result = part(tools, chat.user, room, partner, claimed, now).await;
            Done::Followed { work, result }
        }
        Work::Explain { writer, message, ref once, kind, ref reason, .. } => {
            let entry = Notice::NotCopyable { kind, reason: Some(reason.clone()) }.about(message);
            let result = tell(tools, writer, &entry, once).await;
            Done::Followed { work, result }
        }
        Work::Tell { writer, ref entry, ref once } => {
            let result = tell(tools, writer, entry, once).await;
            Done::Followed { work, result }
        }
        Work::Mark { chat, claimed, now, .. } => {
            let fact = Fact::Unreachable { user: chat.user, bot: chat.bot, at: now };
            let result = tools.state.unreachable(chat.user, chat.bot, claimed, &fact).await;
            Done::Followed { work, result }
        }
        Work::Pause { bot, wait } => {
            if let Err(error) = tools.state.pause(bot, wait).await {
                tracing::debug!(%bot, %error, "the pause of a token could not be shared");
            }
            Done::Aside
        }
        Work::Withdraw { withdrawal: Withdrawal { writer, bot, ref entry, ref once }, .. } => {
            let result = tools.state.post(writer, bot, entry, once).await;
            Done::Followed { work, result }
        }
        Work::Show { chat, action } => {
            let shown = SendChatAction { chat_id: chat.user.0, action }.into();
            if let Err(error) = tools.api.call(chat.bot, &shown).await {
                tracing::debug!(bot = %chat.bot, %error, "that something comes could not be shown");
            }
            Done::Aside
        }
    }
}

/// With the state full an explanation is what can be done without.
async fn tell(tools: &Tools, writer: UserId, entry: &Entry, once: &str) -> Result<(), StateError> {
    match tools.state.tell(writer, entry, once).await {
        Err(StateError::Full { .. }) => Ok(()),
        result => result,
    }
}

async fn make(call: CallWork, tools: &Tools) -> Done {
    let CallWork { job, along, target, file, start_before } = call;
    let done = |method, outcome| Done::Called { chat: job.chat, entry: job.id, method, outcome };
    if let Content::MyData = job.entry.content {
        let (method, outcome) = my_data::send(&job, start_before, tools).await;
        return done(method, outcome);
    }
    let (chat, voice) = (job.chat.user, &tools.voice);
    let rendered = match &file {
        None if along.is_empty() => voice.render(&job.entry, job.language, chat, target),
        None => hamdam_bot::album([&job].into_iter().chain(&along).map(|job| &job.entry), chat),
        Some(FileAt::Known(id)) => voice.render_file(&job.entry, chat, target, InputFile::Known(id.clone())),
        Some(FileAt::There(_)) => voice.render_file(&job.entry, chat, target, InputFile::Enclosed),
    };
    let Some(rendered) = rendered else {
        return done("none", Outcome::Nothing);
    };
    let method = rendered.method();
    if let (Some(FileAt::There(place)), Some((from, medium))) = (&file, job.medium()) {
        let outcome = bring(&job, from, medium, place, &rendered, start_before, tools).await;
        return done(method, outcome);
    }
    if tools.clock.monotonic() >= start_before {
        return done(method, Outcome::Late);
    }
    let (written, answer) = timed(tools, tools.api.call(job.chat.bot, &rendered)).await;
    done(method, Outcome::Answered { written, answer })
}

/// Awaits a call, and tells when its request had been written.
pub(super) async fn timed<T>(tools: &Tools, mut calling: BoxFuture<'_, T>) -> (Duration, T) {
    // The first poll writes the request, if a connection is at hand.
    let first = futures::poll!(&mut calling);
    let written = tools.clock.monotonic();
    let answer = match first {
        Poll::Ready(answer) => answer,
        Poll::Pending => calling.await,
    };
    (written, answer)
}

/// Where the file is: at the addressee's bot if it was brought there lately, else at the writer's.
async fn find(job: &Job, trusts: bool, tools: &Tools) -> Result<FileAt, FetchError> {
    let (from, medium) = job.medium().expect("asked for an entry with a file");
    if trusts && let Some(id) = tools.state.file(job.chat.bot, &medium.unique).await? {
        return Ok(FileAt::Known(id));
    }
    Ok(FileAt::There(tools.api.place(from, &medium.id).await?))
}

/// Fetches a file and sends it in one stream. It is remembered by what the addressee's bot calls it, which may fail: then
/// it is brought once more.
async fn bring(
    job: &Job,
    from: BotId,
    medium: &Medium,
    place: &FilePlace,
    call: &Call,
    start_before: Duration,
    tools: &Tools,
) -> Outcome {
    let mut download = match tools.api.open(from, place).await {
        Ok(download) => download,
        Err(error) => return Outcome::NotFetched(error),
    };
    if let Some(name) = &medium.traits.name {
        download.name.clone_from(name);
    }
    download.mime.clone_from(&medium.traits.mime);
    if tools.clock.monotonic() >= start_before {
        return Outcome::Late;
    }
    let bot = job.chat.bot;
    let (written, answer) = timed(tools, tools.api.upload(bot, call, download, medium.kind.name())).await;
    let answer = match answer {
        Ok(Uploaded { sent, file_id }) => {
            if let Some(id) = file_id {
                let kept = Kept { unique: medium.unique.clone(), id, most: FILES_KEPT, life: FILES_STAY };
                if let Err(error) = tools.state.keep_file(bot, &kept).await {
                    tracing::debug!(%bot, %error, "a file is not remembered");
                }
            }
            Ok(sent)
        }
        Err(UploadError::Download(error)) => return Outcome::NotFetched(error),
        Err(UploadError::Call(error)) => Err(error),
    };
    Outcome::Answered { written, answer }
}

/// So many files of a bot are remembered, and for so long.
const FILES_KEPT: u32 = 10_000;
const FILES_STAY: Duration = Duration::from_hours(7 * 24);

/// Ends a room whose `user` cannot be reached, unless they moved on by themselves or wrote since the send was
/// claimed. Done again after a crash in the middle it ends what is left: a user who is no longer in the room leaves
/// nobody in it who should stay.
async fn part(
    tools: &Tools,
    user: UserId,
    room: RoomId,
    partner: Option<UserId>,
    claimed: Millis,
    now: Millis,
) -> Result<(), StateError> {
    let partner = match partner {
        Some(partner) => partner,
        None => match partner_in(tools, user, room).await? {
            Some(partner) => partner,
            None => return Ok(()),
        },
    };
    let fact = Fact::RoomClosed {
        room: RoomFact::new(room, user, partner),
        ended_at: now,
        end: RoomEnd::Unreachable,
        ended_by: None,
    };
    let left = End {
        user,
        room,
        notice: Notice::RoomClosed { room }.entry(),
        fact: fact.clone(),
        unless_active_since: Some(claimed),
        unreachable: true,
    };
    if tools.state.end(&left).await? == Ended::Elsewhere && partner_in(tools, user, room).await?.is_some() {
        return Ok(());
    }
    let told = End {
        user: partner,
        room,
        notice: Notice::PartnerLeft { room }.entry(),
        fact,
        unless_active_since: None,
        unreachable: false,
    };
    tools.state.end(&told).await.map(|_| ())
}

/// The partner of `user` in `room`, if they are in it.
async fn partner_in(tools: &Tools, user: UserId, room: RoomId) -> Result<Option<UserId>, StateError> {
    let record = tools.state.read(user).await?.record;
    let session = record.map(|record| record.session).filter(|session| session.room() == Some(room));
    Ok(session.and_then(|session| session.partner()))
}
