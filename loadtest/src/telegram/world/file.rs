//! Files. A file has one `file_unique_id` everywhere, and for each bot a `file_id` of its own.

use std::fmt::Write;

use super::super::content::Kind;
use super::super::event::BotId;
use super::message::FileNumber;

/// The largest file `getFile` gives.
pub(in super::super) const LARGEST_DOWNLOAD: u64 = 20 << 20;

/// The content of a simulated file begins so, that an upload of a download is known to be the same file.
const MAGIC: &str = "simulated file ";

/// Seals and opens ids, so that no table of them is kept.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct FileIds {
    secret: u64,
}

impl FileIds {
    pub(in super::super) fn new(secret: u64) -> Self {
        Self { secret }
    }

    /// The id under which `bot` may send the file again.
    pub(in super::super) fn file_id(self, bot: BotId, kind: Kind, file: FileNumber) -> String {
        let tag = kind_tag(kind);
        let seal = self.seal(bot, kind, file);
        format!("BAAC{tag:02x}{file:012x}{bot:012x}{seal:016x}QAC")
    }

    /// What a `file_id` of this bot stands for; `None` if it is made up, or another bot's.
    pub(in super::super) fn open(self, bot: BotId, file_id: &str) -> Option<(Kind, FileNumber)> {
        let inner = file_id.strip_prefix("BAAC")?.strip_suffix("QAC")?;
        let kind = *Kind::ALL.get(usize::from_str_radix(inner.get(..2)?, 16).ok()?)?;
        let file = FileNumber::from_str_radix(inner.get(2..14)?, 16).ok()?;
        (self.file_id(bot, kind, file) == file_id).then_some((kind, file))
    }

    fn seal(self, bot: BotId, kind: Kind, file: FileNumber) -> u64 {
        [bot.cast_unsigned(), kind_tag(kind) as u64, file]
            .iter()
            .fold(self.secret, |seal, part| mix(seal ^ mix(*part)))
    }
}

fn kind_tag(kind: Kind) -> usize {
    Kind::ALL.iter().position(|other| *other == kind).unwrap_or_default()
}

/// The finalizer of splitmix64: every bit of the input moves every bit of the output.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The id of the file for everybody, good for comparing and for nothing else.
pub(in super::super) fn unique_id(file: FileNumber) -> String {
    format!("AgAD{file:012x}")
}

/// How large a simulated file is, if nobody said.
pub(in super::super) fn default_size(file: FileNumber) -> u64 {
    2_000 + mix(file) % 30_000
}

/// The content of a file: its number, then filling up to its size.
pub(in super::super) fn content(file: FileNumber, size: u64) -> Vec<u8> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let mut text = String::with_capacity(size);
    writeln!(text, "{MAGIC}{file}").expect("a string takes every write");
    let mut content = text.into_bytes();
    content.resize(size.max(content.len()), b'.');
    content
}

/// The file whose content this is.
pub(in super::super) fn recognize(content: &[u8]) -> Option<FileNumber> {
    let line = content.strip_prefix(MAGIC.as_bytes())?.split(|byte| *byte == b'\n').next()?;
    std::str::from_utf8(line).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_id_opens_for_its_bot_only() {
        let ids = FileIds::new(7);
        let id = ids.file_id(42, Kind::Voice, 9);
        assert_eq!(ids.open(42, &id), Some((Kind::Voice, 9)));
        assert_eq!(ids.open(43, &id), None);
        assert_eq!(FileIds::new(8).open(42, &id), None);
        assert_eq!(ids.open(42, &id.replace('9', "8")), None);
    }

    #[test]
    fn content_is_recognized() {
        assert_eq!(recognize(&content(77, 4_000)), Some(77));
        assert_eq!(content(77, 4_000).len(), 4_000);
        assert_eq!(recognize(b"a real photo"), None);
    }
}
