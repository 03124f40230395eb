//! Places, coarsely: the squares of a degree that the index is laid out in.

use std::ops::RangeInclusive;

use crate::wish::{Country, Kilometres, Place, Spot, cosine};

/// Where somebody is, to a degree and a region. Ordered from south to north and from west to east, so neighbours are
/// near each other and a band of latitudes is one range; who has no spot comes before all.
///
/// From the top: 16 bits of row (0: no spot), column, country, region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell(u64);

impl Cell {
    /// The row of the south pole.
    const SOUTH: i16 = 100;

    pub(super) fn of(place: &Place) -> Self {
        let (row, column) = place.spot.map_or((0, 0), square);
        let region = place.region.map_or(0, |region| u64::from(region.0));
        Self(Self::row_start(row).0 | (u64::from(column) << 32) | (code(place.country) << 16) | region)
    }

    fn row_start(row: u16) -> Self {
        Self(u64::from(row) << 48)
    }

    fn row(self) -> u64 {
        self.0 >> 48
    }

    fn column(self) -> i64 {
        i64::try_from((self.0 >> 32) & 0xFFFF).expect("sixteen bits")
    }

    pub(super) fn is_in(self, country: Country) -> bool {
        (self.0 >> 16) & 0xFFFF == code(Some(country))
    }
}

fn code(country: Option<Country>) -> u64 {
    country.map_or(0, |country| u16::from_be_bytes(country.letters()).into())
}

fn square(spot: Spot) -> (u16, u16) {
    let (lat, lon) = spot.hundredths();
    let row = lat.div_euclid(100) + 90 + Cell::SOUTH;
    (row.unsigned_abs(), (lon.div_euclid(100) + 180).unsigned_abs())
}

/// The cells within a distance of a spot, and a few more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    south: u16,
    north: u16,
    column: i64,
    /// Columns to either side; `None` where meridians run too close together to tell.
    width: Option<i64>,
}

impl Around {
    pub(super) fn new(spot: Spot, distance: Kilometres) -> Self {
        let (row, column) = square(spot);
        // A row is 111 km high, and one of them may be cut by the spot's own place in it.
        let rows = distance.get() / 111 + 1;
        let (south, north) = (row.saturating_sub(rows), row + rows);
        let degrees = |row: u16| (i64::from(row) - i64::from(Cell::SOUTH) - 90).abs();
        let furthest = degrees(south).max(degrees(north)) + 1;
        let narrowest = if furthest < 85 { cosine(furthest * 200) } else { 0 };
        let width = (narrowest > 0).then(|| i64::from(distance.get()) * 256 / (narrowest * 111) + 1);
        Self { south, north, column: column.into(), width }
    }

    /// One range of cells that holds all of them.
    pub(super) fn range(&self) -> RangeInclusive<Cell> {
        Cell::row_start(self.south.max(1))..=Cell(Cell::row_start(self.north + 1).0 - 1)
    }

    pub(super) fn holds(&self, cell: Cell) -> bool {
        let apart = (cell.column() - self.column).abs();
        let near = |width| apart.min(360 - apart) <= width;
        (u64::from(self.south)..=u64::from(self.north)).contains(&cell.row()) && self.width.is_none_or(near)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spot() -> impl Strategy<Value = Spot> {
        (-90.0..=90.0, -180.0..=180.0).prop_map(|(lat, lon)| Spot::new(lat, lon).unwrap())
    }

    proptest! {
        #[test]
        fn whoever_is_within_the_distance_is_in_a_cell_around(
            one in spot(),
            (north, east) in (-15.0..15.0, -30.0..30.0),
            km in 1_u32..1_500,
        ) {
            let (lat, lon) = one.hundredths();
            let moved = Spot::new(f64::from(lat) / 100.0 + north, f64::from(lon) / 100.0 + east);
            let distance = Kilometres::new(km).unwrap();
            if let Some(other) = moved.ok().filter(|other| one.within(*other, distance)) {
                let cell = Cell::of(&Place { spot: Some(other), ..Place::default() });
                let around = Around::new(one, distance);
                prop_assert!(around.holds(cell), "{cell:?} {around:?}");
                prop_assert!(around.range().contains(&cell));
            }
        }
    }
}
