//! The calls: what each method demands, does and answers.

mod copy;
mod edit;
mod html;
mod invoice;
mod markup;
mod member;
mod place;
mod poll;
mod press;
mod profile;
mod request;
mod send;
pub(super) mod text;
mod upload;
mod webhook;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::event::{BotId, CallId, Outcome, UserId, What};
use super::json::Json;
use super::spec::SPEC;
use super::world::{Bot, Shared, World};

pub(super) use poll::{Polled, poll};
pub(super) use request::{Args, Request};

/// Where and as what a call is carried out.
pub(super) struct Ctx<'a> {
    pub(super) bot: &'a mut Bot,
    pub(super) shared: &'a mut Shared,
    pub(super) call: CallId,
    pub(super) method: &'a Arc<str>,
}

impl Ctx<'_> {
    /// Counts the call as invalid, whatever becomes of it.
    fn complain(&mut self, why: impl Into<String>) {
        let (call, method) = (self.call, Arc::clone(self.method));
        let bot = Some(self.bot.id);
        self.shared.tell(What::InvalidCall { call, bot, method, why: why.into() });
    }
}

/// Why a call is refused.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub(super) code: u16,
    /// The description.
    pub(super) text: Cow<'static, str>,
    /// With 429: how long until it may succeed.
    pub(super) wait: Option<Duration>,
    /// Why no correct program would have made this call; none if one might.
    pub(super) invalid: Option<String>,
}

impl Refusal {
    /// 400 that no correct program meets. `text` comes after `Bad Request: `.
    pub(super) fn wrong(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { invalid: Some(text.clone()), ..Self::bad(text) }
    }

    /// 400 that a correct program may meet. `text` comes after `Bad Request: `.
    pub(super) fn bad(text: impl AsRef<str>) -> Self {
        Self::other(400, format!("Bad Request: {}", text.as_ref()))
    }

    /// Any status that a correct program may meet.
    pub(super) fn other(code: u16, text: impl Into<Cow<'static, str>>) -> Self {
        Self { code, text: text.into(), wait: None, invalid: None }
    }

    /// 429: `wait` rounded up to whole seconds.
    pub(super) fn too_many(wait: Duration) -> Self {
        let mut refusal = Self { wait: Some(wait), ..Self::other(429, "") };
        refusal.text =
            format!("Too Many Requests: retry after {}", refusal.retry_after().unwrap_or(1)).into();
        refusal
    }

    /// `retry_after`, whole seconds.
    pub(super) fn retry_after(&self) -> Option<u32> {
        let wait = self.wait?;
        let up = u64::from(wait.subsec_nanos() > 0);
        Some(u32::try_from(wait.as_secs() + up).unwrap_or(u32::MAX).max(1))
    }

    /// The body of the answer.
    pub(super) fn body(&self) -> String {
        let mut json = Json::object();
        json.bool("ok", false).int("error_code", self.code).text("description", &self.text);
        if let Some(seconds) = self.retry_after() {
            json.nest("parameters", |json| {
                json.int("retry_after", seconds);
            });
        }
        json.end()
    }

    /// What the witness is told.
    pub(super) fn outcome(&self) -> Outcome {
        let description = Arc::from(&*self.text);
        Outcome::Refused { code: self.code, description, retry_after: self.retry_after() }
    }
}

/// The `result` of a successful call, as JSON.
pub(super) type Answer = Result<String, Refusal>;

impl World {
    /// Carries a call out. What the specification does not take is refused and counted.
    pub(super) fn execute(&mut self, call: CallId, bot: Option<BotId>, request: &Request) -> Answer {
        let answer = self.try_execute(call, bot, request);
        if let Err(Refusal { invalid: Some(why), .. }) = &answer {
            let method = Arc::clone(&request.name);
            self.shared.tell(What::InvalidCall { call, bot, method, why: why.clone() });
        }
        answer
    }

    fn try_execute(&mut self, call: CallId, bot: Option<BotId>, request: &Request) -> Answer {
        let Some((bot, shared)) = bot.and_then(|bot| self.split(bot)) else {
            let refusal = Refusal::other(401, "Unauthorized");
            return Err(Refusal { invalid: Some("unknown token".to_owned()), ..refusal });
        };
        if let Some(wrong) = &request.wrong {
            return Err(wrong.clone());
        }
        let mut ctx = Ctx { bot, shared, call, method: &request.name };
        dispatch(&mut ctx, &request.name, &request.args)
    }
}

fn dispatch(ctx: &mut Ctx<'_>, method: &str, args: &Args) -> Answer {
    match method {
        "copyMessage" => copy::copy_message(ctx, args),
        "copyMessages" => copy::copy_messages(ctx, args),
        "forwardMessage" => copy::forward_message(ctx, args),
        "forwardMessages" => copy::forward_messages(ctx, args),
        "sendMessage" => send::message(ctx, args),
        "sendPhoto" | "sendAudio" | "sendDocument" | "sendVideo" | "sendAnimation" | "sendVoice"
        | "sendVideoNote" | "sendSticker" => send::file(ctx, args, method),
        "sendMediaGroup" => send::album(ctx, args),
        "sendLocation" | "sendVenue" | "sendContact" | "sendDice" | "sendPoll" => {
            send::object(ctx, args, method)
        }
        "sendChatAction" => send::chat_action(ctx, args),
        "editMessageText" => edit::text(ctx, args),
        "editMessageCaption" => edit::caption(ctx, args),
        "editMessageMedia" => edit::media(ctx, args),
        "editMessageReplyMarkup" => edit::reply_markup(ctx, args),
        "deleteMessage" => edit::delete(ctx, args),
        "deleteMessages" => edit::delete_many(ctx, args),
        "setMessageReaction" => edit::react(ctx, args),
        "answerCallbackQuery" => press::answer(ctx, args),
        "sendInvoice" => invoice::send(ctx, args),
        "createInvoiceLink" => invoice::link(ctx, args),
        "answerPreCheckoutQuery" => invoice::answer(ctx, args),
        "refundStarPayment" => invoice::refund(ctx, args),
        "editUserStarSubscription" => invoice::subscription(ctx, args),
        "setWebhook" => webhook::set(ctx, args),
        "deleteWebhook" => Ok(webhook::delete(ctx, args)),
        "getWebhookInfo" => Ok(webhook::info(ctx)),
        "getMe" => Ok(profile::me(ctx)),
        "getFile" => profile::file(ctx, args),
        "getChat" => profile::chat(ctx, args),
        "getChatMember" => member::get(ctx, args),
        "logOut" | "close" => Ok("true".to_owned()),
        _ => profile::setting(ctx, args, method),
    }
}

/// Carries out a call that came in a webhook's response body; its result is thrown away.
pub(super) fn from_webhook(world: &mut World, bot: BotId, mut body: Map<String, Value>) {
    let Some(Value::String(name)) = body.remove("method") else { return };
    let lower = name.to_ascii_lowercase();
    if lower.starts_with("get")
        || ["setwebhook", "deletewebhook", "close", "logout"].contains(&lower.as_str())
    {
        return;
    }
    let request = Request::of(&name, SPEC.method(&name), Args { values: body, files: Vec::new() });
    let shared = &mut world.shared;
    let call = shared.next_call();
    let begun = shared.clock.now();
    let (method, chat, messages) = (Arc::clone(&request.name), request.chat(), request.messages());
    shared.tell(What::CallReceived { call, peer: None, bot: Some(bot), method, chat, messages });
    let outcome = match world.execute(call, Some(bot), &request) {
        Ok(_) => Outcome::Done,
        Err(refusal) => refusal.outcome(),
    };
    let took = world.shared.clock.now().saturating_sub(begun);
    world.shared.tell(What::CallAnswered { call, outcome, took });
}

impl Request {
    /// `chat_id`, where it is there and a number.
    pub(super) fn chat(&self) -> Option<UserId> {
        self.args.int("chat_id")
    }

    /// Messages it would place.
    pub(super) fn messages(&self) -> usize {
        match &*self.name {
            "sendMediaGroup" => self.args.list("media").len(),
            "copyMessages" | "forwardMessages" => self.args.list("message_ids").len(),
            "sendChatAction" => 0,
            name => usize::from(["send", "copy", "forward"].into_iter().any(|verb| name.starts_with(verb))),
        }
    }
}
