//! What a bot says about itself, and small questions.

use super::super::json::Json;
use super::super::world::file::{self, LARGEST_DOWNLOAD};
use super::super::world::render;
use super::place::chat_named;
use super::{Answer, Args, Ctx, Refusal};

/// `getMe`.
pub(super) fn me(ctx: &Ctx<'_>) -> String {
    let user = ctx.bot.user_json.trim_end_matches('}');
    format!(
        "{user},\"can_join_groups\":true,\"can_read_all_group_messages\":false,\"supports_inline_queries\":false}}"
    )
}

/// `getFile`: up to 20 MB.
pub(super) fn file(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let file_id = args.text("file_id").unwrap_or_default();
    let opened = ctx.shared.files.open(ctx.bot.id, file_id);
    let (kind, number) =
        opened.ok_or_else(|| Refusal::wrong("wrong file_id or the file is temporarily unavailable"))?;
    let size = ctx.shared.file_size(number);
    if size > LARGEST_DOWNLOAD {
        return Err(Refusal::bad("file is too big"));
    }
    let mut json = Json::object();
    json.text("file_id", file_id).text("file_unique_id", &file::unique_id(number));
    json.int("file_size", i64::try_from(size).unwrap_or(i64::MAX));
    json.text("file_path", &format!("{}/file_{number}", kind.field()));
    Ok(json.end())
}

/// `getChat`, of users who started the bot.
pub(super) fn chat(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let user = chat_named(ctx, args, "chat_id")?;
    let mut json = Json::object();
    render::chat(&mut json, user, ctx.shared.people.get(&user));
    json.int("accent_color_id", 0).int("max_reaction_count", 11);
    json.nest("accepted_gift_types", |json| {
        for kind in [
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ] {
            json.bool(kind, false);
        }
    });
    Ok(json.end())
}

/// `setMyCommands` and its kin: kept, and given back.
pub(super) fn setting(ctx: &mut Ctx<'_>, args: &Args, method: &str) -> Answer {
    if let Some(code) = args.text("language_code")
        && !(code.is_empty() || code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()))
    {
        return Err(Refusal::wrong("invalid language code specified"));
    }
    let (verb, what) = method.split_at(method.find(char::is_uppercase).unwrap_or(0));
    let slot = ["scope", "chat_id", "language_code"]
        .iter()
        .map(|name| args.values.get(*name).map(ToString::to_string).unwrap_or_default())
        .fold(what.to_owned(), |slot, value| format!("{slot} {value}"));
    match verb {
        "set" => {
            check(args)?;
            ctx.bot.profile.insert(slot, kept(args, what));
        }
        "delete" => {
            ctx.bot.profile.remove(&slot);
        }
        _ => {
            let empty = if what == "MyCommands" { "[]".to_owned() } else { kept(&Args::default(), what) };
            return Ok(ctx.bot.profile.get(&slot).cloned().unwrap_or(empty));
        }
    }
    Ok("true".to_owned())
}

/// What the `get…` method will answer.
fn kept(args: &Args, what: &str) -> String {
    let text = |name: &str| {
        let mut json = Json::object();
        json.text(name, args.text(name).unwrap_or_default());
        json.end()
    };
    match what {
        "MyCommands" => args.values.get("commands").map_or_else(|| "[]".to_owned(), ToString::to_string),
        "MyName" => text("name"),
        "MyDescription" => text("description"),
        "MyShortDescription" => text("short_description"),
        _ => args
            .values
            .get("menu_button")
            .map_or_else(|| r#"{"type":"default"}"#.to_owned(), ToString::to_string),
    }
}

/// Limits of the Bot API, in characters.
fn check(args: &Args) -> Result<(), Refusal> {
    for (name, longest) in [("name", 64), ("description", 512), ("short_description", 120)] {
        if args.text(name).is_some_and(|text| text.chars().count() > longest) {
            return Err(Refusal::wrong(format!("{name} is longer than {longest} characters")));
        }
    }
    let commands = args.list("commands");
    if commands.len() > 100 {
        return Err(Refusal::wrong("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in commands {
        let name = command["command"].as_str().unwrap_or_default();
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(1..=32).contains(&name.len()) || !name.bytes().all(good) {
            return Err(Refusal::wrong("BOT_COMMAND_INVALID"));
        }
        let description = command["description"].as_str().unwrap_or_default().chars().count();
        if !(1..=256).contains(&description) {
            return Err(Refusal::wrong("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    Ok(())
}
