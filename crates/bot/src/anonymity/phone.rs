//! Telephone numbers among digits, whatever stands between them.

use super::fold::Sign;

/// Signs between two digits of one number at most.
const GAP: u8 = 3;
/// Groups of digits that are remembered, to know a date.
const GROUPS: usize = 3;

/// Follows a text sign by sign; knows the digits that may belong to one number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Phone {
    /// Digits so far.
    digits: u8,
    /// Signs since the last digit.
    gap: u8,
    /// How it begins.
    begins: Beginning,
    /// So far every group is one digit, one more than the one before: somebody counts.
    counts: bool,
    last: u8,
    /// The last sign since the last digit is a dot.
    dotted: bool,
    /// All that stands between digits so far is one dot.
    point: bool,
    /// The first groups: how many digits, and their number.
    groups: [(u8, u16); GROUPS],
    /// The group that is written now.
    group: usize,
}

/// How digits begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Beginning {
    /// By a digit.
    #[default]
    Digit,
    /// By a zero.
    Zero,
    /// Behind a `+`.
    Plus,
}

/// How sure one must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// People write numbers in every way.
    Spoken,
    /// Names of files and titles have numbers of their own: only what begins like a telephone number counts, and
    /// nothing may stand within.
    Named,
}

impl Phone {
    /// Takes the next sign. Answers whether a number has just ended.
    pub(super) fn take(&mut self, sign: Sign, care: Care) -> bool {
        match sign {
            Sign::Nothing => false,
            Sign::Digit(digit) => {
                self.digit(digit);
                false
            }
            Sign::Plus if self.digits == 0 => {
                self.begins = Beginning::Plus;
                false
            }
            Sign::Space
            | Sign::Dash
            | Sign::Dot
            | Sign::Slash
            | Sign::Bracket
            | Sign::Plus
            | Sign::Letter('_')
                if care == Care::Spoken && self.digits > 0 && self.gap < GAP =>
            {
                self.dotted = sign == Sign::Dot;
                self.gap += 1;
                false
            }
            Sign::Space | Sign::Bracket if self.digits == 0 => false,
            _ => self.end(care),
        }
    }

    /// What was followed so far ends here. Answers whether it is a telephone number.
    pub(super) fn end(&mut self, care: Care) -> bool {
        let ended = std::mem::take(self);
        ended.is_number(care)
    }

    fn digit(&mut self, digit: u8) {
        let begins_group = self.digits == 0 || self.gap > 0;
        if self.digits == 0 {
            (self.group, self.counts) = (0, true);
            if digit == 0 && self.begins == Beginning::Digit {
                self.begins = Beginning::Zero;
            }
        } else if self.gap > 0 {
            self.group += 1;
            self.point = self.dotted && self.gap == 1 && self.group == 1;
            // Behind 9 comes 10: nine in order are enough.
            self.counts &= self.group >= 9 || digit == (self.last + 1) % 10;
        } else {
            self.counts &= self.group >= 9;
        }
        if let Some((length, number)) = self.groups.get_mut(self.group) {
            let before = if begins_group { 0 } else { *number };
            *length = if begins_group { 1 } else { length.saturating_add(1) };
            *number = before.saturating_mul(10).saturating_add(u16::from(digit));
        }
        (self.digits, self.gap, self.last) = (self.digits.saturating_add(1), 0, digit);
    }

    fn is_number(&self, care: Care) -> bool {
        match care {
            Care::Named => (10..=15).contains(&self.digits) && self.begins != Beginning::Digit,
            Care::Spoken if self.begins == Beginning::Plus => (8..=15).contains(&self.digits),
            Care::Spoken => {
                let counts = self.counts && self.group > 0;
                let fraction = self.point && self.group == 1 && self.begins == Beginning::Digit;
                (9..=15).contains(&self.digits) && !counts && !fraction && !self.is_date()
            }
        }
    }

    /// `2024-12-25`, `25.12.2024`, and the same in the years of other calendars.
    fn is_date(&self) -> bool {
        let year = |(length, number): (u8, u16)| length == 4 && (1_300..2_100).contains(&number);
        let part = |(length, number): (u8, u16)| (1..=2).contains(&length) && (1..=31).contains(&number);
        let [one, two, three] = self.groups;
        self.group >= 2 && part(two) && ((year(one) && part(three)) || (part(one) && year(three)))
    }
}
