//! Heartbeats: which instances live.
