//! `.env`, as it is begun: lines are added, none is changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Adds these lines to the file; a new one only its owner may read, for it holds tokens.
pub(super) fn add(path: &Path, lines: &BTreeMap<String, String>) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    let before = std::fs::read_to_string(path)?;
    let mut text = String::new();
    if !before.is_empty() && !before.ends_with('\n') {
        text.push('\n');
    }
    for (name, value) in lines {
        writeln!(text, "{name}={}", quoted(value)).expect("written to memory");
    }
    // In one piece: whoever reads meanwhile sees all of it or nothing.
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// As `.env` reads it back.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.,:/@+=%?&~".contains(c);
    if value.chars().all(plain) {
        return value.to_owned();
    }
    if !value.contains('\'') {
        return format!("'{value}'");
    }
    let escaped = value.chars().fold(String::new(), |mut escaped, c| {
        if "\"\\$".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
        escaped
    });
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Inputs, Settings};

    #[test]
    fn what_is_written_is_read_back() {
        for value in
            ["plain", "mysql://u:p@h/d?a=b&c=d", "two words", "a#b $HOME \\n", "it's \"$5\" \\ #1", "`x`"]
        {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(".env");
            std::fs::write(&path, "LISTEN=1.2.3.4:5").unwrap();
            add(&path, &BTreeMap::from([("WEBHOOK_SECRET".to_owned(), value.to_owned())])).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let settings = Settings::gather(&Inputs { dot_env: Some(text.clone()), ..Inputs::default() });
            assert_eq!(settings.text("WEBHOOK_SECRET").as_deref(), Some(value), "{text}");
            assert_eq!(settings.text("LISTEN").as_deref(), Some("1.2.3.4:5"), "{text}");
        }
    }
}
