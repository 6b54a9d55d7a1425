//! Counters: how many rows of each kind there are and what they add up to, kept in the transaction that changes
//! them, so that no total is ever a walk over all rows.

use super::{
    StoreError,
    list::Words,
    sql::{Fields, Sql},
    table::Table,
};
use quarterdeck_shared::{
    Timestamp, Usd,
    agents::{AgentStatus, Role},
    tasks::{Analyst, TaskStatus, TaskType},
    usage::{CostBasis, Tokens, Totals, UsageRecord},
};
use sea_orm::{ConnectionTrait, Value};
use std::{borrow::Cow, collections::BTreeMap};

const COUNTERS: Table =
    Table { name: "counters", key: &["day", "name"], columns: &["day", "name", "value"], unread: 0 };

/// The word for what left the lists.
pub(super) const DELETED: &str = "deleted";

/// The day that stands for all days.
const ALWAYS: i64 = 0;

/// What is counted of usage records: first what is also counted by day, one after the other.
const USAGE: [&str; 10] = [
    "usage/cost",
    "usage/basis/reported",
    "usage/basis/computed",
    "usage/basis/lower_bound",
    "usage/basis/unknown",
    "usage/input",
    "usage/output",
    "usage/cache_creation",
    "usage/cache_read",
    "usage/records",
];
const BY_DAY: usize = 5;

/// What a transaction adds to the counters.
#[derive(Debug, Default)]
pub(super) struct Changes {
    rows: BTreeMap<String, i64>,
    /// By day, for each counter of [`USAGE`].
    usage: BTreeMap<i64, [i64; USAGE.len()]>,
}

impl Changes {
    /// One more or fewer agent of this status and role.
    pub(super) fn agent(&mut self, status: &str, role: &str, by: i64) {
        self.add(format!("agents/{status}/{role}"), by);
    }

    /// One more or fewer task of this status, type and analyst.
    pub(super) fn task(&mut self, status: &str, task_type: &str, include_analyst: bool, by: i64) {
        let analyst = if include_analyst { Analyst::With } else { Analyst::Without };
        self.add(format!("tasks/{status}/{task_type}/{analyst}"), by);
    }

    /// One more or fewer approval of this status.
    pub(super) fn approval(&mut self, status: &str, by: i64) {
        self.add(format!("approvals/{status}"), by);
    }

    /// One more or fewer usage record.
    pub(super) fn usage(&mut self, record: &UsageRecord, by: i64) {
        if record.replayed {
            return self.add("usage/replayed".to_owned(), by);
        }
        let sums = self.usage.entry(day(record.at)).or_default();
        for (sum, count) in sums.iter_mut().zip(counts(record)) {
            *sum = sum.saturating_add(by.saturating_mul(count));
        }
    }

    fn add(&mut self, name: String, by: i64) {
        *self.rows.entry(name).or_default() += by;
    }

    pub(super) async fn write(self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let in_all = self.usage.values().fold([0_i64; USAGE.len()], |mut all, sums| {
            all.iter_mut().zip(sums).for_each(|(all, sum)| *all = all.saturating_add(*sum));
            all
        });
        let rows = self.rows.into_iter().map(|(name, by)| (ALWAYS, Cow::from(name), by));
        let in_all = USAGE.into_iter().zip(in_all).map(|(name, by)| (ALWAYS, name.into(), by));
        let by_day = self.usage.iter().flat_map(|(day, sums)| {
            USAGE.into_iter().zip(sums).take(BY_DAY).map(|(name, by)| (*day, name.into(), *by))
        });
        let changed = rows.chain(in_all).chain(by_day).filter(|(.., by)| *by != 0);
        let rows: Vec<Vec<Value>> = changed
            .map(|(day, name, by): (i64, Cow<'_, str>, i64)| {
                vec![day.into(), name.into_owned().into(), by.into()]
            })
            .collect();
        COUNTERS.add(db, rows).await
    }
}

/// What one record adds to each counter of [`USAGE`].
fn counts(record: &UsageRecord) -> [i64; USAGE.len()] {
    let [reported, computed, lower_bound, unknown] =
        [CostBasis::Reported, CostBasis::Computed, CostBasis::LowerBound, CostBasis::Unknown]
            .map(|basis| i64::from(basis == record.cost_basis));
    let cost = if record.cost_basis == CostBasis::Unknown { 0 } else { record.cost_usd.nanos() };
    let Tokens { input, output, cache_creation, cache_read } = record.tokens;
    let [input, output, cache_creation, cache_read] =
        [input, output, cache_creation, cache_read].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
    [cost, reported, computed, lower_bound, unknown, input, output, cache_creation, cache_read, 1]
}

/// The number of a day in UTC; never 0 for a day on which there was a Quarterdeck.
fn day(at: Timestamp) -> i64 {
    at.micros().div_euclid(86_400_000_000)
}

/// How many agents have these words; all that are listed where there are none.
pub(super) async fn agents(db: &impl ConnectionTrait, words: &[Words]) -> Result<u64, StoreError> {
    let counted = read(db, "agents/", ALWAYS).await?;
    let wanted = |name: &str| {
        let mut parts = name.split('/').skip(1);
        match words {
            [] => parts.next() != Some(DELETED),
            words => {
                words.iter().all(|Words { words, .. }| parts.next().is_some_and(|part| words.contains(&part)))
            }
        }
    };
    Ok(sum(&counted, wanted))
}

/// How many tasks have these words; every word where none is named.
pub(super) async fn tasks(
    db: &impl ConnectionTrait,
    statuses: &[&str],
    task_type: Option<TaskType>,
    analyst: Option<Analyst>,
) -> Result<u64, StoreError> {
    let counted = read(db, "tasks/", ALWAYS).await?;
    let wanted = |name: &str| {
        let mut parts = name.split('/').skip(1).map(str::to_owned);
        parts.next().is_some_and(|status| statuses.contains(&status.as_str()))
            && parts.next().is_some_and(|word| task_type.is_none_or(|wanted| word == wanted.as_str()))
            && parts.next().is_some_and(|word| analyst.is_none_or(|wanted| word == wanted.as_str()))
    };
    Ok(sum(&counted, wanted))
}

/// The fleet in figures.
pub(super) async fn totals(db: &impl ConnectionTrait, now: Timestamp) -> Result<Totals, StoreError> {
    let statuses = AgentStatus::ALL.iter().filter(|status| **status != AgentStatus::Deleted);
    let mut totals = Totals {
        by_status: statuses.map(|status| (status.to_string(), 0)).collect(),
        by_role: Role::ALL.iter().map(|role| (role.to_string(), 0)).collect(),
        tasks_by_status: TaskStatus::ALL.iter().map(|status| (status.to_string(), 0)).collect(),
        ..Totals::default()
    };
    for (name, value) in read(db, "", ALWAYS).await? {
        count(&mut totals, &name, value);
    }
    let mut today = Totals::default();
    for (name, value) in read(db, "usage/", day(now)).await? {
        count(&mut today, &name, value);
    }
    (totals.cost_today_usd, totals.cost_today_basis) = (today.cost_usd, today.cost_basis);
    Ok(totals)
}

/// Adds one counter to the figures.
fn count(totals: &mut Totals, name: &str, value: i64) {
    let number = u64::try_from(value).unwrap_or(0);
    let grow =
        |sums: &mut BTreeMap<String, u64>, word: &str| *sums.entry(word.to_owned()).or_default() += number;
    match name.split('/').collect::<Vec<_>>()[..] {
        ["agents" | "tasks", DELETED, ..] => {}
        ["agents", status, role] => {
            totals.agents += number;
            totals.active += if matches!(status, "running" | "waiting") { number } else { 0 };
            grow(&mut totals.by_status, status);
            grow(&mut totals.by_role, role);
        }
        ["tasks", status, _, analyst] => {
            totals.tasks += number;
            grow(&mut totals.tasks_by_status, status);
            let with = analyst == Analyst::With.as_str();
            *(if with { &mut totals.with_analyst } else { &mut totals.without_analyst }) += number;
        }
        ["approvals", "pending"] => totals.pending_approvals = number,
        ["usage", "input"] => totals.tokens.input = number,
        ["usage", "output"] => totals.tokens.output = number,
        ["usage", "cache_creation"] => totals.tokens.cache_creation = number,
        ["usage", "cache_read"] => totals.tokens.cache_read = number,
        ["usage", "records"] => totals.records = number,
        ["usage", "basis", basis] if number > 0 => {
            let basis = basis.parse().ok();
            totals.cost_basis = totals.cost_basis.max(basis);
            if basis == Some(CostBasis::Unknown) {
                totals.unpriced_records = number;
            }
        }
        ["usage", "cost"] => totals.cost_usd = Usd::from_nanos(value),
        _ => {}
    }
}

/// Every usage record, replays too.
pub(super) async fn records(db: &impl ConnectionTrait) -> Result<u64, StoreError> {
    let counted = read(db, "usage/re", ALWAYS).await?;
    Ok(sum(&counted, |name| matches!(name, "usage/records" | "usage/replayed")))
}

async fn read(db: &impl ConnectionTrait, prefix: &str, day: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let query = "SELECT name, value FROM counters WHERE day = ? AND name >= ? AND name < ?";
    let end = format!("{prefix}\u{10ffff}");
    let query = Sql::with(query, [day.into(), prefix.into(), end.into()]);
    query.all(db, |fields: &mut Fields| Ok((fields.take()?, fields.take()?))).await
}

fn sum(counted: &[(String, i64)], wanted: impl Fn(&str) -> bool) -> u64 {
    let total: i64 = counted.iter().filter(|(name, _)| wanted(name)).map(|(_, value)| value).sum();
    u64::try_from(total).unwrap_or(0)
}
