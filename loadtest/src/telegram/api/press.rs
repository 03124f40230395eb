//! `answerCallbackQuery`.

use super::super::event::What;
use super::{Answer, Args, Ctx, Refusal};

const LONGEST: usize = 200;

/// A press can be answered once, and not for ever.
pub(super) fn answer(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let too_old = "query is too old and response timeout expired or query ID is invalid";
    let text = args.text("text").filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > LONGEST) {
        return Err(Refusal::wrong("MESSAGE_TOO_LONG"));
    }
    if args.values.contains_key("url") {
        return Err(Refusal::wrong("URL_INVALID"));
    }
    let id = args.text("callback_query_id").unwrap_or_default().parse().ok();
    let Some(id) = id.filter(|id| ctx.bot.presses.knew(*id)) else { return Err(Refusal::wrong(too_old)) };
    let now = ctx.shared.clock.now();
    let bot = ctx.bot.id;
    let press = ctx.bot.presses.get_mut(id).filter(|press| press.expires >= now && !press.answered);
    let press = press.ok_or_else(|| Refusal::bad(too_old))?;
    press.answered = true;
    let (user, update_id) = (press.user, press.update_id);
    ctx.shared.tell(What::PressAnswered { call: ctx.call, bot, user, update_id, text: text.map(Into::into) });
    Ok("true".to_owned())
}
