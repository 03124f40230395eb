//! What operators put up.

use hamdam_domain::board::Maintenance;
use hamdam_state::step::board::Board;

use super::Subject;
use super::scene::Scene;

pub(super) async fn the_fleet_is_closed_and_opened_again(subject: &dyn Subject) {
    let state = Scene::of(subject).state;
    assert_eq!(state.board().await.unwrap(), Board::default());
    for way in [Some(Maintenance::RoomsRest), Some(Maintenance::RoomsGoOn), None, None] {
        state.maintain(way).await.unwrap();
        assert_eq!(state.board().await.unwrap().maintenance, way);
    }
}
