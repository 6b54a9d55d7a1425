//! A table: its columns in one order, for writing and for reading.

use super::{StoreError, dialect, sql::Sql};
use sea_orm::{ConnectionTrait, Value};

/// Rows that one statement writes at most. A group is cut into powers of two, so that few statements are prepared.
pub(super) const ROWS: usize = 64;

pub(super) struct Table {
    pub(super) name: &'static str,
    /// The columns that tell rows apart.
    pub(super) key: &'static [&'static str],
    /// All columns that are written.
    pub(super) columns: &'static [&'static str],
    /// How many of the last ones are for searching alone and never read.
    pub(super) unread: usize,
}

impl Table {
    /// The columns that are read, as a select list.
    pub(super) fn list(&self) -> String {
        self.columns[..self.columns.len() - self.unread].join(", ")
    }

    /// The same with the table's name before each.
    pub(super) fn qualified_list(&self) -> String {
        let columns = &self.columns[..self.columns.len() - self.unread];
        columns.iter().map(|column| format!("{}.{column}", self.name)).collect::<Vec<_>>().join(", ")
    }

    /// Writes whole rows; one that is there already is overwritten.
    pub(super) async fn upsert(
        &self,
        db: &impl ConnectionTrait,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        self.write(db, rows, &self.overwriting()).await
    }

    /// Writes whole rows; one that is there already is overwritten under a condition.
    pub(super) async fn upsert_where(
        &self,
        db: &impl ConnectionTrait,
        rows: Vec<Vec<Value>>,
        condition: &str,
    ) -> Result<(), StoreError> {
        self.write(db, rows, &format!("{} {condition}", self.overwriting())).await
    }

    fn overwriting(&self) -> String {
        let changes: Vec<_> = self.columns.iter().filter(|column| !self.key.contains(column)).collect();
        let changes: Vec<_> = changes.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        format!(" ON CONFLICT ({}) DO UPDATE SET {}", self.key.join(", "), changes.join(", "))
    }

    /// Writes rows that are new.
    pub(super) async fn insert(
        &self,
        db: &impl ConnectionTrait,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        let begin = dialect::insertion(db.get_database_backend());
        self.write_between(db, rows, &self.into(begin), "").await
    }

    /// Writes rows that are not there yet; one that is stays as it was.
    pub(super) async fn keep(
        &self,
        db: &impl ConnectionTrait,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        self.write(db, rows, " ON CONFLICT DO NOTHING").await
    }

    /// Adds to the last column of rows that are there already; writes the others.
    pub(super) async fn add(
        &self,
        db: &impl ConnectionTrait,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        let (name, sum) = (self.name, self.columns[self.columns.len() - 1]);
        let end = format!(
            " ON CONFLICT ({}) DO UPDATE SET {sum} = {name}.{sum} + excluded.{sum}",
            self.key.join(", ")
        );
        self.write(db, rows, &end).await
    }

    /// Changes rows that are there; rows that are not stay away.
    pub(super) async fn update(
        &self,
        db: &impl ConnectionTrait,
        rows: Vec<Vec<Value>>,
    ) -> Result<(), StoreError> {
        let columns = self.columns.iter().enumerate().skip(1);
        let changes: Vec<_> =
            columns.map(|(index, column)| format!("{column} = new.column{}", index + 1)).collect();
        let begin = format!("UPDATE {} SET {} FROM (VALUES ", self.name, changes.join(", "));
        let end = format!(") AS new WHERE {}.{} = new.column1", self.name, self.columns[0]);
        self.write_between(db, rows, &begin, &end).await
    }

    async fn write(
        &self,
        db: &impl ConnectionTrait,
        rows: Vec<Vec<Value>>,
        end: &str,
    ) -> Result<(), StoreError> {
        self.write_between(db, rows, &self.into("INSERT"), end).await
    }

    fn into(&self, begin: &str) -> String {
        format!("{begin} INTO {} ({}) VALUES ", self.name, self.columns.join(", "))
    }

    async fn write_between(
        &self,
        db: &impl ConnectionTrait,
        rows: Vec<Vec<Value>>,
        begin: &str,
        end: &str,
    ) -> Result<(), StoreError> {
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        let places = format!("({})", vec!["?"; self.columns.len()].join(", "));
        while left > 0 {
            let count = chunk(left);
            let mut sql = Sql::new(format!("{begin}{}", vec![places.as_str(); count].join(", ")));
            rows.by_ref().take(count).for_each(|row| sql.give(row));
            sql.push(end);
            sql.run(db).await?;
            left -= count;
        }
        Ok(())
    }
}

/// The largest power of two that fits, up to the bound.
pub(super) fn chunk(left: usize) -> usize {
    (1 << left.ilog2()).min(ROWS)
}

/// Conditions `column IN (…)` over values, each for at most as many as one statement takes.
///
/// The last value is repeated up to the next power of two, so that few statements are prepared.
pub(super) fn groups<T: Clone>(values: &[T]) -> impl Iterator<Item = Vec<T>> {
    values.chunks(ROWS).map(|chunk| {
        let mut group = chunk.to_vec();
        group.resize(chunk.len().next_power_of_two(), chunk[chunk.len() - 1].clone());
        group
    })
}
