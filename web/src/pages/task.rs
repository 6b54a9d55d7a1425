//! One task, live: what is asked for, which step it is at, who does what, what it costs and what waits for you.

mod ending;
mod newest;
mod prompts;

use std::rc::Rc;

use orchestrator::agent_logs;
use orchestrator::agents::OWN;
use quarterdeck_shared::agents::AgentQuery;
use quarterdeck_shared::approvals::ApprovalQuery;
use quarterdeck_shared::endpoints::{GetTask, ListAgents, ListApprovals};
use quarterdeck_shared::{AgentId, Code, NoBody, NoQuery, TaskId};
use yew::prelude::*;

use self::ending::Ending;
use self::newest::{Asked, view};
use self::prompts::Prompts;
use super::Heading;
use super::approvals::AnsweringCard;
use super::faces::face;
use super::roles::Roles;
use crate::client::{Connection, Loaded};
use crate::components::{ButtonLink, Empty, Face, Faced, Icon};
use crate::dom;
use crate::hooks::{use_address, use_live, use_query, use_run, use_second, use_settled};
use crate::panels::contexts::Contexts;
use crate::panels::deed::visible;
use crate::panels::outcome::Outcome;
use crate::panels::run_diagram::RunDiagram;
use crate::panels::streams::Streams;
use crate::panels::task_facts::TaskFacts;
use crate::panels::task_now::TaskNow;
use crate::panels::task_view::TaskView;
use crate::panels::timeline::Timeline;
use crate::panels::words;

/// How often the server is asked while no socket tells, in seconds.
const ASK_EVERY: u32 = 10;

/// Which task.
#[derive(Properties, PartialEq)]
pub struct TaskProps {
    /// Its id.
    pub id: AttrValue,
}

/// The task, or that there is none.
#[component]
pub fn Task(props: &TaskProps) -> Html {
    match props.id.parse::<TaskId>() {
        Ok(id) => html! { <Live key={id.to_string()} {id} /> },
        Err(_) => nowhere("This address names no task."),
    }
}

fn above() -> Vec<(AttrValue, AttrValue)> {
    vec![("Tasks".into(), "/tasks".into())]
}

fn nowhere(why: &'static str) -> Html {
    html! {
        <>
            <Heading title="No such task" above={above()} />
            <Empty words={why} then="It may have been removed; what it cost stays in the totals.">
                <ButtonLink href="/tasks">{ "All tasks" }</ButtonLink>
            </Empty>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct LiveProps {
    id: TaskId,
}

/// Puts together what was asked for and what the sockets tell.
#[component]
fn Live(props: &LiveProps) -> Html {
    let id = props.id;
    let task = use_query(Some(id), |id| GetTask { id, query: NoQuery {}, body: NoBody });
    let agents = use_query(Some(id), |id| {
        let query = AgentQuery {
            task_id: Some(id),
            limit: Some(200),
            sort: Some("created_at".into()),
            ..AgentQuery::default()
        };
        ListAgents { query, body: NoBody }
    });
    let missing = task.answer.problem.as_ref().is_some_and(|problem| problem.code == Some(Code::NotFound));
    let run = use_run((!missing).then_some(id));
    let live = use_live();
    let questions = use_query((!live.fleet.known).then_some(id), |id| {
        let query = ApprovalQuery { task_id: Some(id), ..ApprovalQuery::default() };
        ListApprovals { query, body: NoBody }
    });
    let now_us = use_state_eq(dom::now_us);
    let asked = Asked {
        task: task.answer.data.as_ref(),
        agents: agents.answer.data.as_ref().map(|page| page.items.as_slice()).unwrap_or_default(),
        approvals: questions.answer.data.as_ref().map(|page| page.items.as_slice()).unwrap_or_default(),
    };
    let view = view(id, asked, &run.state, &live.fleet);
    let goes_on = view.as_ref().is_some_and(|view| !view.task.has_ended());
    {
        let now_us = now_us.clone();
        use_second(goes_on, Callback::from(move |()| now_us.set(dom::now_us())));
    }
    let again = {
        let (task, agents, questions) = (task.again.clone(), agents.again.clone(), questions.again.clone());
        Callback::from(move |()| {
            task.emit(());
            agents.emit(());
            questions.emit(());
        })
    };
    {
        // Where no socket comes through, the page asks now and then.
        let (passed, again) = (use_mut_ref(|| 0_u32), again.clone());
        let deaf = goes_on && matches!(run.connection, Connection::Lost { .. });
        use_second(
            deaf,
            Callback::from(move |()| {
                let mut passed = passed.borrow_mut();
                *passed = (*passed + 1) % ASK_EVERY;
                if *passed == 0 {
                    again.emit(());
                }
            }),
        );
    }
    match view {
        _ if run.state.removed => nowhere("This task was taken out of the lists."),
        None if missing => nowhere("There is no task with this address."),
        None => html! {
            <>
                <Heading title="Task" above={above()} />
                <Faced face={face(&task.answer, |_| false)} what="the task" lines=8 on_retry={again} />
            </>
        },
        Some(view) => {
            let told = run.state.task.is_some() || run.connection == Connection::Live;
            let details = details(&view, &agents.answer);
            let whole = if told { Face::Full } else { face(&task.answer, |_| false) };
            html! { <Shown {view} now_us={*now_us} {whole} {details} on_retry={again} /> }
        }
    }
}

/// The face of what hangs on the agents: known agents are shown, whatever became of the question for them.
fn details<T>(view: &TaskView, agents: &Loaded<T>) -> Face {
    if view.agents.is_empty() { face(agents, |_| false) } else { Face::Full }
}

#[derive(Properties, PartialEq)]
struct ShownProps {
    view: TaskView,
    now_us: i64,
    whole: Face,
    details: Face,
    on_retry: Callback<()>,
}

/// The page of a task that is known.
#[component]
fn Shown(props: &ShownProps) -> Html {
    let view = &props.view;
    let task = &view.task;
    let address = use_address();
    // Whoever comes for the result finds it first; whoever watched it end is not moved about.
    let came_late = use_memo((), |()| task.status.is_final());
    let open = Callback::from(move |id: AgentId| address.go(&format!("/agents/{id}")));
    let retry = &props.on_retry;
    let outcome = html! { <Outcome view={view.clone()} /> };
    let told =
        use_settled(view.agents.iter().map(|agent| agent.requests + agent.tool_calls).sum::<u64>(), 2_000);
    html! {
        <>
            if matches!(props.whole, Face::Failed(_)) { <Faced face={props.whole.clone()} what="the task" on_retry={retry.clone()} /> }
            <div class="task-head">
                <div class="grow"><Heading title={task.title.clone()} above={above()}>{ visible(&task.title) }</Heading>{ meta(view) }</div>
                <ButtonLink href={format!("/tasks/{}/replay", task.id)} icon={Icon::Play} test_id="replay">{ "Replay" }</ButtonLink>
                <ButtonLink href={format!("/tasks/new?from={}", task.id)} icon={Icon::Rerun} test_id="run-again">{ "Run again…" }</ButtonLink>
                <Ending task={Rc::clone(task)} />
            </div>
            <TaskNow view={view.clone()} now_us={props.now_us} />
            <RunDiagram view={view.clone()} now_us={props.now_us} on_open={open} />
            <div class="run">
                <div class="stack">
                    if *came_late { { outcome.clone() } }
                    <Timeline view={view.clone()} now_us={props.now_us} face={props.details.clone()} on_retry={retry.clone()} />
                    <Streams view={view.clone()} face={props.details.clone()} on_retry={retry.clone()} />
                    if !*came_late { { outcome } }
                    if !view.is_recording() { <Roles task_id={task.id} asked_at={told} /> }
                </div>
                <div class="side-list first">
                    { for view.approvals.iter().enumerate().map(|(at, approval)| html! {
                        <AnsweringCard key={approval.id.to_string()} approval={Rc::clone(approval)} keys={at == 0} />
                    }) }
                    <Contexts view={view.clone()} />
                </div>
                <div class="side-list">
                    if view.agents.iter().any(|agent| agent.source == OWN || agent.source == agent_logs::SOURCE) { <Prompts agents={view.agents.clone()} /> }
                    <TaskFacts view={view.clone()} />
                </div>
            </div>
        </>
    }
}

fn meta(view: &TaskView) -> Html {
    let task = &view.task;
    let own = task.working_directory.ends_with(&task.id.to_string());
    let place = if own {
        html! { "a folder of its own" }
    } else {
        html! { <code>{ visible(&task.working_directory) }</code> }
    };
    let analyst = if task.include_analyst { "ANALYST included" } else { "no ANALYST" };
    let place = html! { <span title={visible(&task.working_directory)}>{ place }</span> };
    if task.source != OWN {
        // Nobody here planned it or asked for it.
        return html! { <p class="quiet small meta"><span>{ "begun elsewhere" }</span>{ place }</p> };
    }
    html! {
        <p class="quiet small meta">
            <span>{ format!("{}, {}", words::task_type(task.task_type), task.complexity) }</span>
            { place }
            <span>{ words::permission_mode(task.permission_mode) }</span>
            <span title={task.analyst_reason.clone()}>{ analyst }</span>
            <span>{ words::execution_mode(task.execution_mode) }</span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    #[test]
    fn of_what_was_begun_elsewhere_no_plan_is_told() {
        let planned = ["complex", "asks before each tool", "no ANALYST"];
        holds(&drawn(meta(&samples::view(json!({})))), &planned);
        let html = drawn(meta(&samples::view(json!({"source": "transcript"}))));
        holds(&html, &["begun elsewhere", "/home/me/checkout"]);
        assert!(planned.iter().all(|words| !html.contains(words)), "{html}");
    }
}
