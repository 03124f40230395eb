//! Sends a shard's outbox: in order per chat, claimed before the call, within the token's budget.
