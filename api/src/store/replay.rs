//! What is asked of the past: a task's course, an agent's statuses, and requests by span.

use super::{
    Committed, Store, StoreError,
    rows::events::{EVENTS, read},
    sql::{self, Sql},
    table::groups,
};
use quarterdeck_shared::{AgentId, TaskId, Timestamp};
use sea_orm::Value;

/// Events of one task's course at most; its words and its usage are none of it.
const COURSE: u32 = 20_000;

impl Store {
    /// What became of a task and its agents up to a moment, in order.
    pub async fn course_of_task(&self, id: TaskId, to: Timestamp) -> Result<Vec<Committed>, StoreError> {
        let query = format!(
            "SELECT {} FROM events WHERE task_id = ? AND kind <> 'agent.activity' AND kind <> 'usage.recorded'
             AND at <= ? ORDER BY seq LIMIT {COURSE}",
            EVENTS.list()
        );
        Sql::with(query, [id.0.into(), sql::time(to)]).all(self.readers(), read).await
    }

    /// How the statuses of these agents changed up to a moment, in order.
    pub async fn statuses_of(&self, agents: &[AgentId], to: Timestamp) -> Result<Vec<Committed>, StoreError> {
        let mut found = Vec::new();
        let ids: Vec<_> = agents.iter().map(|id| id.0).collect();
        for group in groups(&ids) {
            let mut query = Sql::new(format!(
                "SELECT {} FROM events WHERE kind = 'agent.status_changed' AND agent_id IN (",
                EVENTS.list()
            ));
            query.bind_all(group.into_iter().map(Value::from)).push(") AND at <= ").bind(sql::time(to));
            query.push(&format!(" ORDER BY seq LIMIT {COURSE}"));
            found.extend(query.all(self.readers(), read).await?);
        }
        Ok(found)
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

    /// How many files an agent had read and written by a moment.
    pub async fn files_by(&self, agent: AgentId, at: Timestamp) -> Result<(u64, u64), StoreError> {
        let query = "SELECT count(DISTINCT path) FILTER (WHERE deed = 'read'),
                count(DISTINCT path) FILTER (WHERE deed <> 'read')
            FROM file_changes WHERE agent_id = ? AND at <= ?";
        let query = Sql::with(query, [agent.0.into(), sql::time(at)]);
        let counts = query.one(self.readers(), |fields| Ok((fields.number()?, fields.number()?)));
        Ok(counts.await?.unwrap_or_default())
    }
}
