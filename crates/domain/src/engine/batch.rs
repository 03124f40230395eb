//! One batch: who is new looks for likely partners, the best pairs are made of them, and the pairs are made fair.

use super::effort::Effort;
use super::fairness::make_fair;
use super::floor::Floor;
use super::hall::Standing;
use super::likely::Shortlist;
use super::matching::{Edge, Graph, Matching, Vertex};
use super::priority::{Ageing, Seniority};
use super::score::score;
use super::shelf::Slot;
use super::workers::Crew;

/// A batch under way.
pub(super) struct Batch<'a> {
    floor: &'a mut Floor,
    ageing: Ageing,
    effort: Effort,
    crew: Crew<'a>,
    /// Who is held against the others, the most senior first.
    seekers: &'a [Slot],
    /// Who may meet whom, as far as it is known.
    edges: Vec<(Slot, Slot)>,
    /// Where in the graph a slot is.
    vertices: Vec<Vertex>,
}

/// In no graph.
const NOWHERE: Vertex = Vertex::MAX;

impl<'a> Batch<'a> {
    pub(super) fn new(floor: &'a mut Floor, seekers: &'a [Slot], ageing: Ageing, crew: Crew<'a>) -> Self {
        let vertices = vec![NOWHERE; floor.hall.slots() as usize];
        Self { floor, ageing, effort: Effort::of(seekers.len()), crew, seekers, edges: Vec::new(), vertices }
    }

    /// Pairs on the floor what may meet, and leaves everybody who goes on waiting lingering there. Answers who is
    /// paired.
    pub(super) fn run(mut self, elders: Seniority) -> Vec<Slot> {
        self.recall();
        for round in 0..self.effort.rounds {
            let known = self.edges.len();
            self.search(round);
            if self.edges.len() == known && round > 0 {
                break;
            }
            self.pair_up();
            self.floor.tidy();
        }
        if !self.effort.is_close() {
            self.pair_the_rest();
        }
        self.let_wait();
        let mut paired = self.paired();
        for slot in make_fair(self.floor, &mut paired, elders, self.crew) {
            // Who was settled is so still: whoever came since has looked, or will.
            if self.floor.hall.at(slot).standing != Standing::Settled {
                self.floor.stands(slot, Standing::New);
            }
        }
        paired
    }

    /// The likely partners kept since an earlier batch.
    fn recall(&mut self) {
        for me in self.seekers {
            let kept = std::mem::take(&mut self.floor.hall.at_mut(*me).likely);
            self.edges.extend(kept.iter().map(|other| (*me, *other)));
        }
    }

    /// Has everybody look who is free and may not have seen all there is.
    fn search(&mut self, round: usize) {
        let mut looking: Vec<Slot> =
            self.seekers.iter().copied().filter(|slot| self.must_look(*slot, round)).collect();
        // Neighbours look at the same shelves, and find them in the processor's cache.
        looking.sort_by_key(|slot| self.floor.hall.at(*slot).shelf);
        let floor = &*self.floor;
        let look = |part: &[Slot]| {
            let (mut list, mut edges, mut complete) = (Shortlist::default(), Vec::new(), Vec::new());
            for me in part.iter().copied() {
                list.search(floor, me, &self.ageing, &self.effort);
                edges.extend(list.partners().map(|other| (me, other)));
                complete.push(list.is_complete());
            }
            (edges, complete)
        };
        let found = self.crew.share(&looking, look);
        let mut looked = looking.into_iter();
        for (edges, complete) in found {
            self.edges.extend(edges);
            for (complete, me) in complete.into_iter().zip(looked.by_ref()) {
                self.floor.stands(me, Standing::Likely { complete });
            }
        }
    }

    /// After the first round, all on a free ticket's list are taken.
    fn must_look(&self, slot: Slot, round: usize) -> bool {
        let used_up = |complete: bool| !complete && round > 0;
        self.floor.is_free(slot)
            && match self.floor.hall.at(slot).standing {
                Standing::New => true,
                Standing::Likely { complete } => used_up(complete),
                Standing::Settled => false,
            }
    }

    /// Pairs along the edges; pairs already made may change, too.
    fn pair_up(&mut self) {
        let edges = self.edges.clone();
        let slots = self.number(&edges);
        let weigh = |(one, other): (Slot, Slot)| Edge {
            one: self.vertices[one as usize],
            other: self.vertices[other as usize],
            weight: self.weight(one, other),
        };
        let graph = Graph::new(slots.len(), edges.into_iter().map(weigh).collect());
        let matching = self.matched(&graph, &slots);
        for slot in &slots {
            if let Some(mate) = self.floor.mate(*slot) {
                self.floor.part(*slot, mate);
            }
        }
        for (vertex, slot) in (0..).zip(&slots) {
            match matching.mate(vertex) {
                Some(mate) if mate > vertex => self.floor.join(*slot, slots[mate as usize]),
                Some(_) => {}
                None => self.floor.linger(*slot),
            }
        }
        for slot in slots {
            self.vertices[slot as usize] = NOWHERE;
        }
    }

    /// Whoever is free still takes the best that is, one after the other, the most senior first.
    fn pair_the_rest(&mut self) {
        let (mut list, mut joined) = (Shortlist::default(), 0);
        for me in self.seekers.iter().copied() {
            if !self.must_look(me, 1) {
                continue;
            }
            list.search(self.floor, me, &self.ageing, &self.effort);
            self.floor.stands(me, Standing::Likely { complete: list.is_complete() });
            if let Some(other) = list.partners().next() {
                self.floor.join(me, other);
                joined += 1;
                if joined % Self::UNTIDY == 0 {
                    self.floor.tidy();
                }
            }
        }
        self.floor.tidy();
    }

    /// After so many pairs it pays to clear the shelves.
    const UNTIDY: usize = 2_000;

    /// Numbers the slots that have edges, the most senior first.
    fn number(&mut self, edges: &[(Slot, Slot)]) -> Vec<Slot> {
        let mut slots = Vec::new();
        for slot in edges.iter().flat_map(|(one, other)| [*one, *other]) {
            if std::mem::replace(&mut self.vertices[slot as usize], 0) == NOWHERE {
                slots.push(slot);
            }
        }
        let hall = &self.floor.hall;
        slots.sort_by_cached_key(|slot| (hall.card(*slot).seniority, hall.claimant(*slot)));
        for (vertex, slot) in (0..).zip(&slots) {
            self.vertices[*slot as usize] = vertex;
        }
        slots
    }

    fn weight(&self, one: Slot, other: Slot) -> u32 {
        let (one, other) = (self.floor.hall.card(one), self.floor.hall.card(other));
        score(one, other) + self.ageing.points(one.seniority) + self.ageing.points(other.seniority)
    }

    /// The best matching that this much effort finds, from the pairs there are.
    fn matched(&self, graph: &Graph, slots: &[Slot]) -> Matching {
        let mut matching = Matching::new(slots.len());
        for (vertex, slot) in (0..).zip(slots) {
            let mate = self.floor.mate(*slot).map(|mate| self.vertices[mate as usize]);
            if let Some(mate) = mate.filter(|mate| *mate > vertex) {
                matching.join(vertex, mate, self.weight(*slot, slots[mate as usize]).into());
            }
        }
        matching.greedy(graph);
        if self.effort.is_close() {
            matching.exchange(graph, self.effort.passes);
            matching.augment(graph, self.effort.arcs);
            matching.exchange(graph, self.effort.passes);
        }
        matching
    }

    /// Whoever is left waits on: with the likely partners that are free still, if any.
    fn let_wait(&mut self) {
        let floor = &mut *self.floor;
        self.edges.retain(|(one, other)| floor.is_free(*one) && floor.is_free(*other));
        self.edges.sort_unstable();
        self.edges.dedup();
        for me in self.seekers.iter().filter(|me| floor.is_free(**me)).copied().collect::<Vec<_>>() {
            let from = self.edges.partition_point(|(one, _)| *one < me);
            let likely = self.edges[from..].iter().take_while(|(one, _)| *one == me);
            let likely: Box<[Slot]> = likely.map(|(_, other)| *other).collect();
            match floor.hall.at(me).standing {
                Standing::Likely { complete: true } if likely.is_empty() => {
                    floor.stands(me, Standing::Settled);
                }
                Standing::Likely { .. } if likely.is_empty() => floor.stands(me, Standing::New),
                _ => floor.hall.at_mut(me).likely = likely,
            }
            floor.linger(me);
        }
        floor.tidy();
    }

    /// Who is paired.
    fn paired(&self) -> Vec<Slot> {
        let mut paired: Vec<Slot> =
            self.seekers.iter().copied().filter(|slot| !self.floor.is_free(*slot)).collect();
        paired.extend(paired.clone().into_iter().filter_map(|slot| self.floor.mate(slot)));
        paired.sort_unstable();
        paired.dedup();
        paired
    }
}
