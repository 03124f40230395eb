//! The simulated Bot API server, seen from where the fleet stands: raw HTTP on both sides.

mod beginning;
mod calls;
mod certificate;
mod chats;
mod copying;
mod editing;
mod faults;
mod fetched;
mod files;
mod limits;
mod members;
mod paying;
mod polling;
mod seeds;
mod specification;
mod support;
mod updates;
mod webhook_rules;
mod webhooks;
