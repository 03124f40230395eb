//! Where a pool's engine pairs: the one part of a pass that takes the processor for longer than a moment.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, Pair, Rules};

/// An engine that has paired, and its pairs.
pub type Paired = (Box<dyn Engine>, Vec<Pair>);

/// Has engines pair. A pass awaits it, and knows of no threads.
pub trait Pairing: Send + Sync {
    /// Has this engine pair, and gives it back. If it is dropped before that, the engine is lost, as in a crash.
    fn pair(&self, engine: Box<dyn Engine>, rules: &Rules, now: Millis) -> BoxFuture<'static, Paired>;
}

/// Pairs where the pass is.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnTheSpot;

impl Pairing for OnTheSpot {
    fn pair(&self, mut engine: Box<dyn Engine>, rules: &Rules, now: Millis) -> BoxFuture<'static, Paired> {
        let pairs = engine.pair(rules, now);
        ready((engine, pairs)).boxed()
    }
}
