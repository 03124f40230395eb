//! A channel that an operator wants people to be in before they search (`REQUIRED_CHANNEL`).
//!
//! Telegram is asked only when somebody begins something, and what it says is kept in their record: that they are in for
//! hours, that they are not for seconds. If it cannot tell, they are let in, and nobody asks again for a minute: its trouble
//! is none of theirs.

use std::fmt;
use std::time::Duration;

use hamdam_domain::clock::Millis;
use hamdam_domain::outbox::{Notice, Toast};
use hamdam_domain::record::{Joined, Record};
use hamdam_domain::session::Session;

use crate::button::Button;
use crate::decide::Scene;
use crate::plan::Plan;
use crate::understand::{Command, Input};

/// A public channel, by its name without `@`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Channel(String);

impl Channel {
    /// The channel that `@name` or `https://t.me/name` names.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let name = text.strip_prefix('@').or_else(|| text.strip_prefix("https://t.me/"))?;
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        ((4..=32).contains(&name.len()) && plain && name.as_bytes()[0].is_ascii_alphabetic())
            .then(|| Self(name.to_owned()))
    }

    /// Its name, without `@`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

/// What is known of whether somebody is in the channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Membership {
    /// It does not matter.
    #[default]
    Unasked,
    /// Their record says it.
    Kept(bool),
    /// Telegram was asked just now: this is to be kept.
    Told(Joined),
}

impl Membership {
    /// For so long somebody counts as being in.
    const IN: Duration = Duration::from_hours(6);
    /// For so long somebody counts as not being in, unless they say that they joined.
    const OUT: Duration = Duration::from_secs(5);
    /// For so long nobody asks again if Telegram could not tell.
    const UNKNOWN: Duration = Duration::from_mins(1);

    /// What Telegram said; `None`: it could not tell, and they are let in.
    #[must_use]
    pub fn told(answer: Option<bool>, now: Millis) -> Self {
        let (member, time) = match answer {
            Some(true) => (true, Self::IN),
            Some(false) => (false, Self::OUT),
            None => (true, Self::UNKNOWN),
        };
        Self::Told(Joined { member, until: now.after(time).whole_seconds() })
    }

    /// What is known without asking of somebody who does this. `None`: Telegram is to be asked.
    #[must_use]
    pub fn known(input: &Input, record: &Record, now: Millis) -> Option<Self> {
        if !begins(input, &record.session) {
            return Some(Self::Unasked);
        }
        let kept = record.joined.filter(|joined| joined.until > now);
        let again = matches!(input, Input::Press { button: Some(Button::Joined), .. });
        kept.filter(|joined| joined.member || !again).map(|joined| Self::Kept(joined.member))
    }

    fn is_out(self) -> bool {
        matches!(self, Self::Kept(false) | Self::Told(Joined { member: false, .. }))
    }

    /// What the record is to keep.
    pub(crate) fn to_keep(self) -> Option<Joined> {
        match self {
            Self::Told(joined) => Some(joined),
            Self::Unasked | Self::Kept(_) => None,
        }
    }
}

/// Whether it begins a search, or shows the door to one.
fn begins(input: &Input, session: &Session) -> bool {
    let idle = *session == Session::Idle;
    match input {
        Input::Command { command: Command::Start(_) | Command::Search, .. }
        | Input::Press { button: Some(Button::Search(_) | Button::Joined), .. } => idle,
        Input::Command { command: Command::Next, .. } => idle || session.partner().is_some(),
        Input::Press { button: Some(Button::Next(room)), .. } => session.room() == Some(*room),
        _ => false,
    }
}

impl Scene<'_> {
    /// What is said instead of beginning something, to somebody who is not in the channel.
    pub(crate) fn join_first(&self) -> Option<Notice> {
        let channel = self.settings.channel.as_ref().filter(|_| self.membership.is_out())?;
        Some(Notice::JoinFirst { channel: channel.name().to_owned() })
    }

    /// The button that says "I have joined": a search, or a few words that it is not so.
    pub(crate) fn joined(&self) -> Plan {
        match self.join_first() {
            Some(_) => Plan::just(self.toasts(Toast::NotJoined)),
            None => self.search(),
        }
    }
}
