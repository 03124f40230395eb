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
use super::workers::Crew;

/// An elder who envies somebody their partner: the most senior first.
type Envy = Reverse<(Seniority, Slot, Slot)>;

/// Makes the batch fair to those at least as senior as `elders`. `paired` are those who have a partner, before and
/// after; those left waiting must linger in a tidy index. Answers who lost their partner; they linger, too.
pub(super) fn make_fair(
    floor: &mut Floor,
    paired: &mut Vec<Slot>,
    elders: Seniority,
    crew: Crew<'_>,
) -> Vec<Slot> {
    let mut displaced = Vec::new();
    let mut partners = if floor.has_waiting(elders) { paired.clone() } else { Vec::new() };
    while !partners.is_empty() {
        let (lost, gained) = sweep(floor, &partners, elders, crew);
        for slot in &lost {
            floor.linger(*slot);
        }
        floor.tidy();
        paired.extend(gained);
        // An elder who lost a partner to a senior may envy somebody else's now.
        let of_lost =
            lost.iter().map(|slot| floor.hall.card(*slot).seniority).filter(|lost| *lost <= elders).min();
        let has_junior = |partner: &Slot| {
            let mate = floor.mate(*partner).map(|mate| floor.hall.card(mate).seniority);
            of_lost.zip(mate).is_some_and(|(lost, mate)| lost < mate)
        };
        partners = paired.iter().copied().filter(has_junior).collect();
        displaced.extend(lost);
    }
    paired.retain(|slot| !floor.is_free(*slot));
    displaced.retain(|slot| floor.is_free(*slot));
    displaced
}

/// Lets every envy have its way that is there now. Answers who lost a partner, and who gained one.
fn sweep(floor: &mut Floor, partners: &[Slot], elders: Seniority, crew: Crew<'_>) -> (Vec<Slot>, Vec<Slot>) {
    let before = &*floor;
    let look = |part: &[Slot]| -> Vec<Envy> {
        part.iter().filter_map(|partner| envy_of(before, *partner, elders)).collect()
    };
    let mut envies: BinaryHeap<Envy> = crew.share(partners, look).into_iter().flatten().collect();
    let (mut lost, mut gained) = (Vec::new(), Vec::new());
    while let Some(Reverse((_, elder, partner))) = envies.pop() {
        let Some(junior) = floor.mate(partner) else { continue };
        if !floor.is_free(elder) {
            envies.extend(envy_of(floor, partner, elders));
            continue;
        }
        floor.part(partner, junior);
        floor.join(partner, elder);
        lost.push(junior);
        gained.push(elder);
        envies.extend(envy_of(floor, elder, elders));
    }
    (lost, gained)
}

/// The most senior elder left waiting who could have met `partner` and is senior to whom it has.
fn envy_of(floor: &Floor, partner: Slot, elders: Seniority) -> Option<Envy> {
    let mut senior = floor.hall.card(floor.mate(partner)?).seniority;
    let mut envy = None;
    let _ = floor.index.search(floor.hall.card(partner), |shelf| {
        for elder in shelf.seniors() {
            let seniority = floor.hall.card(*elder).seniority;
            if seniority >= senior || seniority > elders {
                break;
            }
            if floor.is_free(*elder) && floor.may_meet(*elder, partner) {
                (senior, envy) = (seniority, Some(Reverse((seniority, *elder, partner))));
                break;
            }
        }
        ControlFlow::Continue(())
    });
    envy
}
