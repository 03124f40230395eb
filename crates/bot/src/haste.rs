//! Who goes about things too fast is slowed down, and told so with how long.
//!
//! Two things: whoever sends too much at once is passed on and answered no more for a while, save that leaving and reporting
//! always work; whoever hurries from room to room waits before the next search, a little longer each time.

use std::time::Duration;

use hamdam_domain::haste::Brakes;
use hamdam_domain::outbox::Notice;
use hamdam_domain::session::Session;

use crate::decide::Scene;
use crate::moves::Talk;
use crate::plan::{First, Move, Outcome, Plan};
use crate::understand::Input;

/// Whether somebody sends too much at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flood {
    No,
    /// As of this update; they are to be told for how long nothing of theirs counts.
    Begins(Duration),
    /// They were told.
    GoesOn,
}

/// Seconds, rounded up: nobody is promised less than they wait.
fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX)
}

impl Scene<'_> {
    fn flood(&self) -> Flood {
        let rules = &self.settings.haste.flood;
        match self.said.input {
            // That somebody blocked the bot, or came back, is Telegram's word and not theirs.
            Input::Blocked | Input::Unblocked => Flood::No,
            _ if self.record.brakes.quiet_for(self.now).is_some() => Flood::GoesOn,
            _ if rules.overflows(self.record.pace.as_ref()) => Flood::Begins(rules.pause()),
            _ => Flood::No,
        }
    }

    /// What becomes of a plan for somebody who sends too much: what leaves, reports or blocks is done as ever, all else is
    /// marked as done and comes to nothing.
    pub(crate) fn at_their_pace(&self, plan: Plan) -> Plan {
        let flood = self.flood();
        let (first, mut act) = match (flood, plan) {
            (Flood::No, plan) => return plan,
            (_, Plan::Act { first, act, .. }) if self.is_urgent(first.as_ref(), &act) => (first, act),
            _ => (None, self.unheard()),
        };
        if let Flood::Begins(pause) = flood {
            let until = self.now.after(pause);
            act.brakes = Some(Brakes { quiet_until: Some(until.whole_seconds()), ..self.record.brakes });
            let notice = Notice::Flooded { seconds: seconds(pause) };
            let entry = match &self.said.input {
                Input::Message(incoming) => notice.about(incoming.message),
                _ => notice.entry(),
            };
            act.entries.push((self.update.bot, entry));
        }
        Plan::Act { first, act, then: None }
    }

    /// Not even the spinner of a button is ended: that would be an answer to each press of a flood.
    fn unheard(&self) -> Move {
        Move { entries: Vec::new(), ..self.quiet(Outcome::Slowed) }
    }

    /// If no search may begin now: what a search comes to instead.
    pub(crate) fn too_soon(&self, leaving: Option<Talk>) -> Option<Move> {
        if self.flood() != Flood::No {
            let leaves = leaving.map(|talk| self.leaves(talk));
            return Some(leaves.unwrap_or_else(|| self.unheard()));
        }
        let brakes = leaving.map_or(self.record.brakes, |talk| self.brakes_behind(talk));
        let pause = brakes.no_search_for(self.now)?;
        Some(self.stays_out(leaving, Notice::NotSoFast { seconds: seconds(pause) }))
    }

    /// What slows the user down once they left this room.
    fn brakes_behind(&self, talk: Talk) -> Brakes {
        let age = self.now.since(talk.room.made_at());
        self.settings.haste.hurry.left(&self.record.brakes, age, self.now)
    }

    /// The brakes as leaving this room changes them; `None` if it does not.
    pub(crate) fn brakes_changed_by(&self, talk: Talk) -> Option<Brakes> {
        Some(self.brakes_behind(talk)).filter(|brakes| *brakes != self.record.brakes)
    }

    /// Whether it is done however often its user asks for something: it leaves, or is about somebody else.
    fn is_urgent(&self, first: Option<&First>, act: &Move) -> bool {
        let about_others = match first {
            Some(First::Judge(user, _)) => *user != self.said.user,
            Some(_) => true,
            None => false,
        };
        about_others || act.session == Some(Session::Idle) || act.blocks.is_some()
    }
}
