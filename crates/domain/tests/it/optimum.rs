//! The best there is, by the exact algorithm (Edmonds, in the form of Galil), and how near the engine comes.

use hamdam_domain::clock::Millis;
use hamdam_domain::engine::{Engine, Matcher, Pair, Rules, Weighing};
use hamdam_domain::ticket::Ticket;
use rustworkx_core::max_weight_matching::max_weight_matching;
use rustworkx_core::petgraph::graph::UnGraph;

/// What a batch found, beside what there is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quality {
    /// The worth of all pairs, as a share of the greatest possible.
    pub(crate) worth: f64,
    /// The number of pairs, as a share of the greatest possible.
    pub(crate) pairs: f64,
    /// The same after three batches.
    pub(crate) pairs_after_three: f64,
    /// The greatest possible number of pairs.
    pub(crate) possible: usize,
}

/// Pairs these people and judges the pairs.
pub(crate) fn judge(people: &[Ticket], rules: &Rules, now: Millis) -> Quality {
    let weighing = Weighing::new(people, rules, now);
    let (best, possible) = optimum(people.len(), &weighing);
    let mut engine = Matcher::new();
    for ticket in people {
        engine.add(ticket.clone());
    }
    let first = engine.pair(rules, now);
    let rest = engine.pair(rules, now).len() + engine.pair(rules, now).len();
    let number = |ticket: &Ticket| usize::try_from(ticket.claimant.user.0 - 1).expect("numbered from 1");
    let worth =
        |pair: &Pair| weighing.worth(number(&pair.first), number(&pair.second)).expect("they may meet");
    let total: u64 = first.iter().map(|pair| u64::from(worth(pair))).sum();
    Quality {
        worth: share(total, best),
        pairs: share(first.len() as u64, possible as u64),
        pairs_after_three: share((first.len() + rest) as u64, possible as u64),
        possible,
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of thousands")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The greatest total worth, and the greatest number of pairs.
fn optimum(people: usize, weighing: &Weighing) -> (u64, usize) {
    let mut graph = UnGraph::<(), u32>::default();
    let nodes: Vec<_> = (0..people).map(|_| graph.add_node(())).collect();
    for one in 0..people {
        for other in one + 1..people {
            if let Some(worth) = weighing.worth(one, other) {
                graph.add_edge(nodes[one], nodes[other], worth);
            }
        }
    }
    let by = |all: bool, weight: fn(u32) -> i128| {
        let matching = max_weight_matching(&graph, all, |edge| Ok::<i128, ()>(weight(*edge.weight())), false);
        matching.expect("weights do not fail")
    };
    let worth = |(one, other): &(usize, usize)| u64::from(weighing.worth(*one, *other).expect("an edge"));
    let best: u64 = by(false, i128::from).iter().map(worth).sum();
    (best, by(true, |_| 1).len())
}
