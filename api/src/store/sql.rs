//! A statement under construction, and the fields of a row that came back.

use super::{StoreError, dialect};
use quarterdeck_shared::{Timestamp, Usd};
use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable, Value};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Display, str::FromStr};
use uuid::Uuid;

/// SQL text with a question mark for each value, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), values: Vec::new() }
    }

    /// The text with the values of its placeholders, in their order.
    pub(super) fn with(text: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Self {
        Self { text: text.into(), values: values.into_iter().collect() }
    }

    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder for this value.
    pub(super) fn bind(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        self.text.push('?');
        self
    }

    /// Appends values whose placeholders the text has already.
    pub(super) fn give(&mut self, values: Vec<Value>) {
        self.values.extend(values);
    }

    /// Appends another statement's text and values.
    pub(super) fn join(&mut self, other: Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.values.extend(other.values);
        self
    }

    /// Appends placeholders for these values, parted by commas.
    pub(super) fn bind_all(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        for (index, value) in values.into_iter().enumerate() {
            self.push(if index == 0 { "" } else { ", " }).bind(value);
        }
        self
    }

    fn on(self, db: &impl ConnectionTrait) -> Statement {
        let backend = db.get_database_backend();
        Statement::from_sql_and_values(backend, dialect::placeholders(backend, self.text), self.values)
    }

    /// Every row.
    pub(super) async fn all<T>(
        self,
        db: &impl ConnectionTrait,
        mut read: impl FnMut(&mut Fields) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = db.query_all_raw(self.on(db)).await.map_err(|error| dialect::read_failure(&error))?;
        rows.iter().map(|row| read(&mut Fields { row, next: 0 })).collect()
    }

    /// The first row.
    pub(super) async fn one<T>(
        self,
        db: &impl ConnectionTrait,
        read: impl FnOnce(&mut Fields) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let row = db.query_one_raw(self.on(db)).await.map_err(|error| dialect::read_failure(&error))?;
        row.map(|row| read(&mut Fields { row: &row, next: 0 })).transpose()
    }

    /// Changes rows.
    pub(super) async fn run(self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        db.execute_raw(self.on(db)).await.map(drop).map_err(|error| dialect::write_failure(&error))
    }
}

/// The fields of one row, taken from left to right.
pub(super) struct Fields<'row> {
    row: &'row QueryResult,
    next: usize,
}

impl Fields<'_> {
    /// The next field as it is stored.
    pub(super) fn take<T: TryGetable>(&mut self) -> Result<T, StoreError> {
        let index = self.next;
        self.next += 1;
        self.row
            .try_get_by_index(index)
            .map_err(|error| StoreError::Corrupt { what: format!("field {index}: {error}") })
    }

    pub(super) fn id(&mut self) -> Result<Uuid, StoreError> {
        self.take()
    }

    pub(super) fn id_or_none(&mut self) -> Result<Option<Uuid>, StoreError> {
        self.take()
    }

    pub(super) fn number(&mut self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.take::<i64>()?).unwrap_or(0))
    }

    pub(super) fn number_or_none(&mut self) -> Result<Option<u64>, StoreError> {
        Ok(self.take::<Option<i64>>()?.map(|number| u64::try_from(number).unwrap_or(0)))
    }

    pub(super) fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.take().map(Timestamp)
    }

    pub(super) fn time_or_none(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.take::<Option<i64>>()?.map(Timestamp))
    }

    pub(super) fn usd(&mut self) -> Result<Usd, StoreError> {
        self.take().map(Usd::from_nanos)
    }

    pub(super) fn usd_or_none(&mut self) -> Result<Option<Usd>, StoreError> {
        Ok(self.take::<Option<i64>>()?.map(Usd::from_nanos))
    }

    /// A word of a closed set.
    pub(super) fn word<T: FromStr<Err: Display>>(&mut self) -> Result<T, StoreError> {
        self.take::<String>()?.parse().map_err(|error| self.corrupt(&error))
    }

    pub(super) fn word_or_none<T: FromStr<Err: Display>>(&mut self) -> Result<Option<T>, StoreError> {
        let word = self.take::<Option<String>>()?;
        word.map(|word| word.parse()).transpose().map_err(|error| self.corrupt(&error))
    }

    pub(super) fn json<T: DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        serde_json::from_str(&self.take::<String>()?).map_err(|error| self.corrupt(&error))
    }

    pub(super) fn json_or_none<T: DeserializeOwned>(&mut self) -> Result<Option<T>, StoreError> {
        let json = self.take::<Option<String>>()?;
        json.map(|json| serde_json::from_str(&json)).transpose().map_err(|error| self.corrupt(&error))
    }

    fn corrupt(&self, error: &dyn Display) -> StoreError {
        StoreError::Corrupt { what: format!("field {}: {error}", self.next - 1) }
    }
}

/// A count as it is stored.
pub(super) fn number(count: u64) -> Value {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}

pub(super) fn number_or_none(count: Option<u64>) -> Value {
    count.map(|count| i64::try_from(count).unwrap_or(i64::MAX)).into()
}

pub(super) fn time(at: Timestamp) -> Value {
    at.micros().into()
}

pub(super) fn time_or_none(at: Option<Timestamp>) -> Value {
    at.map(Timestamp::micros).into()
}

pub(super) fn usd(amount: Usd) -> Value {
    amount.nanos().into()
}

pub(super) fn usd_or_none(amount: Option<Usd>) -> Value {
    amount.map(Usd::nanos).into()
}

/// Text as both databases can hold it: PostgreSQL knows no NUL.
pub(super) fn text(words: impl Into<String> + AsRef<str>) -> Value {
    if memchr::memchr(0, words.as_ref().as_bytes()).is_some() {
        words.as_ref().replace('\0', "\u{fffd}").into()
    } else {
        Value::from(words.into())
    }
}

pub(super) fn text_or_none(words: Option<impl Into<String> + AsRef<str>>) -> Value {
    words.map_or(Value::String(None), text)
}

pub(super) fn json(value: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_string(value)
        .map(Value::from)
        .map_err(|error| StoreError::Refused { reason: format!("a value has no JSON: {error}") })
}
