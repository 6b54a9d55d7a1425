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
    usage::{CostBasis, Totals, UsageRecord},
};
use sea_orm::{ConnectionTrait, Value};
use std::{borrow::Cow, collections::BTreeMap};

const COUNTERS: Table =
    Table { name: "counters", key: &["day", "name"], columns: &["day", "name", "value"], unread: 0 };

/// The word for what left the lists.
pub(super) const DELETED: &str = "deleted";

/// The day that stands for all days.
const ALWAYS: i64 = 0;

/// What a transaction adds to the counters.
#[derive(Debug, Default)]
pub(super) struct Changes(BTreeMap<(i64, Cow<'static, str>), i64>);

impl Changes {
    /// One more or fewer agent of this status and role.
    pub(super) fn agent(&mut self, status: &str, role: &str, by: i64) {
        self.add(ALWAYS, format!("agents/{status}/{role}").into(), by);
    }

    /// One more or fewer task of this status, type and analyst.
    pub(super) fn task(&mut self, status: &str, task_type: &str, include_analyst: bool, by: i64) {
        let analyst = if include_analyst { Analyst::With } else { Analyst::Without };
        self.add(ALWAYS, format!("tasks/{status}/{task_type}/{analyst}").into(), by);
    }

    /// One more or fewer approval of this status.
    pub(super) fn approval(&mut self, status: &str, by: i64) {
        self.add(ALWAYS, format!("approvals/{status}").into(), by);
    }

    /// One more or fewer usage record.
    pub(super) fn usage(&mut self, record: &UsageRecord, by: i64) {
        if record.replayed {
            return self.add(ALWAYS, "usage/replayed".into(), by);
        }
        let tokens = record.tokens;
        let counts = [
            ("usage/input", tokens.input),
            ("usage/output", tokens.output),
            ("usage/cache_creation", tokens.cache_creation),
            ("usage/cache_read", tokens.cache_read),
            ("usage/records", 1),
        ];
        for (name, count) in counts {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.add(ALWAYS, name.into(), by.saturating_mul(count));
        }
        let priced = record.cost_basis != CostBasis::Unknown;
        let cost = if priced { by.saturating_mul(record.cost_usd.nanos()) } else { 0 };
        for day in [ALWAYS, day(record.at)] {
            self.add(day, known(record.cost_basis).into(), by);
            self.add(day, "usage/cost".into(), cost);
        }
    }

    fn add(&mut self, day: i64, name: Cow<'static, str>, by: i64) {
        let sum = self.0.entry((day, name)).or_default();
        *sum = sum.saturating_add(by);
    }

    pub(super) async fn write(self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let changed = self.0.into_iter().filter(|(_, by)| *by != 0);
        let rows: Vec<Vec<Value>> =
            changed.map(|((day, name), by)| vec![day.into(), name.into_owned().into(), by.into()]).collect();
        COUNTERS.add(db, rows).await
    }
}

/// The counter of records whose cost is known so.
const fn known(basis: CostBasis) -> &'static str {
    match basis {
        CostBasis::Reported => "usage/basis/reported",
        CostBasis::Computed => "usage/basis/computed",
        CostBasis::LowerBound => "usage/basis/lower_bound",
        CostBasis::Unknown => "usage/basis/unknown",
    }
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
