//! What is asked of the past: a task's course and its agents, how their statuses changed, requests by span, and what
//! was taken by a moment.

use super::{
    Committed, Spent, Store, StoreError,
    rows::{
        agents::{self, AGENTS},
        events::{EVENTS, read},
        usage::{self, USAGE},
    },
    sql::{self, Fields, Sql},
    table::groups,
};
use quarterdeck_shared::{
    AgentId, TaskId, Timestamp,
    agents::Agent,
    usage::{CostBasis, Tokens, UsageRecord},
};
use sea_orm::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// Events of one task's course at most; its words, its usage and what else changes of its agents are none of it.
const COURSE: u32 = 20_000;

/// Events that tell what became of an agent; there is an index of these very words.
pub const STATUSES: &str = "kind IN ('agent.status_changed', 'agent.deleted')";

impl Store {
    /// What became of a task and its agents up to a moment, in order.
    pub async fn course_of_task(&self, id: TaskId, to: Timestamp) -> Result<Vec<Committed>, StoreError> {
        let query = format!(
            "SELECT {} FROM events WHERE task_id = ? AND kind <> 'agent.activity' AND kind <> 'usage.recorded'
             AND kind <> 'agent.changed' AND at <= ? ORDER BY seq LIMIT {COURSE}",
            EVENTS.list()
        );
        Sql::with(query, [id.0.into(), sql::time(to)]).all(self.readers(), read).await
    }

    /// How the statuses of these agents changed up to a moment, in order.
    pub async fn statuses_of(&self, agents: &[AgentId], to: Timestamp) -> Result<Vec<Committed>, StoreError> {
        let mut found = Vec::new();
        let ids: Vec<_> = agents.iter().map(|id| id.0).collect();
        for group in groups(&ids) {
            let mut query =
                Sql::new(format!("SELECT {} FROM events WHERE {STATUSES} AND agent_id IN (", EVENTS.list()));
            query.bind_all(group.into_iter().map(Value::from)).push(") AND at <= ").bind(sql::time(to));
            query.push(&format!(" ORDER BY seq LIMIT {COURSE}"));
            found.extend(query.all(self.readers(), read).await?);
        }
        Ok(found)
    }

    /// How everybody stood of whom it was told that they came to work for a task, in order.
    pub async fn beginnings_of_task(&self, id: TaskId) -> Result<Vec<Committed>, StoreError> {
        let query = format!(
            "SELECT {} FROM events WHERE task_id = ? AND kind <> 'agent.activity' AND kind <> 'usage.recorded'
             AND kind = 'agent.created' ORDER BY seq LIMIT {COURSE}",
            EVENTS.list()
        );
        Sql::with(query, [id.0.into()]).all(self.readers(), read).await
    }

    /// Requests of these agents in each of so many equal spans between two moments.
    pub async fn requests_by_span(
        &self,
        agents: &[AgentId],
        (from, to): (Timestamp, Timestamp),
        spans: u32,
    ) -> Result<Vec<u64>, StoreError> {
        let length = (to.micros() - from.micros()).max(1) / i64::from(spans) + 1;
        let mut counts = vec![0; spans as usize];
        let ids: Vec<_> = agents.iter().map(|id| id.0).collect();
        for group in groups(&ids) {
            let mut query = Sql::new("SELECT (at - ");
            query
                .bind(sql::time(from))
                .push(&format!(") / {length} AS span, count(*) FROM usage_records WHERE agent_id IN ("));
            query.bind_all(group.into_iter().map(Value::from)).push(") AND at BETWEEN ");
            query.bind(sql::time(from)).push(" AND ").bind(sql::time(to)).push(" GROUP BY span");
            let rows = query.all(self.readers(), |fields| Ok((fields.take::<i64>()?, fields.number()?)));
            for (span, count) in rows.await? {
                if let Some(sum) = usize::try_from(span).ok().and_then(|span| counts.get_mut(span)) {
                    *sum += count;
                }
            }
        }
        Ok(counts)
    }

    /// Every agent that ever worked for a task, deleted ones too, oldest first.
    pub async fn crew_of_task(&self, id: TaskId) -> Result<Vec<Agent>, StoreError> {
        let query = format!("SELECT {} FROM agents WHERE task_id = ? ORDER BY created_at, id", AGENTS.list());
        Sql::with(query, [id.0.into()]).all(self.readers(), agents::read).await
    }

    /// What all agents of a task had taken by a moment.
    pub async fn spent_on(&self, task: TaskId, at: Timestamp) -> Result<Spent, StoreError> {
        Ok(self.spent("agents.task_id", &[task.0], at).await?.remove(&task.0).unwrap_or_default())
    }

    /// What each of these agents had taken by a moment; those without a request are left away.
    pub async fn spent_by(
        &self,
        agents: &[AgentId],
        at: Timestamp,
    ) -> Result<HashMap<AgentId, Spent>, StoreError> {
        let ids: Vec<_> = agents.iter().map(|id| id.0).collect();
        let spent = self.spent("agents.id", &ids, at).await?;
        Ok(spent.into_iter().map(|(id, spent)| (AgentId(id), spent)).collect())
    }

    async fn spent(
        &self,
        key: &str,
        ids: &[Uuid],
        at: Timestamp,
    ) -> Result<HashMap<Uuid, Spent>, StoreError> {
        let upto = |column: &str| {
            format!(
                "CAST(COALESCE(SUM(CASE WHEN usage_records.at <= ? THEN {column} ELSE 0 END), 0) AS BIGINT)"
            )
        };
        let columns = [
            "1",
            "usage_records.input_tokens",
            "usage_records.output_tokens",
            "usage_records.cache_creation_tokens",
            "usage_records.cache_read_tokens",
            "usage_records.cost_nanos",
        ]
        .map(upto)
        .join(", ");
        let joined = "FROM agents JOIN usage_records ON usage_records.agent_id = agents.id";
        let mut all = HashMap::new();
        for group in groups(ids) {
            let values = || group.iter().copied().map(Value::from);
            let mut sums = Sql::with(
                format!("SELECT {key}, COUNT(*), {columns} {joined} WHERE {key} IN ("),
                std::iter::repeat_n(sql::time(at), 6),
            );
            sums.bind_all(values()).push(&format!(") GROUP BY {key}"));
            let sums = sums.all(self.readers(), |fields| Ok((fields.id()?, read_spent(fields)?)));
            all.extend(sums.await?);
            let mut bases = Sql::new(format!(
                "SELECT DISTINCT {key}, usage_records.cost_basis {joined} WHERE {key} IN ("
            ));
            bases.bind_all(values()).push(") AND usage_records.at <= ").bind(sql::time(at));
            let bases = bases.all(self.readers(), |fields| Ok((fields.id()?, fields.word::<CostBasis>()?)));
            for (id, basis) in bases.await? {
                if let Some(spent) = all.get_mut(&id) {
                    spent.cost_basis = spent.cost_basis.max(Some(basis));
                }
            }
        }
        Ok(all)
    }

    /// The newest record of each of these agents' main threads at a moment; where an agent has none, of any of its
    /// threads.
    pub async fn newest_replies(
        &self,
        agents: &[AgentId],
        at: Timestamp,
    ) -> Result<HashMap<AgentId, UsageRecord>, StoreError> {
        let newest = |which: &str| {
            format!(
                "(SELECT newest.id FROM usage_records AS newest WHERE newest.agent_id = agents.id
                     AND newest.at <= ? AND newest.message_id NOT LIKE '{}%' {which}
                 ORDER BY newest.at DESC, newest.id DESC LIMIT 1)",
                UsageRecord::REMAINDER
            )
        };
        let ids: Vec<_> = agents.iter().map(|id| id.0).collect();
        let mut all = HashMap::new();
        for group in groups(&ids) {
            let mut query = Sql::with(
                format!(
                    "SELECT {} FROM usage_records WHERE id IN (
                     SELECT COALESCE({}, {}) FROM agents WHERE agents.id IN (",
                    USAGE.list(),
                    newest("AND NOT newest.sidechain"),
                    newest("")
                ),
                [sql::time(at), sql::time(at)],
            );
            query.bind_all(group.into_iter().map(Value::from)).push("))");
            let found = query.all(self.readers(), usage::read).await?;
            all.extend(found.into_iter().map(|record| (record.agent_id, record)));
        }
        Ok(all)
    }

    /// How many files each of these agents had read and written by a moment; those that had none are left away.
    pub async fn files_by(
        &self,
        agents: &[AgentId],
        at: Timestamp,
    ) -> Result<HashMap<AgentId, (u64, u64)>, StoreError> {
        let ids: Vec<_> = agents.iter().map(|id| id.0).collect();
        let mut all = HashMap::new();
        for group in groups(&ids) {
            let mut query = Sql::new(
                "SELECT agent_id, count(DISTINCT path) FILTER (WHERE deed = 'read'),
                     count(DISTINCT path) FILTER (WHERE deed <> 'read')
                 FROM file_changes WHERE agent_id IN (",
            );
            query.bind_all(group.into_iter().map(Value::from)).push(") AND at <= ").bind(sql::time(at));
            query.push(" GROUP BY agent_id");
            let counts = query.all(self.readers(), |fields| {
                Ok((AgentId(fields.id()?), (fields.number()?, fields.number()?)))
            });
            all.extend(counts.await?);
        }
        Ok(all)
    }
}

fn read_spent(fields: &mut Fields) -> Result<Spent, StoreError> {
    Ok(Spent {
        all_requests: fields.number()?,
        requests: fields.number()?,
        tokens: Tokens {
            input: fields.number()?,
            output: fields.number()?,
            cache_creation: fields.number()?,
            cache_read: fields.number()?,
        },
        cost_usd: fields.usd()?,
        cost_basis: None,
    })
}
