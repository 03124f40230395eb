//! One pair more, wherever there is one to be had: Edmonds' search for augmenting paths (1965).
//!
//! From a free vertex grows a tree of alternating paths: out along any edge, back along the edge of a pair. Where it
//! meets a free vertex, every pair on the way changes hands, and one more is made. Where it closes an odd cycle, a
//! *blossom*, all of the cycle counts as one vertex from then on. A tree that meets nobody is never looked at again: no
//! later path leads through it. So the cost is that of the paths that are found, and once that of all that are not.

use std::collections::VecDeque;

use super::matching::{Graph, Matching, Vertex};

const NONE: Vertex = Vertex::MAX;

/// The search from one free vertex after the other.
pub(super) struct Search<'a> {
    graph: &'a Graph,
    matching: &'a mut Matching,
    /// The vertex before an inner one on its path to the root.
    before: Vec<Vertex>,
    /// The base of the blossom a vertex is in; itself, if in none.
    base: Vec<Vertex>,
    /// Outer vertices: those from which the tree grows.
    outer: Vec<bool>,
    /// Vertices of the tree, to be forgotten after it.
    tree: Vec<Vertex>,
    /// In a tree that met nobody.
    barren: Vec<bool>,
    /// Outer vertices whose arcs are still to be looked at.
    queue: VecDeque<Vertex>,
    /// Marks on paths to the root, each search for a base with its own.
    marks: Vec<u32>,
    mark: u32,
}

impl<'a> Search<'a> {
    pub(super) fn new(graph: &'a Graph, matching: &'a mut Matching) -> Self {
        let vertices = graph.vertices();
        let count = vertices.end as usize;
        Self {
            graph,
            matching,
            before: vec![NONE; count],
            base: vertices.collect(),
            outer: vec![false; count],
            tree: Vec::new(),
            barren: vec![false; count],
            queue: VecDeque::new(),
            marks: vec![0; count],
            mark: 0,
        }
    }

    /// Matches as many more as can be, looking at so many arcs at most from each free vertex. Who is matched stays so.
    pub(super) fn run(mut self, arcs: usize) {
        for root in self.graph.vertices() {
            if self.matching.mate(root).is_none() && !self.barren[root as usize] {
                let found = self.grow(root, arcs);
                if let Found::Free(end) = found {
                    self.change_hands(end);
                }
                self.forget(matches!(found, Found::Nobody));
            }
        }
    }

    fn grow(&mut self, root: Vertex, arcs: usize) -> Found {
        self.enter(root);
        let mut looked = 0;
        while let Some(from) = self.queue.pop_front() {
            let graph = self.graph;
            for to in graph.neighbours(from) {
                looked += 1;
                if looked > arcs {
                    return Found::TooFar;
                }
                let same = self.base[from as usize] == self.base[to as usize];
                if same || self.barren[to as usize] || self.matching.mate(from) == Some(to) {
                    continue;
                }
                let mate = self.matching.mate(to);
                let is_outer = to == root || mate.is_some_and(|mate| self.before[mate as usize] != NONE);
                if is_outer {
                    self.close_blossom(from, to, root);
                } else if self.before[to as usize] == NONE {
                    self.before[to as usize] = from;
                    self.tree.push(to);
                    match mate {
                        Some(mate) => self.enter(mate),
                        None => return Found::Free(to),
                    }
                }
            }
        }
        Found::Nobody
    }

    /// Takes a vertex in from which the tree grows on.
    fn enter(&mut self, vertex: Vertex) {
        self.outer[vertex as usize] = true;
        self.tree.push(vertex);
        self.queue.push_back(vertex);
    }

    /// An edge between two outer vertices: all on the way from both to where their paths join becomes one.
    fn close_blossom(&mut self, one: Vertex, other: Vertex, root: Vertex) {
        let join = self.common_base(one, other, root);
        self.mark += 1;
        self.mark_petals(one, join, other);
        self.mark_petals(other, join, one);
        for at in 0..self.tree.len() {
            let vertex = self.tree[at];
            if self.marks[self.base[vertex as usize] as usize] == self.mark {
                self.base[vertex as usize] = join;
                if !std::mem::replace(&mut self.outer[vertex as usize], true) {
                    self.queue.push_back(vertex);
                }
            }
        }
    }

    fn common_base(&mut self, one: Vertex, other: Vertex, root: Vertex) -> Vertex {
        self.mark += 1;
        let mut at = self.base[one as usize];
        self.marks[at as usize] = self.mark;
        while at != root && self.matching.mate(at).is_some() {
            at = self.base[self.up(at) as usize];
            self.marks[at as usize] = self.mark;
        }
        let mut at = self.base[other as usize];
        while self.marks[at as usize] != self.mark {
            at = self.base[self.up(at) as usize];
        }
        at
    }

    /// The outer vertex before an outer one on its path.
    fn up(&self, vertex: Vertex) -> Vertex {
        self.before[self.matching.mate(vertex).expect("all but the root are matched") as usize]
    }

    fn mark_petals(&mut self, from: Vertex, join: Vertex, child: Vertex) {
        let (mut at, mut child) = (from, child);
        while self.base[at as usize] != join {
            let mate = self.matching.mate(at).expect("all but the root are matched");
            self.marks[self.base[at as usize] as usize] = self.mark;
            self.marks[self.base[mate as usize] as usize] = self.mark;
            self.before[at as usize] = child;
            child = mate;
            at = self.before[mate as usize];
        }
    }

    /// Every second edge back from `end` to the root becomes a pair.
    fn change_hands(&mut self, end: Vertex) {
        let mut next = Some(end);
        while let Some(vertex) = next {
            let before = self.before[vertex as usize];
            next = self.matching.mate(before);
            self.matching.join(
                before,
                vertex,
                self.graph.weight(before, vertex).expect("paths follow edges"),
            );
        }
    }

    /// Makes ready for the next tree.
    fn forget(&mut self, barren: bool) {
        for vertex in self.tree.drain(..) {
            self.before[vertex as usize] = NONE;
            self.base[vertex as usize] = vertex;
            self.outer[vertex as usize] = false;
            self.barren[vertex as usize] |= barren;
        }
        self.queue.clear();
    }
}

/// What a tree came to.
enum Found {
    /// A free vertex.
    Free(Vertex),
    /// Nobody, now or later.
    Nobody,
    /// Nobody so far.
    TooFar,
}
