//! Records added up in cells so small that every zone's days can be made of them.

use super::{
    Store, StoreError,
    rows::tasks::tokens,
    sql::{self, Fields, Sql},
};
use quarterdeck_shared::{
    AgentId, TaskId, Timestamp, Usd,
    costs::{CostSum, Reckoning},
    usage::{CostBasis, UsageRecord},
};

/// A quarter of an hour in microseconds: every zone's midnight lies at the beginning of one.
const QUARTER: i64 = 900_000_000;

/// The sum of some usage records, as [`read_sum`] reads it.
pub(super) const SUMS: &str = "count(*) AS records,
    CAST(sum(usage_records.input_tokens) AS bigint) AS input, CAST(sum(usage_records.output_tokens) AS bigint) AS output,
    CAST(sum(usage_records.cache_creation_tokens) AS bigint) AS cache_creation,
    CAST(sum(usage_records.cache_read_tokens) AS bigint) AS cache_read,
    CAST(coalesce(sum(usage_records.cost_nanos) FILTER (WHERE usage_records.cost_basis <> 'unknown'), 0) AS bigint)
        AS cost,
    count(*) FILTER (WHERE usage_records.cost_basis = 'computed') AS computed,
    count(*) FILTER (WHERE usage_records.cost_basis = 'lower_bound') AS lower_bound,
    count(*) FILTER (WHERE usage_records.cost_basis = 'unknown') AS unpriced";

/// Whether a record is one of a project, which is a folder or the last part of one.
pub(super) const OF_PROJECT: &str = "usage_records.agent_id IN (
    SELECT agents.id FROM agents CROSS JOIN (SELECT ? AS name) AS project
    WHERE agents.working_directory = project.name
       OR substr(agents.working_directory, length(agents.working_directory) - length(project.name)) = '/' || project.name)";

/// By what cells are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Quarters of an hour.
    Quarter,
    /// The same, each with its last moment and without its first: who ends a block of five hours is in it.
    Block,
    /// Agents.
    Agent,
    /// The folders worked in.
    Project,
    /// Roles.
    Role,
    /// Nothing but the model.
    Model,
}

/// Which records.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// At or after this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
    /// One project: its folder, or the folder's last part.
    pub project: Option<String>,
    /// One model.
    pub model: Option<String>,
}

/// The records of one model in one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// A quarter's first moment; the first record's elsewhere.
    pub at: Timestamp,
    /// The agent, its task, session, name and folder.
    pub agent: Option<Whose>,
    /// The folder or the role; empty elsewhere.
    pub word: String,
    /// The model.
    pub model: String,
    /// What they took.
    pub sum: CostSum,
    /// The last record's moment.
    pub last_at: Timestamp,
}

/// Whose records they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The agent.
    pub agent_id: AgentId,
    /// Whether it is a sub-agent.
    pub is_child: bool,
    /// Its task.
    pub task_id: Option<TaskId>,
    /// Its session.
    pub session_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub project: String,
}

/// What a stretch's records say beside their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Records that were read in no session file.
    pub elsewhere_records: u64,
    /// What those took.
    pub elsewhere: Reckoning,
    /// What sources said records cost, of those that were told so.
    pub reported_usd: Usd,
    /// How many those are.
    pub reported_records: u64,
}

impl Store {
    /// What the records from one moment on and before another say beside their sum, replays left out.
    pub async fn beside_files(&self, from: Timestamp, before: Timestamp) -> Result<Beside, StoreError> {
        // A session file's place is its path and a byte. No line of one says what a remainder stands for, though its own
        // place be the like.
        let elsewhere = format!(
            "FILTER (WHERE provenance NOT LIKE '%, byte %' OR message_id LIKE '{}%')",
            UsageRecord::REMAINDER
        );
        let sum = |column: &str| format!("CAST(coalesce(sum({column}) {elsewhere}, 0) AS bigint)");
        let tokens_and_cost =
            ["input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens", "cost_nanos"]
                .map(sum);
        let known = |basis: CostBasis| {
            format!("count(CASE WHEN cost_basis = '{}' THEN 1 END) {elsewhere}", basis.as_str())
        };
        let query = format!(
            "SELECT count(*) {elsewhere}, {}, {}, {},
                CAST(coalesce(sum(reported_cost_nanos), 0) AS bigint), count(reported_cost_nanos)
            FROM usage_records WHERE NOT replayed AND at >= ? AND at < ?",
            tokens_and_cost.join(", "),
            known(CostBasis::Unknown),
            known(CostBasis::LowerBound)
        );
        let query = Sql::with(query, [sql::time(from), sql::time(before)]);
        let beside = query.one(self.readers(), |fields| {
            Ok(Beside {
                elsewhere_records: fields.number()?,
                elsewhere: Reckoning {
                    tokens: tokens(fields)?,
                    cost_usd: fields.usd()?,
                    unpriced: fields.number()?,
                    lower_bound: fields.number()?,
                },
                reported_usd: fields.usd()?,
                reported_records: fields.number()?,
            })
        });
        Ok(beside.await?.unwrap_or_default())
    }

    /// Records added up by cell and model, replays left out, in the order of time.
    pub async fn costs(&self, cut: Cut, span: &Span) -> Result<Vec<Cell>, StoreError> {
        let (columns, groups, joined) = match cut {
            Cut::Quarter => (format!("at / {QUARTER} * {QUARTER} AS cell"), "cell", false),
            Cut::Block => (format!("(at - 1) / {QUARTER} AS cell"), "cell", false),
            Cut::Agent => (
                "agents.id, agents.parent_id, agents.task_id, agents.session_id, agents.name, \
                 agents.working_directory"
                    .to_owned(),
                "agents.id, agents.parent_id, agents.task_id, agents.session_id, agents.name, \
                 agents.working_directory",
                true,
            ),
            Cut::Project => ("agents.working_directory".to_owned(), "agents.working_directory", true),
            Cut::Role => ("usage_records.role".to_owned(), "usage_records.role", false),
            Cut::Model => ("'' AS word".to_owned(), "word", false),
        };
        let mut query = Sql::new(format!(
            "SELECT usage_records.model, min(at), max(at), {SUMS}, {columns}
             FROM usage_records"
        ));
        if joined {
            query.push(" JOIN agents ON agents.id = usage_records.agent_id");
        }
        query.push(" WHERE NOT replayed");
        if let Some(from) = span.from {
            query.push(" AND at >= ").bind(sql::time(from));
        }
        if let Some(before) = span.before {
            query.push(" AND at < ").bind(sql::time(before));
        }
        if let Some(model) = &span.model {
            query.push(" AND usage_records.model = ").bind(sql::text(model));
        }
        if let Some(project) = &span.project {
            query.push(" AND ").join(Sql::with(OF_PROJECT, [sql::text(project)]));
        }
        query.push(&format!(" GROUP BY {groups}, usage_records.model ORDER BY min(at), usage_records.model"));
        query.all(self.readers(), |fields| read(fields, cut)).await
    }
}

/// The sum of some usage records.
pub(super) fn read_sum(fields: &mut Fields) -> Result<CostSum, StoreError> {
    let (records, tokens, cost_usd) = (fields.number()?, tokens(fields)?, fields.usd()?);
    let (computed, lower_bound, unknown) = (fields.number()?, fields.number()?, fields.number()?);
    let weakest = [
        (unknown, CostBasis::Unknown),
        (lower_bound, CostBasis::LowerBound),
        (computed, CostBasis::Computed),
        (records, CostBasis::Reported),
    ];
    Ok(CostSum {
        records,
        tokens,
        cost_usd,
        cost_basis: weakest.into_iter().find(|(count, _)| *count > 0).map(|(_, basis)| basis),
        lower_bound_records: lower_bound,
        unknown_records: unknown,
    })
}

fn read(fields: &mut Fields, cut: Cut) -> Result<Cell, StoreError> {
    let (model, first, last_at, sum) = (fields.take()?, fields.time()?, fields.time()?, read_sum(fields)?);
    let mut cell = Cell { at: first, agent: None, word: String::new(), model, sum, last_at };
    match cut {
        Cut::Quarter => cell.at = fields.time()?,
        Cut::Block => {}
        Cut::Agent => {
            cell.agent = Some(Whose {
                agent_id: AgentId(fields.id()?),
                is_child: fields.id_or_none()?.is_some(),
                task_id: fields.id_or_none()?.map(TaskId),
                session_id: fields.take()?,
                name: fields.take()?,
                project: fields.take()?,
            });
        }
        Cut::Project | Cut::Role | Cut::Model => cell.word = fields.take()?,
    }
    Ok(cell)
}
