//! `hamdam plan`: what a fleet for so many people takes. Asks nobody and changes nothing.

mod costs;
mod reckon;

use std::fmt::Write;

use clap::{Arg, ArgMatches, Command, value_parser};
use serde::Serialize;

use self::costs::{ALL, Basis, Cost};
use self::reckon::{Plan, Wish, reckon};
use super::{Exit, json_flag, print_rows};

/// People who come back are remembered for 30 days: so many for one who chats.
const IDLE_FOR_ONE: u64 = 10;

pub(super) fn command() -> Command {
    let number = |name: &'static str, value: &'static str| Arg::new(name).long(name).value_name(value);
    Command::new("plan")
        .about("Say what a fleet for so many people takes, and the .env for it")
        .arg(
            number("users", "N")
                .required(true)
                .value_parser(value_parser!(u64).range(1..=1_000_000_000))
                .help("People who chat at the same time, at the peak"),
        )
        .arg(
            number("messages-per-minute", "N")
                .default_value("3")
                .value_parser(rate)
                .help("What each of them writes"),
        )
        .arg(number("idle", "N").value_parser(value_parser!(u64).range(0..=10_000_000_000)).help(
            "People who were here in the last 30 days and do not chat [default: ten for each who does]",
        ))
        .arg(
            number("cores", "N")
                .default_value("2")
                .value_parser(value_parser!(u64).range(1..=256))
                .help("Cores that an instance has"),
        )
        .arg(json_flag())
        .after_help("Example: hamdam plan --users 100000 --messages-per-minute 3")
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0 && *rate <= 600.0);
    number.ok_or_else(|| "give a number above 0, 600 at most".to_owned())
}

/// What is printed.
#[derive(Serialize)]
struct Answer {
    wish: Wish,
    plan: Plan,
    environment: serde_json::Map<String, serde_json::Value>,
    costs: [Cost; ALL.len()],
}

pub(super) fn run(matches: &ArgMatches) -> anyhow::Result<Exit> {
    let users = *matches.get_one::<u64>("users").expect("required");
    let wish = Wish {
        users,
        messages_per_minute: *matches.get_one("messages-per-minute").expect("has a default"),
        idle: matches.get_one("idle").copied().unwrap_or(IDLE_FOR_ONE * users),
        cores: *matches.get_one("cores").expect("has a default"),
    };
    let plan = reckon(wish);
    let environment = plan.environment(wish).into_iter().map(|(name, value)| (name.to_owned(), value.into()));
    let answer = Answer { wish, environment: environment.collect(), plan, costs: ALL };
    print_rows(matches.get_flag("json"), &[&answer], |answer| words(answer))?;
    Ok(Exit::Fine)
}

/// The plan for people.
fn words(answer: &Answer) -> String {
    let Answer { wish, plan, .. } = answer;
    let mut text = String::new();
    let mut line =
        |name: &str, value: String| writeln!(text, "{name:<12}{value}").expect("written to memory");
    let total = plan.redis_masters + plan.redis_replicas;
    line("Load", format!("{} people, {:.0} messages a second", wish.users, plan.messages_per_second));
    line(
        "Instances",
        format!(
            "{} with {} cores each ({:.2} cores in all, each {:.0} % busy)",
            plan.instances,
            wish.cores,
            plan.instance_cores,
            100.0 * costs::BUSY.value
        ),
    );
    line("Balancer", format!("{:.2} cores", plan.balancer_cores));
    let kind = if plan.redis_masters > 1 { "Cluster" } else { "Sentinel" };
    line(
        "Redis",
        format!(
            "{total} servers ({kind}: {} masters, {} replicas), maxmemory {} MB on machines of {} MB, {:.2} cores in all, \
             {:.0} commands a second, {} connections",
            plan.redis_masters,
            plan.redis_replicas,
            plan.redis_maxmemory_mb,
            plan.redis_machine_mb,
            plan.redis_cores,
            plan.redis_commands_per_second,
            plan.redis_connections,
        ),
    );
    line(
        "Database",
        format!(
            "max_connections {}, {:.2} cores, {} rows ({} MB) a day",
            plan.database_connections,
            plan.database_cores,
            plan.database_rows_per_day,
            plan.database_mb_per_day
        ),
    );
    line("Bot tokens", format!("{} for {:.0} messages a second", plan.bot_tokens, plan.messages_per_second));
    line("Webhooks", format!("hamdam webhook set --max-connections {}", plan.webhook_connections));
    line("Network", format!("{:.0} Mbit/s", plan.network_mbit_per_second));
    for (title, basis) in [("Measured", Basis::Measured), ("Assumed", Basis::Assumed)] {
        writeln!(text, "\n{title}:").expect("written to memory");
        for Cost { name, value, unit, .. } in answer.costs.iter().filter(|cost| cost.basis == basis) {
            writeln!(text, "  {name}: {value} {unit}").expect("written to memory");
        }
    }
    text.push_str("\n.env of every instance:\n");
    for (name, value) in plan.environment(*wish) {
        writeln!(text, "{name}={value}").expect("written to memory");
    }
    text.truncate(text.trim_end().len());
    text
}
