//! Puts words into people's mouths: virtual users decide when to write, the cast's talks say what.

use std::collections::HashMap;

use super::cast;
use crate::oracle::{RoomId, Signs, Wish};
use crate::telegram::{Action, Event, Kind, Origin, UserId, What, Writing};
use crate::users::Deed;

/// How far the talk of a room is.
#[derive(Clone, Copy, Debug, Default)]
struct Talk {
    which: usize,
    said: usize,
    /// Everybody seen in the room so far speaks Persian.
    persian: bool,
    people: usize,
}

/// The prompter.
pub(super) struct Script {
    first_user: UserId,
    /// The talk of the next room: everybody talks about something else.
    next: usize,
    rooms: HashMap<UserId, RoomId>,
    talks: HashMap<RoomId, Talk>,
    /// The last words of each person, for those who correct themselves.
    last: HashMap<UserId, String>,
}

impl Script {
    /// A prompter whose choice of talks follows from `seed`.
    pub(super) fn new(first_user: UserId, seed: u64) -> Self {
        let next = usize::try_from(seed % 1_000).unwrap_or(0);
        Self { first_user, next, rooms: HashMap::new(), talks: HashMap::new(), last: HashMap::new() }
    }

    /// Follows who is in which room.
    pub(super) fn see(&mut self, event: &Event) {
        let What::MessagePlaced { user, origin: Origin::Sent, buttons, .. } = &event.what else {
            return;
        };
        let signs = Signs::of(buttons);
        if let Some(over) = signs.over {
            self.rooms.remove(user);
            self.talks.remove(&over);
        }
        if let Some(room) = signs.open {
            self.enter(*user, room);
        }
    }

    fn enter(&mut self, user: UserId, room: RoomId) {
        if self.rooms.insert(user, room) == Some(room) {
            return;
        }
        let persian = cast::player(self.index(user)).language == "fa";
        let talk = self.talks.entry(room).or_insert_with(|| {
            self.next += 1;
            Talk { which: self.next, persian: true, ..Talk::default() }
        });
        talk.people += 1;
        talk.persian &= persian;
    }

    fn index(&self, user: UserId) -> usize {
        usize::try_from(user - self.first_user).unwrap_or(0)
    }

    /// The deed, with words of the talk in place of the crowd's.
    pub(super) fn prompt(&mut self, mut deed: Deed) -> Deed {
        match &mut deed.action {
            Action::Write(Writing { kind: Kind::Text, text: Some(text), .. })
                if Wish::of_text(text).is_none() =>
            {
                self.next_line(deed.user).clone_into(text);
                self.last.insert(deed.user, text.clone());
            }
            Action::Write(Writing { text, .. })
                if text.as_deref().is_some_and(|text| Wish::of_text(text).is_none()) =>
            {
                // A picture says enough.
                *text = None;
            }
            Action::Edit { text, .. } => {
                let said = self.last.get(&deed.user).map_or("", String::as_str);
                *text = format!("{said} 🙂");
            }
            _ => {}
        }
        deed
    }

    fn next_line(&mut self, user: UserId) -> &'static str {
        let persian = cast::player(self.index(user)).language == "fa";
        let talk = self.rooms.get(&user).and_then(|room| self.talks.get_mut(room));
        let Some(talk) = talk else { return cast::line(persian, 0, 0) };
        talk.said += 1;
        cast::line(talk.persian && talk.people == 2, talk.which, talk.said - 1)
    }
}
