//! One piece of work of a sender: what is awaited between two decisions.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hamdam_bot::Voice;
use hamdam_domain::clock::{Clock, Millis};
use hamdam_domain::fact::{Fact, RoomEnd, RoomFact};
use hamdam_domain::id::{BotId, MessageId, RoomId, UserId};
use hamdam_domain::message::MessageKind;
use hamdam_domain::outbox::{Entry, EntryId, Notice};
use hamdam_state::step::matching::{End, Ended};
use hamdam_state::step::sending::Known;
use hamdam_state::{State, StateError};
use hamdam_telegram::method::{ChatAction, SendChatAction};
use hamdam_telegram::{CallError, Sent};

use super::chat::{Chat, Job};
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
    /// The request is written before this (monotonic), or not at all.
    pub start_before: Duration,
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
    /// Of [`Work::Unreachable`] and [`Work::Explain`].
    Followed {
        /// The work, to be done again if the state did not answer.
        work: Work,
        /// Whether it was done.
        result: Result<(), StateError>,
    },
    /// Of [`Work::Pause`], [`Work::Tell`] and [`Work::Show`]. If the pause failed, the other instances meet the 429
    /// themselves; of the others nobody misses much.
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
    /// There was nothing to send: what was to be changed is unknown in that chat.
    Nothing,
}

/// Carries out one piece of work. May be dropped at any point; that is a crash.
pub async fn perform(work: Work, tools: &Tools) -> Done {
    match work {
        Work::Lookup { chat, entry, room, known } => {
            Done::Sought { chat, entry, found: tools.state.lookup(chat.user, room, known).await }
        }
        Work::Call(call) => make(call, tools).await,
        Work::Unreachable { chat, room, partner, claimed, now, .. } => {
            let result = part(tools, chat.user, room, partner, claimed, now).await;
            Done::Followed { work, result }
        }
        Work::Explain { writer, message, ref once, kind, ref reason, .. } => {
            let entry = Notice::NotCopyable { kind, reason: Some(reason.clone()) }.about(message);
            let result = match tools.state.tell(writer, &entry, once).await {
                // With the state full the explanation is what can be done without.
                Err(StateError::Full { .. }) => Ok(()),
                result => result,
            };
            Done::Followed { work, result }
        }
        Work::Pause { bot, wait } => {
            if let Err(error) = tools.state.pause(bot, wait).await {
                tracing::debug!(%bot, %error, "the pause of a token could not be shared");
            }
            Done::Aside
        }
        Work::Tell { writer, entry, once } => {
            if let Err(error) = tools.state.tell(writer, &entry, &once).await {
                tracing::debug!(%error, "a writer could not be told");
            }
            Done::Aside
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

async fn make(call: CallWork, tools: &Tools) -> Done {
    let CallWork { job, along, target, start_before } = call;
    let done = |method, outcome| Done::Called { chat: job.chat, entry: job.id, method, outcome };
    let rendered = if along.is_empty() {
        tools.voice.render(&job.entry, job.language, job.chat.user, target)
    } else {
        hamdam_bot::album([&job].into_iter().chain(&along).map(|job| &job.entry), job.chat.user)
    };
    let Some(rendered) = rendered else {
        return done("none", Outcome::Nothing);
    };
    let method = rendered.method();
    if tools.clock.monotonic() >= start_before {
        return done(method, Outcome::Late);
    }
    let mut calling = tools.api.call(job.chat.bot, &rendered);
    // The first poll writes the request, if a connection is at hand.
    let first = futures::poll!(&mut calling);
    let written = tools.clock.monotonic();
    let answer = match first {
        Poll::Ready(answer) => answer,
        Poll::Pending => calling.await,
    };
    done(method, Outcome::Answered { written, answer })
}

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
