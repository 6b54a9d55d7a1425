//! `quarterdeck tasks`: tasks by page, filter and order.

use super::{
    CliError, Common, End,
    output::{
        Column::{Numbers, Words},
        cost, moment, plain, say,
    },
    say_if_left,
};
use clap::Args;
use quarterdeck_shared::tasks::{StepStatus, Task, TaskQuery, TaskStatus, TaskType};

/// Lists tasks.
#[derive(Args, Debug)]
pub struct Tasks {
    #[command(flatten)]
    common: Common,
    /// One status, or several parted by commas; `deleted` for those that left the lists.
    #[arg(long)]
    status: Option<String>,
    /// One type, such as bug_fix.
    #[arg(long = "type", value_name = "TYPE")]
    task_type: Option<TaskType>,
    /// A part of the prompt.
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,
    /// created_at, updated_at, cost, tokens, status or title; with `-` in front descending.
    #[arg(long, allow_hyphen_values = true, default_value = "-created_at")]
    sort: String,
    /// Rows, 1 to 200.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Where the page before ended.
    #[arg(long)]
    cursor: Option<String>,
}

impl Tasks {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let (store, output) = (self.common.store().await?, self.common.output());
        let query = TaskQuery {
            cursor: self.cursor,
            limit: Some(self.limit),
            sort: Some(self.sort),
            status: self.status,
            task_type: self.task_type,
            q: self.q,
            ..TaskQuery::default()
        };
        let page = store.tasks(&query).await?;
        say_if_left(&store, page.items.iter().any(|task| task.status == TaskStatus::Running)).await?;
        if output.json {
            output.value(&page)?;
            return Ok(End::Well);
        }
        if page.items.is_empty() {
            let is_bare = TaskQuery { limit: None, sort: None, ..query } == TaskQuery::default();
            say(match is_bare {
                true => "no task; submit one in the page that `quarterdeck serve` opens",
                false => "no task is like that",
            })?;
            return Ok(End::Well);
        }
        let rows: Vec<_> = page.items.iter().map(row).collect();
        output.table(
            &[
                Words("ID"),
                Words("STATUS"),
                Numbers("STEPS"),
                Numbers("COST"),
                Words("CREATED"),
                Words("TITLE"),
            ],
            &rows,
        )?;
        if let Some(cursor) = page.next_cursor {
            say(&format!("{} of {}; more with --cursor {cursor}", page.items.len(), page.total.value()))?;
        }
        Ok(End::Well)
    }
}

fn row(task: &Task) -> Vec<String> {
    let done = task.workflow.iter().filter(|step| step.status == StepStatus::Completed).count();
    vec![
        task.id.to_string(),
        task.status.to_string(),
        format!("{done}/{}", task.workflow.len()),
        cost(task.cost_usd, task.cost_basis),
        moment(task.created_at),
        plain(&task.title),
    ]
}
