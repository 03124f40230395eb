//! Reading typed answers.

use hamdam_domain::panel::Refusal;
use hamdam_domain::wish::{Age, AgeRange, Interest, Interests, WishError};

use super::catalogue::CATALOGUE;
use super::fold::fold;

/// The numbers in a text, in any digits. One that no `u8` holds reads as 255, which is no age.
fn numbers(text: &str) -> Vec<u8> {
    let folded = fold(text);
    let words = folded.split(|letter: char| !letter.is_ascii_digit()).filter(|word| !word.is_empty());
    words.map(|word| word.parse().unwrap_or(u8::MAX)).collect()
}

/// `25`, `۲۵`, `I am 25`: one number, and one that may be an age. `-5` and `25.5` are none.
pub(super) fn age(text: &str) -> Result<Age, Refusal> {
    let around_digits = |sign: char| text.contains(sign);
    match numbers(text)[..] {
        [years] if !around_digits('-') => Age::new(years).map_err(|_| Refusal::Age),
        _ => Err(Refusal::Age),
    }
}

/// `20-30`, `from 20 to 30`, `۲۰ تا ۳۰`, or one age alone.
pub(super) fn ages(text: &str) -> Result<AgeRange, Refusal> {
    let (from, to) = match numbers(text)[..] {
        [from, to] => (from, to),
        [only] => (only, only),
        _ => return Err(Refusal::Ages),
    };
    AgeRange::new(from, to).map_err(|error| match error {
        WishError::UpsideDown { from, to } => Refusal::UpsideDown { from, to },
        _ => Refusal::Ages,
    })
}

/// Interests by name, parted by commas or line ends, in place of those before. One that is not in the list spoils all.
pub(super) fn interests(text: &str) -> Result<Interests, Refusal> {
    let names: Vec<&str> =
        text.split([',', '،', ';', '؛', '\n']).map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.len() > Interests::MOST {
        return Err(Refusal::TooManyInterests { given: u32::try_from(names.len()).unwrap_or(u32::MAX) });
    }
    let known: Option<Vec<Interest>> =
        names.iter().map(|name| CATALOGUE.tag_called(name).map(|tag| tag.interest)).collect();
    let known = known.filter(|known| !known.is_empty()).ok_or(Refusal::Interests)?;
    Interests::new(&known).map_err(|_| Refusal::Interests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_read_in_any_digits_and_what_is_none_is_refused() {
        for text in ["25", "۲۵", "٢٥", " I am 25 ", "۲۵ سالمه"] {
            assert_eq!(age(text).map(u8::from), Ok(25), "{text}");
        }
        for text in ["5", "۵", "17", "100", "99999999999", "", "hello", "20 30", "-25", "25.5"] {
            assert_eq!(age(text), Err(Refusal::Age), "{text}");
        }
    }

    #[test]
    fn ranges_of_ages_are_read_and_what_is_none_is_refused() {
        for text in ["20-30", "از ۲۰ تا ۳۰", "٢٠ – ٣٠", "20 30", "20/30"] {
            assert_eq!(ages(text).map(<(u8, u8)>::from), Ok((20, 30)), "{text}");
        }
        assert_eq!(ages("40").map(<(u8, u8)>::from), Ok((40, 40)));
        assert_eq!(ages("40-20"), Err(Refusal::UpsideDown { from: 40, to: 20 }));
        for text in ["5-20", "20-120", "", "young", "1 2 3"] {
            assert_eq!(ages(text), Err(Refusal::Ages), "{text}");
        }
    }

    #[test]
    fn interests_are_read_by_name_ten_at_most() {
        let read = interests("Music, فیلم، книги\nmusic").unwrap();
        assert_eq!(read, Interests::of_texts(["music", "films", "books"]).unwrap());
        let many = vec!["music"; 500].join(",");
        assert_eq!(interests(&many), Err(Refusal::TooManyInterests { given: 500 }));
        for text in ["", " , ,", "music, underwater knitting"] {
            assert_eq!(interests(text), Err(Refusal::Interests), "{text}");
        }
    }
}
