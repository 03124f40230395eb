//! What people may ask for: what is kept about them, and that it is forgotten.

use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::fact::{Fact, Forgotten};
use hamdam_domain::id::UserId;
use hamdam_domain::outbox::{Content, Entry, Notice};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::session::Session;
use hamdam_telegram::Call;
use hamdam_telegram::files::{Delivery, InputFile, SendDocument, Under};

use crate::button::Button;
use crate::decide::Scene;
use crate::plan::{First, Move, Outcome, Plan};
use crate::render::Voice;
use crate::texts::Speech;
use crate::understand::Input;

/// The question whether all is to be forgotten can be answered for so long: nobody is to lose everything by a button that
/// they come across again after months.
const ASKED_FOR: Duration = Duration::from_hours(1);

/// What is kept for how long, as `/help` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Days after which what is over is deleted (`RETENTION_DAYS`).
    pub days: u32,
    /// The text of a reported message is kept with the report (`KEEP_EVIDENCE`).
    pub evidence: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self { days: 90, evidence: false }
    }
}

impl Kept {
    pub(crate) fn said(self, speech: &Speech<'_>) -> String {
        let what = speech.with("help-kept", &[("days", self.days)]);
        let written = speech.say(if self.evidence { "help-evidence" } else { "help-no-evidence" });
        format!("{what} {written}\n\n{}", speech.say("help-rights"))
    }
}

/// Whether somebody whom nobody knows, or who had themselves forgotten, comes by this. Not by changing an old message, by
/// leaving the bot, or by pressing once more what had them forgotten.
#[must_use]
pub fn comes(input: &Input) -> bool {
    match input {
        Input::Command { .. } | Input::Message(_) => true,
        Input::Press { button, .. } => !matches!(button, Some(Button::Forget(_))),
        Input::Edit { .. } | Input::Reaction { .. } | Input::Blocked | Input::Unblocked => false,
    }
}

impl Scene<'_> {
    /// `/mydata`: the file goes into the chat of whoever asks, and is made of what is kept about them when it is sent.
    pub(crate) fn my_data(&self) -> Move {
        let mut act = self.quiet(Outcome::Answered);
        act.entries.push((self.update.bot, Entry { room: None, content: Content::MyData }));
        act
    }

    /// The answer to `/forgetme`: what runs ends as by `/stop`, and then all goes.
    pub(crate) fn forgets_all(&self, asked: Millis) -> Plan {
        if self.now.since(asked) > ASKED_FOR || asked > self.now {
            return Plan::just(self.over());
        }
        let (first, mut act) = self.stops();
        let left = self.profile().left_behind(self.now);
        let ban_stays = left != Profile::new(left.language, left.bot);
        act.entries.extend(self.redraws(Notice::Forgotten { ban_stays }).entries);
        // What they are now is not to be noted any more.
        act.facts.retain(|fact| !matches!(fact, Fact::Profile { .. }));
        let forgotten = Forgotten {
            user: self.said.user,
            at: self.now,
            left,
            met: self.met(),
            invitation: self.settings.invites.invitation(self.said.user),
        };
        act.facts.push(Fact::Forgotten(forgotten.clone()));
        Plan::Forget { first, act, forgotten }
    }

    /// As `/stop`, without a word where there is nothing to stop, and without an end to the button's spinner.
    fn stops(&self) -> (Option<First>, Move) {
        let (first, mut act) = match (&self.record.session, self.stop()) {
            (Session::Idle, _) => (None, self.quiet(Outcome::Moved)),
            (_, Plan::Act { first, act, .. }) => (first, act),
            (_, other) => unreachable!("a stop is a step: {other:?}"),
        };
        act.entries.retain(|(_, entry)| !matches!(entry.content, Content::AnswerCallback { .. }));
        (first, act)
    }

    /// Whose records may name this user: those they were in a room with lately.
    fn met(&self) -> Vec<UserId> {
        let record = self.record;
        let last = record.last_room.map(|last| last.partner);
        let mut met: Vec<_> = record.recent.iter().map(|met| met.user).chain(last).collect();
        met.extend(record.session.partner());
        met.sort_unstable();
        met.dedup();
        met
    }
}

impl Voice {
    /// The method that sends the file of [`Content::MyData`], which comes with the request, and the words beside it.
    #[must_use]
    pub fn my_data(&self, language: Language, chat: UserId) -> Call {
        SendDocument {
            chat_id: chat.0,
            document: InputFile::Enclosed,
            under: Under { caption: Some(self.texts.say(language, "my-data", None)), caption_entities: None },
            disable_content_type_detection: true,
            // It is for its reader alone, who may keep it.
            delivery: Delivery::default(),
        }
        .into()
    }
}
