//! The wire, checked against a second opinion, and the client, checked against a server that misbehaves.

mod client;
mod methods;
mod refusals;
mod server;
mod tokens;
mod updates;
