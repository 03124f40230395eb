//! The invariants, checked on what stands in people's chats and, at rest, on the whole world.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use hamdam_domain::fact::Fact;
use hamdam_domain::id::{PoolId, RoomId, TicketId, UserId};
use hamdam_domain::outbox::{Content, Entry, Notice};
use hamdam_domain::parcel::Carry;
use hamdam_domain::session::Session;
use hamdam_domain::ticket::Ticket;
use hamdam_state::memory::World;

/// What an invariant says of the world, when it is broken.
pub(super) type Verdict = Result<(), String>;

/// One user's chat as its outbox will write it, read entry by entry.
#[derive(Clone, Debug, Default)]
pub(super) struct ChatLog {
    /// Entries read.
    pub length: usize,
    /// The room the chat shows.
    pub live: Option<RoomId>,
    /// Rooms the chat ever showed.
    pub found: BTreeSet<RoomId>,
    /// The button a finger would find: under the last notice that has one.
    pub button: Option<hamdam_bot::Button>,
    /// Messages of the partner, by writer and update.
    messages: BTreeSet<(UserId, i64)>,
    /// Searches announced.
    searches: BTreeSet<TicketId>,
    /// Messages and button presses that were answered.
    answered: BTreeSet<String>,
    /// Digest of all entries.
    pub digest: u64,
}

impl ChatLog {
    /// Reads the next entry. `window` tells in which room a message was written, if its writer saw one.
    pub(super) fn read(&mut self, entry: &Entry, window: impl Fn(UserId, i64) -> Option<RoomId>) -> Verdict {
        let mut hasher = DefaultHasher::new();
        (self.digest, entry).hash(&mut hasher);
        self.digest = hasher.finish();
        self.length += 1;
        if let Some(room) = entry.ends() {
            if self.live != Some(room) {
                return Err(format!("the end of room {room} appears while the chat shows {:?}", self.live));
            }
            self.live = None;
        }
        match &entry.content {
            Content::Notice(notice) => self.notice(notice),
            Content::Copy(copy) | Content::Carry(Carry { copy, .. }) => {
                let id = (copy.from, copy.update.0);
                if !self.messages.insert(id) {
                    return Err(format!("message {id:?} twice"));
                }
                if let Some(written) =
                    window(copy.from, copy.update.0).filter(|room| Some(*room) != entry.room)
                {
                    return Err(format!("message {id:?} written in room {written} goes to {:?}", entry.room));
                }
                if entry.room != self.live {
                    return Err(format!(
                        "message of room {:?} while the chat shows {:?}",
                        entry.room, self.live
                    ));
                }
                Ok(())
            }
            Content::Answer { message, .. } => self.answer(format!("message {message}")),
            Content::AnswerCallback { query, .. } => self.answer(format!("press {query}")),
            Content::Edit(_)
            | Content::React(_)
            | Content::Retract { .. }
            | Content::Remove { .. }
            | Content::Redraw { .. }
            | Content::MyData
            | Content::Invoice { .. }
            | Content::Show { .. } => Ok(()),
        }
    }

    pub(super) fn has(&self, from: UserId, update: i64) -> bool {
        self.messages.contains(&(from, update))
    }

    fn notice(&mut self, notice: &Notice) -> Verdict {
        match notice {
            Notice::Found { room } => {
                if !self.found.insert(*room) {
                    return Err(format!("found twice for room {room}"));
                }
                if let Some(live) = self.live.replace(*room) {
                    return Err(format!("found {room} while room {live} has not ended in the chat"));
                }
                self.button = Some(hamdam_bot::Button::Stop(*room));
                Ok(())
            }
            Notice::Searching { ticket } | Notice::YouLeft { searching: Some(ticket), .. } => {
                self.button = Some(hamdam_bot::Button::Cancel(*ticket));
                if self.searches.insert(*ticket) {
                    Ok(())
                } else {
                    Err(format!("search {ticket} begun twice"))
                }
            }
            _ => Ok(()),
        }
    }

    fn answer(&mut self, what: String) -> Verdict {
        if self.answered.contains(&what) {
            return Err(format!("{what} answered twice"));
        }
        self.answered.insert(what);
        Ok(())
    }
}

/// Holds at every instant: sessions as they stand.
pub(super) fn check_sessions(world: &World, used: &mut BTreeSet<(UserId, TicketId, RoomId)>) -> Verdict {
    for (id, user) in &world.users {
        if user.session.partner() == Some(*id) {
            return Err(format!("{id} met themselves"));
        }
        if let Session::Chatting { room, ticket, .. } = &user.session {
            used.insert((*id, *ticket, *room));
            let rooms = used.range((*id, *ticket, RoomId(i64::MIN))..=(*id, *ticket, RoomId(i64::MAX)));
            if rooms.count() > 1 {
                return Err(format!("{id}: ticket {ticket} was used for two rooms"));
            }
        }
    }
    Ok(())
}

/// Holds when nothing is under way any more.
pub(super) fn check_rest(world: &World, logs: impl Fn(UserId) -> ChatLog) -> Verdict {
    for (id, user) in &world.users {
        match &user.session {
            Session::Idle => {}
            Session::Waiting(stub) => {
                let pool = world.pools.get(&stub.pool);
                let ticket = pool.and_then(|pool| pool.tickets.get(&(*id, stub.ticket)));
                if ticket.is_none_or(|ticket| ticket.claimant.attempt != stub.attempt) {
                    return Err(format!("stuck: {id} waits for ever, no ticket in the pool"));
                }
            }
            Session::Held { room, .. } => return Err(format!("stuck: {id} is held for {room} for ever")),
            Session::Chatting { room, partner, .. } => {
                let other = &world.users[partner].session;
                if !matches!(other, Session::Chatting { room: r, partner: p, .. } if (r, p) == (room, id)) {
                    return Err(format!("lonely: {id} in room {room}, {partner} is {other:?}"));
                }
            }
        }
        let (shown, room) = (logs(*id).live, user.session.room());
        if shown != room {
            return Err(format!("{id} is in {room:?}, the chat shows {shown:?}"));
        }
    }
    for (name, pool) in &world.pools {
        if let Some(ticket) = pool.tickets.values().find(|ticket| is_ghost(world, name, ticket)) {
            return Err(format!("ghost: ticket {:?} without a waiting session", ticket.claimant));
        }
        if !pool.intents.is_empty() {
            return Err("an intent is left".into());
        }
    }
    check_journal(world)
}

/// Whether a ticket's user does not wait by it in its pool.
pub(super) fn is_ghost(world: &World, pool: &PoolId, ticket: &Ticket) -> bool {
    let session = &world.users[&ticket.claimant.user].session;
    !matches!(session, Session::Waiting(stub) if stub.ticket == ticket.claimant.ticket && stub.pool == *pool)
}

/// Every room that was opened is still there, or the database learns of its end.
fn check_journal(world: &World) -> Verdict {
    let (mut opened, mut closed) = (BTreeSet::new(), BTreeSet::new());
    for body in world.shards.iter().flat_map(|shard| shard.journal.values()) {
        match Fact::from_json(body).expect("facts are written by us") {
            Fact::RoomOpened(room) => drop(opened.insert(room.room)),
            Fact::RoomClosed { room, .. } => drop(closed.insert(room.room)),
            Fact::Message(_)
            | Fact::Profile { .. }
            | Fact::Block { .. }
            | Fact::Report { .. }
            | Fact::Decision(_)
            | Fact::Arrived { .. }
            | Fact::Unreachable { .. }
            | Fact::Broadcast(_)
            | Fact::Rated { .. }
            | Fact::Paid { .. }
            | Fact::Returned { .. }
            | Fact::Forgotten(_) => {}
        }
    }
    let live: BTreeSet<RoomId> = world.users.values().filter_map(|user| user.session.room()).collect();
    if let Some(room) = live.iter().find(|room| !opened.contains(room) || closed.contains(room)) {
        return Err(format!("room {room} is live, the journal disagrees"));
    }
    match opened.difference(&live).find(|room| !closed.contains(room)) {
        Some(room) => Err(format!("the journal never learns that room {room} ended")),
        None => Ok(()),
    }
}
