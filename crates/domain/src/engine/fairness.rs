//! No elder is passed over: the bound of [`super::priority`], made true after good pairs were found.
//!
//! An elder left waiting *envies* a pair if it could have met one of the two and is senior to the other. It takes the
//! junior's place, the most senior first, until nobody envies anybody. That comes to an end: each time, somebody more
//! senior is in a pair instead of somebody less.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use super::floor::Floor;
use super::priority::Seniority;
use super::shelf::Slot;

/// An elder who envies somebody their partner: the most senior first.
type Envy = Reverse<(Seniority, Slot, Slot)>;

/// Makes the batch fair to those at least as senior as `elders`. `paired` are those who have a partner, before and
/// after; those left waiting must linger in a tidy index. Answers who lost their partner; they linger, too.
pub(super) fn make_fair(floor: &mut Floor, paired: &mut Vec<Slot>, elders: Seniority) -> Vec<Slot> {
    let mut displaced = Vec::new();
    loop {
        let lost = sweep(floor, paired, elders);
        lost.iter().for_each(|slot| floor.linger(*slot));
        floor.tidy();
        let elder_lost = lost.iter().any(|slot| floor.hall.card(*slot).seniority <= elders);
        displaced.extend(lost);
        if !elder_lost {
            break;
        }
    }
    paired.retain(|slot| !floor.is_free(*slot));
    displaced.retain(|slot| floor.is_free(*slot));
    displaced
}

/// Lets every envy have its way that is there now. Who comes in is added to `paired`.
fn sweep(floor: &mut Floor, paired: &mut Vec<Slot>, elders: Seniority) -> Vec<Slot> {
    let mut envies: BinaryHeap<Envy> =
        paired.iter().filter_map(|partner| envy_of(floor, *partner, elders)).collect();
    let mut lost = Vec::new();
    while let Some(Reverse((_, elder, partner))) = envies.pop() {
        let Some(junior) = floor.mate(partner) else { continue };
        if !floor.is_free(elder) {
            envies.extend(envy_of(floor, partner, elders));
            continue;
        }
        floor.part(partner, junior);
        floor.join(partner, elder);
        lost.push(junior);
        paired.push(elder);
        envies.extend(envy_of(floor, elder, elders));
    }
    lost
}

/// The most senior elder left waiting who could have met `partner` and is senior to whom it has.
fn envy_of(floor: &Floor, partner: Slot, elders: Seniority) -> Option<Envy> {
    let mut senior = floor.hall.card(floor.mate(partner)?).seniority;
    let mut envy = None;
    let _ = floor.index.search(floor.hall.card(partner), |shelf| {
        for (seniority, elder) in shelf.seniors() {
            if *seniority >= senior || *seniority > elders {
                break;
            }
            if floor.is_free(*elder) && floor.may_meet(*elder, partner) {
                (senior, envy) = (*seniority, Some(Reverse((*seniority, *elder, partner))));
                break;
            }
        }
        ControlFlow::Continue(())
    });
    envy
}
