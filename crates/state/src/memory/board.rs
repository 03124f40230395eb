//! What operators put up.

use hamdam_domain::board::Maintenance;

use super::world::World;

impl World {
    pub(super) fn maintain(&mut self, way: Option<Maintenance>) {
        self.board.maintenance = way;
    }
}
