//! Which shards and pools this instance leads: rendezvous hashing over live heartbeats, renewal, hand-over.
