//! The wire, checked against a second opinion, and the client, checked against a server that misbehaves.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod client;
mod methods;
mod refusals;
mod server;
mod tokens;
mod transfer;
mod updates;
