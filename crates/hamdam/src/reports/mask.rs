//! Taking out of an error's text what may be somebody's.
//!
//! Databases and parsers quote what they choked on, Telegram names what it refuses, and addresses hold passwords. Our
//! own words stay, and they tell what happened.

/// Stands for what was taken out.
const GAP: &str = "[…]";
/// Ids of people have at least so many digits; codes of errors have fewer.
const DIGITS_OF_AN_ID: usize = 5;
/// A longer word with a digit in it may be a secret.
const LONG_WORD: usize = 24;
/// A longer one is none of ours.
const LONGEST_WORD: usize = 60;
/// So many words tell what happened.
const WORDS: usize = 60;

/// The text without anything quoted, without long numbers, addresses and names, and without what is not written in
/// our letters.
pub(super) fn masked(text: &str) -> String {
    let unquoted = without_quotations(text);
    let mut kept: Vec<&str> = Vec::new();
    for word in unquoted.split_whitespace().take(WORDS) {
        let word = if is_plain(word) { word } else { GAP };
        if word != GAP || kept.last() != Some(&GAP) {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// Cuts from the first mark of quotation to the last: between them marks may be anybody's. To the end, if the last one
/// opens what is not closed.
fn without_quotations(text: &str) -> String {
    let marks: Vec<_> = text.char_indices().filter(|(at, c)| is_mark(text, *at, *c)).collect();
    let (Some((first, _)), Some((last, mark))) = (marks.first(), marks.last()) else {
        return text.to_owned();
    };
    let rest = if marks.len() % 2 == 0 { &text[last + mark.len_utf8()..] } else { "" };
    format!("{} {GAP} {rest}", &text[..*first])
}

fn is_mark(text: &str, at: usize, c: char) -> bool {
    match c {
        '"' | '`' | '“' | '”' | '„' | '«' | '»' => true,
        // In "can't" it is none.
        '\'' | '’' => {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
            !(letter(text[..at].chars().next_back()) && letter(text[at + c.len_utf8()..].chars().next()))
        }
        _ => false,
    }
}

fn is_plain(word: &str) -> bool {
    let digits = |c: char| c.is_ascii_digit();
    let long_number = word.split(|c| !digits(c)).any(|run| run.len() >= DIGITS_OF_AN_ID);
    let foreign = word.chars().any(|c| c.is_alphanumeric() && !c.is_ascii());
    let secret = word.len() > LONG_WORD && word.contains(digits);
    let address = word.contains("://") || word.contains('@');
    !(long_number || foreign || secret || address || word.len() > LONGEST_WORD)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn what_happened_stays_and_whose_it_was_goes() {
        for (said, kept) in [
            ("the database refuses it", "the database refuses it"),
            ("Duplicate entry 'mina 7-it's' for key 'people.PRIMARY' (1062)", "Duplicate entry […] (1062)"),
            (
                "can't parse entities: Unsupported start tag \"b\" at 5",
                "can't parse entities: Unsupported start tag […] at 5",
            ),
            ("invalid type: string \"سلام\", expected u64", "invalid type: string […] , expected u64"),
            ("Incorrect string value: 'hello, this was cut o", "Incorrect string value: […]"),
            ("unknown variant `hello there`, expected one of `a`, `b`", "unknown variant […]"),
            ("user 7000000001 blocks 12345", "user […] blocks […]"),
            ("chat=7000000001: refused", "[…] refused"),
            ("salaam سلام خوبی there", "salaam […] there"),
            ("mysql://hamdam:hunter2@db/hamdam is away", "[…] is away"),
            ("ask @mina or m@example.org now", "ask […] or […] now"),
            ("bot7:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K is refused", "[…] is refused"),
            ("error 1406 at 127.0.0.1:3306\nin line 2", "error 1406 at 127.0.0.1:3306 in line 2"),
        ] {
            assert_eq!(masked(said), kept, "{said}");
        }
        assert!(masked(&"word ".repeat(1_000)).len() < 400);
    }
}
