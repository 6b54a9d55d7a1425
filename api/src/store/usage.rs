//! Usage records and the sums over them.

use super::{
    Store, StoreError,
    costs::{OF_PROJECT, SUMS, read_sum},
    counters,
    cursor::{Place, Seal},
    list::{self, Condition, List, Sort},
    rows::usage::{FORMER_PRICES, USAGE, read, read_former},
    sql::{self, Fields, Sql},
    table::groups,
};
use quarterdeck_shared::{
    AgentId, Page, TaskId, Timestamp, Total,
    agents::Role,
    costs::CostSum,
    usage::{Bucket, Series, SeriesBy, SeriesPoint, SeriesQuery, Totals, UsageQuery, UsageRecord},
};
use sea_orm::Value;

/// Buckets a series may have.
const BUCKETS: i64 = 5_000;

impl Store {
    /// Usage records by page and filter, newest first.
    pub async fn usage(&self, query: &UsageQuery) -> Result<Page<UsageRecord>, StoreError> {
        let (seq, db) = (self.seq(), self.readers());
        let seal = Seal::of("usage", &UsageQuery { cursor: None, limit: None, ..query.clone() })?;
        let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let list = List {
            table: &USAGE,
            listed: "1 = 1",
            sort: Sort { column: "at", text: false, descending: true },
            words: Vec::new(),
            conditions: conditions(query)?,
            limit: list::limit(query.limit)?,
            after: cursor.map(|cursor| Place::decode(cursor, seal, false)).transpose()?,
            seal,
        };
        let total = match list.conditions.is_empty() {
            true => Total::Exact(counters::records(db).await?),
            false => list.count(db).await?,
        };
        let mut page = list.page(db, seq, total, read).await?;
        self.recall_prices(&mut page.items).await?;
        Ok(page)
    }

    /// What these records were priced at before.
    async fn recall_prices(&self, records: &mut [UsageRecord]) -> Result<(), StoreError> {
        let ids: Vec<_> = records.iter().map(|record| record.id.0).collect();
        for group in groups(&ids) {
            let mut query =
                Sql::new(format!("SELECT {} FROM former_prices WHERE record_id IN (", FORMER_PRICES.list()));
            query.bind_all(group.into_iter().map(Value::from)).push(") ORDER BY until DESC");
            for (id, price) in query.all(self.readers(), read_former).await? {
                let record = records.iter_mut().find(|record| record.id == id);
                record.into_iter().for_each(|record| record.former_prices.push(price.clone()));
            }
        }
        Ok(())
    }

    /// Agents that have usage records of their own, behind this one; in the order of their ids.
    pub async fn agents_with_usage(&self, after: AgentId, limit: u64) -> Result<Vec<AgentId>, StoreError> {
        let query = "SELECT DISTINCT agent_id FROM usage_records WHERE agent_id > ? AND NOT replayed
                     ORDER BY agent_id LIMIT ?";
        let query = Sql::with(query, [after.0.into(), sql::number(limit)]);
        query.all(self.readers(), |fields| Ok(AgentId(fields.id()?))).await
    }

    /// Every usage record of an agent, oldest first: for whoever carries on with its sum.
    pub async fn agent_usage(&self, id: AgentId) -> Result<Vec<UsageRecord>, StoreError> {
        let query = format!("SELECT {} FROM usage_records WHERE agent_id = ? ORDER BY at, id", USAGE.list());
        Sql::with(query, [id.0.into()]).all(self.readers(), read).await
    }

    /// Every usage record of a task's agents, oldest first: for whoever carries on with its sum.
    pub async fn task_usage(&self, id: TaskId) -> Result<Vec<UsageRecord>, StoreError> {
        let query = format!("SELECT {} FROM usage_records WHERE task_id = ? ORDER BY at, id", USAGE.list());
        Sql::with(query, [id.0.into()]).all(self.readers(), read).await
    }

    /// Cost and tokens over time, replays left out.
    pub async fn series(&self, query: &SeriesQuery, now: Timestamp) -> Result<Series, StoreError> {
        let bucket_seconds = match query.bucket.unwrap_or_default() {
            Bucket::Minute => 60,
            Bucket::Hour => 3_600,
            Bucket::Day => 86_400,
        };
        let group = match query.by.unwrap_or_default() {
            SeriesBy::Role => "role",
            SeriesBy::Model => "model",
        };
        let (from, to) = list::moments(query.from.as_deref(), query.to.as_deref())?;
        let to = to.unwrap_or(last_of_minute(now));
        let from = from.unwrap_or(to.plus_seconds(-86_400));
        if to.seconds_since(from) / bucket_seconds > BUCKETS {
            let message = format!("from and to lie more than {BUCKETS} buckets apart; take a wider bucket");
            return Err(StoreError::Invalid { field: "bucket", message });
        }
        let micros = bucket_seconds * 1_000_000;
        let query = Sql::with(
            format!(
                "SELECT at / {micros} * {micros} AS bucket, {group}, {SUMS}
                 FROM usage_records WHERE at >= ? AND at <= ? AND NOT replayed
                 GROUP BY bucket, {group} ORDER BY bucket, {group}"
            ),
            [sql::time(from), sql::time(to)],
        );
        let points = query.all(self.readers(), read_point).await?;
        Ok(Series { bucket_seconds, from, to, points })
    }

    /// How many usage records there are, replays too. They become fewer only while a source has its turn.
    pub async fn usage_records(&self) -> Result<u64, StoreError> {
        counters::records(self.readers()).await
    }

    /// The fleet in figures.
    pub async fn totals(&self, now: Timestamp) -> Result<Totals, StoreError> {
        counters::totals(self.readers(), now).await
    }
}

fn read_point(fields: &mut Fields) -> Result<SeriesPoint, StoreError> {
    let (at, group, sum) = (fields.time()?, fields.take()?, read_sum(fields)?);
    let CostSum { records, tokens, cost_usd, cost_basis, .. } = sum;
    Ok(SeriesPoint { at, group, cost_usd, cost_basis, tokens, records })
}

/// The last moment of the minute: what is asked for twice within it is the same while nothing changes.
fn last_of_minute(now: Timestamp) -> Timestamp {
    const MINUTE: i64 = 60_000_000;
    Timestamp(now.micros().div_euclid(MINUTE).saturating_add(1).saturating_mul(MINUTE) - 1)
}

fn conditions(query: &UsageQuery) -> Result<Vec<Condition>, StoreError> {
    let mut conditions: Vec<Condition> = Vec::new();
    conditions.extend(query.agent_id.map(|agent| ("agent_id = ?", agent.0.into())));
    conditions.extend(query.task_id.map(|task| ("task_id = ?", task.0.into())));
    conditions.extend(
        query.model.as_deref().filter(|model| !model.is_empty()).map(|model| ("model = ?", sql::text(model))),
    );
    if let Some(project) = query.project.as_deref().filter(|project| !project.is_empty()) {
        conditions.push((OF_PROJECT, sql::text(project)));
    }
    conditions.extend(query.role.map(|role| match role {
        // Nearly everybody's; of the others, who are few, there is an index.
        Role::Custom => ("role = ?", role.as_str().into()),
        _ => ("role <> 'CUSTOM' AND role = ?", role.as_str().into()),
    }));
    let (from, to) = list::moments(query.from.as_deref(), query.to.as_deref())?;
    conditions.extend(from.map(|from| ("at >= ?", sql::time(from))));
    conditions.extend(to.map(|to| ("at <= ?", sql::time(to))));
    Ok(conditions)
}
