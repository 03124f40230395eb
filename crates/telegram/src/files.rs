//! Methods that send files, contacts and places: what a message is made of anew where it cannot be copied.

use serde::{Deserialize, Serialize};

use crate::answer::Placed;
use crate::markup::ReplyParameters;
use crate::method::{Json, Method};

/// The largest file that `getFile` gives (source: Bot API, `getFile`). A server of one's own gives larger ones, and says
/// so by giving them.
pub const LARGEST_DOWNLOAD: u64 = 20 << 20;

/// A file as a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum InputFile {
    /// Its `file_id`, as the sending bot knows it.
    Known(String),
    /// It comes with the request, as the part named like the parameter.
    Enclosed,
}

impl InputFile {
    fn is_enclosed(&self) -> bool {
        *self == Self::Enclosed
    }
}

/// What stands under a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Under {
    /// 0-1024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Formatting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption_entities: Option<Json>,
}

/// How a message comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// What it replies to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_parameters: Option<ReplyParameters>,
    /// It can be neither forwarded nor saved.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protect_content: bool,
}

macro_rules! files {
    ($($(#[$doc:meta])* $type:ident = $name:literal, $file:ident { $($(#[$attribute:meta])* $field:ident: $of:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
            pub struct $type {
                /// The chat.
                pub chat_id: i64,
                /// The file.
                #[serde(skip_serializing_if = "InputFile::is_enclosed")]
                pub $file: InputFile,
                $($(#[$attribute])* pub $field: $of,)*
                /// How it comes.
                #[serde(flatten)]
                pub delivery: Delivery,
            }

            impl Method for $type {
                const NAME: &'static str = $name;
                type Answer = Placed;
            }

            impl $type {
                /// The parameter that takes the file, if the file comes with the request.
                pub(crate) fn encloses(&self) -> Option<&'static str> {
                    self.$file.is_enclosed().then_some(stringify!($file))
                }
            }
        )*
    };
}

files! {
    /// Sends a photo, at most 10 MB.
    SendPhoto = "sendPhoto", photo {
        /// What stands under it.
        #[serde(flatten)]
        under: Under,
        /// That stands above it.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        show_caption_above_media: bool,
        /// It is covered until touched.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        has_spoiler: bool,
    }

    /// Sends a video.
    SendVideo = "sendVideo", video {
        /// Seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<u32>,
        /// In pixels.
        #[serde(skip_serializing_if = "Option::is_none")]
        width: Option<u32>,
        /// In pixels.
        #[serde(skip_serializing_if = "Option::is_none")]
        height: Option<u32>,
        /// What stands under it.
        #[serde(flatten)]
        under: Under,
        /// That stands above it.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        show_caption_above_media: bool,
        /// It is covered until touched.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        has_spoiler: bool,
    }

    /// Sends a GIF or a silent video.
    SendAnimation = "sendAnimation", animation {
        /// Seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<u32>,
        /// In pixels.
        #[serde(skip_serializing_if = "Option::is_none")]
        width: Option<u32>,
        /// In pixels.
        #[serde(skip_serializing_if = "Option::is_none")]
        height: Option<u32>,
        /// What stands under it.
        #[serde(flatten)]
        under: Under,
        /// That stands above it.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        show_caption_above_media: bool,
        /// It is covered until touched.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        has_spoiler: bool,
    }

    /// Sends music.
    SendAudio = "sendAudio", audio {
        /// Seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<u32>,
        /// Who plays.
        #[serde(skip_serializing_if = "Option::is_none")]
        performer: Option<String>,
        /// What is played.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// What stands under it.
        #[serde(flatten)]
        under: Under,
    }

    /// Sends a voice note.
    SendVoice = "sendVoice", voice {
        /// Seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<u32>,
        /// What stands under it.
        #[serde(flatten)]
        under: Under,
    }

    /// Sends a round video.
    SendVideoNote = "sendVideoNote", video_note {
        /// Seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        duration: Option<u32>,
        /// Its diameter in pixels.
        #[serde(skip_serializing_if = "Option::is_none")]
        length: Option<u32>,
    }

    /// Sends any file.
    SendDocument = "sendDocument", document {
        /// What stands under it.
        #[serde(flatten)]
        under: Under,
        /// A video that is sent stays a document.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        disable_content_type_detection: bool,
    }

    /// Sends a sticker.
    SendSticker = "sendSticker", sticker {
        /// What it stands for; only for one that is uploaded.
        #[serde(skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    }
}

/// `Contact`, as far as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The number.
    pub phone_number: String,
    /// The name.
    pub first_name: String,
    /// The rest of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// More of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vcard: Option<String>,
}

/// A point on the map: the numbers as they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Degrees.
    pub latitude: serde_json::Number,
    /// Degrees.
    pub longitude: serde_json::Number,
    /// Metres, 0-1500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizontal_accuracy: Option<serde_json::Number>,
}

/// What a place is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name.
    pub title: String,
    /// Where it is, in words.
    pub address: String,
    /// As Foursquare knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foursquare_id: Option<String>,
    /// As Foursquare calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foursquare_type: Option<String>,
    /// As Google knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub google_place_id: Option<String>,
    /// As Google calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub google_place_type: Option<String>,
}

/// Sends somebody's contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SendContact {
    /// The chat.
    pub chat_id: i64,
    /// Whose.
    #[serde(flatten)]
    pub contact: Contact,
    /// How it comes.
    #[serde(flatten)]
    pub delivery: Delivery,
}

/// Sends a point on the map, which does not move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SendLocation {
    /// The chat.
    pub chat_id: i64,
    /// The point.
    #[serde(flatten)]
    pub point: Point,
    /// How it comes.
    #[serde(flatten)]
    pub delivery: Delivery,
}

/// Sends a named point on the map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SendVenue {
    /// The chat.
    pub chat_id: i64,
    /// In degrees.
    pub latitude: serde_json::Number,
    /// In degrees.
    pub longitude: serde_json::Number,
    /// What it is called.
    #[serde(flatten)]
    pub name: Named,
    /// How it comes.
    #[serde(flatten)]
    pub delivery: Delivery,
}

macro_rules! placing {
    ($($type:ident = $name:literal;)*) => {
        $(impl Method for $type {
            const NAME: &'static str = $name;
            type Answer = Placed;
        })*
    };
}

placing! {
    SendContact = "sendContact";
    SendLocation = "sendLocation";
    SendVenue = "sendVenue";
}

/// Asks where a file can be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GetFile {
    /// Its `file_id`.
    pub file_id: String,
}

impl Method for GetFile {
    const NAME: &'static str = "getFile";
    type Answer = FilePlace;
}

/// `File`: where it can be fetched, for an hour at least.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FilePlace {
    /// Its size in bytes.
    #[serde(default)]
    pub file_size: Option<u64>,
    /// Its place below the token's file address; none if it cannot be fetched.
    #[serde(default)]
    pub file_path: Option<String>,
}
