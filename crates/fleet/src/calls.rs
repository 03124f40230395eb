//! The door to Telegram: a trait, so that the explorer can stand in for it.
