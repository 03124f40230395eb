//! Characters as a reader takes them: digits of many scripts are digits, letters in disguise are letters, and what
//! nobody sees is nothing.

/// What a character is to the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Nobody sees it, or it only adorns the one before.
    Nothing,
    /// A digit, 0 to 9.
    Digit(u8),
    /// A letter, or `_`: what words are made of. Latin ones are small.
    Letter(char),
    /// `-` in any length.
    Dash,
    /// `@`
    At,
    /// `.`
    Dot,
    /// `/`
    Slash,
    /// `:`
    Colon,
    /// `+`
    Plus,
    /// White space.
    Space,
    /// Brackets, and marks that stand where brackets would.
    Bracket,
    /// Anything else.
    Other,
}

/// What a character is.
pub(crate) fn sign(letter: char) -> Sign {
    match letter {
        'a'..='z' | '_' => Sign::Letter(letter),
        'A'..='Z' => Sign::Letter(letter.to_ascii_lowercase()),
        '0'..='9' => Sign::Digit(letter as u8 - b'0'),
        ' ' | '\t' | '\n' | '\r' => Sign::Space,
        '.' => Sign::Dot,
        '@' => Sign::At,
        '/' => Sign::Slash,
        ':' => Sign::Colon,
        '+' => Sign::Plus,
        '-' => Sign::Dash,
        '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '*' | '|' => Sign::Bracket,
        '\0'..='\u{7f}' => Sign::Other,
        _ => beyond(letter),
    }
}

/// Beyond ASCII.
fn beyond(letter: char) -> Sign {
    if let Some(digit) = digit(letter) {
        return Sign::Digit(digit);
    }
    match letter {
        // Soft hyphen, marks that join or part letters, direction marks, variation selectors, the box of keycap digits,
        // tags, and what is put upon other letters.
        '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{483}'..='\u{489}'
        | '\u{61c}'
        | '\u{640}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}'
        | '\u{feff}'
        | '\u{e0000}'..='\u{e0fff}' => Sign::Nothing,
        '\u{ff20}' | '\u{fe6b}' => Sign::At,
        '\u{ff0e}' | '\u{fe52}' | '\u{3002}' | '\u{ff61}' | '\u{2024}' | '\u{6d4}' | '\u{b7}'
        | '\u{2022}' => Sign::Dot,
        '\u{ff0f}' | '\u{2044}' | '\u{2215}' | '\u{29f8}' => Sign::Slash,
        '\u{ff1a}' | '\u{fe55}' | '\u{2236}' | '\u{a789}' => Sign::Colon,
        '\u{ff0b}' | '\u{fe62}' | '\u{2795}' => Sign::Plus,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Sign::Dash,
        '\u{ff3f}' => Sign::Letter('_'),
        '\u{ff08}' | '\u{ff09}' | '\u{ff3b}' | '\u{ff3d}' | '\u{3010}' | '\u{3011}' => Sign::Bracket,
        _ if letter.is_whitespace() => Sign::Space,
        _ => latin(letter).map_or_else(
            || if letter.is_alphabetic() { Sign::Letter(letter) } else { Sign::Other },
            Sign::Letter,
        ),
    }
}

/// Digits of Arabic, Persian and Indian scripts, wide ones, those of mathematics, and those in circles.
fn digit(letter: char) -> Option<u8> {
    let code = u32::from(letter);
    let of = |first: u32| u8::try_from((code - first) % 10).ok();
    match code {
        0x660..=0x669 => of(0x660),
        0x6f0..=0x6f9 => of(0x6f0),
        0x966..=0x96f => of(0x966),
        0x9e6..=0x9ef => of(0x9e6),
        0xff10..=0xff19 => of(0xff10),
        0x1d7ce..=0x1d7ff => of(0x1d7ce),
        0x1f101..=0x1f10a => of(0x1f101),
        0x2080..=0x2089 => of(0x2080),
        0x2070 | 0x24ea | 0x24ff => Some(0),
        0xb9 => Some(1),
        0xb2 => Some(2),
        0xb3 => Some(3),
        0x2074..=0x2079 => of(0x2070),
        // ① to ⑨, ⓵ to ⓽, ❶ to ❾, ➀ to ➈, ➊ to ➒.
        0x2460..=0x2468 => of(0x245f),
        0x24f5..=0x24fd => of(0x24f4),
        0x2776..=0x277e => of(0x2775),
        0x2780..=0x2788 => of(0x277f),
        0x278a..=0x2792 => of(0x2789),
        _ => None,
    }
}

/// Latin letters in disguise: wide ones, those of mathematics, those in circles, and letters of other scripts that look
/// the same where an address needs them.
fn latin(letter: char) -> Option<char> {
    let code = u32::from(letter);
    let nth = |number: u32| char::from_u32(u32::from('a') + number % 26);
    match code {
        0xff21..=0xff3a => nth(code - 0xff21),
        0xff41..=0xff5a => nth(code - 0xff41),
        0x1d400..=0x1d6a3 => nth(code - 0x1d400),
        0x24b6..=0x24cf => nth(code - 0x24b6),
        0x24d0..=0x24e9 => nth(code - 0x24d0),
        0x1f130..=0x1f149 => nth(code - 0x1f130),
        0x1f150..=0x1f169 => nth(code - 0x1f150),
        0x1f170..=0x1f189 => nth(code - 0x1f170),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_many_scripts_are_digits() {
        for digits in [
            "0123456789",
            "٠١٢٣٤٥٦٧٨٩",
            "۰۱۲۳۴۵۶۷۸۹",
            "０１２３４５６７８９",
            "𝟬𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴𝟵",
            "⁰¹²³⁴⁵⁶⁷⁸⁹",
            "⓪①②③④⑤⑥⑦⑧⑨",
        ] {
            let read: Vec<_> = digits.chars().map(sign).collect();
            assert_eq!(read, (0..10).map(Sign::Digit).collect::<Vec<_>>(), "{digits}");
        }
    }

    #[test]
    fn letters_in_disguise_are_letters_and_what_nobody_sees_is_nothing() {
        for name in [
            "mina",
            "MINA",
            "ｍｉｎａ",
            "𝐦𝐢𝐧𝐚",
            "𝓂𝒾𝓃𝒶",
            "ⓜⓘⓝⓐ",
            "🄼🄸🄽🄰",
            "m\u{200b}i\u{301}n\u{fe0f}a\u{202e}",
        ] {
            let read: String = name
                .chars()
                .filter_map(
                    |letter| if let Sign::Letter(letter) = sign(letter) { Some(letter) } else { None },
                )
                .collect();
            assert_eq!(read, "mina", "{name}");
        }
    }
}
