//! The tasks as a table: what was wanted, how far it is, who works on it, what it cost and how long it took.

use std::rc::Rc;

use orchestrator::figures;
use quarterdeck_shared::TaskId;
use quarterdeck_shared::tasks::Task;
use yew::prelude::*;

use super::deed::visible;
use super::marks::{Standing, cost, recording, role_mark, status_mark};
use super::task_view::TaskView;
use super::words;
use crate::components::{Cells, Column, Elapsed, Sort, Steps, Table, TimeAt};
use crate::format::{DASH, grouped};

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct TaskTableProps {
    /// The tasks, in order.
    pub tasks: Rc<Vec<Rc<Task>>>,
    /// What they are sorted by.
    pub sort: Sort,
    /// Called with the order asked for.
    pub on_sort: Callback<Sort>,
    /// Called with the task pressed or entered.
    pub on_open: Callback<TaskId>,
    /// Called when the last row comes into view.
    pub on_end: Callback<()>,
}

/// The tasks.
#[component]
pub fn TaskTable(props: &TaskTableProps) -> Html {
    let row = {
        let tasks = Rc::clone(&props.tasks);
        Callback::from(move |at: usize| tasks.get(at).map(|task: &Rc<Task>| cells(task)).unwrap_or_default())
    };
    let key_of = {
        let tasks = Rc::clone(&props.tasks);
        Callback::from(move |at: usize| {
            tasks.get(at).map_or_else(AttrValue::default, |task: &Rc<Task>| task.id.to_string().into())
        })
    };
    let on_open = {
        let (tasks, open) = (Rc::clone(&props.tasks), props.on_open.clone());
        Callback::from(move |at: usize| {
            if let Some(task) = tasks.get(at) {
                open.emit(task.id);
            }
        })
    };
    html! {
        <Table label="Tasks" test_id="task-list" class="task-table" columns={columns()} count={props.tasks.len()} {row} {key_of}
            sort={props.sort.clone()} on_sort={props.on_sort.clone()} {on_open} on_end={props.on_end.clone()} main=true tall=true />
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("status", "Status").sorts().class("tt-status"),
        Column::new("title", "Task").sorts().class("tt-title"),
        Column::new("type", "Type").class("tt-type"),
        Column::new("steps", "Steps").class("tt-steps"),
        Column::new("agents", "Agents").class("tt-agents"),
        Column::new("tokens", "Tokens").right().sorts().class("tt-tokens"),
        Column::new("cost", "Cost").right().sorts().class("tt-cost"),
        Column::new("duration", "Time").right().class("tt-time"),
        Column::new("created_at", "Created").right().sorts().class("tt-created"),
    ]
}

fn cells(task: &Rc<Task>) -> Cells {
    let view = TaskView::new(Rc::clone(task), Vec::new(), Default::default(), Vec::new());
    let (at, of) = view.progress();
    let title = visible(&task.title);
    let cells = vec![
        status_mark(task.status, Some("task-status")),
        html! {
            <span class="row">
                <a class="strong cut" href={format!("/tasks/{}", task.id)} tabindex="-1" title={visible(&task.prompt)}>{ title }</a>
                if view.is_recording() { { recording() } }
            </span>
        },
        html! { <span class="quiet">{ words::task_type(task.task_type) }</span> },
        html! {
            <span class="row"><Steps steps={layers(&view)} label={format!("step {at} of {of}")} /><span class="quiet small num" aria-hidden="true">{ format!("{at}/{of}") }</span></span>
        },
        html! { <span class="chain">{ for task.workflow.iter().map(|step| role_mark(step.plan.role, true)) }</span> },
        tokens(task.tokens.total()),
        cost(task.cost_usd, task.cost_basis),
        time(task),
        html! { <TimeAt class="quiet" at_us={task.created_at.micros()} /> },
    ];
    Cells { cells, class: Classes::new() }
}

/// The steps by layer, each as the class of its status.
fn layers(view: &TaskView) -> Vec<Vec<AttrValue>> {
    let class =
        |at: usize| view.task.workflow.get(at).map(|step| AttrValue::from(Standing::from(step.status).class));
    view.graph().rows().into_iter().map(|row| row.into_iter().filter_map(class).collect()).collect()
}

fn tokens(total: u64) -> Html {
    match total {
        0 => html! { <span class="quiet" title="no request yet">{ DASH }</span> },
        total => {
            html! { <span class="num quiet" title={format!("{} tokens", grouped(total))}>{ figures::tokens(total) }</span> }
        }
    }
}

fn time(task: &Task) -> Html {
    let ended = task.finished_at.map(|at| at.micros());
    match task.started_at {
        Some(began) if ended.is_some() || !task.status.is_final() => {
            html! { <Elapsed class="quiet" since_us={began.micros()} until_us={ended} /> }
        }
        _ => html! { <span class="quiet" title="not begun">{ DASH }</span> },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use crate::testing::{drawn, holds};
    use serde_json::{Value, json};

    fn table(changes: Value) -> String {
        let tasks = Rc::new(vec![Rc::new(samples::task(changes))]);
        drawn(html! {
            <TaskTable {tasks} sort={Sort::parse("-created_at")} on_sort={Callback::noop()} on_open={Callback::noop()} on_end={Callback::noop()} />
        })
    }

    #[test]
    fn a_row_tells_status_title_type_steps_agents_cost_and_time() {
        let html = table(json!({"status": "completed", "finished_at": "2026-11-22T10:04:12Z"}));
        holds(
            &html,
            &[
                "data-testid=\"task-list\"",
                ">completed<",
                "Idempotency keys on POST /payments</a>",
                ">feature<",
                "step 2 of 3",
            ],
        );
        holds(&html, &["PLANNER", "BUILDER", "TESTER", "$3.95", ">4:12<", "aria-sort=\"descending\""]);
    }

    #[test]
    fn what_is_not_known_is_a_dash() {
        let html = table(
            json!({"status": "pending", "started_at": null, "cost_usd": "0", "cost_basis": null, "tokens": {}}),
        );
        holds(&html, &["no request yet", "not begun"]);
        assert!(!html.contains("$0"), "{html}");
    }

    #[test]
    fn a_recording_is_called_one() {
        holds(&table(json!({"runtime": "replay"})), &["data-testid=\"recording\""]);
    }
}
