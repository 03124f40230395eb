//! What the file says, line by line.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord, Trim};
use hamdam_domain::clock::Millis;
use hamdam_domain::id::{BotId, UserId};
use hamdam_domain::profile::{Language, Profile};
use hamdam_domain::safety::FOR_EVER;
use hamdam_domain::wish::{Age, Country, Gender, Interests};

/// Every column there is.
const COLUMNS: [&str; 10] = [
    "telegram_id",
    "language",
    "gender",
    "age",
    "country",
    "interests",
    "banned_until",
    "ban_reason",
    "blocked",
    "bot_id",
];
/// As the database keeps it.
const LONGEST_REASON: usize = 255;

/// Somebody to bring over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) user: UserId,
    pub(super) profile: Profile,
    pub(super) ban_reason: String,
    pub(super) blocked: Vec<UserId>,
}

/// Everybody, and all that is wrong.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) rows: Vec<Row>,
    /// Each names its line and the mend.
    pub(super) mistakes: Vec<String>,
}

impl Sheet {
    /// Reads a file. `bot` is that of people whose line names none; bans that ended before `now` are none.
    pub(super) fn read(file: impl Read, bot: Option<BotId>, now: Millis) -> Self {
        let mut sheet = Self::default();
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(file);
        let columns = match reader.headers().map(columns) {
            Ok(Ok(columns)) => columns,
            Ok(Err(mistake)) => return Self { mistakes: vec![mistake], ..sheet },
            Err(error) => return Self { mistakes: vec![format!("line 1: {error}")], ..sheet },
        };
        let mut seen = HashSet::new();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    sheet.mistakes.push(error.to_string());
                    // Behind a broken line nothing can be told apart any more.
                    if !matches!(error.kind(), csv::ErrorKind::UnequalLengths { .. }) {
                        break;
                    }
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let mut cells = Cells { record: &record, columns: &columns, mistakes: Vec::new() };
            let row = cells.row(bot, now);
            if let Some(row) = row.as_ref().filter(|row| !seen.insert(row.user)) {
                cells.mistakes.push(format!("telegram_id {} stands there twice; keep one line", row.user));
            }
            sheet.mistakes.extend(cells.mistakes.iter().map(|mistake| format!("line {line}: {mistake}")));
            sheet.rows.extend(row);
        }
        sheet
    }
}

/// Where each column stands.
fn columns(head: &StringRecord) -> Result<HashMap<&'static str, usize>, String> {
    let mut columns = HashMap::new();
    for (at, name) in head.iter().enumerate() {
        let name = name.trim_start_matches('\u{feff}');
        let known = COLUMNS.into_iter().find(|known| known.eq_ignore_ascii_case(name));
        let known = known.ok_or_else(|| {
            format!("line 1: there is no column {name:?}; there are {}", COLUMNS.join(", "))
        })?;
        if columns.insert(known, at).is_some() {
            return Err(format!("line 1: the column {known} stands there twice; keep one"));
        }
    }
    if columns.contains_key("telegram_id") {
        Ok(columns)
    } else {
        Err("line 1: the column telegram_id is missing; the first line names the columns".to_owned())
    }
}

/// One line.
struct Cells<'r> {
    record: &'r StringRecord,
    columns: &'r HashMap<&'static str, usize>,
    mistakes: Vec<String>,
}

impl<'r> Cells<'r> {
    /// What stands there, if anything does.
    fn text(&self, column: &str) -> Option<&'r str> {
        let at = self.columns.get(column)?;
        self.record.get(*at).filter(|text| !text.is_empty())
    }

    /// What it means. `None` if nothing stands there, or it means nothing, which is noted.
    fn read<T, E: Display>(&mut self, column: &str, read: impl FnOnce(&'r str) -> Result<T, E>) -> Option<T> {
        match read(self.text(column)?) {
            Ok(value) => Some(value),
            Err(mistake) => {
                self.mistakes.push(format!("{column}: {mistake}"));
                None
            }
        }
    }

    fn row(&mut self, bot: Option<BotId>, now: Millis) -> Option<Row> {
        let user = self.read("telegram_id", id);
        if user.is_none() && self.text("telegram_id").is_none() {
            self.mistakes.push("telegram_id: is missing; give the number Telegram knows them by".to_owned());
        }
        let named = self.read("bot_id", id).map(BotId);
        let bot = named.or(bot);
        if bot.is_none() && self.text("bot_id").is_none() {
            self.mistakes.push("bot_id: is missing; name it there, or for all lines with --bot".to_owned());
        }
        let language = self.read("language", language).unwrap_or_default();
        let mut profile = Profile::new(language, bot.unwrap_or(BotId(0)));
        profile.facts.gender = self.read("gender", gender);
        profile.facts.age = self.read("age", age);
        profile.facts.place.country = self.read("country", Country::new);
        profile.facts.interests = self.read("interests", interests).unwrap_or_default();
        profile.banned_until = self.read("banned_until", until).filter(|until| *until > now);
        let blocked = self.read("blocked", ids).unwrap_or_default();
        let ban_reason = self.text("ban_reason").unwrap_or_default();
        let row = Row {
            user: UserId(user?),
            profile,
            ban_reason: ban_reason.chars().take(LONGEST_REASON).collect(),
            blocked,
        };
        bot.map(|_| row)
    }
}

fn id(text: &str) -> Result<i64, String> {
    let id = text.parse().ok().filter(|id| *id > 0);
    id.ok_or_else(|| format!("{text:?} is no id of Telegram; a number above 0 is wanted"))
}

fn ids(text: &str) -> Result<Vec<UserId>, String> {
    parts(text).map(|part| id(part).map(UserId)).collect()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty())
}

fn language(text: &str) -> Result<Language, String> {
    let language = Language::of_tag(text);
    let primary = text.split(['-', '_']).next().unwrap_or_default();
    if language.code().eq_ignore_ascii_case(primary) {
        return Ok(language);
    }
    let all = Language::ALL.map(Language::code).join(", ");
    Err(format!("{text:?} is none of {all}; leave it empty for English"))
}

fn gender(text: &str) -> Result<Gender, String> {
    match text.to_ascii_lowercase().as_str() {
        "female" | "f" => Ok(Gender::Female),
        "male" | "m" => Ok(Gender::Male),
        "other" | "o" => Ok(Gender::Other),
        _ => Err(format!("{text:?} is none of female, male, other; leave it empty if they did not say")),
    }
}

fn age(text: &str) -> Result<Age, String> {
    let years: u8 = text.parse().map_err(|_| format!("{text:?} is no number of years"))?;
    Age::new(years).map_err(|error| format!("{error}; leave it empty, and they are asked"))
}

fn interests(text: &str) -> Result<Interests, String> {
    Interests::of_texts(parts(text)).map_err(|error| error.to_string())
}

fn until(text: &str) -> Result<Millis, String> {
    if text.eq_ignore_ascii_case("forever") {
        return Ok(FOR_EVER);
    }
    let seconds: i64 = text
        .parse()
        .ok()
        .filter(|seconds| *seconds >= 0)
        .ok_or_else(|| format!("{text:?} is no time; give seconds since 1970, or forever"))?;
    Ok(Millis(seconds.saturating_mul(1_000)).min(FOR_EVER))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_000_000);

    fn read(text: &str) -> Sheet {
        Sheet::read(text.as_bytes(), Some(BotId(7)), NOW)
    }

    #[test]
    fn a_line_tells_what_it_has() {
        let sheet = read(
            "\u{feff}Telegram_ID, language,gender,age,country,interests,banned_until,ban_reason,blocked,bot_id\n\
             5,fa-IR,f,30,ir,music; chess,forever,\"spam, twice\",6;7,9\n\
             6,,,,,,1,,,\n",
        );
        assert_eq!(sheet.mistakes, Vec::<String>::new());
        let [five, six] = &sheet.rows[..] else { panic!("{sheet:?}") };
        assert_eq!((five.user, five.profile.language, five.profile.bot), (UserId(5), Language::Fa, BotId(9)));
        assert_eq!(five.profile.facts.gender, Some(Gender::Female));
        assert_eq!(five.profile.facts.age.map(|age| age.to_string()), Some("30".to_owned()));
        assert_eq!(five.profile.facts.place.country, Country::new("IR").ok());
        assert_eq!(five.profile.facts.interests, Interests::of_texts(["music", "chess"]).unwrap());
        assert_eq!((five.profile.banned_until, five.ban_reason.as_str()), (Some(FOR_EVER), "spam, twice"));
        assert_eq!(five.blocked, [UserId(6), UserId(7)]);
        assert_eq!(six.profile, Profile::new(Language::En, BotId(7)), "a ban that ended is none");
    }

    #[test]
    fn every_mistake_is_named_by_its_line() {
        let sheet = read(
            "telegram_id,language,gender,age,country,banned_until,blocked\n\
             x,xx,?,5,QQ,soon,me\n\
             5,en,m,30,IR,0,\n\
             5,en,m,30,IR,0,\n\
             ,en,m,30,IR,0,\n",
        );
        let begins = |start: &str| sheet.mistakes.iter().filter(|mistake| mistake.starts_with(start)).count();
        assert_eq!((begins("line 2: "), begins("line 4: "), begins("line 5: ")), (7, 1, 1), "{sheet:#?}");
        assert_eq!(sheet.mistakes.len(), 9);
    }

    #[test]
    fn a_head_that_is_none_is_told_once() {
        for (text, said) in [
            ("id,name\n1,x\n", "no column \"id\""),
            ("language\nen\n", "telegram_id is missing"),
            ("telegram_id,age,age\n1,2,3\n", "age stands there twice"),
        ] {
            let sheet = read(text);
            assert!(sheet.mistakes.len() == 1 && sheet.mistakes[0].contains(said), "{sheet:?}");
        }
        let nobody = Sheet::read("telegram_id\n5\n".as_bytes(), None, NOW);
        assert!(nobody.mistakes[0].contains("--bot"), "{nobody:?}");
    }
}
