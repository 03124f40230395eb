//! What a run tells people and programs.

mod live;
mod table;
mod verdict;

pub use live::{Line, Live, Phase};
pub use table::table;
pub use verdict::{FleetCounts, Percentiles, Verdict};
