//! `loadtest telegram`: the simulator as a server of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::{Rate, Settings, Simulator, Status, Witness};
use crate::report::write_json;

/// Flags of `loadtest telegram`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: loadtest telegram --listen 127.0.0.1:8081 --bots tokens.txt")]
pub struct Options {
    /// Where to listen for calls and control requests; the address is printed when ready.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// File with one bot token per line.
    #[arg(long)]
    bots: Option<PathBuf>,
    /// Messages per second of one token, or `none`.
    #[arg(long, default_value = "30", value_parser = number_or_none)]
    bot_rate: Limit,
    /// Messages per second into one chat, or `none`.
    #[arg(long, default_value = "1", value_parser = number_or_none)]
    chat_rate: Limit,
    /// Messages that may come at once into one chat.
    #[arg(long, default_value_t = 8.0)]
    chat_burst: f64,
    /// Serve waits of up to so many seconds as latency instead of a 429, as the real server does up to 8.
    #[arg(long, default_value_t = 0.0)]
    absorb_seconds: f64,
    /// Where all randomness comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Telegram's seconds per real second: makes retries, deadlines and expiry come sooner.
    #[arg(long, default_value_t = 1.0)]
    time_scale: f64,
    /// Print a line per second.
    #[arg(long)]
    verbose: bool,
    /// Where the counts are written when Ctrl-C ends it.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug)]
struct Limit(Option<f64>);

fn number_or_none(text: &str) -> Result<Limit, String> {
    match text {
        "none" => Ok(Limit(None)),
        number => match number.parse() {
            Ok(rate) if rate > 0.0 => Ok(Limit(Some(rate))),
            _ => Err("expected a number above 0, or none".to_owned()),
        },
    }
}

/// Runs until killed, or until Ctrl-C. `witness` is told everything, and what `control` makes is served under `/control`.
pub async fn run(
    options: Options,
    witness: Arc<dyn Witness>,
    control: impl FnOnce(&Simulator) -> axum::Router,
) -> anyhow::Result<()> {
    anyhow::ensure!(options.time_scale > 0.0, "--time-scale must be above 0");
    let settings = Settings {
        seed: options.seed,
        time_scale: options.time_scale,
        bot_rate: options.bot_rate.0.map(|rate| Rate { per_second: rate, burst: rate.max(1.0) }),
        chat_rate: options
            .chat_rate
            .0
            .map(|rate| Rate { per_second: rate, burst: options.chat_burst.max(1.0) }),
        absorb: Duration::try_from_secs_f64(options.absorb_seconds).context("--absorb-seconds")?,
        ..Settings::default()
    };
    let simulator = Simulator::new(settings, witness);
    if let Some(path) = &options.bots {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        for (number, token) in text.lines().map(str::trim).enumerate().filter(|(_, token)| !token.is_empty())
        {
            simulator.add_bot(token).with_context(|| format!("{} line {}", path.display(), number + 1))?;
        }
    }
    let listener = tokio::net::TcpListener::bind(options.listen).await.context("cannot listen")?;
    println!("http://{}", listener.local_addr()?);
    let report = async {
        if options.verbose {
            report(&simulator).await;
        }
        std::future::pending::<()>().await;
    };
    let interrupted = async {
        match &options.json {
            Some(_) => tokio::signal::ctrl_c().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = simulator.serve(listener, control(&simulator)) => {}
        () = report => {}
        interrupted = interrupted => interrupted.context("cannot hear Ctrl-C")?,
    }
    write_json(options.json.as_deref(), &simulator.status())
}

async fn report(simulator: &Simulator) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let mut last = Status::default();
    loop {
        seconds.tick().await;
        let now = simulator.status();
        println!(
            "calls {}/s  placed {}/s  acknowledged {}/s  429 {}/s  pending {}  in flight {}+{}  invalid {}",
            now.calls - last.calls,
            now.messages_placed - last.messages_placed,
            now.acknowledged - last.acknowledged,
            now.too_many - last.too_many,
            now.pending_updates,
            now.webhooks_in_flight,
            now.calls_in_flight,
            now.invalid_calls,
        );
        last = now;
    }
}
