//! Mistakes in the configuration, told all at once.

use std::fmt;

/// One mistake: what stands there, and what to do about it. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The variable (or file) it is about.
    pub about: String,
    /// What was found: continues the sentence that `about` begins.
    pub found: String,
    /// What mends it: a sentence.
    pub mend: String,
}

/// Everything that is wrong with the configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistakes {
    /// At least one, in the order of reading.
    pub mistakes: Vec<Mistake>,
    /// Hints that may explain them (names that look misspelt).
    pub hints: Vec<String>,
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.mistakes.len();
        let noun = if count == 1 { "one mistake" } else { "these mistakes" };
        writeln!(f, "the configuration has {noun}:")?;
        for (at, Mistake { about, found, mend }) in self.mistakes.iter().enumerate() {
            write!(f, "\n{:>3}. {about} {found}\n     {mend}\n", at + 1)?;
        }
        for hint in &self.hints {
            write!(f, "\n     Hint: {hint}\n")?;
        }
        Ok(())
    }
}
