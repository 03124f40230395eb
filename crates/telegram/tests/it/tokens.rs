//! Lists of tokens, good and bad.

use hamdam_telegram::Tokens;
use hamdam_telegram::tokens::TokensError;

#[test]
fn tokens_stand_apart_by_commas_and_lines() {
    let tokens = Tokens::parse("12:abc,\n 7:DE-f_9 \n").unwrap();
    assert_eq!(tokens.bots().collect::<Vec<_>>(), [7, 12]);
    assert!(tokens.knows(7) && !tokens.knows(8));
    assert!(!format!("{tokens:?}").contains("abc"));
}

#[test]
fn mistakes_are_told_by_position_and_never_by_token() {
    for (text, wanted) in [
        (" ,\n", TokensError::Empty),
        ("12:abc,secret", TokensError::Malformed(2)),
        (":abc", TokensError::Malformed(1)),
        ("12:", TokensError::Malformed(1)),
        ("12:a/b", TokensError::Malformed(1)),
        ("1x:abc", TokensError::Malformed(1)),
        ("99999999999999999999:abc", TokensError::Malformed(1)),
        ("12:abc 12:abd", TokensError::Twice(12)),
    ] {
        let error = Tokens::parse(text).unwrap_err();
        assert_eq!(error, wanted, "{text}");
        assert!(!error.to_string().contains("abc"));
    }
}
