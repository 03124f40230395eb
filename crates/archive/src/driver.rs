//! The one door to the database: text and values in, values out, the same for MySQL and SQLite.
//!
//! Everything the record holds is a whole number or a short text, so the two drivers differ in nothing else.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::database::HasStatementCache;
use sqlx::{AssertSqlSafe, ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Row as _, Type};
use tokio::time::{Instant, timeout};

use crate::error::{ArchiveError, Result};
use crate::pool::{Connections, TwoPart};
use crate::query::QueryObserver;

/// A value bound to a parameter or read from a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
}

impl Value {
    /// The number, if it is one.
    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Null | Self::Text(_) => None,
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Int(_) => None,
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A statement with its parameters. Its text is ours, never made of data.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    /// The query's name.
    pub(crate) name: &'static str,
    /// The text, with `?` for parameters.
    pub(crate) sql: String,
    /// The parameters.
    pub(crate) values: Vec<Value>,
    /// Whether the connection keeps it prepared. Not where the text changes with the number of rows: it would only
    /// push others out.
    pub(crate) keep: bool,
    /// How long it may take, connection included.
    pub(crate) limit: Duration,
}

/// A database.
#[async_trait]
pub(crate) trait Driver: Send + Sync + 'static {
    /// Runs a statement and answers its rows.
    async fn run(&self, statement: Statement) -> Result<Vec<Vec<Value>>>;
    /// How the pool stands.
    fn connections(&self) -> Connections;
    /// Closes every connection, waiting for the statements under way.
    async fn close(&self);
}

/// A [`Driver`] over one of sqlx's databases.
pub(crate) struct Sqlx<D: Database> {
    pub(crate) pool: TwoPart<D>,
    pub(crate) observer: Option<Arc<dyn QueryObserver>>,
    /// What takes so long is logged.
    pub(crate) slow: Option<Duration>,
}

#[async_trait]
impl<D> Driver for Sqlx<D>
where
    D: Database + HasStatementCache,
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    for<'q> i64: Encode<'q, D> + Decode<'q, D> + Type<D>,
    for<'q> Option<i64>: Encode<'q, D>,
    for<'q> String: Encode<'q, D> + Decode<'q, D> + Type<D>,
    usize: ColumnIndex<D::Row>,
{
    async fn run(&self, statement: Statement) -> Result<Vec<Vec<Value>>> {
        let (name, limit) = (statement.name, statement.limit);
        let began = Instant::now();
        let answer = timeout(limit, self.fetch(statement)).await;
        let took = began.elapsed();
        if let Some(observer) = &self.observer {
            observer.observed(name, took);
        }
        if self.slow.is_some_and(|slow| took >= slow) {
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(query = name, milliseconds, answered = answer.is_ok(), "a slow query");
        }
        let rows = answer.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        rows.map_err(|source| ArchiveError::of(name, source))
    }

    fn connections(&self) -> Connections {
        self.pool.connections()
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

impl<D> Sqlx<D>
where
    D: Database + HasStatementCache,
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    for<'q> i64: Encode<'q, D> + Decode<'q, D> + Type<D>,
    for<'q> Option<i64>: Encode<'q, D>,
    for<'q> String: Encode<'q, D> + Decode<'q, D> + Type<D>,
    usize: ColumnIndex<D::Row>,
{
    async fn fetch(&self, statement: Statement) -> sqlx::Result<Vec<Vec<Value>>> {
        let mut connection = self.pool.acquire().await?;
        let mut query = sqlx::query::<D>(AssertSqlSafe(statement.sql)).persistent(statement.keep);
        for value in statement.values {
            query = match value {
                Value::Null => query.bind(None::<i64>),
                Value::Int(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
            };
        }
        let rows = query.fetch_all(connection.inner()).await;
        if !matches!(rows, Err(sqlx::Error::Io(_) | sqlx::Error::Protocol(_))) {
            connection.give_back();
        }
        rows?.iter().map(values::<D>).collect()
    }
}

fn values<D>(row: &D::Row) -> sqlx::Result<Vec<Value>>
where
    D: Database,
    for<'q> i64: Decode<'q, D> + Type<D>,
    for<'q> String: Decode<'q, D> + Type<D>,
    usize: ColumnIndex<D::Row>,
{
    (0..row.len())
        .map(|column| match row.try_get::<Option<i64>, _>(column) {
            Ok(number) => Ok(number.map_or(Value::Null, Value::Int)),
            Err(_) => Ok(row.try_get::<Option<String>, _>(column)?.map_or(Value::Null, Value::Text)),
        })
        .collect()
}
