//! What each notice says.

use fluent_bundle::FluentArgs;
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::Tried;
use hamdam_domain::outbox::{Notice, Toast};
use hamdam_domain::panel::Refusal;
use hamdam_domain::profile::Language;
use hamdam_domain::reveal::Concern;
use hamdam_domain::safety::FOR_EVER;
use hamdam_domain::source::Source;
use hamdam_domain::wish::{Age, Interests, Tongues};

use super::Voice;
use crate::desk;
use crate::premium;
use crate::settings::view;
use crate::texts::Speech;

impl Voice {
    #[expect(clippy::too_many_lines, reason = "a table: what each notice says")]
    pub(super) fn text(&self, notice: &Notice, language: Language) -> String {
        let say = |id: &str| self.texts.say(language, id, None);
        match notice {
            Notice::Welcome => say("welcome"),
            Notice::Help => format!("{}\n\n{}", say("help"), self.kept.said(&self.speech(language))),
            Notice::Searching { .. } => say("searching"),
            Notice::AlreadySearching { .. } => say("already-searching"),
            Notice::AlreadyChatting { .. } => say("already-chatting"),
            Notice::Found { .. } => say("found"),
            Notice::RoomBack { .. } => say("room-back"),
            Notice::SearchCancelled => say("search-cancelled"),
            Notice::PartnerLeft { .. } => say("partner-left"),
            Notice::YouLeft { searching: None, .. } => say("you-left"),
            Notice::YouLeft { searching: Some(_), .. } => say("you-left-searching"),
            Notice::RoomClosed { .. } => say("room-closed"),
            Notice::NothingToStop => say("nothing-to-stop"),
            Notice::NobodyListens => say("nobody-listens"),
            Notice::StillSearching { .. } => say("still-searching"),
            Notice::SlowDown => say("slow-down"),
            Notice::Flooded { seconds } => self.speech(language).with("flooded", &[("seconds", *seconds)]),
            Notice::NotSoFast { seconds } => {
                self.speech(language).with("not-so-fast", &[("seconds", *seconds)])
            }
            Notice::TooEarly => say("too-early"),
            Notice::Busy => say("busy"),
            Notice::Maintenance => say("maintenance"),
            Notice::UnknownCommand => say("unknown-command"),
            Notice::NotCopyable { kind, reason } => self.with(
                language,
                "not-copyable",
                &[("kind", kind.name()), ("why", why_not(reason.as_deref()))],
            ),
            Notice::CopiedAnew { kind } => self.with(language, "copied-anew", &[("kind", kind.name())]),
            Notice::DeleteWhich => say("delete-which"),
            Notice::DeletedHere => say("deleted-here"),
            Notice::Cleared { both } => {
                self.with(language, "cleared", &[("sides", if *both { "both" } else { "here" })])
            }
            Notice::ClearRunning => say("clear-running"),
            Notice::NothingToClear => say("clear-nothing"),
            Notice::ClearLater => say("clear-later"),
            Notice::AlbumInPart => say("album-in-part"),
            Notice::OtherBot { bot } => {
                let name = self.name_of(*bot);
                self.with(language, "other-bot", &[("name", name.as_deref().unwrap_or("none"))])
            }
            Notice::Settings(panel) => view::text(panel, &self.speech(language)),
            Notice::Desk(page) => desk::text(page, &self.speech(language), &self.names()),
            Notice::Refused(refusal) => refused(*refusal, &self.speech(language)),
            Notice::Elsewhere { bot } => {
                let speech = self.speech(language);
                let room =
                    self.name_of(*bot).map(|name| speech.with("elsewhere", &[("name", name.as_str())]));
                std::iter::once(speech.say("welcome")).chain(room).collect::<Vec<_>>().join("\n\n")
            }
            Notice::Rules => say("rules"),
            Notice::JoinFirst { channel } => self.with(language, "join-first", &[("name", channel)]),
            Notice::Sale(sale) => premium::text(sale, &self.speech(language)),
            Notice::SearchGoesOn { tried, half_within, .. } => {
                goes_on(*tried, *half_within, &self.speech(language))
            }
            Notice::SearchWidened { .. } => say("search-widened"),
            Notice::SearchGivenUp => say("search-given-up"),
            Notice::YouBlocked { .. } => say("you-blocked"),
            Notice::Blocked => say("blocked"),
            Notice::NobodyToBlock => say("nobody-to-block"),
            Notice::Banned { until, .. } if *until >= FOR_EVER => say("banned-for-ever"),
            Notice::Banned { until, .. } => self.with(language, "banned", &[("until", &date(*until))]),
            Notice::Muted { until } => self.with(language, "muted", &[("until", &date(*until))]),
            Notice::Warned => say("warned"),
            Notice::Forgiven => say("forgiven"),
            Notice::NobodyToReport => say("nobody-to-report"),
            Notice::ReportWhy { message: None, .. } => say("report-why"),
            Notice::ReportWhy { message: Some(_), .. } => say("report-why-message"),
            Notice::Reported { .. } => say("reported"),
            Notice::Case { case, reason, message, verdict } => {
                let about = if *message { "message" } else { "chat" };
                let name = case.to_string();
                let values = [("case", &*name), ("reason", reason.word()), ("about", about)];
                let card = self.with(language, "case", &values);
                match verdict {
                    None => card,
                    Some(verdict) => {
                        let decided = self.with(language, "case-decided", &[("verdict", verdict.word())]);
                        format!("{card}\n{decided}")
                    }
                }
            }
            Notice::SendAnyway { what, .. } => match what {
                Concern::Reveals(what) => self.with(language, "send-anyway", &[("what", what.name())]),
                Concern::Word => say("send-anyway-word"),
                Concern::Repeat => say("send-anyway-repeat"),
            },
            Notice::HeldBack { what, new } => match what {
                Concern::Reveals(what) => {
                    let whom = if *new { "new" } else { "all" };
                    self.with(language, "held-back", &[("what", what.name()), ("whom", whom)])
                }
                Concern::Word => say("held-back-word"),
                Concern::Repeat => say("held-back-repeat"),
            },
            Notice::ChangeHeldBack { what } => match what {
                Concern::Reveals(what) => self.with(language, "change-held-back", &[("what", what.name())]),
                Concern::Word => say("change-held-back-word"),
                Concern::Repeat => say("change-held-back-repeat"),
            },
            Notice::SentAnyway => say("sent-anyway"),
            Notice::MyDataLater => say("my-data-later"),
            Notice::ForgetMe { .. } => say("forget-me"),
            Notice::Forgotten { ban_stays: false } => say("forgotten"),
            Notice::Forgotten { ban_stays: true } => say("forgotten-ban-stays"),
            Notice::NotForgotten => say("not-forgotten"),
            Notice::Invite { bot, source, invited } => {
                let name = self.name_of(*bot);
                invitation(name.as_deref(), source, *invited, &self.speech(language))
            }
        }
    }

    pub(super) fn toast(&self, toast: Toast, language: Language) -> String {
        match toast {
            Toast::Over => self.texts.say(language, "toast-over", None),
            Toast::Refused(refusal) => refused(refusal, &self.speech(language)),
            Toast::Decided => self.texts.say(language, "toast-decided", None),
            Toast::DecidedBefore => self.texts.say(language, "toast-decided-before", None),
            Toast::Rated { up } => {
                self.texts.say(language, if up { "toast-good" } else { "toast-bad" }, None)
            }
            Toast::NotJoined => self.texts.say(language, "toast-not-joined", None),
            Toast::Busy => self.texts.say(language, "toast-busy", None),
            Toast::NotForYou => self.texts.say(language, "toast-not-for-you", None),
            Toast::Person { user } => format!("🆔 {user}"),
        }
    }

    fn with(&self, language: Language, id: &str, values: &[(&'static str, &str)]) -> String {
        let mut args = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            args.set(*name, (*value).to_owned());
        }
        self.texts.say(language, id, Some(&args))
    }
}

/// Why an answer was not taken, with what is allowed.
fn refused(refusal: Refusal, speech: &Speech<'_>) -> String {
    let (least, most) = (Age::LEAST.years(), Age::MOST.years());
    match refusal {
        Refusal::Age => speech.with("refused-age", &[("least", least), ("most", most)]),
        Refusal::Ages => speech.with("refused-ages", &[("least", least), ("most", most)]),
        Refusal::UpsideDown { from, to } => speech.with("refused-upside-down", &[("from", from), ("to", to)]),
        Refusal::Place => speech.say("refused-place"),
        Refusal::NoPlace => speech.say("refused-no-place"),
        Refusal::TooManyInterests { given } => {
            let most = u32::try_from(Interests::MOST).unwrap_or(u32::MAX);
            speech.with("refused-too-many-interests", &[("given", given), ("most", most)])
        }
        Refusal::TooManyLanguages => speech.with("refused-too-many-languages", &[("most", Tongues::MOST)]),
        Refusal::Interests => speech.say("refused-interests"),
        Refusal::ForPremium => speech.say("refused-for-premium"),
    }
}

/// Somebody's own link, and how many came by it. Without the bot's name there is none to tell.
fn invitation(name: Option<&str>, source: &Source, invited: Option<u64>, speech: &Speech<'_>) -> String {
    let Some(name) = name else { return speech.say("invite-nameless") };
    let link = format!("https://t.me/{name}?start={source}");
    let link = speech.with("invite", &[("link", link.as_str())]);
    match invited {
        Some(count) => format!("{link}\n\n{}", speech.with("invited", &[("count", count)])),
        None => link,
    }
}

/// A search that lasts: what is tried now, and how long it may take.
fn goes_on(tried: Tried, half_within: Option<u32>, speech: &Speech<'_>) -> String {
    let value = |id: &str, value: String| speech.with(id, &[("value", value.as_str())]);
    let lines = [
        tried.reach.map(|reach| value("trying-reach", view::reach(reach, speech))),
        tried.ages.map(|ages| value("trying-ages", view::ages_text(ages, speech))),
        tried.any_language.then(|| speech.say("trying-any-language")),
        tried.any_gender.then(|| speech.say("trying-any-gender")),
    ];
    let wait = match half_within {
        None => speech.say("wait-unknown"),
        Some(seconds) if seconds < 60 => speech.say("wait-moment"),
        Some(seconds) => speech.with("wait-minutes", &[("minutes", seconds.div_ceil(60))]),
    };
    let said = std::iter::once(speech.say("search-goes-on")).chain(lines.into_iter().flatten()).chain([wait]);
    said.collect::<Vec<_>>().join("\n")
}

/// Why a message was not passed on, from our own word or Telegram's: the addressee's privacy settings (`user restricted
/// receiving of …`, `VOICE_MESSAGES_FORBIDDEN`), its way to another bot, or the kind of message.
fn why_not(reason: Option<&str>) -> &'static str {
    let Some(reason) = reason else { return "impossible" };
    match reason {
        Notice::ACROSS => "across",
        Notice::NOT_FETCHED | Notice::TOO_LATE => "failed",
        reason if reason.contains(Notice::TOO_LARGE) => "large",
        reason if reason.contains("restricted") || reason.ends_with("_FORBIDDEN") => "refused",
        _ => "impossible",
    }
}

/// A time as people read it: `2026-11-23 04:36`, UTC.
#[must_use]
pub fn date(at: Millis) -> String {
    let (year, month, day) = at.date();
    let minute = at.0.div_euclid(60_000).rem_euclid(1_440);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60)
}
