//! What follows from each event, one at a time.

mod ends;
mod holders;
mod in_turn;
mod other_bots;
mod pace;
mod refusals;

use std::time::Duration;

use hamdam_domain::fact::Fact;

use super::stage::{Fate, MOMENT, SHARD, Stage, Treat, stage};

/// Pumps and writes without answering, until nothing new is begun.
fn begin(stage: &mut Stage, index: usize) {
    for _ in 0..4 {
        stage.pump(index, Fate::Once);
        stage.write(index);
        stage.pass(Duration::from_millis(25));
    }
}

/// Pumps until calls are in an instance's hands, and writes none.
fn hold(stage: &mut Stage) {
    while stage.instances[0].as_ref().unwrap().unwritten.is_empty() {
        stage.pump(0, Fate::Once);
        stage.pass(Duration::from_millis(1));
    }
}

/// Treats and answers the one call that is under way.
fn answer(stage: &mut Stage, treat: Treat) {
    assert_eq!(stage.flying.len(), 1);
    stage.treat(0, treat);
    stage.answer(0);
}

fn facts(stage: &Stage) -> Vec<Fact> {
    stage.state.inspect(|world| {
        world.shard(SHARD).journal.values().map(|body| Fact::from_json(body).unwrap()).collect()
    })
}
