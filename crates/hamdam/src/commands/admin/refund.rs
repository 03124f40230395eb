//! `hamdam admin refund`: gives a payment in Telegram Stars back, and takes the premium that it gave. Safe to repeat:
//! Telegram gives each back once, and so does the record.

use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Arg, ArgMatches, Command};
use hamdam_archive::{Archive, StoredPayment};
use hamdam_domain::premium::{Charge, Payment};
use hamdam_fleet::intake::Payments;
use hamdam_state::State;
use hamdam_state::redis::RedisState;
use hamdam_telegram::payment::{EditUserStarSubscription, RefundStarPayment};
use hamdam_telegram::{CallError, Client};
use serde::Serialize;

use super::super::{Exit, json_flag, print_rows, runtime};
use crate::config::{Bots, Database, Inputs, Instance, LiveState, Section, Settings, Telegram, flags};

pub(super) fn command() -> Command {
    let sections = [Section::Bots, Section::Telegram, Section::Redis, Section::Database, Section::Instance];
    Command::new("refund")
        .about("Give a payment in Telegram Stars back; of a subscription, end it too")
        .arg(
            Arg::new("charge")
                .value_name("CHARGE_ID")
                .required(true)
                .value_parser(|text: &str| {
                    Charge::new(text).ok_or("printable ASCII without spaces is wanted")
                })
                .help("Telegram's number of the payment, as its receipt and the table `payments` have it"),
        )
        .arg(json_flag())
        .args(flags(&sections))
        .after_help("Example: hamdam admin refund stxAbC123")
}

/// What is printed. Times are milliseconds since 1970.
#[derive(Serialize)]
struct Answer {
    charge: String,
    user: i64,
    bot: i64,
    stars: u32,
    days: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_at: Option<i64>,
    /// It had gone back before.
    before: bool,
    /// Of a subscription: whether Telegram ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_ended: Option<bool>,
}

impl Answer {
    fn line(&self) -> String {
        let Self { charge, user, stars, days, before, subscription_ended, .. } = self;
        let when = if *before { "had gone back before" } else { "has gone back" };
        let subscription = match subscription_ended {
            None => "",
            Some(true) => "; the subscription has ended",
            Some(false) => "; the subscription could not be ended, and will be paid again",
        };
        format!("{charge}: {stars} Stars of user {user} for {days} days {when}{subscription}")
    }
}

pub(super) fn run(inputs: &Inputs, matches: &ArgMatches) -> anyhow::Result<Exit> {
    let mut settings = Settings::gather(inputs);
    let (bots, telegram) = (Bots::read(&mut settings), Telegram::read(&mut settings));
    let shards = Instance::read(&mut settings).shards;
    let (redis, database) = (LiveState::of_fleet(&mut settings, shards), Database::read(&mut settings));
    let (bots, redis, database) = settings.finish((bots, redis, database))?;
    let client = telegram.client(&bots)?;
    let charge: &Charge = matches.get_one("charge").expect("required");
    let answer = runtime()?.block_on(async {
        let state = Box::pin(RedisState::connect(&redis)).await;
        let state = Arc::new(state.with_context(|| format!("no Redis at {:?}", redis.servers))?);
        let archive = Archive::open(database.settings());
        let stored = archive.payment(charge).await.context("the database could not be read")?;
        let answer = match stored {
            Some(stored) => give_back(&client, &state, &stored).await,
            None => bail!(
                "no payment {charge} is in the database; if it was made just now, the journal may not have written it yet"
            ),
        };
        archive.close().await;
        state.close().await;
        answer
    })?;
    print_rows(matches.get_flag("json"), &[&answer], |answer| answer.line())?;
    Ok(if answer.subscription_ended == Some(false) { Exit::Problem } else { Exit::Fine })
}

async fn give_back(
    client: &Client,
    state: &Arc<RedisState>,
    stored: &StoredPayment,
) -> anyhow::Result<Answer> {
    let payment = &stored.payment;
    if !client.bots().contains(&payment.bot.0) {
        bail!("it was paid to bot {}, whose token is not among BOT_TOKENS", payment.bot);
    }
    let subscription_ended = if payment.monthly { Some(end(client, payment).await) } else { None };
    let call = RefundStarPayment {
        user_id: payment.user.0,
        telegram_payment_charge_id: payment.charge.as_str().to_owned(),
    };
    let before = match client.ask(payment.bot.0, &call).await {
        Ok(_) => false,
        Err(CallError::Explain { reason, .. }) if reason == RefundStarPayment::BEFORE => true,
        Err(error) => return Err(error).context("Telegram does not give it back"),
    };
    // If this process dies here, Telegram's own word about it does the same.
    let now = state.read(payment.user).await.context("live state could not be read")?.now;
    let payments = Payments::new(Arc::clone(state) as Arc<dyn State>);
    payments.returned(payment, now).await.context("the premium it gave was not taken")?;
    Ok(Answer {
        charge: payment.charge.to_string(),
        user: payment.user.0,
        bot: payment.bot.0,
        stars: payment.stars,
        days: payment.days,
        paid_at: stored.paid_at.map(|at| at.0),
        before,
        subscription_ended,
    })
}

/// Ends a subscription: what went back is not to be paid again next month.
async fn end(client: &Client, payment: &Payment) -> bool {
    let call = EditUserStarSubscription {
        user_id: payment.user.0,
        telegram_payment_charge_id: payment.charge.as_str().to_owned(),
        is_canceled: true,
    };
    let ended = client.ask(payment.bot.0, &call).await;
    ended.inspect_err(|error| tracing::warn!(%error, "the subscription was not ended")).is_ok()
}
