//! Who is in a channel.

use serde_json::Value;

use super::super::json::Json;
use super::super::world::render;
use super::{Answer, Args, Ctx, Refusal};

/// Rights of an administrator, all of which its object must tell. (Source: Bot API, `ChatMemberAdministrator`.)
const RIGHTS: [&str; 13] = [
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
];

/// `getChatMember`, of public channels by name. Of others than itself a bot is told only where it is an administrator.
pub(super) fn get(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let not_found = || Refusal::wrong("chat not found");
    let name = match args.values.get("chat_id") {
        Some(Value::String(name)) if name.starts_with('@') => name,
        _ => return Err(not_found()),
    };
    let user = args.int("user_id").ok_or_else(|| Refusal::wrong("invalid user_id specified"))?;
    let channel = ctx.shared.channels.get(name).ok_or_else(not_found)?;
    let administers = channel.admins.contains(&ctx.bot.id);
    if user == ctx.bot.id {
        let mut json = Json::object();
        json.text("status", if administers { "administrator" } else { "left" });
        json.raw("user", &ctx.bot.user_json);
        if administers {
            for right in RIGHTS {
                json.bool(right, false);
            }
        }
        return Ok(json.end());
    }
    if !administers {
        return Err(Refusal::bad("member list is inaccessible"));
    }
    // Nobody else's ids are a bot's to know.
    if !ctx.bot.chats.contains_key(&user) && !channel.members.contains(&user) {
        return Err(Refusal::wrong("PARTICIPANT_ID_INVALID"));
    }
    let mut json = Json::object();
    json.text("status", if channel.members.contains(&user) { "member" } else { "left" });
    json.nest("user", |json| render::user(json, user, ctx.shared.people.get(&user)));
    Ok(json.end())
}
