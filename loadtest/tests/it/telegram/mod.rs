//! The simulated Bot API server, seen from where the fleet stands: raw HTTP on both sides.

mod calls;
mod chats;
mod copying;
mod editing;
mod faults;
mod files;
mod limits;
mod polling;
mod seeds;
mod specification;
mod support;
mod updates;
mod webhook_rules;
mod webhooks;
