//! Random steps of rooms: two are seated, write, and part.

use hamdam_domain::clock::Millis;
use hamdam_domain::id::RoomId;
use hamdam_state::step::matching::{End, Relay, Released, Seat};

use super::super::scene::{self, closed, found, left, opened};
use super::step::Step;
use super::{Couple, Play, user};

impl Play {
    pub(super) async fn room_step(&mut self, step: &Step) -> String {
        if let Step::Match { one, other } = *step {
            let (one, other) = (user(one), user(other));
            let couple = Couple {
                room: RoomId(900_001 + i64::try_from(self.rooms.len()).unwrap()),
                sides: [self.ticket(one, 0).await.claimant, self.ticket(other, 0).await.claimant],
            };
            if one != other {
                self.rooms.push(couple);
            }
            return String::new();
        }
        let (Step::Hold(n)
        | Step::Attach(n)
        | Step::Open(n)
        | Step::Release { room: n, .. }
        | Step::Relay { room: n, .. }
        | Step::End { room: n, .. }) = *step
        else {
            unreachable!("sorted by `take`")
        };
        let Some(Couple { room, sides }) = self.room(n) else { return "no room".into() };
        let seat = |me: usize| Seat {
            room,
            me: sides[me],
            partner: sides[1 - me].user,
            partner_ticket: sides[1 - me].ticket,
            partner_era: 0,
        };
        let answer = match *step {
            Step::Hold(_) => format!("{:?}", self.state.hold(&seat(0)).await.unwrap()),
            Step::Attach(_) => {
                format!("{:?}", self.state.attach(&seat(1), &found(room), &opened(room)).await.unwrap())
            }
            Step::Open(_) => {
                format!("{:?}", self.state.open(sides[0].user, room, &found(room)).await.unwrap())
            }
            Step::Release { second, .. } => {
                let who = sides[usize::from(second)];
                let answer = self.state.release(room, &who, &left(room), &closed(room)).await.unwrap();
                if let Released::Waiting(stub) = &answer {
                    assert_eq!(stub.ticket, who.ticket);
                }
                format!("{answer:?}")
            }
            Step::Relay { second, back, press, limit, .. } => {
                let update = self.update(back, press);
                let (to, from) = (sides[usize::from(second)].user, sides[1 - usize::from(second)].user);
                let relay = Relay {
                    to,
                    room,
                    from,
                    update,
                    entry: scene::message(from, update.id.0, room),
                    found: found(room),
                    backlog_limit: u32::from(limit),
                };
                format!("{:?}", self.state.relay(&relay).await.unwrap())
            }
            Step::End { second, active, unreachable, .. } => {
                let end = End {
                    unless_active_since: active.map(|active| Millis(if active { 0 } else { i64::MAX / 4 })),
                    unreachable,
                    ..scene::end(sides[usize::from(second)].user, room)
                };
                format!("{:?}", self.state.end(&end).await.unwrap())
            }
            _ => unreachable!("matched above"),
        };
        format!("{answer} {} {}", self.record(sides[0].user).await, self.record(sides[1].user).await)
    }
}
