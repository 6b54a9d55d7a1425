//! The Python orchestrator's database: what its rows say of agents and tasks, whichever of its two programs wrote them.
//!
//! Its command line and its dashboard both call their file `orchestrator.db` and their tables `agents` and `tasks`;
//! the columns differ. A column that is not there, or holds its default, says nothing: that is unknown, not nothing.

use super::lines::is_id;
use crate::bounds::{SESSION_TOKENS, SESSION_USD, believed};
use quarterdeck_shared::{
    Timestamp, Usd,
    agents::{AgentStatus, Role},
    tasks::{Complexity, TaskStatus, TaskType},
    usage::Tokens,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The columns of `agents` that are read, of either program.
pub const AGENT_COLUMNS: [&str; 22] = [
    "agent_id",
    "id",
    "name",
    "role",
    "model",
    "status",
    "task_id",
    "total_cost",
    "total_tokens",
    "messages_sent",
    "total_input_tokens",
    "total_output_tokens",
    "cache_creation_tokens",
    "cache_read_tokens",
    "custom_instructions",
    "system_prompt",
    "created_at",
    "updated_at",
    "completed_at",
    "deleted_at",
    "agent_metadata",
    "runtime",
];

/// The columns of `tasks` that are read, of either program.
pub const TASK_COLUMNS: [&str; 15] = [
    "task_id",
    "id",
    "description",
    "task_type",
    "status",
    "assigned_agents",
    "workflow",
    "complexity",
    "include_analyst",
    "result",
    "error",
    "created_at",
    "updated_at",
    "completed_at",
    "runtime",
];

/// How the reason of a status begins that the database says.
pub const SAYS: &str = "its database says";

/// Characters of a name.
const NAME_CHARS: usize = 80;

/// Rows of a table, those columns of it that are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// What stands in them, as text.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Which of its programs wrote a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Its command line.
    CommandLine,
    /// Its dashboard.
    Dashboard,
}

/// What a database says.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Who wrote it.
    pub layout: Layout,
    /// Its agents, the oldest first.
    pub agents: Vec<Ran>,
    /// Its tasks.
    pub tasks: Vec<Asked>,
    /// Rows without an id that is one.
    pub unread: u64,
}

/// An agent as its row tells of it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Ran {
    pub id: String,
    pub name: String,
    pub role: Role,
    pub model: Option<String>,
    pub status: AgentStatus,
    pub reason: String,
    /// The task it worked on.
    pub task: Option<String>,
    /// What it took.
    pub whole: Whole,
    pub instructions: Option<String>,
    pub system_prompt: Option<String>,
    pub created_at: Option<Timestamp>,
    /// When it was heard of last.
    pub last_at: Option<Timestamp>,
}

impl Ran {
    /// The characters of its id by which folders of logs are called.
    pub fn short(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }
}

/// A task as its row tells of it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Asked {
    pub id: String,
    pub description: String,
    pub task_type: TaskType,
    pub status: TaskStatus,
    pub reason: String,
    pub complexity: Option<Complexity>,
    pub include_analyst: Option<bool>,
    /// The roles it was planned for.
    pub roles: Vec<Role>,
    pub result: Option<String>,
    pub error: Option<String>,
    pub created_at: Option<Timestamp>,
    pub last_at: Option<Timestamp>,
}

/// What an agent took in all, as far as that is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// Its tokens.
    pub tokens: Option<Told>,
    /// What it cost.
    pub cost: Option<Usd>,
}

/// Tokens as they were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// By kind.
    Kinds(Tokens),
    /// Their sum alone.
    Sum(u64),
}

impl Whole {
    /// Both together: of each figure the larger, so that an older copy of a database takes nothing back.
    #[must_use]
    pub fn or_more(self, other: Self) -> Self {
        let tokens = match (self.tokens, other.tokens) {
            (Some(Told::Kinds(a)), Some(Told::Kinds(b))) => Some(Told::Kinds(a.max(b))),
            (Some(Told::Sum(a)), Some(Told::Sum(b))) => Some(Told::Sum(a.max(b))),
            // Kinds say more than a sum.
            (Some(kinds @ Told::Kinds(_)), _) | (_, Some(kinds @ Told::Kinds(_))) => Some(kinds),
            (sum, None) | (None, sum) => sum,
        };
        Self { tokens, cost: self.cost.max(other.cost) }
    }

    /// Whether it says anything.
    pub fn is_told(&self) -> bool {
        self.tokens.is_some() || self.cost.is_some()
    }
}

/// Reads a database's tables; nothing where they are not those of the Python orchestrator.
pub fn read(agents: Option<&Sheet>, tasks: Option<&Sheet>) -> Option<Past> {
    let layout = layout(agents, tasks)?;
    let mut unread = 0;
    let mut count = |read: bool| unread += u64::from(!read);
    let mut found = Vec::new();
    for row in agents.into_iter().flat_map(rows) {
        let read = agent(&row, layout);
        count(read.is_some());
        found.extend(read);
    }
    let mut asked = Vec::new();
    // The command line keeps with a task who worked on it.
    let mut tasks_of: HashMap<String, String> = HashMap::new();
    for row in tasks.into_iter().flat_map(rows) {
        let read = task(&row, layout);
        count(read.is_some());
        if let Some(read) = &read {
            for id in row.list("assigned_agents") {
                tasks_of.entry(id).or_insert_with(|| read.id.clone());
            }
        }
        asked.extend(read);
    }
    for ran in found.iter_mut().filter(|ran: &&mut Ran| ran.task.is_none()) {
        ran.task = tasks_of.get(&ran.id).cloned();
    }
    found.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Some(Past { layout, agents: found, tasks: asked, unread })
}

fn layout(agents: Option<&Sheet>, tasks: Option<&Sheet>) -> Option<Layout> {
    let has = |sheet: Option<&Sheet>, all: &[&str], any: &[&str]| {
        let is_there = |name: &&str| sheet.is_some_and(|sheet| sheet.columns.iter().any(|it| it == *name));
        all.iter().all(is_there) && any.iter().any(is_there)
    };
    let by_line =
        has(agents, &["agent_id", "role", "status"], &["total_cost", "total_tokens", "messages_sent"])
            || has(tasks, &["task_id", "description", "status"], &["assigned_agents", "task_type"]);
    let signs = ["total_input_tokens", "total_cost", "agent_metadata", "custom_instructions"];
    let by_page = has(agents, &["id", "role", "status"], &signs)
        || has(tasks, &["id", "description", "status"], &["task_type", "workflow"]);
    // Somebody else's tables may be called so too.
    let is_foreign = has(agents, &["runtime"], &["runtime"]) || has(tasks, &["runtime"], &["runtime"]);
    match () {
        () if is_foreign => None,
        () if by_line => Some(Layout::CommandLine),
        () => by_page.then_some(Layout::Dashboard),
    }
}

/// A row and what its cells are called.
struct Row<'sheet>(&'sheet [String], &'sheet [Option<String>]);

fn rows(sheet: &Sheet) -> impl Iterator<Item = Row<'_>> {
    sheet.rows.iter().map(|cells| Row(&sheet.columns, cells))
}

impl Row<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|column| column == name)?;
        self.1.get(at)?.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    fn own(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    fn word<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        // One program writes a word's name, the other the word.
        self.text(name)?.to_ascii_lowercase().parse().ok()
    }

    /// A moment; both programs write those of UTC, one of them without saying so.
    fn moment(&self, name: &str) -> Option<Timestamp> {
        let text = self.text(name)?.replacen(' ', "T", 1);
        text.parse().or_else(|_| format!("{text}Z").parse()).ok()
    }

    fn count(&self, name: &str) -> Option<u64> {
        let text = self.text(name)?;
        let whole = text.parse::<u64>().ok();
        let count = whole.or_else(|| text.parse().ok().filter(|it: &f64| *it >= 0.0).map(|it| it as u64))?;
        Some(count.min(SESSION_TOKENS)).filter(|count| *count > 0)
    }

    /// An amount of dollars, as a number or as `$0.0123`; nothing where it is none or nothing.
    fn money(&self, name: &str) -> Option<Usd> {
        let text = self.text(name)?.trim_start_matches('$').replace(',', "");
        let amount = text.parse().ok().or_else(|| text.parse().ok().and_then(Usd::from_reported))?;
        believed(amount, SESSION_USD).filter(|amount| *amount > Usd::ZERO)
    }

    fn list(&self, name: &str) -> Vec<String> {
        let list = self.text(name).and_then(|text| serde_json::from_str::<Vec<serde_json::Value>>(text).ok());
        let texts = list.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned));
        texts.collect()
    }
}

fn agent(row: &Row<'_>, layout: Layout) -> Option<Ran> {
    let key = if layout == Layout::CommandLine { "agent_id" } else { "id" };
    let id = row.own(key).filter(|id| is_id(id))?;
    let role = row.word("role").unwrap_or(Role::Custom);
    // The dashboard has no column for names, and keeps them here.
    let short = |text: &&str| text.chars().count() <= NAME_CHARS && !text.contains('\n');
    let name = row.text("name").or_else(|| row.text("custom_instructions").filter(short));
    let is_name = row.text("name").is_none() && name.is_some();
    let tokens = match layout {
        Layout::CommandLine => row.count("total_tokens").map(Told::Sum),
        Layout::Dashboard => kinds(row),
    };
    let done = row.moment("completed_at");
    let (status, reason) = standing(row.text("status"), done.is_some());
    let last_at = done.or_else(|| row.moment("deleted_at")).or_else(|| row.moment("updated_at"));
    Some(Ran {
        name: name.map_or_else(|| format!("{role} {}", id.get(..8).unwrap_or(&id)), cut),
        role,
        model: row.own("model"),
        status,
        reason,
        task: row.own("task_id").filter(|id| is_id(id)),
        whole: Whole { tokens, cost: row.money("total_cost") },
        instructions: row.own("custom_instructions").filter(|_| !is_name),
        system_prompt: row.own("system_prompt"),
        created_at: row.moment("created_at"),
        last_at,
        id,
    })
}

fn cut(name: &str) -> String {
    name.lines().next().unwrap_or_default().chars().take(NAME_CHARS).collect()
}

fn kinds(row: &Row<'_>) -> Option<Told> {
    let count = |name| row.count(name).unwrap_or_default();
    let tokens = Tokens {
        input: count("total_input_tokens"),
        output: count("total_output_tokens"),
        cache_creation: count("cache_creation_tokens"),
        cache_read: count("cache_read_tokens"),
    };
    (tokens.total() > 0).then_some(Told::Kinds(tokens))
}

/// Where an agent stands: whoever was at work when its row was written is at work no more, and nothing says how it
/// ended.
fn standing(word: Option<&str>, is_done: bool) -> (AgentStatus, String) {
    let said = word.unwrap_or("nothing").to_ascii_lowercase();
    let status = match &*said {
        "completed" => AgentStatus::Completed,
        "failed" => AgentStatus::Failed,
        // Its agents were deleted when they were done.
        "deleted" if is_done => AgentStatus::Completed,
        "deleted" => AgentStatus::Cancelled,
        _ => AgentStatus::Interrupted,
    };
    (status, format!("{SAYS} {}", cut(&said)))
}

fn task(row: &Row<'_>, layout: Layout) -> Option<Asked> {
    let key = if layout == Layout::CommandLine { "task_id" } else { "id" };
    let id = row.own(key).filter(|id| is_id(id))?;
    let said = row.text("status").unwrap_or("nothing").to_ascii_lowercase();
    let status = match &*said {
        "completed" => TaskStatus::Completed,
        "failed" => TaskStatus::Failed,
        "deleted" => TaskStatus::Cancelled,
        _ => TaskStatus::Interrupted,
    };
    Some(Asked {
        description: row.own("description").unwrap_or_default(),
        task_type: row.word("task_type").unwrap_or(TaskType::Custom),
        status,
        reason: format!("{SAYS} {}", cut(&said)),
        complexity: row.word("complexity"),
        include_analyst: match row.text("include_analyst") {
            Some("yes" | "1" | "true") => Some(true),
            Some("no" | "0" | "false") => Some(false),
            _ => None,
        },
        roles: row.list("workflow").iter().filter_map(|role| role.parse().ok()).collect(),
        result: row.own("result"),
        error: row.own("error"),
        created_at: row.moment("created_at"),
        last_at: row.moment("completed_at").or_else(|| row.moment("updated_at")),
        id,
    })
}
