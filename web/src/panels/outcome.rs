//! How a task ended: the last step's words, or why it did not end well; and what each step handed over.

use quarterdeck_shared::tasks::{Step, TaskStatus};
use yew::prelude::*;

use super::doing::plain;
use super::marks::{status_mark, status_shape};
use super::prose::Prose;
use super::task_view::{TaskView, step_name};
use crate::components::{CopyButton, Empty, Face, Icon, Panel, icon};

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct OutcomeProps {
    /// The task.
    pub view: TaskView,
    /// Which face is on.
    #[prop_or(Face::Full)]
    pub face: Face,
    /// Called by "Try again".
    #[prop_or_default]
    pub on_retry: Callback<()>,
}

/// The result, the error, and the handovers between the steps.
#[component]
pub fn Outcome(props: &OutcomeProps) -> Html {
    let task = &props.view.task;
    let result = task.result.as_deref().unwrap_or_default();
    // The last step's handover is the end of the result: it is not told twice.
    let told = |words: &str| !result.is_empty() && result.contains(words.trim());
    let worth =
        |step: &&Step| step.error.is_some() || step.handover.as_deref().is_some_and(|words| !told(words));
    let handed: Vec<&Step> = task.workflow.iter().filter(worth).collect();
    let nothing = task.result.is_none() && task.error.is_none() && handed.is_empty();
    let face = if nothing && props.face == Face::Full { Face::Empty } else { props.face.clone() };
    let aside = task
        .result
        .clone()
        .map(|text| html! { <CopyButton {text} label="Copy the result">{ "Copy" }</CopyButton> });
    html! {
        <Panel title="Result" id="outcome" what="the result" aside={aside.unwrap_or_default()} {face} empty={empty(task.status)} on_retry={props.on_retry.clone()}>
            if let Some(error) = &task.error { { failure(task.status, error) } }
            if let Some(result) = &task.result { <div data-testid="task-result"><Prose text={result.clone()} /></div> }
            if !handed.is_empty() {
                <div class="handovers">{ for handed.iter().map(|step| handover(step)) }</div>
            }
        </Panel>
    }
}

fn empty(status: TaskStatus) -> Html {
    let (words, then) = match status {
        TaskStatus::Completed => {
            ("It ended without any last words.", "What was said on the way stands in the live lines.")
        }
        status if status.is_final() => ("It ended without a result.", "The facts beside tell why."),
        _ => (
            "Nothing handed over yet.",
            "Each step's words for the next stand here, and at the end the result.",
        ),
    };
    html! { <Empty {words} {then} /> }
}

/// Why it did not end well. What somebody wanted, or what came from outside, is told without alarm.
fn failure(status: TaskStatus, error: &str) -> Html {
    let error = plain(error);
    let role = (status == TaskStatus::Failed).then_some("alert");
    html! {
        <div class="failure" {role} data-testid="task-error">
            <p class="row">{ status_mark(status, None) }<span class="push"><CopyButton text={error.clone()} label="Copy the error" /></span></p>
            <pre class={classes!("cmd", (status == TaskStatus::Failed).then_some("bad"))} tabindex="0">{ error }</pre>
        </div>
    }
}

fn handover(step: &Step) -> Html {
    let text = step.handover.clone().unwrap_or_default();
    let what = if text.is_empty() { step.status.as_str() } else { "handed over" };
    html! {
        <details class="fold" key={step.plan.id.to_string()}>
            <summary>{ icon(Icon::Right) }{ status_shape(step.status) }<span class="cut">{ format!("{} {what}", step_name(step)) }</span></summary>
            <div class="fold-body">
                if let Some(error) = &step.error { <pre class="cmd bad" tabindex="0">{ plain(error) }</pre> }
                if !text.is_empty() {
                    <div class="row"><span class="push"><CopyButton text={text.clone()} label="Copy the handover" /></span></div>
                    <Prose {text} />
                }
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::Trouble;
    use crate::panels::samples;
    use crate::testing::{drawn, holds};
    use serde_json::{Value, json};

    fn shown(changes: Value, face: Face) -> String {
        drawn(html! { <Outcome view={samples::view(changes)} {face} /> })
    }

    #[test]
    fn a_result_can_be_read_and_copied() {
        let html = shown(json!({"status": "completed", "result": "## Summary\nIt works."}), Face::Full);
        holds(&html, &["data-testid=\"task-result\"", "<h3>Summary</h3>", "aria-label=\"Copy the result\""]);
    }

    #[test]
    fn an_error_is_told_whole() {
        let html = shown(json!({"status": "failed", "error": "cargo check\nexit 101"}), Face::Full);
        holds(&html, &["role=\"alert\"", "cargo check\nexit 101</pre>", "Copy the error"]);
    }

    #[test]
    fn what_a_step_handed_over_is_folded() {
        let mut step = samples::step_json("s1", "PLANNER", "completed", &[]);
        step["handover"] = json!("Do it in two steps.");
        let html = shown(json!({"workflow": [step]}), Face::Full);
        holds(&html, &["<details", "Planner handed over", "Do it in two steps."]);
    }

    #[test]
    fn before_that_it_says_what_will_stand_here() {
        holds(&shown(json!({}), Face::Full), &["Nothing handed over yet."]);
        holds(&shown(json!({"status": "cancelled"}), Face::Full), &["It ended without a result."]);
        holds(&shown(json!({}), Face::Waiting), &["Result</h2>", "Loading the result"]);
        let trouble = Trouble { what: "The task did not come.".into(), ..Trouble::default() };
        holds(
            &shown(json!({"result": "It works."}), Face::Failed(trouble)),
            &["The task did not come.", "It works."],
        );
    }
}
