//! hamdam-bot.
