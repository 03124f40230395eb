//! Decisions about users: by moderators, who press buttons under a case, and by operators on the command line.
//!
//! A decision lies in the record of whom it is about, which every update of theirs reads anyway: so it counts on every
//! instance at once and costs nobody a step. It is carried out like an update, without a mark: effects on others first,
//! then one step on their own shard.

use std::sync::Arc;

use hamdam_bot::safety::{Asked, CasePress, Moderators, sentence};
use hamdam_domain::clock::Millis;
use hamdam_domain::conduct::Judgement;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::outbox::{Content, Entry, Notice, Toast};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::pseudonym::is_pseudonym;
use hamdam_domain::safety::{Decision, Report, Verdict};
use hamdam_state::step::safety::{Choice, Decided, Impose, Imposed};
use hamdam_state::{State, StateError};

use crate::credits;
use crate::intake::{Profiles, ProfilesError, Stored};
use crate::others;

/// How often a decision is made anew because its user's record changed meanwhile.
const ATTEMPTS: u32 = 16;

/// Why a decision did not take effect.
#[derive(Debug, thiserror::Error)]
pub enum ModerationError {
    /// A step did not answer.
    #[error("live state failed")]
    State(#[from] StateError),
    /// The user is unknown to live state, and the durable record cannot be asked.
    #[error("the record of users cannot be read")]
    Profiles(#[from] ProfilesError),
    /// The record kept changing.
    #[error("the user's record changed {ATTEMPTS} times while one decision was carried out")]
    Contended,
}

/// Carries decisions out.
#[derive(Clone)]
pub struct Moderation {
    state: Arc<dyn State>,
    profiles: Arc<dyn Profiles>,
}

impl Moderation {
    /// A moderation of the users of this state.
    pub fn new(state: Arc<dyn State>, profiles: Arc<dyn Profiles>) -> Self {
        Self { state, profiles }
    }

    /// Carries a decision out; `once` names it. Answers whether it changed anything about its user.
    pub async fn decide(&self, decision: &Decision, once: &str) -> Result<bool, ModerationError> {
        for _ in 0..ATTEMPTS {
            let reading = self.state.read(decision.user).await?;
            let Some(record) = reading.record else {
                self.enroll(decision).await?;
                continue;
            };
            let sentence = sentence(decision, &record, reading.now);
            if let Some(first) = sentence.first {
                others::act(&*self.state, decision.user, first, &[]).await?;
            }
            let changes = sentence.profile != record.profile;
            let impose = Impose {
                user: decision.user,
                expect: record.version,
                once: once.to_owned(),
                ends: sentence.ends,
                profile: sentence.profile,
                entries: sentence.entries,
                facts: sentence.facts,
            };
            if self.state.impose(&impose).await? == Imposed::Done {
                if let Some(judgement) = Judgement::of_decision(decision) {
                    self.state.judge(decision.user, &judgement).await?;
                }
                return Ok(changes);
            }
        }
        Err(ModerationError::Contended)
    }

    /// Somebody live state does not know, or nobody does: who is banned before they ever came is banned when they come.
    async fn enroll(&self, decision: &Decision) -> Result<(), ModerationError> {
        let user = decision.user;
        let known = self.profiles.load(user).await?;
        let reported = decision.report.as_ref().filter(|_| !is_pseudonym(user));
        let bot = reported.map_or(BotId::NONE, |report| report.bot);
        let stranger = || Stored {
            profile: Profile::new(Language::default(), bot),
            blocked: Vec::new(),
            credits: Vec::new(),
            forgotten: false,
        };
        let Stored { profile, blocked, credits, .. } = known.unwrap_or_else(stranger);
        credits::tell(&*self.state, user, &credits).await?;
        Ok(self.state.enroll(user, &profile, &blocked, &[]).await?)
    }

    /// Does what a moderator pressed. Needs no mark: the case knows the press.
    pub(crate) async fn press(
        &self,
        bot: BotId,
        press: &CasePress,
        moderators: &Moderators,
    ) -> Result<(), ModerationError> {
        let toast = match press.asked {
            Asked::Who if moderators.may_ask_who(press.by) => match self.state.case(press.case).await? {
                Some(report) => Toast::Person { user: report.reported },
                None => Toast::Over,
            },
            Asked::Who => Toast::NotForYou,
            Asked::For(verdict) => self.choose(bot, press, verdict).await?,
        };
        let content = Content::AnswerCallback { query: press.query.clone(), toast: Some(toast) };
        let answer = Entry { room: None, content };
        Ok(self.state.post(press.chat, bot, &answer, &format!("press:{}", press.query)).await?)
    }

    async fn choose(
        &self,
        bot: BotId,
        press: &CasePress,
        verdict: Verdict,
    ) -> Result<Toast, ModerationError> {
        let choice = Choice { name: press.query.clone(), verdict };
        let (report, stands, toast) = match self.state.decide_case(press.case, &choice).await? {
            Decided::Unknown => return Ok(Toast::Over),
            Decided::Before { report, verdict } => (report, verdict, Toast::DecidedBefore),
            Decided::Counts { report, at } => {
                let decision = decision(&report, verdict, press.by, at);
                self.decide(&decision, &format!("case:{}:{}", press.case, press.query)).await?;
                (report, Some(verdict), Toast::Decided)
            }
        };
        let card = Notice::Case {
            case: press.case,
            reason: report.reason,
            message: report.message.is_some(),
            // What was undone is open again.
            verdict: stands.filter(|verdict| *verdict != Verdict::Undo),
        };
        let once = format!("drawn:{}", press.query);
        self.state.post(press.chat, bot, &card.instead_of(press.message), &once).await?;
        Ok(toast)
    }
}

fn decision(report: &Report, verdict: Verdict, by: UserId, at: Millis) -> Decision {
    Decision {
        user: report.reported,
        verdict,
        until: verdict.until(at),
        by: Some(by),
        report: Some(report.clone()),
        reason: String::new(),
        at,
    }
}
