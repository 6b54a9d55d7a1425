//! What is known of a task beside its run: why its status is believed, how it was planned, where it works, its limits.

use orchestrator::agents::OWN;
use quarterdeck_shared::Timestamp;
use quarterdeck_shared::tasks::{Limits, Task};
use yew::prelude::*;

use super::deed::visible;
use super::task_view::TaskView;
use super::words;
use crate::components::{CopyButton, Section, TimeAgo, TimeAt};
use crate::format::{DASH, grouped, lasting};

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct TaskFactsProps {
    /// The task.
    pub view: TaskView,
}

/// Facts, each with its name.
#[component]
pub fn TaskFacts(props: &TaskFactsProps) -> Html {
    let task = &props.view.task;
    let tokens = props.view.tokens();
    let ours = task.source == OWN;
    html! {
        <>
            <Section title="Why this status" id="evidence">
                <p class="small" data-testid="task-evidence">{ visible(&task.status_evidence.reason) }</p>
                if let Some(at) = task.status_evidence.last_event_at { <p class="small quiet">{ "last heard of " }<TimeAgo at_us={at.micros()} /></p> }
            </Section>
            if ours {
                <Section title="How it was planned" id="planned">
                    <p class="small">{ format!("{}, {}: {}", words::capital(words::task_type(task.task_type)), task.complexity, words::execution_mode(task.execution_mode)) }</p>
                    <ul class="small quiet dashes">
                        { for task.reasons.iter().map(|reason| html! { <li>{ visible(reason) }</li> }) }
                        <li>{ visible(&task.analyst_reason) }</li>
                    </ul>
                </Section>
            }
            <Section title="Facts" id="facts" aside={html! { <CopyButton text={task.id.to_string()} label="Copy the task's id" /> }}>
                <dl class="facts small">
                    <dt>{ "Works in" }</dt><dd><code>{ visible(&task.working_directory) }</code></dd>
                    <dt>{ "Runtime" }</dt><dd>{ runtime(task) }</dd>
                    if ours {
                        <dt>{ "Permissions" }</dt><dd>{ words::permission_mode(task.permission_mode) }</dd>
                        <dt>{ "Limits" }</dt><dd>{ limits(&task.limits) }</dd>
                    }
                    <dt>{ "Tokens" }</dt>
                    <dd class="num">{ format!("{} in, {} out, {} cached, {} from cache", grouped(tokens.input), grouped(tokens.output), grouped(tokens.cache_creation), grouped(tokens.cache_read)) }</dd>
                    <dt>{ "Submitted" }</dt><dd><TimeAt at_us={task.created_at.micros()} /></dd>
                    <dt>{ "Began" }</dt><dd>{ moment(task.started_at) }</dd>
                    <dt>{ "Ended" }</dt><dd>{ moment(task.finished_at) }</dd>
                    <dt>{ "Id" }</dt><dd class="id">{ task.id.to_string() }</dd>
                </dl>
            </Section>
            <details class="fold">
                <summary>{ crate::components::icon(crate::components::Icon::Right) }{ "The prompt as it was submitted" }</summary>
                <div class="fold-body">
                    <div class="row"><span class="push"><CopyButton text={task.prompt.clone()} label="Copy the prompt" /></span></div>
                    <pre class="cmd" tabindex="0" data-testid="task-prompt">{ &task.prompt }</pre>
                </div>
            </details>
        </>
    }
}

fn runtime(task: &Task) -> String {
    let model = task.model.as_deref().unwrap_or("its own choice of model");
    let kind = if task.runtime == "replay" { "replay, a recording" } else { task.runtime.as_str() };
    format!("{kind}, {model}")
}

fn limits(limits: &Limits) -> String {
    let cost = limits.cost_usd.map(|cost| cost.display());
    let tokens = limits.tokens.map(|tokens| format!("{} tokens", grouped(tokens)));
    let seconds = limits.seconds.map(|seconds| {
        format!(
            "{} a step",
            lasting(i64::try_from(seconds).unwrap_or(i64::MAX / 2_000_000).saturating_mul(1_000_000))
        )
    });
    let all: Vec<String> = [cost, tokens, seconds].into_iter().flatten().collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn moment(at: Option<Timestamp>) -> Html {
    at.map_or_else(|| html! { DASH }, |at| html! { <TimeAt at_us={at.micros()} /> })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    #[test]
    fn the_facts_of_a_task_are_told_with_their_evidence() {
        let limited =
            json!({"limits": {"cost_usd": "15", "tokens": 200_000, "seconds": 90}, "model": "opus"});
        let html = drawn(html! { <TaskFacts view={samples::view(limited)} /> });
        holds(
            &html,
            &[
                "1 of 3 steps runs",
                "five separate deliverables",
                "one endpoint, named exactly",
                "Feature, complex",
            ],
        );
        holds(
            &html,
            &[
                "$15.00, 200,000 tokens, 1:30 a step",
                "/home/me/checkout",
                "claude_cli, opus",
                "Copy the prompt",
            ],
        );
    }

    #[test]
    fn of_what_was_begun_elsewhere_no_plan_is_told() {
        let elsewhere = samples::view(json!({"source": "transcript", "analyst_reason": ""}));
        let html = drawn(html! { <TaskFacts view={elsewhere} /> });
        holds(&html, &["Why this status", "Works in"]);
        for invented in ["How it was planned", "Permissions", "Limits"] {
            assert!(!html.contains(invented), "{invented} is in {html}");
        }
    }

    #[test]
    fn what_did_not_happen_yet_is_a_dash() {
        let html =
            drawn(html! { <TaskFacts view={samples::view(json!({"started_at": null, "limits": {}}))} /> });
        holds(&html, &["<dt>Began</dt><dd>–</dd>", "<dt>Limits</dt><dd>none</dd>"]);
    }
}
