//! Gathers what was given (flags, environment, `.env`, secret files) and reads it, collecting every mistake.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

use super::mistake::{Mistake, Mistakes};
use super::variables::{VARIABLES, Variable};

/// Where values come from, strongest first. Empty values count as not given, as compose files write them.
#[derive(Clone, Default)]
pub struct Inputs {
    /// Flags, by the variable's name.
    pub flags: BTreeMap<String, String>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// The text of `.env`, if there is one.
    pub dot_env: Option<String>,
}

impl Inputs {
    /// What this process was given: its flags, its environment, and `.env` in the current folder.
    pub fn of_process(matches: &clap::ArgMatches) -> std::io::Result<Self> {
        let names = VARIABLES.iter().flat_map(|v| v.file_name().into_iter().chain([v.name.to_owned()]));
        let flags = names
            .filter_map(|name| {
                let value = matches.try_get_one::<String>(&name).ok().flatten()?.clone();
                Some((name, value))
            })
            .collect();
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let dot_env = match std::fs::read_to_string(".env") {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Self { flags, environment, dot_env })
    }

    /// What `.env` says, as far as it can be read; [`Settings::gather`] names the lines that cannot.
    #[must_use]
    pub fn file(&self) -> BTreeMap<String, String> {
        let text = self.dot_env.as_deref().unwrap_or_default();
        dotenvy::from_read_iter(text.as_bytes()).flatten().collect()
    }
}

struct Given {
    value: SecretString,
    origin: String,
}

/// The values given, with a memory for mistakes. A value that cannot be read yields its default, so that reading
/// goes on and every mistake is found in one go; [`Settings::finish`] decides.
pub struct Settings {
    given: BTreeMap<&'static str, Given>,
    mistakes: Vec<Mistake>,
    hints: Vec<String>,
}

impl Settings {
    /// Gathers the inputs and reads the secret files they name.
    #[must_use]
    pub fn gather(inputs: &Inputs) -> Self {
        let mut settings = Self { given: BTreeMap::new(), mistakes: Vec::new(), hints: Vec::new() };
        let dot_env = settings.parse_dot_env(inputs.dot_env.as_deref().unwrap_or_default());
        let layers =
            [(&inputs.flags, "a flag"), (&inputs.environment, "the environment"), (&dot_env, ".env")];
        for variable in VARIABLES {
            settings.gather_one(variable, &layers);
        }
        settings.hints = misspelt(inputs.environment.keys().chain(dot_env.keys()));
        settings
    }

    fn parse_dot_env(&mut self, text: &str) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        for item in dotenvy::from_read_iter(text.as_bytes()) {
            match item {
                Ok((name, value)) => drop(values.insert(name, value)),
                // The line itself may hold a secret.
                Err(dotenvy::Error::LineParse(line, _)) => {
                    let number =
                        text.lines().position(|other| other.trim() == line.trim()).map_or(0, |at| at + 1);
                    self.mistake(
                        ".env",
                        format!("has a line {number} that is not NAME=value"),
                        "Quote values that hold spaces, quotes, # or $ in single quotes.",
                    );
                }
                Err(error) => self.mistake(
                    ".env",
                    format!("cannot be read: {error}"),
                    "Make it a text file of NAME=value lines.",
                ),
            }
        }
        values
    }

    fn gather_one(&mut self, variable: &'static Variable, layers: &[(&BTreeMap<String, String>, &str)]) {
        let find = |name: &str| {
            layers.iter().find_map(|(values, origin)| {
                values.get(name).filter(|value| !value.trim().is_empty()).map(|value| (value.trim(), *origin))
            })
        };
        let direct = find(variable.name);
        let file_name = variable.file_name();
        let file = file_name.as_deref().and_then(find);
        match (direct, file) {
            (Some(_), Some(_)) => {
                let file_name = file_name.unwrap_or_default();
                self.mistake(
                    variable.name,
                    format!("is given, and so is {file_name}"),
                    "Keep one of the two.",
                );
            }
            (Some((value, origin)), None) => self.give(variable.name, value, origin.to_owned()),
            (None, Some((path, origin))) => self.give_file(variable.name, Path::new(path), origin),
            (None, None) => {}
        }
    }

    fn give(&mut self, name: &'static str, value: &str, origin: String) {
        self.given.insert(name, Given { value: value.into(), origin });
    }

    fn give_file(&mut self, name: &'static str, path: &Path, origin: &str) {
        let about = format!("{name}_FILE");
        match std::fs::read_to_string(path) {
            Ok(text) if text.trim().is_empty() => {
                self.mistake(
                    about,
                    format!("names the empty file {} (from {origin})", path.display()),
                    "Write the secret into it.",
                );
            }
            Ok(text) => self.give(name, text.trim(), format!("{}", path.display())),
            Err(error) => self.mistake(
                about,
                format!("names {} (from {origin}), which cannot be read: {error}", path.display()),
                "Give the path of a file this user may read.",
            ),
        }
    }

    /// Notes a mistake about `about`: "`about` `found`", mended by `mend`.
    pub fn mistake(&mut self, about: impl Display, found: impl Display, mend: impl Display) {
        self.mistakes.push(Mistake {
            about: about.to_string(),
            found: found.to_string(),
            mend: mend.to_string(),
        });
    }

    /// Whether the variable was given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.given.contains_key(Variable::named(name).name)
    }

    /// The first of these variables that was given.
    #[must_use]
    pub fn first_given(&self, names: &[&'static str]) -> Option<&'static str> {
        names.iter().copied().find(|name| self.has(name))
    }

    /// The value as it was given.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.given.get(name).map(|given| given.value.expose_secret().to_owned())
    }

    /// The value as it was given, or the table's default.
    #[must_use]
    pub fn text_or_default(&self, name: &str) -> String {
        self.text(name).or_else(|| Variable::named(name).default.map(str::to_owned)).unwrap_or_default()
    }

    /// A secret as it was given.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        self.given.get(name).map(|given| given.value.clone())
    }

    /// Notes that the value of `name` is not what it should be, showing it unless it is secret.
    pub fn wrong(&mut self, name: &str, mend: impl Display) {
        let variable = Variable::named(name);
        let found = match self.given.get(variable.name) {
            None => "is not set".to_owned(),
            Some(given) if variable.secret => {
                format!("has a value that does not fit (from {})", given.origin)
            }
            Some(given) => format!("is {:?} (from {})", given.value.expose_secret(), given.origin),
        };
        self.mistake(name, found, mend);
    }

    /// The value read by `parse`, or nothing if it is not given or (noted with `mend`) does not parse.
    pub fn parsed<T>(&mut self, name: &str, mend: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(&text);
        if value.is_none() {
            self.wrong(name, mend);
        }
        value
    }

    /// A value of the table that has a default: the default stands in for a wrong one.
    pub fn with_default<T>(&mut self, name: &str, mend: &str, parse: impl Fn(&str) -> Option<T>) -> T {
        let default = Variable::named(name).default.and_then(&parse);
        self.parsed(name, mend, parse).or(default).expect("defaults of the table parse")
    }

    /// A whole number within bounds, or the table's default.
    pub fn whole<T>(&mut self, name: &str, bounds: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display,
    {
        let mend = format!("Give a whole number from {} to {}.", bounds.start(), bounds.end());
        self.with_default(name, &mend, |text| text.parse().ok().filter(|value| bounds.contains(value)))
    }

    /// A number within bounds, or the table's default.
    pub fn number(&mut self, name: &str, bounds: RangeInclusive<f64>) -> f64 {
        let mend = format!("Give a number from {} to {}.", bounds.start(), bounds.end());
        self.with_default(name, &mend, |text| text.parse().ok().filter(|value| bounds.contains(value)))
    }

    /// Yes or no, or the table's default.
    pub fn yes_or_no(&mut self, name: &str) -> bool {
        self.with_default(name, "Give true or false.", |text| match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        })
    }

    /// The names that look misspelt, for a warning where nothing else is wrong.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// `value`, unless something was wrong.
    pub fn finish<T>(self, value: T) -> Result<T, Mistakes> {
        if self.mistakes.is_empty() {
            return Ok(value);
        }
        let mut mistakes = self.mistakes;
        mistakes.sort_by_key(|mistake| place(&mistake.about));
        Err(Mistakes { mistakes, hints: self.hints })
    }
}

/// Where a variable (or its file) stands in the table; what stands in none comes first.
fn place(about: &str) -> Option<usize> {
    let name = about.split_whitespace().next().unwrap_or_default();
    let is_it = |variable: &Variable| variable.name == name || variable.file_name().as_deref() == Some(name);
    VARIABLES.iter().position(is_it)
}

/// Names that are no variable of ours but one or two letters away from one. Only names as long as ours that cannot
/// well be anything else: the environment is shared with other programs.
fn misspelt<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let known: Vec<String> =
        VARIABLES.iter().flat_map(|v| v.file_name().into_iter().chain([v.name.to_owned()])).collect();
    names
        .filter(|name| name.len() >= 7 && !known.contains(name))
        .filter_map(|name| {
            let near = known.iter().find(|known| distance(name, known) <= 2)?;
            Some(format!("{name} is set, which Hamdam does not know; did you mean {near}?"))
        })
        .collect()
}

/// Edit distance (insertions, deletions, substitutions), by rows.
fn distance(one: &str, other: &str) -> usize {
    let other = other.as_bytes();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let substituted = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("REDIS_URL", "REDIS_URL"), 0);
        assert_eq!(distance("REDIS_ULR", "REDIS_URL"), 2);
        assert_eq!(distance("BOT_TOKEN", "BOT_TOKENS"), 1);
        assert_eq!(distance("", "ABC"), 3);
    }
}
