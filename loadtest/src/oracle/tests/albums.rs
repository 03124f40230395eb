//! Albums: their messages are judged as any, and counted by whether they arrived in one.

use std::sync::Arc;

use super::{ANNA, BORIS, BOT, Story, buttons, story};
use crate::oracle::Counts;
use crate::telegram::{Kind, Matter, MessageId, Origin, Queued, UserId, What};

impl Story {
    /// Writes a photo of an album, and the bot takes it.
    fn shows(&mut self, user: UserId, album: &str) -> MessageId {
        let message_id = self.id();
        let queued = Queued::Message {
            message_id,
            kind: Kind::Photo,
            text: None,
            reply_to: None,
            matter: Matter::File(message_id.unsigned_abs()),
            album: Some(Arc::from(album)),
        };
        let update = self.queued(BOT, user, queued);
        self.ack(user, update);
        message_id
    }

    fn copy_of(&mut self, from: UserId, message: MessageId, to: UserId, album: Option<&str>) {
        let message_id = self.id();
        self.tell(What::MessagePlaced {
            call: 1,
            bot: BOT,
            user: to,
            message_id,
            origin: Origin::Copy { from, message_id: message },
            kind: Kind::Photo,
            text: None,
            matter: Matter::File(message.unsigned_abs()),
            buttons: buttons(&[]),
            reply_to: None,
            album: album.map(Arc::from),
        });
    }
}

#[test]
fn an_album_that_arrives_is_clean_in_one_piece_and_in_two() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let photos = [1, 2, 3].map(|_| story.shows(ANNA, "a"));
    for (photo, album) in photos.into_iter().zip([Some("a"), Some("a"), None]) {
        story.copy_of(ANNA, photo, BORIS, album);
    }
    let oracle = story.ends_clean();
    let tally = oracle.tally();
    assert_eq!((tally.sent, tally.relayed), (3, 3));
    assert_eq!((tally.of_albums, tally.in_albums), (3, 2));
}

#[test]
fn an_album_that_comes_twice_or_in_another_order_is_found() {
    let mut story = story();
    story.meet(ANNA, BORIS, 50);
    let [one, two, three] = [1, 2, 3].map(|_| story.shows(ANNA, "a"));
    for photo in [one, two, one, two] {
        story.copy_of(ANNA, photo, BORIS, Some("a"));
    }
    let (four, five) = (story.shows(ANNA, "b"), story.shows(ANNA, "b"));
    for photo in [three, five, four] {
        story.copy_of(ANNA, photo, BORIS, Some("b"));
    }
    let (counts, _) = story.end();
    assert_eq!(counts, Counts { duplicated: 2, reordered: 1, ..Counts::default() });
}
