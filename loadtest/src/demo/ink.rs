//! Colours, where a terminal shows them.

/// Paints text, or leaves it alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    pub(super) colour: bool,
}

/// Colours of people (xterm's 256), readable on dark and on light ground, neighbours far apart.
const PEOPLE: [u8; 12] = [39, 208, 77, 170, 45, 178, 141, 203, 36, 214, 69, 162];

impl Ink {
    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A person's name, always in their colour.
    pub(super) fn person(self, index: usize, text: &str) -> String {
        self.paint(&format!("1;38;5;{}", PEOPLE[index % PEOPLE.len()]), text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// What somebody wrote. A right-to-left text keeps to its place in the line (Unicode's isolates, UAX 9).
    pub(super) fn quote(self, text: &str) -> String {
        if self.colour { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
    }
}
