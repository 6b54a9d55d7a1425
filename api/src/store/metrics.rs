//! What agents did, added up by the database by role, agent or task.

use super::{
    Store, StoreError,
    costs::{SUMS, read_sum},
    cursor::Seal,
    list,
    sql::{self, Fields, Sql},
};
use quarterdeck_shared::{
    AgentId, Page, TaskId, Timestamp,
    agents::Role,
    metrics::{Metrics, MetricsBy, MetricsQuery},
};
use sea_orm::Value;
use uuid::Uuid;

/// What is added up: the groups a page has, the lives of their agents, and what hangs on these.
const FIGURES: &str = "
    timed AS (SELECT key, count(*) AS agents,
            CAST(coalesce(sum(CASE WHEN ended > began THEN ended - began END), 0) AS bigint) / 1000000 AS seconds
        FROM lives GROUP BY key),
    called AS (SELECT key, CAST(sum(calls) AS bigint) AS calls, CAST(sum(errors) AS bigint) AS errors
        FROM lives JOIN agent_tools ON agent_tools.agent_id = lives.id GROUP BY key),
    touched AS (SELECT key, CAST(sum(consumed) AS bigint) AS consumed, CAST(sum(produced) AS bigint) AS produced,
            count(*) FILTER (WHERE produced > consumed) AS created
        FROM paths GROUP BY key)
    SELECT keys.key, timed.agents, timed.seconds, coalesce(used.records, 0), coalesce(used.input, 0),
        coalesce(used.output, 0), coalesce(used.cache_creation, 0), coalesce(used.cache_read, 0),
        coalesce(used.cost, 0), coalesce(used.computed, 0), coalesce(used.lower_bound, 0),
        coalesce(used.unpriced, 0), coalesce(called.calls, 0), coalesce(called.errors, 0),
        coalesce(touched.consumed, 0), coalesce(touched.produced, 0), coalesce(touched.created, 0)";

/// Where that stands.
const JOINED: &str = " FROM keys JOIN timed ON timed.key = keys.key LEFT JOIN used ON used.key = keys.key
    LEFT JOIN called ON called.key = keys.key LEFT JOIN touched ON touched.key = keys.key";

impl Store {
    /// What agents did by page: roles by the alphabet, agents and tasks the newest first. One that is at work is so
    /// until `now`.
    pub async fn metrics(&self, query: &MetricsQuery, now: Timestamp) -> Result<Page<Metrics>, StoreError> {
        let (seq, db) = (self.seq(), self.readers());
        let seal = Seal::of("metrics", &MetricsQuery { cursor: None, limit: None, ..query.clone() })?;
        let (by, limit) = (By(query.by.unwrap_or_default()), list::limit(query.limit)?);
        let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let after = cursor.map(|cursor| by.after(&seal.open(cursor)?)).transpose()?;
        let (from, to) = list::moments(query.from.as_deref(), query.to.as_deref())?;
        let span = Span { task: query.task_id, from, to };

        let mut count = span.found(by);
        count.push(&format!(
            " SELECT count(*) FROM (SELECT 1 FROM found LIMIT {}) AS counted",
            list::COUNTED + 1
        ));
        let total = list::total(count.one(db, |fields| fields.number()).await?.unwrap_or(0));

        let mut page = span.found(by);
        page.join(by.keys(after, limit)).join(span.lives(by, now)).join(span.used()).join(span.paths());
        page.push(FIGURES).push(by.named()).push(JOINED).push(by.joined());
        page.push(&format!(" ORDER BY keys.key {}", by.way()));
        let mut items = page.all(db, |fields| by.read(fields)).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next_cursor = items.last().filter(|_| more).map(|last| seal.close(&place(last)));
        Ok(Page { items, total, next_cursor, seq })
    }
}

/// Whose work, and when.
struct Span {
    task: Option<TaskId>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Span {
    /// The groups of those who were at work then or used the model then.
    fn found(&self, by: By) -> Sql {
        let mut sql = Sql::new("WITH ");
        if self.is_stretch() {
            self.worked(&mut sql);
        }
        let key = by.key();
        sql.push(&format!("found AS (SELECT DISTINCT {key} AS key FROM agents WHERE {key} IS NOT NULL"));
        self.of_worked(&mut sql);
        sql.push(")");
        sql
    }

    /// Who was at work in the stretch of time, and whose requests were answered in it.
    fn worked(&self, sql: &mut Sql) {
        sql.push("worked AS (SELECT id FROM agents WHERE runtime <> 'replay' AND started_at IS NOT NULL");
        self.of_task(sql);
        if let Some(from) = self.from {
            sql.push(" AND (finished_at >= ").bind(sql::time(from));
            sql.push(" OR (finished_at IS NULL AND (status IN ('running', 'waiting') OR updated_at >= ");
            sql.bind(sql::time(from)).push(")))");
        }
        if let Some(to) = self.to {
            sql.push(" AND started_at <= ").bind(sql::time(to));
        }
        sql.push(" UNION SELECT agent_id FROM usage_records WHERE NOT replayed");
        self.of_task(sql);
        self.within(sql, "at");
        sql.push("), ");
    }

    fn of_worked(&self, sql: &mut Sql) {
        if self.is_stretch() {
            sql.push(" AND agents.id IN (SELECT id FROM worked)");
        } else {
            sql.push(" AND runtime <> 'replay'");
            self.of_task(sql);
        }
    }

    /// From when to when the agents of a page's groups were at work, within the stretch of time asked about.
    fn lives(&self, by: By, now: Timestamp) -> Sql {
        const ENDED: &str = "coalesce(finished_at, CASE WHEN status IN ('running', 'waiting') THEN span.now
            ELSE updated_at END)";
        let key = by.key();
        let mut sql = Sql::new(format!(
            ", lives AS (SELECT agents.id, {key} AS key,
                 CASE WHEN started_at < span.begins THEN span.begins ELSE started_at END AS began,
                 CASE WHEN {ENDED} > span.ends THEN span.ends ELSE {ENDED} END AS ended
             FROM agents, (SELECT CAST("
        ));
        sql.bind(sql::time(self.from.unwrap_or(Timestamp(i64::MIN)))).push(" AS bigint) AS begins, CAST(");
        sql.bind(sql::time(self.to.unwrap_or(Timestamp(i64::MAX)))).push(" AS bigint) AS ends, CAST(");
        sql.bind(sql::time(now)).push(" AS bigint) AS now) AS span");
        sql.push(&format!(" WHERE {key} IN (SELECT key FROM keys)"));
        self.of_worked(&mut sql);
        sql.push(")");
        sql
    }

    /// What their requests took, sought agent by agent: SQLite keeps to the order of a `CROSS JOIN`.
    fn used(&self) -> Sql {
        let mut sql = Sql::new(format!(
            ", used AS (SELECT key, {SUMS} FROM lives CROSS JOIN usage_records
                 WHERE usage_records.agent_id = lives.id AND NOT replayed"
        ));
        self.within(&mut sql, "at");
        sql.push(" GROUP BY key)");
        sql
    }

    /// Each path once in a group, and what was done to it.
    fn paths(&self) -> Sql {
        let mut sql = Sql::new(
            ", paths AS (SELECT key, path, max(CASE file_use WHEN 'consumed' THEN 1 ELSE 0 END) AS consumed,
                 max(CASE file_use WHEN 'produced' THEN 1 ELSE 0 END) AS produced
             FROM lives JOIN agent_files ON agent_files.agent_id = lives.id WHERE 1 = 1",
        );
        self.within(&mut sql, "last_at");
        sql.push(" GROUP BY key, path),");
        sql
    }

    fn is_stretch(&self) -> bool {
        self.from.or(self.to).is_some()
    }

    fn of_task(&self, sql: &mut Sql) {
        if let Some(task) = self.task {
            sql.push(" AND task_id = ").bind(task.0.into());
        }
    }

    fn within(&self, sql: &mut Sql, column: &str) {
        if let Some(from) = self.from {
            sql.push(&format!(" AND {column} >= ")).bind(sql::time(from));
        }
        if let Some(to) = self.to {
            sql.push(&format!(" AND {column} <= ")).bind(sql::time(to));
        }
    }
}

/// What is added up by.
#[derive(Clone, Copy)]
struct By(MetricsBy);

impl By {
    /// The column of an agent that says its group.
    const fn key(self) -> &'static str {
        match self.0 {
            MetricsBy::Role => "role",
            MetricsBy::Agent => "id",
            MetricsBy::Task => "task_id",
        }
    }

    const fn way(self) -> &'static str {
        match self.0 {
            MetricsBy::Role => "ASC",
            MetricsBy::Agent | MetricsBy::Task => "DESC",
        }
    }

    /// The groups of a page, and one more.
    fn keys(self, after: Option<Value>, limit: u32) -> Sql {
        let mut sql = Sql::new(", keys AS (SELECT key FROM found");
        if let Some(after) = after {
            sql.push(if self.way() == "ASC" { " WHERE key > " } else { " WHERE key < " }).bind(after);
        }
        sql.push(&format!(" ORDER BY key {} LIMIT {})", self.way(), limit + 1));
        sql
    }

    /// What a group is called.
    const fn named(self) -> &'static str {
        match self.0 {
            MetricsBy::Role => "",
            MetricsBy::Agent => ", named.name, named.role",
            MetricsBy::Task => ", named.title",
        }
    }

    const fn joined(self) -> &'static str {
        match self.0 {
            MetricsBy::Role => "",
            MetricsBy::Agent => " JOIN agents AS named ON named.id = keys.key",
            MetricsBy::Task => " LEFT JOIN tasks AS named ON named.id = keys.key",
        }
    }

    /// The group a page ended with.
    fn after(self, place: &[u8]) -> Result<Value, StoreError> {
        let found = match self.0 {
            MetricsBy::Role => std::str::from_utf8(place).ok().map(sql::text),
            MetricsBy::Agent | MetricsBy::Task => Uuid::from_slice(place).ok().map(Value::from),
        };
        found.ok_or(StoreError::BadCursor)
    }

    fn read(self, fields: &mut Fields) -> Result<Metrics, StoreError> {
        let mut metrics = Metrics::default();
        match self.0 {
            MetricsBy::Role => metrics.role = Some(fields.word::<Role>()?),
            MetricsBy::Agent => metrics.agent_id = Some(AgentId(fields.id()?)),
            MetricsBy::Task => metrics.task_id = Some(TaskId(fields.id()?)),
        }
        (metrics.agents, metrics.seconds, metrics.sum) =
            (fields.number()?, fields.number()?, read_sum(fields)?);
        (metrics.tool_calls, metrics.tool_errors) = (fields.number()?, fields.number()?);
        (metrics.files_consumed, metrics.files_produced) = (fields.number()?, fields.number()?);
        metrics.files_created = fields.number()?;
        match self.0 {
            MetricsBy::Role => metrics.name = metrics.role.map(|role| role.to_string()).unwrap_or_default(),
            MetricsBy::Agent => (metrics.name, metrics.role) = (fields.take()?, Some(fields.word()?)),
            MetricsBy::Task => metrics.name = fields.take::<Option<String>>()?.unwrap_or_default(),
        }
        Ok(metrics)
    }
}

/// What tells a group from the others.
fn place(metrics: &Metrics) -> Vec<u8> {
    let id = metrics.agent_id.map(|id| id.0).or(metrics.task_id.map(|id| id.0));
    id.map_or_else(|| metrics.name.as_bytes().to_vec(), |id| id.as_bytes().to_vec())
}
