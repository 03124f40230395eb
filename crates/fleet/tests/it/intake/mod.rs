//! Updates taken in: what they do, what their repetition does not do, and what a crash in between leaves to mend.

mod anonymity;
mod channel;
mod conduct;
mod crashes;
mod desk;
mod failures;
mod haste;
mod moderation;
mod payments;
mod people;
mod rooms;
mod searches;
mod stage;
mod talk;
