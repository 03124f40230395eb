//! A heavy matching in a weighted graph, in time that grows with its edges.
//!
//! The exact algorithm (Edmonds) is far too slow for a hundred thousand people. This one begins greedily, the heaviest
//! edge first, which already finds half of the optimum at least, and then mends what greed spoilt, in two ways:
//!
//! - [`Matching::exchange`] looks, around each vertex, for the best change that brings in at most two edges: the local
//!   search of Pettie and Sanders (2004), which Maue and Sanders (2007) found within three per cent of the optimum;
//! - [`Matching::augment`] looks for short alternating paths from one free vertex to another: each is one pair more.
//!
//! Vertices are numbers in order of seniority, and what weighs the same goes to the senior.

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
        edges.sort_unstable_by_key(|edge| {
            (!edge.weight, edge.one.min(edge.other), edge.one.max(edge.other))
        });
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

    /// Whom a vertex may be matched with, the heaviest first.
    fn arcs(&self, vertex: Vertex) -> &[Arc] {
        let range = self.starts[vertex as usize] as usize..self.starts[vertex as usize + 1] as usize;
        &self.arcs[range]
    }

    fn weight(&self, one: Vertex, other: Vertex) -> Option<i64> {
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

    /// Makes the best small change around every vertex, and again, so many times at most. Every change adds weight.
    pub(super) fn exchange(&mut self, graph: &Graph, passes: usize) {
        let mut fresh = vec![true; self.mates.len()];
        for _ in 0..passes {
            let mut changed = false;
            for vertex in (0..).take(self.mates.len()) {
                if !std::mem::take(&mut fresh[vertex as usize]) {
                    continue;
                }
                let Some(change) = self.best_change(graph, vertex) else { continue };
                for (one, other, weight) in std::iter::once(change.first).chain(change.second) {
                    for end in [Some(one), Some(other), self.mate(one), self.mate(other)].into_iter().flatten() {
                        fresh[end as usize] = true;
                        graph.arcs(end).iter().for_each(|arc| fresh[arc.to as usize] = true);
                    }
                    self.join(one, other, weight);
                }
                changed = true;
            }
            if !changed {
                return;
            }
        }
    }

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
            consider(gain, None);
            if left != FREE && lost != FREE && let Some(weight) = graph.weight(left, lost) {
                consider(gain + weight, Some((left, lost, weight)));
            }
            let out = [vertex, arc.to, left, lost];
            for end in [left, lost].into_iter().filter(|end| *end != FREE) {
                for next in graph.arcs(end).iter().filter(|next| !out.contains(&next.to)) {
                    let more = next.weight - self.held[next.to as usize];
                    consider(gain + more, Some((end, next.to, next.weight)));
                }
            }
        }
        best
    }

    /// Looks from every free vertex for another along an alternating path of so many edges to be brought in at most.
    pub(super) fn augment(&mut self, graph: &Graph, reach: usize) {
        let mut seen = vec![FREE; self.mates.len()];
        for vertex in (0..).take(self.mates.len()) {
            if self.mate(vertex).is_none() {
                seen[vertex as usize] = vertex;
                let mut steps = Self::STEPS;
                self.reach_out(graph, vertex, vertex, reach, &mut seen, &mut steps);
            }
        }
    }

    /// Arcs looked at from one free vertex at most.
    const STEPS: usize = 400;

    /// Finds `vertex` a mate, if need be one whose own mate finds another. `seen` holds who was tried from `root`.
    fn reach_out(
        &mut self,
        graph: &Graph,
        root: Vertex,
        vertex: Vertex,
        reach: usize,
        seen: &mut [Vertex],
        steps: &mut usize,
    ) -> bool {
        let arcs = graph.arcs(vertex);
        let free = arcs.iter().find(|arc| arc.to != root && self.mates[arc.to as usize] == FREE);
        if let Some(arc) = free {
            self.join(vertex, arc.to, arc.weight);
            return true;
        }
        if reach <= 1 {
            return false;
        }
        for arc in arcs {
            let mate = self.mates[arc.to as usize];
            if mate == FREE || seen[arc.to as usize] == root || seen[mate as usize] == root || *steps == 0 {
                continue;
            }
            *steps -= 1;
            seen[arc.to as usize] = root;
            seen[mate as usize] = root;
            if self.reach_out(graph, root, mate, reach - 1, seen, steps) {
                self.join(vertex, arc.to, arc.weight);
                return true;
            }
        }
        false
    }
}
