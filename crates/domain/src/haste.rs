//! How fast somebody goes about things, and what slows them down.

use std::time::Duration;

use crate::clock::Millis;
use crate::id::{BotId, UpdateId};

/// Thousandths of an update: what buckets are counted in, so that every implementation of the state counts alike.
const WHOLE: u32 = 1_000;

/// How much somebody may send: so many updates at once, and in the long run as many in `empties_in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bucket {
    /// Updates; 0: as many as they like.
    pub updates: u32,
    /// A full bucket is empty after so long; whole seconds, at least one.
    pub empties_in: Duration,
}

impl Bucket {
    /// Thousandths of an update that leave in a second.
    #[must_use]
    pub fn drain(&self) -> u32 {
        let seconds = u32::try_from(self.empties_in.as_secs()).unwrap_or(u32::MAX).max(1);
        (self.updates * WHOLE / seconds).max(1)
    }

    /// Thousandths of an update that are counted at most: whoever is over the limit is not further over it for going on.
    #[must_use]
    pub fn most(&self) -> u32 {
        (self.updates + 1) * WHOLE
    }

    /// Whether somebody at this pace sent too much.
    #[must_use]
    pub fn overflows(&self, pace: Option<&Pace>) -> bool {
        self.updates > 0 && pace.is_some_and(|pace| pace.level > self.updates * WHOLE)
    }

    /// How long whoever sent too much is held up: until the bucket is half empty.
    #[must_use]
    pub fn pause(&self) -> Duration {
        Duration::from_secs(self.empties_in.as_secs().div_ceil(2))
    }
}

/// An update that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Counted {
    /// The bot it came by.
    pub bot: BotId,
    /// Its id: a repeated one is not counted again.
    pub update: UpdateId,
    /// A hash of the text it brought, if it brought one.
    pub text: Option<u32>,
    /// What it is counted in.
    pub bucket: Bucket,
}

/// How much somebody sent lately. There is none of whoever takes more than a second between two updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pace {
    /// Thousandths of an update in the bucket.
    pub level: u32,
    /// The second since 1970 of the last one.
    pub second: i64,
    /// The bot by which it came.
    pub bot: BotId,
    /// The last one.
    pub update: UpdateId,
    /// A hash of its text, if it had one.
    pub text: Option<u32>,
}

impl Pace {
    /// The same text again weighs as much as so many others.
    pub const AGAIN: u32 = 5;

    /// The pace after one more update in this second. `lively`: the one before came in this second or the last.
    #[must_use]
    pub fn after(before: Option<Self>, lively: bool, counted: &Counted, second: i64) -> Option<Self> {
        if before.is_some_and(|pace| pace.bot == counted.bot && counted.update <= pace.update) {
            return before;
        }
        let left = before.map_or(0, |pace| {
            let passed = u32::try_from(second - pace.second).unwrap_or(0);
            pace.level.saturating_sub(passed.saturating_mul(counted.bucket.drain()))
        });
        if left == 0 && !lively {
            return None;
        }
        let again = counted.text.is_some() && before.is_some_and(|pace| pace.text == counted.text);
        let weight = if again { Self::AGAIN * WHOLE } else { WHOLE };
        Some(Self {
            level: (left + weight).min(counted.bucket.most()),
            second,
            bot: counted.bot,
            update: counted.update,
            text: counted.text,
        })
    }

    /// The stored form: `level second bot:update hash`. 64 bytes at most.
    #[must_use]
    pub fn to_text(&self) -> String {
        let text = self.text.map(|hash| hash.to_string()).unwrap_or_default();
        format!("{} {} {}:{} {text}", self.level, self.second, self.bot, self.update)
    }

    /// Reads the stored form.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (level, second) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let (bot, update) = words.next()?.split_once(':')?;
        let hash = match words.next()? {
            "" => None,
            hash => Some(hash.parse().ok()?),
        };
        let (bot, update) = (bot.parse().ok()?, update.parse().ok()?);
        words.next().is_none().then_some(Self { level, second, bot, update, text: hash })
    }
}

/// When leaving a room is leaving it too soon, and what comes of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hurry {
    /// Whoever leaves a room before it is so old is in a hurry; zero: nobody ever is.
    pub within: Duration,
    /// So often in a row it is nobody's concern.
    pub free: u8,
    /// So long the next search waits then, and twice as long each time after.
    pub pause: Duration,
}

impl Hurry {
    /// A pause is never longer than so many times the first.
    const MOST: u32 = 12;
    /// A hurry is forgotten after so long.
    const FORGOTTEN: Duration = Duration::from_mins(2);

    /// What slows somebody down who leaves a room that is so old.
    #[must_use]
    pub fn left(&self, before: &Brakes, age: Duration, now: Millis) -> Brakes {
        let now = now.whole_seconds();
        if age >= self.within {
            return Brakes { hurries: None, ..*before };
        }
        let known = before.hurries.filter(|(_, at)| now.since(*at) < Self::FORGOTTEN);
        let times = known.map_or(0, |(times, _)| times).saturating_add(1);
        let over = u32::from(times.saturating_sub(self.free));
        let search_from = (over > 0).then(|| {
            let longer = 1_u32.checked_shl(over - 1).unwrap_or(Self::MOST).min(Self::MOST);
            now.after(self.pause * longer)
        });
        Brakes { hurries: Some((times, now)), search_from, ..*before }
    }
}

/// What slows somebody down. Times are whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Brakes {
    /// They sent too much: until then nothing of theirs is passed on or answered.
    pub quiet_until: Option<Millis>,
    /// They left too many rooms too soon: no search begins before then.
    pub search_from: Option<Millis>,
    /// How often in a row they left a room too soon, and when they last did.
    pub hurries: Option<(u8, Millis)>,
}

impl Brakes {
    /// How long nothing of theirs is passed on or answered.
    #[must_use]
    pub fn quiet_for(&self, now: Millis) -> Option<Duration> {
        left_of(self.quiet_until, now)
    }

    /// How long no search begins.
    #[must_use]
    pub fn no_search_for(&self, now: Millis) -> Option<Duration> {
        left_of(self.search_from, now)
    }

    /// Whether none of it counts any more.
    #[must_use]
    pub fn are_off(&self, now: Millis) -> bool {
        let hurried = self.hurries.is_some_and(|(_, at)| now.since(at) < Hurry::FORGOTTEN);
        self.quiet_for(now).is_none() && self.no_search_for(now).is_none() && !hurried
    }

    /// The stored form: words that begin with a letter, `q` quiet until, `s` search from, `h` hurries and when, all in
    /// seconds. Empty if there are none. 64 bytes at most.
    #[must_use]
    pub fn to_text(&self) -> String {
        let second = |at: Millis| at.0 / 1_000;
        let words = [
            self.quiet_until.map(|at| format!("q{}", second(at))),
            self.search_from.map(|at| format!("s{}", second(at))),
            self.hurries.map(|(times, at)| format!("h{times},{}", second(at))),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Reads the stored form. A word of another small letter belongs to another version.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let second = |text: &str| Some(Millis(text.parse::<i64>().ok()?.checked_mul(1_000)?));
        let mut brakes = Self::default();
        for word in text.split(' ') {
            let mut letters = word.chars();
            let (letter, rest) = (letters.next()?, letters.as_str());
            match letter {
                'q' => brakes.quiet_until = Some(second(rest)?),
                's' => brakes.search_from = Some(second(rest)?),
                'h' => {
                    let (times, at) = rest.split_once(',')?;
                    brakes.hurries = Some((times.parse().ok()?, second(at)?));
                }
                'a'..='z' => {}
                _ => return None,
            }
        }
        Some(brakes)
    }
}

fn left_of(until: Option<Millis>, now: Millis) -> Option<Duration> {
    until.map(|until| until.since(now)).filter(|left| !left.is_zero())
}

/// What an operator decides about haste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HasteRules {
    /// How much somebody may send.
    pub flood: Bucket,
    /// When leaving a room is leaving it too soon.
    pub hurry: Hurry,
}

impl Default for HasteRules {
    fn default() -> Self {
        Self {
            flood: Bucket { updates: 30, empties_in: Duration::from_secs(30) },
            hurry: Hurry { within: Duration::from_secs(5), free: 4, pause: Duration::from_secs(5) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);
    const SECOND: i64 = NOW.0 / 1_000;

    fn counted(update: i64, text: Option<u32>) -> Counted {
        let bucket = HasteRules::default().flood;
        Counted { bot: BotId(7), update: UpdateId(update), text, bucket }
    }

    /// The pace after so many updates, one behind the other, so many in a second.
    fn sends(updates: i64, per_second: i64, text: Option<u32>) -> Option<Pace> {
        (0..updates).fold(None, |pace, n| Pace::after(pace, true, &counted(n, text), SECOND + n / per_second))
    }

    #[test]
    fn a_burst_passes_a_flood_does_not_and_the_same_again_weighs_more() {
        let bucket = HasteRules::default().flood;
        assert!(!bucket.overflows(sends(30, 30, None).as_ref()));
        assert!(bucket.overflows(sends(31, 31, None).as_ref()));
        assert!(!bucket.overflows(sends(500, 1, None).as_ref()), "one a second for ever");
        assert!(bucket.overflows(sends(100, 2, None).as_ref()));
        assert!(!bucket.overflows(sends(6, 6, Some(1)).as_ref()));
        assert!(bucket.overflows(sends(7, 7, Some(1)).as_ref()), "the same text");
        assert!(!Bucket { updates: 0, ..bucket }.overflows(sends(31, 31, None).as_ref()), "no limit");
        assert_eq!(bucket.pause(), Duration::from_secs(15));
        let over = sends(500, 500, None).unwrap();
        assert_eq!(over.level, bucket.most(), "going on does not make it worse");
    }

    #[test]
    fn who_takes_their_time_is_not_counted_and_nothing_is_counted_twice() {
        assert_eq!(Pace::after(None, false, &counted(1, None), SECOND), None);
        let pace = Pace::after(None, true, &counted(5, None), SECOND);
        for repeated in [4, 5] {
            assert_eq!(Pace::after(pace, true, &counted(repeated, None), SECOND), pace);
        }
        assert_eq!(Pace::after(pace, false, &counted(6, None), SECOND + 2), None, "the bucket is empty");
        let busy = sends(10, 10, None);
        assert_eq!(Pace::after(busy, false, &counted(20, None), SECOND + 3).unwrap().level, 8_000);
        let other = Counted { bot: BotId(8), ..counted(1, None) };
        assert_eq!(Pace::after(busy, true, &other, SECOND).unwrap().level, 11_000, "ids of bots differ");
    }

    #[test]
    fn whoever_hurries_from_room_to_room_waits_longer_and_longer() {
        let (hurry, moment) = (HasteRules::default().hurry, Duration::from_secs(1));
        let mut brakes = Brakes::default();
        let mut pauses = Vec::new();
        for _ in 0..11 {
            brakes = hurry.left(&brakes, moment, NOW);
            pauses.push(brakes.no_search_for(NOW).map_or(0, |pause| pause.as_secs()));
        }
        assert_eq!(pauses, [0, 0, 0, 0, 5, 10, 20, 40, 60, 60, 60]);
        let rested = hurry.left(&brakes, moment, NOW.after(Hurry::FORGOTTEN));
        assert_eq!(rested.hurries.unwrap().0, 1);
        let calm = hurry.left(&brakes, hurry.within, NOW);
        assert_eq!(calm.hurries, None);
        assert!(calm.no_search_for(NOW).is_some(), "a pause that was told is kept");
        let off = Hurry { within: Duration::ZERO, ..hurry };
        assert_eq!(off.left(&Brakes::default(), Duration::ZERO, NOW), Brakes::default());
    }

    #[test]
    fn brakes_come_off_by_themselves() {
        let later = |seconds| Some(NOW.after(Duration::from_secs(seconds)));
        let quiet = Brakes { quiet_until: later(9), ..Brakes::default() };
        assert_eq!(quiet.quiet_for(NOW), Some(Duration::from_secs(9)));
        assert!(!quiet.are_off(NOW) && quiet.are_off(later(9).unwrap()));
        let hurried = Brakes { hurries: Some((2, NOW)), ..Brakes::default() };
        assert!(!hurried.are_off(NOW) && hurried.are_off(NOW.after(Hurry::FORGOTTEN)));
        assert!(Brakes::default().are_off(NOW));
    }

    #[test]
    fn what_is_stored_fits_and_reads_back() {
        let most = Pace {
            level: u32::MAX,
            second: 9_999_999_999,
            bot: BotId(9_999_999_999),
            update: UpdateId(9_999_999_999),
            text: Some(u32::MAX),
        };
        for pace in [most, Pace { text: None, ..most }] {
            assert!(pace.to_text().len() <= 64, "{}", pace.to_text());
            assert_eq!(Pace::from_text(&pace.to_text()), Some(pace));
        }
        let at = Some(Millis(9_999_999_999_000));
        let brakes = Brakes { quiet_until: at, search_from: at, hurries: at.map(|at| (u8::MAX, at)) };
        assert!(brakes.to_text().len() <= 64, "{}", brakes.to_text());
        assert_eq!(Brakes::from_text(&brakes.to_text()), Some(brakes));
        assert_eq!(Brakes::default().to_text(), "");
        assert_eq!(Brakes::from_text("q5 zfuture"), Brakes::from_text("q5"));
        for rubbish in ["", "q", "qx", "h3", "?"] {
            assert_eq!(Brakes::from_text(rubbish), None, "{rubbish}");
        }
        for rubbish in ["", "1 2 3", "1 2 3:4", "1 2 3:4 x", "1 2 3:4 5 6"] {
            assert_eq!(Pace::from_text(rubbish), None, "{rubbish}");
        }
    }
}
