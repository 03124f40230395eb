//! Random steps on one's own record.

use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::{Complaint, Judgement, Origin};
use hamdam_domain::id::{MessageId, PoolId, RoomId, Shard, TicketId, UserId};
use hamdam_domain::outbox::Notice;
use hamdam_domain::panel::{Asking, Dialogue};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::record::Asked;
use hamdam_domain::session::{Session, Stub};
use hamdam_domain::ticket::Claimant;
use hamdam_state::step::erasure::Forget;
use hamdam_state::step::sending::Known;
use hamdam_state::step::user::{Act, Arrival, Wrote};

use super::super::scene::{BOT, OTHER_BOT, bare, closed, opened, pool, profile, telling, ticket_id};
use super::step::{Step, To};
use super::{Play, user};

impl Play {
    pub(super) async fn user_step(&mut self, step: &Step) -> String {
        match *step {
            Step::Arrive(n) => {
                let bot = if n & 8 == 0 { BOT } else { OTHER_BOT };
                let message = MessageId(self.told + i64::from(n & 16 != 0));
                let wrote = (n & 4 == 0).then_some(Wrote { bot, message });
                let arrival = Arrival { wrote, ..Arrival::default() };
                let known = self.state.arrive(user(n), arrival).await.unwrap().record.is_some();
                format!("{known} {}", self.record(user(n)).await)
            }
            Step::Enroll { user: n, blocks } => {
                let blocked: Vec<_> = blocks.into_iter().map(user).collect();
                let answer = self.state.enroll(user(n), &profile(), &blocked, &[opened(RoomId(1))]).await;
                format!("{:?} {}", answer.is_ok(), self.record(user(n)).await)
            }
            Step::Act { .. } => self.act_step(step).await,
            Step::Forget { user: n, back, stale } => {
                let update = self.update(back, true);
                let left = Profile { language: Language::Fa, ..profile() };
                let forget = Forget {
                    user: user(n),
                    update,
                    expect: self.version(user(n)).await + u64::from(stale),
                    at: Millis(update.id.0),
                    left,
                    entries: vec![(BOT, Notice::NotForgotten.entry())],
                    facts: vec![closed(RoomId(2))],
                };
                let answer = self.state.forget(&forget).await.unwrap();
                format!("{answer:?} {}", self.record(user(n)).await)
            }
            Step::Rename { of, from } => {
                let named = self.state.rename(user(of), user(from), UserId(-1_001)).await.unwrap();
                format!("{named} {}", self.record(user(of)).await)
            }
            Step::Lookup { user: n, room, message, here } => {
                let Some(couple) = self.room(room) else { return "no room".into() };
                let id = MessageId(i64::from(message) % (self.told + 1));
                let known = if here { Known::Here(id) } else { Known::There(MessageId(id.0 + 10_000)) };
                let known = self.state.lookup(user(n), couple.room, known).await.unwrap();
                format!("{known:?} of {:?}", self.state.ids(user(n), couple.room).await.unwrap())
            }
            Step::Tell { user: n, once } => {
                let name = format!("name {}", once % 3);
                format!("{:?}", self.state.tell(user(n), &Notice::SlowDown.entry(), &name).await.is_ok())
            }
            Step::TellWaiting { user: n, old, .. } | Step::GiveUpSearch { user: n, old } => {
                let ticket = self.waiting(user(n)).await.ticket;
                self.lasting(step, user(n), if old { ticket_id(1) } else { ticket }).await
            }
            Step::Judge { user: n, what } => {
                // Far ahead, so that it counts whatever the time is.
                let (origin, week) = (Origin(u16::from(what / 4 % 7)), 9_000 + u16::from(what / 64));
                let judgement = match what % 4 {
                    0 | 1 => {
                        Judgement::Rated { room: RoomId(i64::from(what / 4 % 3)), up: what % 2 == 0, week }
                    }
                    2 => Judgement::Against(Complaint { origin, weight: 1 + what % 9, day: 60_000 }),
                    _ => Judgement::Withdrawn(origin),
                };
                self.state.judge(user(n), &judgement).await.unwrap();
                self.record(user(n)).await
            }
            Step::Bump(n) => {
                let stub = self.waiting(user(n)).await;
                let who = Claimant { user: user(n), ticket: stub.ticket, attempt: stub.attempt };
                let to = if n & 4 == 0 { stub.pool } else { PoolId("wider".into()) };
                let once = self.state.bump(&who, &to).await.unwrap();
                format!("{once:?} {:?}", self.state.bump(&who, &to).await.unwrap())
            }
            Step::Live(n) => {
                let shard = Shard::of(user(n), self.state.shards());
                let mut live = self.state.live(shard, Millis(i64::MAX / 4), 0, 100).await.unwrap();
                live.sort();
                let none = self.state.live(shard, Millis(1), 0, 100).await.unwrap();
                format!("{live:?} {none:?}")
            }
            _ => unreachable!("sorted by `take`"),
        }
    }

    async fn act_step(&mut self, step: &Step) -> String {
        let Step::Act { user: n, back, press, to, begins, persian, stale, asks } = *step else {
            unreachable!("asked by `user_step`")
        };
        let update = self.update(back, press);
        let version = self.version(user(n)).await;
        let stub = if let To::Again = to {
            let stub = self.waiting(user(n)).await;
            Stub { attempt: stub.attempt + 1, ..stub }
        } else {
            Stub {
                ticket: TicketId { bot: BOT, update: update.id },
                attempt: 0,
                pool: pool(),
                waiting_since: Millis(update.id.0),
            }
        };
        let answer = match to {
            To::Stay | To::Again => vec![],
            To::Idle => vec![(BOT, Notice::SearchCancelled.entry())],
            To::Wait => vec![
                (BOT, Notice::Searching { ticket: stub.ticket }.entry()),
                (OTHER_BOT, Notice::Help.entry()),
            ],
        };
        let act = Act {
            session: match to {
                To::Stay => None,
                To::Idle => Some(Session::Idle),
                To::Wait | To::Again => Some(Session::Waiting(stub)),
            },
            begins,
            profile: persian.map(|persian| {
                let language = if persian { Language::Fa } else { Language::En };
                Profile { language, ..if begins { telling() } else { profile() } }
            }),
            asks: match Dialogue::ALL.get(usize::from(asks)) {
                Some(dialogue) => Asking::For(*dialogue),
                None if asks == 7 => Asking::Nothing,
                None => Asking::AsBefore,
            },
            asked: asks.checked_sub(9).map(|messages| Asked {
                room: self.rooms.first().map_or(RoomId(1), |couple| couple.room),
                messages: (0..messages).map(|id| MessageId(i64::from(id))).collect(),
            }),
            entries: answer,
            facts: if begins { vec![closed(RoomId(2))] } else { vec![] },
            ..bare(user(n), update, version + u64::from(stale))
        };
        let acted = self.state.act(&act).await.unwrap();
        format!("{acted:?} {}", self.record(user(n)).await)
    }

    /// A step of a search that lasts, by this ticket.
    async fn lasting(&self, step: &Step, who: UserId, ticket: TicketId) -> String {
        if let Step::TellWaiting { once, .. } = *step {
            let (entry, name) = (Notice::SlowDown.entry(), format!("news {}", once % 3));
            return format!("{:?}", self.state.tell_waiting(who, ticket, &entry, &name).await.is_ok());
        }
        let answer = self.state.give_up(who, ticket, &Notice::SearchCancelled.entry()).await.unwrap();
        format!("{answer:?} {}", self.record(who).await)
    }
}
