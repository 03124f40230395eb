//! Random steps of bots, payments and instances.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::id::{RoomId, UpdateId};
use hamdam_domain::premium::{Charge, Credit, Grant};
use hamdam_state::step::bot::Budget;
use hamdam_state::step::instance::Instance;

use super::super::scene::{BOT, LONG, opened};
use super::step::Step;
use super::{Play, owner, user};

impl Play {
    pub(super) async fn other_step(&mut self, step: &Step) -> String {
        match *step {
            Step::Permits { want } => {
                // Refills so slowly that no test notices.
                let budget = Budget { per_second: 0.000_1, burst: 7, learns: false };
                let granted = self.state.permits(BOT, u32::from(want), &budget).await.unwrap();
                format!("{} {} {}", granted.permits, granted.paused, granted.wait > Duration::ZERO)
            }
            Step::Credit { user: n, charge, days } => {
                let at = |days: u8| Millis(1_800_000_000_000 + i64::from(days % 3) * 86_400_000);
                let grant = days.map(|days| Grant { at: at(days), days: days.into() });
                let credit = Credit { charge: Charge::new(&format!("c{charge}")).unwrap(), grant };
                let credited = self.state.credit(user(n), &credit, &[opened(RoomId(1))]).await;
                format!("{credited:?} {}", self.record(user(n)).await)
            }
            Step::Pause => format!("{:?}", self.state.pause(BOT, LONG).await.is_ok()),
            Step::Era(home) => {
                let server = if home { "https://api.telegram.org" } else { "http://localhost" };
                format!("{}", self.state.era(BOT, server).await.unwrap())
            }
            Step::Strike(n) => {
                format!("{}", self.state.strike(BOT, UpdateId(i64::from(n % 3))).await.unwrap())
            }
            Step::Heartbeat(n) => {
                let me = Instance {
                    id: owner(n),
                    roles: "all".into(),
                    address: "127.0.0.1:1".into(),
                    version: "0.1.0".into(),
                };
                let mut alive = self.state.heartbeat(&me, LONG).await.unwrap();
                alive.sort_by(|a, b| a.id.cmp(&b.id));
                format!("{alive:?}")
            }
            Step::Retire(n) => format!("{:?}", self.state.retire(&owner(n)).await.is_ok()),
            _ => unreachable!("sorted by `take`"),
        }
    }
}
