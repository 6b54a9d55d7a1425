//! The workflow as a picture: a box for each step with its status, cost and time, lines for what waits for what.

mod layout;

use quarterdeck_shared::AgentId;
use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::tasks::{Step, StepStatus};
use yew::prelude::*;

use self::layout::{Layout, Line, Place, TALL, lay_out};
use super::marks::{Standing, cost_text, role_class, role_letter};
use super::task_view::{TaskView, counting, step_lasted_us, step_name};
use crate::components::icon;
use crate::format::{lasting, percent};
use crate::hooks::use_width;

/// What the picture shows.
#[derive(Properties, PartialEq)]
pub struct RunDiagramProps {
    /// The task.
    pub view: TaskView,
    /// Now, in µs, for what still lasts.
    pub now_us: i64,
    /// Called with the agent whose box was pressed.
    pub on_open: Callback<AgentId>,
}

/// The workflow in a box: a picture where there is room, a list on phones.
#[component]
pub fn RunDiagram(props: &RunDiagramProps) -> Html {
    let node = use_node_ref();
    // Until it is laid out: the width of a panel in a window of 1280.
    let width = use_width(node.clone()).unwrap_or(996.0);
    html! {
        <section class="panel flow" aria-label="Workflow">
            <div class="only-wide flow-wide" tabindex="0" role="region" aria-label="Workflow, drawn">
                <div ref={node}>{ picture(props, &lay_out(&props.view.graph(), width)) }</div>
            </div>
            <div class="only-narrow"><ol class="tree">{ for tree(props) }</ol></div>
        </section>
    }
}

fn picture(props: &RunDiagramProps, layout: &Layout) -> Html {
    let steps = &props.view.task.workflow;
    let told: Vec<String> = steps.iter().map(|step| format!("{} {}", step_name(step), step.status)).collect();
    let boxes = steps
        .iter()
        .zip(&layout.boxes)
        .map(|(step, place)| linked(props, step, node(props, step, *place, layout.wide)));
    html! {
        <svg class="chart" width={layout.width.to_string()} height={layout.height.to_string()}
            viewBox={format!("0 0 {} {}", layout.width, layout.height)} role="group" aria-label={format!("Workflow: {}", told.join(", "))}>
            { for layout.lines.iter().map(|line| edge(steps, line)) }
            { for boxes }
        </svg>
    }
}

fn edge(steps: &[Step], line: &Line) -> Html {
    let class = match steps.get(line.to).map(|step| step.status) {
        Some(StepStatus::Running) => Some("live"),
        Some(StepStatus::Waiting) => Some("held"),
        Some(StepStatus::Completed) => Some("done"),
        Some(StepStatus::Failed) => Some("failed"),
        Some(StepStatus::Pending | StepStatus::Skipped) | None => Some("later"),
        Some(StepStatus::Cancelled | StepStatus::Interrupted) => None,
    };
    html! { <path class={classes!("edge", class)} d={line.path.clone()} /> }
}

/// A box that leads to its agent, once there is one.
fn linked(props: &RunDiagramProps, step: &Step, inner: Html) -> Html {
    let Some(agent) = props.view.agent_of(step) else { return inner };
    let (id, open) = (agent.id, props.on_open.clone());
    let onclick = Callback::from(move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            open.emit(id);
        }
    });
    html! { <a key={step.plan.id.to_string()} href={format!("/agents/{id}")} {onclick}><title>{ said(props, step) }</title>{ inner }</a> }
}

fn node(props: &RunDiagramProps, step: &Step, place: Place, wide: f64) -> Html {
    let Standing { class, shape, .. } = step.status.into();
    let letters = ((wide - 43.0) / 6.9).floor() as usize;
    let figure = below(props, step);
    let context = context(props.view.agent_of(step)).filter(|_| wide >= 150.0 && figure.len() < 16);
    html! {
        <g class={class} transform={format!("translate({:.1} {:.1})", place.x, place.y)} data-testid="step" data-step={step.plan.id.to_string()}>
            <title>{ said(props, step) }</title>
            <rect class={classes!("node", class)} width={wide.to_string()} height={TALL.to_string()} rx="5" />
            <g class={role_class(step.plan.role)}>
                <rect class="letbox" x="10" y="10" width="16" height="16" rx="3" />
                <text class="let" x="18" y="21.8" text-anchor="middle">{ role_letter(step.plan.role) }</text>
            </g>
            <text class="n strong" x="33" y="22.5">{ cut(&step_name(step), letters) }</text>
            <use class="st-icon" href={format!("#{}", shape.id())} x="11" y="34" width="14" height="14" />
            <text class="c" x="33" y="45.5">{ figure }</text>
            if let Some(context) = context { <text x={(wide - 10.0).to_string()} y="45.5" text-anchor="end">{ context }</text> }
        </g>
    }
}

/// The second line of a box: cost and time, or what it waits for.
fn below(props: &RunDiagramProps, step: &Step) -> String {
    let asked = props.view.approvals.iter().find(|approval| Some(approval.agent_id) == step.agent_id);
    match (step.status, asked) {
        (StepStatus::Pending, _) => "later".to_owned(),
        (StepStatus::Skipped, _) => "skipped".to_owned(),
        (StepStatus::Waiting, Some(approval)) => {
            format!("Approval {}", counting(props.now_us - approval.asked_at.micros()))
        }
        _ => {
            let (cost, basis) = props.view.cost_of(&step.plan.id);
            let told = if step.status.is_final() { lasting } else { counting };
            let lasted = step_lasted_us(step, props.now_us).map(told);
            let cost = cost_text(cost, basis);
            lasted.map_or(cost.clone(), |lasted| format!("{cost} · {lasted}"))
        }
    }
}

fn context(agent: Option<&std::rc::Rc<Agent>>) -> Option<String> {
    let agent = agent.filter(|agent| agent.status.is_active())?;
    agent.context.map(|context| percent(context.percent / 100.0))
}

/// The box in words.
fn said(props: &RunDiagramProps, step: &Step) -> String {
    let attempts = if step.attempts > 1 { format!(", attempt {}", step.attempts) } else { String::new() };
    format!("{} ({}): {}{attempts}, {}", step_name(step), step.plan.role, step.status, below(props, step))
}

fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(letters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The same as a list: steps side by side are set in.
fn tree(props: &RunDiagramProps) -> Vec<Html> {
    let steps = &props.view.task.workflow;
    let rows = props.view.graph().rows();
    let row = |row: Vec<usize>| {
        let beside = row.len() > 1;
        row.into_iter()
            .filter_map(|at| steps.get(at))
            .map(|step| leaf(props, step, beside))
            .collect::<Vec<_>>()
    };
    rows.into_iter().flat_map(row).collect()
}

fn leaf(props: &RunDiagramProps, step: &Step, beside: bool) -> Html {
    let standing = Standing::from(step.status);
    let name = html! {
        <span class={classes!("status", standing.class)}>
            { icon(standing.shape) }{ step_name(step) }<span class="sr">{ format!(", {}", standing.word) }</span>
        </span>
    };
    let name = match props.view.agent_of(step) {
        Some(agent) => html! { <a class="cut" href={format!("/agents/{}", agent.id)}>{ name }</a> },
        None => name,
    };
    html! {
        <li key={step.plan.id.to_string()} class={beside.then_some("par")}>
            { name }<span class="push num quiet">{ below(props, step) }</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    const FIVE_MINUTES_IN: i64 = 1_795_341_900_000_000;

    fn shown(view: TaskView) -> String {
        drawn(html! { <RunDiagram {view} now_us={FIVE_MINUTES_IN} on_open={Callback::noop()} /> })
    }

    #[test]
    fn each_step_shows_its_status_cost_and_time() {
        let html = shown(samples::view(json!({})));
        holds(
            &html,
            &["node is-completed", "node is-running", "node is-created", "$3.36 · 5:00", ">18%<", ">later<"],
        );
        holds(
            &html,
            &["edge live", "edge later", "Workflow: Planner completed, Builder running, Tester pending"],
        );
        assert_eq!(html.matches("data-testid=\"step\"").count(), 3);
    }

    #[test]
    fn a_step_that_asks_says_since_when() {
        let mut view =
            samples::view(json!({"workflow": [samples::step_json("s1", "BUILDER", "waiting", &[])]}));
        view.approvals.push(std::rc::Rc::new(samples::approval(json!({}))));
        holds(&shown(view), &["node is-waiting", "Approval 5:00"]);
    }

    #[test]
    fn a_name_too_long_for_its_box_is_cut_there_and_whole_for_a_reader() {
        let mut step = samples::step_json("s1", "BUILDER", "running", &[]);
        step["name"] = json!("Builder of a service with a very long name indeed");
        let html = shown(samples::view(json!({"workflow": [step]})));
        holds(&html, &["Builder of a service wit…", "a very long name indeed (BUILDER): running"]);
    }
}
