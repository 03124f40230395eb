//! What entities, files and cards reveal.

use std::borrow::Cow;

use hamdam_domain::reveal::Reveal;
use hamdam_telegram::{Content, ContentKind};
use serde::Deserialize;

use super::Reveals;
use super::phone::Care;
use super::scan::scan;

/// `MessageEntity`, as far as it reveals something.
#[derive(Deserialize)]
struct Entity<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow, default)]
    url: Option<Cow<'a, str>>,
}

/// What Telegram found in a text, or its writer hid behind it. What is no list of entities reveals nothing.
pub(super) fn of_entities(json: &str) -> Reveals {
    let entities: Vec<Entity<'_>> = serde_json::from_str(json).unwrap_or_default();
    let mut reveals = Reveals::default();
    for entity in entities {
        match &*entity.r#type {
            "mention" | "text_mention" => reveals.add(Reveal::Mention),
            "phone_number" => reveals.add(Reveal::Phone),
            "email" => reveals.add(Reveal::Email),
            "url" => reveals.add(Reveal::Link),
            "text_link" => reveals.join(of_address(entity.url.as_deref().unwrap_or_default())),
            _ => {}
        }
    }
    reveals
}

/// An address that stands behind other words.
fn of_address(url: &str) -> Reveals {
    let mut reveals = scan(url, Care::Spoken);
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    if scheme.eq_ignore_ascii_case("tel") {
        reveals.add(Reveal::Phone);
    } else if scheme.eq_ignore_ascii_case("mailto") {
        reveals.add(Reveal::Email);
    } else if !scheme.eq_ignore_ascii_case("tg") {
        reveals.add(Reveal::Link);
    }
    reveals
}

/// What files call themselves.
#[derive(Default, Deserialize)]
#[serde(default)]
struct File<'a> {
    #[serde(borrow, rename = "file_name")]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    mime_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    performer: Option<Cow<'a, str>>,
    #[serde(borrow)]
    title: Option<Cow<'a, str>>,
}

/// `Venue`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Venue<'a> {
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    address: Cow<'a, str>,
}

/// `Poll`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Poll<'a> {
    #[serde(borrow)]
    question: Cow<'a, str>,
    #[serde(borrow)]
    explanation: Option<Cow<'a, str>>,
    #[serde(borrow)]
    options: Vec<PollOption<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PollOption<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

/// What a message carries beside its text.
pub(super) fn of_content(content: &Content) -> Reveals {
    let mut reveals = Reveals::default();
    each_text(content, &mut |text, care| reveals.join(scan(text, care)));
    if content.kind == ContentKind::Contact || is_card(content) {
        reveals.add(Reveal::Contact);
    }
    reveals
}

/// Every text that a message carries beside its own, and the care it is to be looked through with.
pub(super) fn each_text(content: &Content, take: &mut dyn FnMut(&str, Care)) {
    let json = content.value.get();
    match content.kind {
        ContentKind::Document | ContentKind::Audio | ContentKind::Video | ContentKind::Animation => {
            let file: File<'_> = serde_json::from_str(json).unwrap_or_default();
            let (stem, _) = file.stem_and_ending();
            for text in [Some(stem), file.performer.as_deref(), file.title.as_deref()].into_iter().flatten() {
                take(text, Care::Named);
            }
        }
        ContentKind::Venue => {
            let venue: Venue<'_> = serde_json::from_str(json).unwrap_or_default();
            take(&venue.title, Care::Named);
            take(&venue.address, Care::Named);
        }
        ContentKind::Poll => {
            let poll: Poll<'_> = serde_json::from_str(json).unwrap_or_default();
            let options = poll.options.iter().map(|option| &*option.text);
            for text in [&*poll.question].into_iter().chain(poll.explanation.as_deref()).chain(options) {
                take(text, Care::Spoken);
            }
        }
        _ => {}
    }
}

impl File<'_> {
    /// What stands behind the last dot says what the file is, and nothing else.
    fn stem_and_ending(&self) -> (&str, &str) {
        let name = self.name.as_deref().unwrap_or_default();
        name.rsplit_once('.').unwrap_or((name, ""))
    }
}

/// Whether a file is a card.
fn is_card(content: &Content) -> bool {
    let of_files = [ContentKind::Document, ContentKind::Audio, ContentKind::Video, ContentKind::Animation];
    if !of_files.contains(&content.kind) {
        return false;
    }
    let file: File<'_> = serde_json::from_str(content.value.get()).unwrap_or_default();
    let mime = file.mime_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let (_, ending) = file.stem_and_ending();
    ["vcf", "vcard"].iter().any(|card| ending.eq_ignore_ascii_case(card)) || mime.contains("vcard")
}
