//! `setWebhook`, `deleteWebhook`, `getWebhookInfo`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::super::event::What;
use super::super::json::Json;
use super::super::push::target::Target;
use super::super::push::webhook::{DEFAULT_CONNECTIONS, Setup, is_kind};
use super::{Answer, Args, Ctx, Refusal};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// `setWebhook`; an empty URL removes the webhook.
pub(super) fn set(ctx: &mut Ctx<'_>, args: &Args) -> Answer {
    let url = args.text("url").unwrap_or_default().trim();
    if url.is_empty() {
        return Ok(delete(ctx, args));
    }
    let now = ctx.shared.clock.now();
    let second = Duration::from_secs(1);
    if let Some(last) = ctx.bot.webhook.set_at.filter(|last| *last + second > now) {
        return Err(Refusal::too_many((last + second).saturating_sub(now)));
    }
    let secret = secret(args)?;
    let max_connections = match args.int("max_connections") {
        None => DEFAULT_CONNECTIONS,
        Some(count) if (1..=100).contains(&count) => usize::try_from(count).unwrap_or(DEFAULT_CONNECTIONS),
        Some(_) => return Err(Refusal::wrong("max_connections must be 1-100")),
    };
    let allowed = match args.values.get("allowed_updates") {
        None => ctx.bot.webhook.allowed.clone(),
        Some(_) => allowed(args)?,
    };
    let certificate = certificate(args)?;
    let target = Target::read(url, secret.as_deref(), ctx.shared.settings.local);
    let target = Arc::new(target.map_err(|why| Refusal::wrong(format!("bad webhook: {why}")))?);
    ctx.bot.webhook.set_at = Some(now);
    let ip_address = args.text("ip_address").map(str::to_owned);
    let setup = Setup { url: url.to_owned(), secret, max_connections, ip_address, certificate, target };
    let drop_pending = args.is("drop_pending_updates");
    let webhook = &mut ctx.bot.webhook;
    if !drop_pending && webhook.setup.as_ref() == Some(&setup) && webhook.allowed == allowed {
        return Ok(described("Webhook is already set"));
    }
    webhook.allowed = allowed;
    webhook.set(Some(setup));
    if drop_pending {
        drop_updates(ctx);
    }
    Ok(described("Webhook was set"))
}

/// `deleteWebhook`.
pub(super) fn delete(ctx: &mut Ctx<'_>, args: &Args) -> String {
    let was_set = ctx.bot.webhook.setup.is_some();
    if was_set {
        ctx.bot.webhook.set(None);
    }
    if args.is("drop_pending_updates") {
        drop_updates(ctx);
    }
    described(if was_set { "Webhook was deleted" } else { "Webhook is already deleted" })
}

/// `true`, and what is said beside it: the answer carries both.
fn described(text: &str) -> String {
    format!("true,\"description\":\"{text}\"")
}

/// `getWebhookInfo`.
pub(super) fn info(ctx: &Ctx<'_>) -> String {
    let webhook = &ctx.bot.webhook;
    let mut json = Json::object();
    json.text("url", webhook.setup.as_ref().map_or("", |setup| &setup.url));
    let own = webhook.setup.as_ref().is_some_and(|setup| setup.certificate.is_some());
    json.bool("has_custom_certificate", own);
    json.int("pending_update_count", i64::try_from(webhook.queue.len()).unwrap_or(i64::MAX));
    if let Some(setup) = &webhook.setup {
        json.maybe("ip_address", setup.ip_address.as_deref());
        if let Some((date, text)) = &webhook.last_error {
            json.int("last_error_date", *date).text("last_error_message", text);
        }
        json.int("max_connections", i64::try_from(setup.max_connections).unwrap_or(i64::MAX));
    }
    if let Some(allowed) = &webhook.allowed {
        json.raw("allowed_updates", &Value::from(allowed.clone()).to_string());
    }
    json.end()
}

/// A certificate comes as a file, in PEM; nothing is checked by it, since nothing here speaks TLS to webhooks.
fn certificate(args: &Args) -> Result<Option<Bytes>, Refusal> {
    let Some(file) = args.upload("certificate") else {
        return if args.values.contains_key("certificate") {
            Err(Refusal::wrong("certificate must be uploaded as a file"))
        } else {
            Ok(None)
        };
    };
    let text = std::str::from_utf8(&file.content).unwrap_or_default();
    let is_one = text.split_once(BEGIN).is_some_and(|(_, rest)| rest.contains(END));
    if !is_one || text.contains("PRIVATE KEY") {
        return Err(Refusal::wrong("bad webhook: the certificate is none in PEM"));
    }
    Ok(Some(file.content.clone()))
}

fn secret(args: &Args) -> Result<Option<String>, Refusal> {
    let Some(secret) = args.text("secret_token").filter(|secret| !secret.is_empty()) else { return Ok(None) };
    if secret.len() > 256 {
        return Err(Refusal::wrong("secret token is too long"));
    }
    if !secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
        return Err(Refusal::wrong("secret token contains unallowed characters"));
    }
    Ok(Some(secret.to_owned()))
}

/// The kinds asked for; none, the default, for an empty list.
pub(super) fn allowed(args: &Args) -> Result<Option<Vec<String>>, Refusal> {
    let kinds: Vec<_> =
        args.list("allowed_updates").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    match kinds.iter().find(|kind| !is_kind(kind)) {
        Some(kind) => Err(Refusal::wrong(format!("there are no updates of kind {kind:?}"))),
        None => Ok((!kinds.is_empty()).then_some(kinds)),
    }
}

fn drop_updates(ctx: &mut Ctx<'_>) {
    let bot = ctx.bot.id;
    for update in ctx.bot.webhook.queue.drain() {
        ctx.shared.tell(What::UpdateDropped { bot, user: update.user, update_id: update.id });
    }
}
