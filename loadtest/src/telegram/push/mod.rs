//! Pushing updates to webhooks, as the real server does it.

mod connection;
pub(super) mod pump;
pub(super) mod queue;
mod response;
pub(super) mod target;
pub(super) mod webhook;
