//! Updates taken in: what they do, what their repetition does not do, and what a crash in between leaves to mend.

mod crashes;
mod failures;
mod people;
mod rooms;
mod searches;
mod stage;
mod talk;
