//! sqlx inserts rows, many to a statement.

use anyhow::Context;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use tokio::time::Instant;

use crate::bench::figures::Floor;
use crate::bench::people::{micros_per, rate};
use crate::gauge::kernel::cpu;

/// Of the shape and size of a message's row.
const TABLE: &str = "CREATE TABLE bare (a BIGINT, b BIGINT, c BIGINT, d BIGINT, e INT, f BIGINT, g VARCHAR(32), \
                     h BIGINT, i BIGINT, PRIMARY KEY (d, a, b, c)) ENGINE = InnoDB";

/// Rows per statement.
const CHUNK: i64 = 1_000;

/// Where to and how many.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// An empty database.
    #[arg(long)]
    database: String,
    /// Rows.
    #[arg(long)]
    rows: i64,
}

pub(super) async fn run(options: Options) -> anyhow::Result<()> {
    let mut connection =
        MySqlConnection::connect(&options.database).await.context("cannot reach the database")?;
    sqlx::query(TABLE).execute(&mut connection).await?;
    let (me, began) = (std::process::id(), Instant::now());
    let used = cpu(me)?;
    let mut first = 0;
    while first < options.rows {
        let chunk = first..options.rows.min(first + CHUNK);
        let count = usize::try_from(chunk.end - chunk.start)?;
        let sql = format!("INSERT INTO bare VALUES {}", vec!["(?,?,?,?,?,?,?,?,?)"; count].join(","));
        let mut insert = sqlx::query(AssertSqlSafe(sql));
        for row in chunk.clone() {
            insert = insert.bind(7_i64).bind(8_i64).bind(row).bind(row).bind(1_i64).bind(9_i64);
            insert = insert.bind("text").bind(row).bind(row);
        }
        insert.execute(&mut connection).await?;
        first = chunk.end;
    }
    let rows = u64::try_from(options.rows)?;
    let cpu_us = micros_per(cpu(me)?.saturating_sub(used), rows);
    let floor = Floor { per_second: rate(rows, began.elapsed()), cpu_us };
    println!("{}", serde_json::to_string(&floor)?);
    Ok(())
}
