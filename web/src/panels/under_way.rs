//! What is under way: each task with its steps, and its agents with what they do now.

use std::rc::Rc;

use quarterdeck_shared::TaskId;
use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::tasks::Task;
use yew::prelude::*;

use super::marks::{Standing, cost, recording, status_shape};
use super::task_view::TaskView;
use super::words;
use crate::components::{Elapsed, Gauge, Steps};

/// A task at work, or agents at work without one.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The task; none for agents made alone.
    pub task: Option<Rc<Task>>,
    /// Its agents at work.
    pub agents: Vec<Rc<Agent>>,
}

/// Tasks that are not ended and agents at work, put together; the newest task first, agents alone last.
pub fn groups<'a>(
    tasks: impl DoubleEndedIterator<Item = &'a Rc<Task>>,
    agents: impl Iterator<Item = &'a Rc<Agent>>,
) -> Vec<Group> {
    let mut groups: Vec<Group> = tasks
        .rev()
        .filter(|task| !task.status.is_final())
        .map(|task| Group { task: Some(Rc::clone(task)), agents: Vec::new() })
        .collect();
    let mut alone = Group { task: None, agents: Vec::new() };
    let is = |group: &Group, id: Option<TaskId>| group.task.as_ref().map(|task| task.id) == id;
    for agent in agents.filter(|agent| agent.status.is_active()) {
        let group = groups.iter_mut().find(|group| agent.task_id.is_some() && is(group, agent.task_id));
        group.unwrap_or(&mut alone).agents.push(Rc::clone(agent));
    }
    if !alone.agents.is_empty() {
        groups.push(alone);
    }
    groups
}

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct UnderWayProps {
    /// The groups, in order.
    pub groups: Vec<Group>,
}

/// One table: a line for each task, its agents below.
#[component]
pub fn UnderWay(props: &UnderWayProps) -> Html {
    html! {
        <table data-testid="under-way">
            <caption class="sr">{ "Tasks and agents under way" }</caption>
            <thead class="sr"><tr>
                <th scope="col">{ "Task or agent" }</th><th scope="col">{ "Doing" }</th><th scope="col">{ "Progress" }</th>
                <th scope="col">{ "Cost" }</th><th scope="col">{ "Time" }</th>
            </tr></thead>
            <tbody>{ for props.groups.iter().map(group) }</tbody>
        </table>
    }
}

fn group(group: &Group) -> Html {
    let head = match &group.task {
        Some(task) => task_row(task, &group.agents),
        None => html! {
            <tr key="alone" class="group"><td colspan="5"><span class="row"><span class="strong">{ "Agents without a task" }</span></span></td></tr>
        },
    };
    html! { <>{ head }{ for group.agents.iter().map(agent_row) }</> }
}

fn task_row(task: &Rc<Task>, agents: &[Rc<Agent>]) -> Html {
    let view = TaskView::new(Rc::clone(task), agents.to_vec(), Default::default(), Vec::new());
    let layers = view.graph().layers();
    let mut steps = vec![Vec::new(); layers.iter().max().map_or(0, |last| last + 1)];
    for (layer, step) in layers.iter().zip(&task.workflow) {
        steps[*layer].push(AttrValue::from(Standing::from(step.status).class));
    }
    let (at, of) = view.progress();
    let progress = format!("step {at} of {of}");
    html! {
        <tr key={task.id.to_string()} class="group">
            <td colspan="2"><span class="row">
                <a class="cut strong" href={format!("/tasks/{}", task.id)}>{ &task.title }</a>
                if view.is_recording() { { recording() } }
                <span class="quiet nowrap small hide-s">{ words::folder(&task.working_directory) }</span>
            </span></td>
            <td class="hide-s"><span class="row"><Steps {steps} label={progress.clone()} /><span class="quiet small nowrap" aria-hidden="true">{ progress }</span></span></td>
            <td class="r">{ cost(task.cost_usd, view.cost_basis()) }</td>
            <td class="r hide-s quiet"><Elapsed since_us={view.began().micros()} /></td>
        </tr>
    }
}

fn agent_row(agent: &Rc<Agent>) -> Html {
    let standing = Standing::from(agent.status);
    html! {
        <tr key={agent.id.to_string()} class={classes!("agent", standing.class)}>
            <td><span class="row">{ status_shape(agent.status) }<a class="cut" href={format!("/agents/{}", agent.id)}>{ &agent.name }</a></span></td>
            <td class="doing"><span class="cut" title={agent.activity.clone()}>{ &agent.activity }</span></td>
            <td class="hide-s"><Gauge part={agent.context.map(|context| context.percent / 100.0)} of="context" /></td>
            <td class="r">{ cost(agent.cost_usd, agent.cost_basis) }</td>
            <td class="r hide-s quiet">if let Some(since) = agent.started_at { <Elapsed since_us={since.micros()} /> }</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::{agent, task};
    use crate::testing::{drawn, holds};
    use serde_json::json;

    #[test]
    fn agents_stand_below_their_task_and_those_without_one_last() {
        let task = Rc::new(task(json!({})));
        let (ours, alone) =
            (Rc::new(agent(json!({}))), Rc::new(agent(json!({"task_id": null, "name": "Lone"}))));
        let groups = groups([&task].into_iter(), [&alone, &ours].into_iter());
        assert_eq!(groups.len(), 2);
        assert_eq!((groups[0].agents.len(), groups[1].task.is_none()), (1, true));
    }

    #[test]
    fn what_ended_is_not_under_way() {
        let task = Rc::new(task(json!({"status": "completed"})));
        let done = Rc::new(agent(json!({"status": "completed"})));
        assert!(groups([&task].into_iter(), [&done].into_iter()).is_empty());
    }

    #[test]
    fn a_line_says_how_far_a_task_is_and_what_its_agent_does() {
        let (task, agent) = (Rc::new(task(json!({}))), Rc::new(agent(json!({}))));
        let groups = groups([&task].into_iter(), [&agent].into_iter());
        let html = drawn(html! { <UnderWay {groups} /> });
        holds(
            &html,
            &[
                "Idempotency keys",
                "step 2 of 3",
                "Edit src/payments/store.rs",
                "$3.36",
                "context 18 percent",
                "checkout",
            ],
        );
    }
}
