//! Whether a bot may know who is in the required channel.

use hamdam_bot::Channel;
use hamdam_domain::id::BotId;
use hamdam_telegram::Client;
use hamdam_telegram::member::GetChatMember;

use super::finding::Part;

/// Of others than itself a bot is told for certain only where it is an administrator. Whoever nothing is told of is let in,
/// so this is nothing that users would complain about.
pub(super) async fn examine(client: &Client, bot: BotId, channel: &Channel, part: &mut Part) {
    let itself = GetChatMember { chat_id: channel.to_string(), user_id: bot.0 };
    let found = match client.ask(bot.0, &itself).await {
        Ok(member) if member.administers() => return,
        Ok(member) => format!("it is no administrator of {channel} but \"{}\"", member.status),
        Err(error) => format!("it cannot see {channel}: {error}"),
    };
    let mend = "Make the bot an administrator of the channel, or mend REQUIRED_CHANNEL: until then everybody is let in.";
    part.problem("channel", found, mend);
}
