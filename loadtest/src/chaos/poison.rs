//! Updates that no instance can ever handle.

use std::time::Duration;

use anyhow::{Context, ensure};
use hamdam_testbed::poll;
use rand::Rng;
use tokio::time::sleep;

use super::inject::Injector;

/// So many chats have one, each of another bot.
const CHATS: usize = 5;
/// A second burial would come within that time: Telegram's first retries come at once and after two seconds.
const AFTERWARDS: Duration = Duration::from_secs(3);

impl Injector<'_> {
    /// Puts one among the updates of some chats, and waits until each was kept aside, once.
    pub(super) async fn poison(&mut self) -> anyhow::Result<()> {
        let mut bots: Vec<i64> = self.ground.fleet.file().bots.iter().map(|bot| bot.id).collect();
        let mut chosen = Vec::new();
        while chosen.len() < CHATS && !bots.is_empty() {
            let bot = bots.swap_remove(self.dice.random_range(0..bots.len()));
            let mut chats = self.control.chats(bot).await?;
            chats.sort_unstable();
            if !chats.is_empty() {
                chosen.push((bot, chats[self.dice.random_range(0..chats.len())], self.buried(bot).await?));
            }
        }
        for (bot, user, _) in &chosen {
            self.control.spoil(*bot, *user).await?;
        }
        let this = &*self;
        let all_buried = || async {
            for (bot, _, before) in &chosen {
                let buried = this.buried(*bot).await? - before;
                ensure!(buried == 1, "bot {bot} has {buried} dead letters more");
            }
            Ok(())
        };
        poll("every poisoned update is kept aside", all_buried).await?;
        sleep(AFTERWARDS).await;
        all_buried().await
    }

    async fn buried(&self, bot: i64) -> anyhow::Result<u64> {
        let length = self.ground.fleet.store.ask(0, &["XLEN", &format!("hd:{{bot:{bot}}}:dead")]).await?;
        length.trim_start_matches(':').parse().context("the length of a stream is a number")
    }
}
