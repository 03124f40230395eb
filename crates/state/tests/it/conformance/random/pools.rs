//! Random steps of a pool and its leader.

use hamdam_domain::ticket::{Claimant, Ticket};
use hamdam_state::step::pool::Changes;

use super::super::scene::{LONG, intent, pool, settlement};
use super::step::Step;
use super::{Couple, OWNERS, Play, owner, user};

impl Play {
    pub(super) async fn pool_step(&mut self, step: &Step) -> String {
        let main = pool();
        match *step {
            Step::AddTicket { user: n, attempt } => {
                let ticket = self.ticket(user(n), attempt).await;
                format!("{:?}", self.state.add_ticket(&ticket).await.unwrap())
            }
            Step::RemoveTicket(n) => {
                let ticket = self.waiting(user(n)).await.ticket;
                format!("{:?}", self.state.remove_ticket(&main, user(n), ticket).await.is_ok())
            }
            Step::Lead(n) => {
                let epoch = self.state.lead(&main, &owner(n), LONG).await.unwrap();
                if let Some(epoch) = epoch {
                    self.pool_epochs[usize::from(n) % OWNERS.len()] = epoch.0;
                }
                format!("{epoch:?}")
            }
            Step::GiveUp(n) => {
                format!("{:?}", self.state.step_down(&main, &self.pool_holder(n)).await.is_ok())
            }
            Step::Stock(limit) => {
                let (mut tickets, mut page) = (Vec::new(), Some(0));
                while let Some(from) = page {
                    let stock = self.state.stock(&main, from, u32::from(limit % 3) + 1).await.unwrap();
                    tickets.extend(stock.tickets);
                    page = stock.next;
                }
                tickets.sort_by_key(|ticket| ticket.claimant);
                tickets.dedup();
                format!("{tickets:?}")
            }
            Step::Changes(limit) => {
                let limit = u32::from(limit % 4) + 1;
                match self.state.changes(&main, self.feed, limit, true).await.unwrap() {
                    Changes::Feed { changes, cursor, more } => {
                        self.feed = cursor;
                        format!("{changes:?} {more}")
                    }
                    Changes::TooOld => "too old".into(),
                }
            }
            Step::Commit { owner, room } => {
                let Some(Couple { room, sides }) = self.room(room) else { return "no room".into() };
                let ticket =
                    async |side: Claimant| Ticket { claimant: side, ..self.ticket(side.user, 0).await };
                let proposal = intent(room, ticket(sides[0]).await, ticket(sides[1]).await);
                let holder = self.pool_holder(owner);
                format!(
                    "{:?}",
                    self.state.commit(&main, &holder, &[proposal.clone(), proposal]).await.unwrap()
                )
            }
            Step::Intents(n) => {
                format!("{:?}", self.state.intents(&main, &self.pool_holder(n), 3).await.unwrap())
            }
            Step::Settle { owner, room, readd } => {
                let Some(Couple { room, sides }) = self.room(room) else { return "no room".into() };
                let mut back = Vec::new();
                for side in sides.into_iter().filter(|_| readd) {
                    let claimant = Claimant { attempt: side.attempt + 1, ..side };
                    back.push(Ticket { claimant, ..self.ticket(side.user, 0).await });
                }
                let holder = self.pool_holder(owner);
                format!("{:?}", self.state.settle(&main, &holder, &[settlement(room, back)]).await.unwrap())
            }
            Step::Standing(n) => {
                let now = self.ticket(user(n), 0).await.claimant;
                let next = Claimant { attempt: now.attempt + 1, ..now };
                format!("{:?}", self.state.standing(&main, &[now, next]).await.unwrap())
            }
            _ => unreachable!("sorted by `take`"),
        }
    }
}
