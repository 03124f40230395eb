//! A heavy matching in a weighted graph, in time that grows with its edges.
//!
//! The exact algorithm (Edmonds) is far too slow for a hundred thousand people. This one begins greedily, the heaviest
//! edge first, which already finds half of the optimum at least, and then mends what greed spoilt, in two ways:
//!
//! - [`Matching::exchange`] looks, around each vertex, for the best change that brings in at most two edges: the local
//!   search of Pettie and Sanders (2004), which Maue and Sanders (2007) found within three per cent of the optimum;
//! - [`Matching::augment`] looks for alternating paths from one free vertex to another: each is one pair more.
//!
//! Vertices are numbers in order of seniority, and what weighs the same goes to the senior.

use std::ops::Range;

use super::blossom;

/// A vertex.
pub(super) type Vertex = u32;

const FREE: Vertex = Vertex::MAX;

/// Two who may meet, and what that is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) one: Vertex,
    pub(super) other: Vertex,
    pub(super) weight: u32,
}

/// A graph as each vertex's arcs, side by side.
#[derive(Debug)]
pub(super) struct Graph {
    /// The heaviest first.
    edges: Vec<Edge>,
    starts: Vec<u32>,
    arcs: Vec<Arc>,
}

#[derive(Clone, Copy, Debug)]
struct Arc {
    to: Vertex,
    weight: i64,
}

impl Graph {
    /// A graph of so many vertices. An edge may be named twice.
    pub(super) fn new(vertices: usize, mut edges: Vec<Edge>) -> Self {
        edges.sort_unstable_by_key(|edge| (!edge.weight, edge.one.min(edge.other), edge.one.max(edge.other)));
        edges.dedup_by_key(|edge| (edge.one.min(edge.other), edge.one.max(edge.other)));
        let mut starts = vec![0; vertices + 1];
        for edge in &edges {
            starts[edge.one as usize + 1] += 1;
            starts[edge.other as usize + 1] += 1;
        }
        for vertex in 0..vertices {
            starts[vertex + 1] += starts[vertex];
        }
        let mut ends = starts.clone();
        let mut arcs = vec![Arc { to: FREE, weight: 0 }; edges.len() * 2];
        for edge in &edges {
            for (from, to) in [(edge.one, edge.other), (edge.other, edge.one)] {
                arcs[ends[from as usize] as usize] = Arc { to, weight: edge.weight.into() };
                ends[from as usize] += 1;
            }
        }
        Self { edges, starts, arcs }
    }

    pub(super) fn vertices(&self) -> Range<Vertex> {
        0..Vertex::try_from(self.starts.len() - 1).expect("vertices are numbered in 32 bits")
    }

    /// Whom a vertex may be matched with, the heaviest first.
    pub(super) fn neighbours(&self, vertex: Vertex) -> impl Iterator<Item = Vertex> {
        self.arcs(vertex).iter().map(|arc| arc.to)
    }

    fn arcs(&self, vertex: Vertex) -> &[Arc] {
        let range = self.starts[vertex as usize] as usize..self.starts[vertex as usize + 1] as usize;
        &self.arcs[range]
    }

    pub(super) fn weight(&self, one: Vertex, other: Vertex) -> Option<i64> {
        self.arcs(one).iter().find(|arc| arc.to == other).map(|arc| arc.weight)
    }
}

/// Who is matched with whom.
#[derive(Debug)]
pub(super) struct Matching {
    mates: Vec<Vertex>,
    /// The weight of each vertex's own edge.
    held: Vec<i64>,
}

/// A change that brings in one edge at a vertex, and maybe a second one beside it.
#[derive(Clone, Copy, Debug)]
struct Change {
    gain: i64,
    first: (Vertex, Vertex, i64),
    second: Option<(Vertex, Vertex, i64)>,
}

impl Matching {
    /// Nobody is matched.
    pub(super) fn new(vertices: usize) -> Self {
        Self { mates: vec![FREE; vertices], held: vec![0; vertices] }
    }

    /// A vertex's mate.
    pub(super) fn mate(&self, vertex: Vertex) -> Option<Vertex> {
        Some(self.mates[vertex as usize]).filter(|mate| *mate != FREE)
    }

    /// Matches two, freeing whom they were matched with.
    pub(super) fn join(&mut self, one: Vertex, other: Vertex, weight: i64) {
        for vertex in [one, other] {
            if let Some(left) = self.mate(vertex) {
                self.mates[left as usize] = FREE;
                self.held[left as usize] = 0;
            }
        }
        for (vertex, mate) in [(one, other), (other, one)] {
            self.mates[vertex as usize] = mate;
            self.held[vertex as usize] = weight;
        }
    }

    /// Matches whoever is free, the heaviest edge first.
    pub(super) fn greedy(&mut self, graph: &Graph) {
        for edge in &graph.edges {
            if self.mate(edge.one).is_none() && self.mate(edge.other).is_none() {
                self.join(edge.one, edge.other, edge.weight.into());
            }
        }
    }

    /// Makes the best small change around every vertex, and again around those near a change, so many times at most.
    /// Every change adds weight, and none takes a pair away.
    pub(super) fn exchange(&mut self, graph: &Graph, passes: usize) {
        let mut stirred = vec![true; self.mates.len()];
        for _ in 0..passes {
            let mut still = true;
            for vertex in graph.vertices() {
                if !std::mem::take(&mut stirred[vertex as usize]) {
                    continue;
                }
                if let Some(change) = self.best_change(graph, vertex) {
                    still = false;
                    self.make(change, graph, &mut stirred);
                }
            }
            if still {
                return;
            }
        }
    }

    fn make(&mut self, change: Change, graph: &Graph, stirred: &mut [bool]) {
        for (one, other, weight) in std::iter::once(change.first).chain(change.second) {
            for end in [Some(one), Some(other), self.mate(one), self.mate(other)].into_iter().flatten() {
                stirred[end as usize] = true;
                graph.neighbours(end).for_each(|near| stirred[near as usize] = true);
            }
            self.join(one, other, weight);
        }
    }

    /// The change around `vertex` that adds most weight and takes no pair away.
    fn best_change(&self, graph: &Graph, vertex: Vertex) -> Option<Change> {
        let left = self.mates[vertex as usize];
        let mut best: Option<Change> = None;
        for arc in graph.arcs(vertex).iter().filter(|arc| arc.to != left) {
            let lost = self.mates[arc.to as usize];
            let gain = arc.weight - self.held[vertex as usize] - self.held[arc.to as usize];
            let first = (vertex, arc.to, arc.weight);
            let mut consider = |gain, second| {
                if gain > best.as_ref().map_or(0, |best| best.gain) {
                    best = Some(Change { gain, first, second });
                }
            };
            let both = left != FREE && lost != FREE;
            if !both {
                consider(gain, None);
            } else if let Some(weight) = graph.weight(left, lost) {
                consider(gain + weight, Some((left, lost, weight)));
            }
            let out = [vertex, arc.to, left, lost];
            for end in [left, lost].into_iter().filter(|end| *end != FREE) {
                for next in graph.arcs(end).iter().filter(|next| !out.contains(&next.to)) {
                    // Two pairs came apart already: there is no third to spare.
                    if !both || self.mates[next.to as usize] == FREE {
                        let more = next.weight - self.held[next.to as usize];
                        consider(gain + more, Some((end, next.to, next.weight)));
                    }
                }
            }
        }
        best
    }

    /// Matches as many more as can be, looking at so many arcs at most from each free vertex.
    pub(super) fn augment(&mut self, graph: &Graph, arcs: usize) {
        blossom::Search::new(graph, self).run(arcs);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Few vertices, some edges.
    fn graphs() -> impl Strategy<Value = (usize, Vec<Edge>)> {
        (2_u32..13).prop_flat_map(|vertices| {
            let edge = (0..vertices, 1..vertices, 1_000_u32..2_000)
                .prop_map(move |(one, more, weight)| Edge { one, other: (one + more) % vertices, weight });
            (Just(vertices as usize), prop::collection::vec(edge, 0..30))
        })
    }

    /// The most pairs there can be, and the most weight, by trying everything.
    fn most(graph: &Graph, free: u32) -> (usize, i64) {
        let Some(one) = graph.vertices().find(|vertex| free & (1 << vertex) != 0) else { return (0, 0) };
        let rest = free & !(1 << one);
        let partners = graph.arcs(one).iter().filter(|arc| rest & (1 << arc.to) != 0);
        let with = partners.map(|arc| {
            let (pairs, weight) = most(graph, rest & !(1 << arc.to));
            (pairs + 1, weight + arc.weight)
        });
        with.fold(most(graph, rest), |best, found| (best.0.max(found.0), best.1.max(found.1)))
    }

    /// How many pairs, and their weight. Checks that they are pairs, along edges.
    fn count(graph: &Graph, matching: &Matching) -> (usize, i64) {
        let mut total = (0, 0);
        for vertex in graph.vertices() {
            if let Some(mate) = matching.mate(vertex) {
                assert_eq!(matching.mate(mate), Some(vertex));
                assert_eq!(Some(matching.held[vertex as usize]), graph.weight(vertex, mate));
                total = (total.0 + 1, total.1 + matching.held[vertex as usize]);
            } else {
                assert_eq!(matching.held[vertex as usize], 0);
            }
        }
        (total.0 / 2, total.1 / 2)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

        #[test]
        fn augmenting_finds_the_most_pairs_and_exchanging_only_adds_weight((vertices, edges) in graphs()) {
            let graph = Graph::new(vertices, edges);
            let (pairs, weight) = most(&graph, (1 << vertices) - 1);
            let mut matching = Matching::new(vertices);
            matching.greedy(&graph);
            let greedy = count(&graph, &matching);
            prop_assert!(2 * greedy.1 >= weight, "greed finds half at least");
            matching.exchange(&graph, 8);
            let exchanged = count(&graph, &matching);
            prop_assert!(exchanged.1 >= greedy.1 && exchanged.0 >= greedy.0);
            matching.augment(&graph, usize::MAX);
            let augmented = count(&graph, &matching);
            prop_assert_eq!(augmented.0, pairs);
            matching.exchange(&graph, 8);
            let last = count(&graph, &matching);
            prop_assert_eq!(last.0, pairs);
            prop_assert!(last.1 >= augmented.1 && 3 * last.1 >= 2 * weight);
        }
    }
}
