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
    let json = content.value.get();
    let mut reveals = Reveals::default();
    match content.kind {
        ContentKind::Contact => reveals.add(Reveal::Contact),
        ContentKind::Document | ContentKind::Audio | ContentKind::Video | ContentKind::Animation => {
            reveals.join(of_file(&serde_json::from_str(json).unwrap_or_default()));
        }
        ContentKind::Venue => {
            let venue: Venue<'_> = serde_json::from_str(json).unwrap_or_default();
            reveals.join(scan(&venue.title, Care::Named));
            reveals.join(scan(&venue.address, Care::Named));
        }
        ContentKind::Poll => {
            let poll: Poll<'_> = serde_json::from_str(json).unwrap_or_default();
            let options = poll.options.iter().map(|option| &*option.text);
            for text in [&*poll.question].into_iter().chain(poll.explanation.as_deref()).chain(options) {
                reveals.join(scan(text, Care::Spoken));
            }
        }
        _ => {}
    }
    reveals
}

fn of_file(file: &File<'_>) -> Reveals {
    let mut reveals = Reveals::default();
    let name = file.name.as_deref().unwrap_or_default();
    // What stands behind the last dot says what the file is, and nothing else.
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mime = file.mime_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    if ["vcf", "vcard"].iter().any(|card| ending.eq_ignore_ascii_case(card)) || mime.contains("vcard") {
        reveals.add(Reveal::Contact);
    }
    for text in [Some(stem), file.performer.as_deref(), file.title.as_deref()].into_iter().flatten() {
        reveals.join(scan(text, Care::Named));
    }
    reveals
}
