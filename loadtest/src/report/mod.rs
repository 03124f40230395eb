//! What a run tells people and programs.

mod file;
mod live;
mod table;
mod verdict;

pub use file::write_json;
pub(crate) use file::write_text;
pub use live::{Line, Live, Phase};
pub use table::table;
pub use verdict::{FleetCounts, Percentiles, Verdict};
