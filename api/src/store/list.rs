//! A list by pages: every page is a seek behind the last row of the page before, never a count from the start.
//!
//! A filter by words of closed sets (status, role) becomes one seek for each combination, so that no row outside
//! the filter is looked at, however rare the wanted ones are.

use super::{
    StoreError,
    cursor::{Key, Place, Seal},
    sql::{Fields, Sql},
    table::Table,
};
use quarterdeck_shared::{Page, Timestamp, Total};
use sea_orm::{ConnectionTrait, Value};
use std::{cmp::Ordering, fmt::Display, str::FromStr};

/// Up to here a list's total is exact.
pub(super) const COUNTED: u64 = 10_000;
/// Rows a page may have.
const LIMITS: std::ops::RangeInclusive<u32> = 1..=200;

/// An order a list can be asked for: its word, its column, and whether that holds text.
pub(super) type Order = (&'static str, &'static str, bool);

/// The order that was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sort {
    pub(super) column: &'static str,
    pub(super) text: bool,
    pub(super) descending: bool,
}

impl Sort {
    /// Reads `cost` or `-cost`.
    pub(super) fn parse(word: &str, orders: &'static [Order]) -> Result<Self, StoreError> {
        let (bare, descending) = word.strip_prefix('-').map_or((word, false), |bare| (bare, true));
        let known = orders.iter().find(|(name, _, _)| *name == bare);
        let (_, column, text) = known.ok_or_else(|| {
            let names: Vec<_> = orders.iter().map(|(name, _, _)| *name).collect();
            let found: String = word.chars().take(40).collect();
            let message = format!(
                "`{found}` is no order; one of {}, with `-` in front for descending",
                names.join(", ")
            );
            StoreError::Invalid { field: "sort", message }
        })?;
        Ok(Self { column, text: *text, descending })
    }
}

/// A condition with one question mark, and its value.
pub(super) type Condition = (&'static str, Value);

/// Rows whose column has one of these words.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) column: &'static str,
    pub(super) words: Vec<&'static str>,
}

/// One page of a list, as it was asked for.
pub(super) struct List<'table> {
    pub(super) table: &'table Table,
    /// What every listed row fulfils; the same words as in the indexes.
    pub(super) listed: &'static str,
    pub(super) sort: Sort,
    /// Filters by words that have indexes of their own.
    pub(super) words: Vec<Words>,
    /// All other filters.
    pub(super) conditions: Vec<Condition>,
    pub(super) limit: u32,
    pub(super) after: Option<Place>,
    pub(super) seal: Seal,
}

impl List<'_> {
    /// Reads the page. `seq` is the newest event when the question was asked, `total` how many rows there are.
    pub(super) async fn page<T>(
        self,
        db: &impl ConnectionTrait,
        seq: i64,
        total: Total,
        read: impl Fn(&mut Fields) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let sort = self.sort;
        let placed = |fields: &mut Fields| {
            let key = if sort.text { Key::Text(fields.take()?) } else { Key::Number(fields.take()?) };
            Ok((Place { key, id: fields.id()? }, read(fields)?))
        };
        let mut rows = match self.query() {
            Some(query) => query.all(db, placed).await?,
            None => Vec::new(),
        };
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let next_cursor = rows.last().filter(|_| more).map(|(place, _)| place.encode(self.seal));
        Ok(Page { items: rows.into_iter().map(|(_, item)| item).collect(), total, next_cursor, seq })
    }

    /// Counts the rows, up to the bound.
    pub(super) async fn count(&self, db: &impl ConnectionTrait) -> Result<Total, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM (SELECT 1 FROM ");
        sql.push(self.table.name).push(" WHERE ").push(self.listed);
        for Words { column, words } in &self.words {
            sql.push(" AND ")
                .push(column)
                .push(" IN (")
                .bind_all(words.iter().map(|word| (*word).into()))
                .push(")");
        }
        self.filter(&mut sql);
        sql.push(&format!(" LIMIT {}) AS counted", COUNTED + 1));
        Ok(total(sql.one(db, |fields| fields.number()).await?.unwrap_or(0)))
    }

    /// The statement, with one row more than the page holds; `None` where no row can follow.
    fn query(&self) -> Option<Sql> {
        let list = format!("{}, id, {}", self.sort.column, self.table.list());
        let seeks: Vec<_> = self.combinations().into_iter().filter(|seek| self.is_ahead(seek)).collect();
        if let [seek] = &seeks[..] {
            let mut sql = Sql::default();
            self.seek(&mut sql, &list, seek);
            return Some(sql);
        }
        if seeks.is_empty() {
            return None;
        }
        let mut sql =
            Sql::new(format!("SELECT {list} FROM {} WHERE id IN (SELECT id FROM (", self.table.name));
        let found = format!("id, {} AS sorted", self.sort.column);
        for (index, seek) in seeks.iter().enumerate() {
            sql.push(if index == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
            self.seek(&mut sql, &found, seek);
            sql.push(&format!(") AS seek{index}"));
        }
        let way = self.way();
        sql.push(&format!(") AS found ORDER BY sorted {way}, id {way} LIMIT {})", self.limit + 1));
        sql.push(&format!(" ORDER BY {} {way}, id {way}", self.sort.column));
        Some(sql)
    }

    /// One seek: the next rows that have these words.
    fn seek(&self, sql: &mut Sql, list: &str, words: &[(&'static str, &'static str)]) {
        let (column, way, beyond) =
            (self.sort.column, self.way(), if self.sort.descending { "<" } else { ">" });
        sql.push(&format!("SELECT {list} FROM {} WHERE {}", self.table.name, self.listed));
        for (column, word) in words {
            sql.push(&format!(" AND {column} = ")).bind((*word).into());
        }
        self.filter(sql);
        let fixed = words.iter().find(|(fixed, _)| *fixed == column);
        match (&self.after, fixed) {
            (Some(place), None) => {
                sql.push(&format!(" AND ({column}, id) {beyond} ("));
                sql.bind(place.key.value()).push(", ").bind(place.id.into()).push(")");
            }
            (Some(place), Some((_, word))) if place.key.compare(word) == Ordering::Equal => {
                sql.push(&format!(" AND id {beyond} ")).bind(place.id.into());
            }
            _ => {}
        }
        if fixed.is_none() {
            sql.push(&format!(" ORDER BY {column} {way}, id {way} LIMIT {}", self.limit + 1));
        } else {
            sql.push(&format!(" ORDER BY id {way} LIMIT {}", self.limit + 1));
        }
    }

    fn filter(&self, sql: &mut Sql) {
        for (condition, value) in &self.conditions {
            let (before, after) = condition.split_once('?').unwrap_or((condition, ""));
            sql.push(" AND ").push(before).bind(value.clone()).push(after);
        }
    }

    /// Every combination of the words asked for.
    fn combinations(&self) -> Vec<Vec<(&'static str, &'static str)>> {
        self.words.iter().fold(vec![Vec::new()], |combined, Words { column, words }| {
            let with = |begun: &Vec<_>, word| [begun.as_slice(), &[(*column, word)]].concat();
            combined.iter().flat_map(|begun| words.iter().map(move |word| with(begun, *word))).collect()
        })
    }

    /// Whether rows with these words can follow: not where the order is by one of them and it lies behind.
    fn is_ahead(&self, words: &[(&'static str, &'static str)]) -> bool {
        let fixed = words.iter().find(|(column, _)| *column == self.sort.column);
        let (Some(place), Some((_, word))) = (&self.after, fixed) else { return true };
        let behind = if self.sort.descending { Ordering::Greater } else { Ordering::Less };
        place.key.compare(word) != behind
    }

    const fn way(&self) -> &'static str {
        if self.sort.descending { "DESC" } else { "ASC" }
    }
}

/// A total as it may be said after counting.
pub(super) fn total(counted: u64) -> Total {
    if counted > COUNTED { Total::AtLeast { value: COUNTED, at_least: true } } else { Total::Exact(counted) }
}

/// Rows a page.
pub(super) fn limit(asked: Option<u32>) -> Result<u32, StoreError> {
    let limit = asked.unwrap_or(50);
    let message = || format!("a page has {} to {} rows, not {limit}", LIMITS.start(), LIMITS.end());
    if LIMITS.contains(&limit) {
        Ok(limit)
    } else {
        Err(StoreError::Invalid { field: "limit", message: message() })
    }
}

/// One word of a closed set, or several parted by commas; nothing where the field is missing or empty.
pub(super) fn words<T: FromStr<Err: Display>>(
    field: &'static str,
    asked: Option<&str>,
) -> Result<Vec<T>, StoreError> {
    let asked = asked.filter(|asked| !asked.is_empty()).map(|asked| asked.split(','));
    let invalid = |error: T::Err| StoreError::Invalid { field, message: error.to_string() };
    asked.into_iter().flatten().map(|word| word.trim().parse().map_err(invalid)).collect()
}

/// Conditions on the moment rows were made.
pub(super) fn created(from: Option<&str>, to: Option<&str>) -> Result<Vec<Condition>, StoreError> {
    let (since, until) = moments(from, to)?;
    let since = since.map(|since| ("created_at >= ?", since.micros().into()));
    Ok(since.into_iter().chain(until.map(|until| ("created_at <= ?", until.micros().into()))).collect())
}

/// The last moment a query names: of a bare date its last.
fn last_moment(field: &'static str, text: &str) -> Result<Timestamp, StoreError> {
    let moment = moment(field, text)?;
    let is_date = text.len() == 10;
    Ok(if is_date { Timestamp(moment.plus_seconds(86_400).micros() - 1) } else { moment })
}

/// The moments between which a query wants things; a bare date at the end means all of that day.
pub fn moments(
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
    let named = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let from = named(from).map(|text| moment("from", &text)).transpose()?;
    let to = named(to).map(|text| last_moment("to", &text)).transpose()?;
    refuse_turned_round(from, to)?;
    Ok((from, to))
}

/// Nothing lies in a time that ends before it begins: whoever asks for one means another.
pub fn refuse_turned_round(from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), StoreError> {
    match from.zip(to) {
        Some((from, to)) if from > to => {
            let message = "the time asked for ends before it begins; turn its ends round";
            Err(StoreError::Invalid { field: "from", message: message.into() })
        }
        _ => Ok(()),
    }
}

/// A moment a query names.
fn moment(field: &'static str, text: &str) -> Result<Timestamp, StoreError> {
    text.parse().map_err(|error| StoreError::Invalid { field, message: format!("{field}: {error}") })
}

/// A pattern that finds a part of a text, whatever its case.
pub(super) fn part(asked: &str) -> Result<Value, StoreError> {
    if asked.chars().count() > 200 {
        return Err(StoreError::Invalid { field: "q", message: "q has at most 200 characters".into() });
    }
    let mut pattern = "%".to_owned();
    for letter in asked.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Ok(super::sql::text(&pattern))
}
