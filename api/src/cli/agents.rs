//! `quarterdeck agents`: agents by page, filter and order, and the clean-up of those that have ended.

mod cleanup;

use super::{
    CliError, Common, End,
    output::{
        Column::{self, Numbers, Words},
        cost, moment, plain, say,
    },
    say_if_left,
};
use clap::{Args, Subcommand};
use orchestrator::figures;
use quarterdeck_shared::{
    TaskId,
    agents::{Agent, AgentQuery, AgentStatus},
};

/// What the list tells of each.
const COLUMNS: [Column; 7] = [
    Words("ID"),
    Words("ROLE"),
    Words("STATUS"),
    Numbers("COST"),
    Numbers("TOKENS"),
    Words("CREATED"),
    Words("NAME"),
];

/// Lists agents.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Agents {
    #[command(subcommand)]
    order: Option<Order>,
    #[command(flatten)]
    list: List,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Take agents that have ended out of the lists; they stay in the totals.
    Cleanup(cleanup::Cleanup),
}

#[derive(Args, Debug)]
struct List {
    #[command(flatten)]
    common: Common,
    /// One status, or several parted by commas; all but deleted where unset.
    #[arg(long)]
    status: Option<String>,
    /// One role, or several parted by commas.
    #[arg(long)]
    role: Option<String>,
    /// The task they work on.
    #[arg(long, value_name = "ID")]
    task: Option<TaskId>,
    /// A part of the name.
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,
    /// created_at, updated_at, cost, tokens, status, role or name; with `-` in front descending.
    #[arg(long, allow_hyphen_values = true, default_value = "-created_at")]
    sort: String,
    /// Rows, 1 to 200.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Where the page before ended.
    #[arg(long)]
    cursor: Option<String>,
}

impl Agents {
    pub(super) async fn run(self) -> Result<End, CliError> {
        match self.order {
            Some(Order::Cleanup(cleanup)) => cleanup.run().await,
            None => self.list.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Result<End, CliError> {
        let (store, output) = (self.common.store().await?, self.common.output());
        let query = AgentQuery {
            cursor: self.cursor,
            limit: Some(self.limit),
            sort: Some(self.sort),
            status: self.status,
            role: self.role,
            task_id: self.task,
            q: self.q,
            ..AgentQuery::default()
        };
        let page = store.agents(&query).await?;
        say_if_left(&store, page.items.iter().any(|agent| agent.status == AgentStatus::Running)).await?;
        if output.json {
            output.value(&page)?;
            return Ok(End::Well);
        }
        if page.items.is_empty() {
            let is_bare = AgentQuery { limit: None, sort: None, ..query } == AgentQuery::default();
            say(match is_bare {
                true => "no agent; `quarterdeck serve` and its page make some",
                false => "no agent is like that",
            })?;
            return Ok(End::Well);
        }
        let rows: Vec<_> = page.items.iter().map(row).collect();
        output.table(&COLUMNS, &rows)?;
        if let Some(cursor) = page.next_cursor {
            say(&format!("{} of {}; more with --cursor {cursor}", page.items.len(), page.total.value()))?;
        }
        Ok(End::Well)
    }
}

fn row(agent: &Agent) -> Vec<String> {
    vec![
        agent.id.to_string(),
        agent.role.to_string(),
        agent.status.to_string(),
        cost(agent.cost_usd, agent.cost_basis),
        figures::tokens(agent.total_tokens),
        moment(agent.created_at),
        plain(&agent.name),
    ]
}
