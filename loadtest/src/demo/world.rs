//! The stage: the simulated Telegram and a Hamdam of one process, connected by real HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use hamdam::config::{Config, Inputs, WebhookAddress};
use hamdam::registration::{Connecting, register};
use hamdam::serve::{Parts, Running, name, start};
use hamdam_testbed::Folder;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::Options;
use crate::report::FleetCounts;
use crate::telegram::{BotId, Event, Settings, Simulator, Witness};

/// For the simulator alone.
const TOKEN: &str = "7000000001:demo-demo-demo-demo-demo-demo-demo";

/// Everything that is played on and with.
pub(super) struct World {
    pub(super) simulator: Simulator,
    pub(super) events: UnboundedReceiver<Event>,
    pub(super) bots: Vec<BotId>,
    parts: Parts,
    running: Running,
    _telegram: JoinSet<()>,
    _folder: Folder,
}

/// Sends every event to whoever tells the story.
struct Tap(UnboundedSender<Event>);

impl Witness for Tap {
    fn saw(&self, event: &Event) {
        // Nobody listens any more: the play is over.
        let _ = self.0.send(event.clone());
    }
}

impl World {
    pub(super) async fn create(options: &Options) -> Result<Self> {
        let (sender, events) = unbounded_channel();
        let settings = Settings { seed: options.seed, ..Settings::default() };
        let simulator = Simulator::new(settings, Arc::new(Tap(sender)));
        let bots = vec![simulator.add_bot(TOKEN)?];
        let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen on this machine")?;
        let api_url = format!("http://{}", listener.local_addr()?);
        let server = simulator.clone();
        let mut telegram = JoinSet::new();
        telegram.spawn(async move { server.serve(listener, axum::Router::new()).await });
        let folder = Folder::new("demo")?;
        let config = configure(&api_url, &folder)?;
        let parts = Parts::of(&config).await?;
        let running = start(&config, parts.clone(), name()).await?;
        let address = WebhookAddress::of_instance(running.address());
        let secrets = config.secrets().context("updates are pushed")?;
        let connecting = Connecting { max: 20, certificate: None };
        for bot in config.bots.ids() {
            register(&parts.client, bot, &address, secrets, &connecting).await?;
        }
        Ok(Self { simulator, events, bots, parts, running, _telegram: telegram, _folder: folder })
    }

    /// What the instance says of itself.
    pub(super) fn fleet_counts(&self) -> FleetCounts {
        let metrics = &self.parts.metrics;
        #[expect(clippy::cast_precision_loss, reason = "counts of one demo")]
        let [duplicate_sends, zombie_sends, dropped_by_leave] =
            [&metrics.duplicate_sends, &metrics.zombie_sends, &metrics.dropped_by_leave]
                .map(|counter| counter.get() as f64);
        FleetCounts { duplicate_sends, zombie_sends, dropped_by_leave }
    }

    /// Ends as an operator would end it.
    pub(super) async fn end(self) {
        self.running.drain().await;
    }
}

/// The configuration an operator would write for one process alone.
fn configure(api_url: &str, folder: &Folder) -> Result<Config> {
    let database = format!("sqlite:{}", folder.path().join("record.db").display());
    let environment = [
        ("BOT_TOKENS", TOKEN.to_owned()),
        ("WEBHOOK_SECRET", "a secret that only this demo knows".to_owned()),
        ("TELEGRAM_API_URL", api_url.to_owned()),
        ("DATABASE_URL", database),
        // A dozen people meet again and again.
        ("NOT_AGAIN_HOURS", "0".to_owned()),
        ("LISTEN", "127.0.0.1:0".to_owned()),
        ("ADMIN_LISTEN", "127.0.0.1:0".to_owned()),
    ];
    let environment: BTreeMap<_, _> = environment.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(Config::read(&Inputs { environment, ..Inputs::default() }, true)?)
}
