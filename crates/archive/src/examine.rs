//! Looking at the database server itself: what it is, how it is set, and what is missing. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::Archive;
use crate::database::Dialect;
use crate::driver::Value;
use crate::error::Result;
use crate::partitions::Cover;
use crate::query::{CONNECTIONS, INDEXES, QUERIES, Query, VARIABLES};

/// What is known of a MySQL or MariaDB server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examination {
    /// Its settings by name, as a session of ours has them.
    pub variables: BTreeMap<String, String>,
    /// Connections it has now, whoever's.
    pub connections: u64,
    /// Indexes that queries of ours are answered from and that are not there, with a table each.
    pub missing_indexes: Vec<String>,
    /// What the partitions of `messages` cover.
    pub partitions: Cover,
}

impl Archive {
    /// Asks each replica that answers how it is set; with its name.
    pub async fn examine_replicas(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let mut answers = Vec::new();
        for replica in &self.first.replicas.list {
            if let Ok(rows) = replica.run(self.first.statement(&VARIABLES, [])).await {
                answers.push((replica.name().to_owned(), pairs(&rows).into_iter().collect()));
            }
        }
        answers
    }

    /// Asks the server, of several databases the first one's; `None` for SQLite, which has none.
    pub async fn examine(&self) -> Result<Option<Examination>> {
        if self.first.dialect == Dialect::Sqlite {
            return Ok(None);
        }
        let variables = pairs(&self.first.read(&VARIABLES, []).await?).into_iter().collect();
        let status = pairs(&self.first.read(&CONNECTIONS, []).await?);
        let connections = status.first().and_then(|(_, count)| count.parse().ok()).unwrap_or_default();
        let present: BTreeSet<_> =
            pairs(&self.first.read(&INDEXES, []).await?).into_iter().map(|(index, _)| index).collect();
        let wanted = QUERIES.iter().flat_map(|Query { indexes, .. }| indexes.iter().copied());
        // Every table has its primary key by the migration that made it.
        let missing: BTreeSet<_> = wanted
            .filter(|index| *index != "PRIMARY" && !present.contains(*index))
            .map(str::to_owned)
            .collect();
        let missing_indexes = missing.into_iter().collect();
        let partitions = self.first.cover().await?;
        Ok(Some(Examination { variables, connections, missing_indexes, partitions }))
    }
}

/// Names, in small letters, and values.
fn pairs(rows: &[Vec<Value>]) -> Vec<(String, String)> {
    let pair = |row: &Vec<Value>| {
        let name = row.first()?.text()?.to_ascii_lowercase();
        Some((name, row.get(1)?.text()?.to_owned()))
    };
    rows.iter().filter_map(pair).collect()
}
