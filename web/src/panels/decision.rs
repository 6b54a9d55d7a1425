//! One question in full: the exact input first, then the answer, then why it asks and where it would happen.

use std::rc::Rc;

use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::approvals::{Approval, ApprovalStatus, NewAnswer};
use yew::prelude::*;

use super::answer_form::AnswerForm;
use super::deed::{Deed, Shown, visible};
use super::deed_view::DeedView;
use super::inbox_queue::outcome;
use super::marks::role_mark;
use super::words::permission_mode;
use crate::components::{CopyButton, Elapsed, Gauge, Icon, TimeAt, icon};

/// What a decision shows.
#[derive(Properties, PartialEq)]
pub struct DecisionProps {
    /// The question.
    pub approval: Rc<Approval>,
    /// Who asks, where that is known.
    #[prop_or_default]
    pub agent: Option<Rc<Agent>>,
    /// The task's title and where it stands: `step 3 of 6`.
    #[prop_or_default]
    pub task: Option<(AttrValue, AttrValue)>,
    /// What the agent said last before it asked.
    #[prop_or_default]
    pub said: Option<AttrValue>,
    /// Called with the answer.
    pub on_answer: Callback<NewAnswer>,
    /// Whether an answer is on its way.
    #[prop_or_default]
    pub busy: bool,
    /// Why the last answer was refused.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
}

/// A question in full. Give it the question's id as key.
#[component]
pub fn Decision(props: &DecisionProps) -> Html {
    let approval = &props.approval;
    let deed = Deed::read(&approval.tool, &approval.input);
    let waits = approval.status == ApprovalStatus::Pending;
    html! {
        <article class="decide" aria-labelledby="question" data-testid="approval">
            <div class="row wide">
                <h2 class="question grow" id="question">{ format!("{} {} to {}", approval.agent_name, if waits { "asks" } else { "asked" }, deed.wants) }</h2>
                if waits {
                    <span class="push small waitword num">{ "waits " }<Elapsed since_us={approval.asked_at.micros()} /></span>
                }
            </div>
            { from(props) }
            <DeedView deed={deed.clone()} input={approval.input.clone()} />
            if waits {
                <AnswerForm approval={Rc::clone(approval)} on_answer={props.on_answer.clone()} busy={props.busy}
                    problem={props.problem.clone()} keys=true />
            } else {
                { answered(approval) }
            }
            <div class="decide-grid">
                <section aria-labelledby="why"><h2 id="why">{ "Why it asks" }</h2>{ why(props, &deed) }</section>
                <section aria-labelledby="where"><h2 id="where">{ "Where it would happen" }</h2>{ place(props) }{ weigh(approval, &deed) }</section>
            </div>
        </article>
    }
}

fn from(props: &DecisionProps) -> Html {
    let Some((title, place)) = &props.task else { return Html::default() };
    let Some(id) = props.approval.task_id else { return Html::default() };
    html! {
        <p class="quiet from"><a class="in" href={format!("/tasks/{id}")}>{ title }</a>if !place.is_empty() { { ", " }{ place } }</p>
    }
}

fn answered(approval: &Approval) -> Html {
    let mark = match approval.status {
        ApprovalStatus::Allowed => Icon::Check,
        ApprovalStatus::Denied => Icon::Close,
        _ => Icon::Cancelled,
    };
    html! {
        <p class="row strong" data-testid="approval-outcome">
            { icon(mark) }<span class="wrap-text">{ outcome(approval) }</span>
            if let Some(at) = approval.answered_at { <span class="quiet small"><TimeAt at_us={at.micros()} /></span> }
        </p>
    }
}

fn why(props: &DecisionProps, deed: &Deed) -> Html {
    let said = props.said.as_ref().map(
        |words| html! { <p class="prose small wrap-text">{ format!("“{}”", visible(words.trim())) }</p> },
    );
    let note = deed.note.as_ref().map(|words| html! { <p class="small wrap-text">{ visible(words) }</p> });
    let reason = deed
        .beyond(props.approval.reason.as_deref())
        .map(|words| html! { <p class="small quiet wrap-text">{ visible(words) }</p> });
    if said.is_none() && note.is_none() && reason.is_none() {
        return html! { <p class="small quiet">{ "It gave no reason." }</p> };
    }
    html! { <div class="stack tight">{ said }{ note }{ reason }</div> }
}

fn place(props: &DecisionProps) -> Html {
    let approval = &props.approval;
    html! {
        <dl class="facts">
            <dt>{ "Runs in" }</dt>
            <dd class="row"><code class="wrap-text">{ visible(&approval.working_directory) }</code><CopyButton text={approval.working_directory.clone()} label="Copy the path" /></dd>
            if let Some(agent) = &props.agent { <dt>{ "As" }</dt><dd>{ permission_mode(agent.permission_mode) }</dd> }
            <dt>{ "Agent" }</dt>
            <dd>
                <a class="row" href={format!("/agents/{}", approval.agent_id)}>
                    if let Some(agent) = &props.agent { { role_mark(agent.role, true) } }
                    <span class="in">{ &approval.agent_name }</span>
                </a>
            </dd>
            if let Some(agent) = &props.agent {
                <dt>{ "Context" }</dt>
                <dd><Gauge part={agent.context.map(|context| context.percent / 100.0)} of="context" /></dd>
            }
            <dt>{ "Tool" }</dt><dd><code>{ visible(&approval.tool) }</code></dd>
            <dt>{ "Asked" }</dt><dd><TimeAt at_us={approval.asked_at.micros()} /></dd>
        </dl>
    }
}

/// What can be told from the question itself, without guessing.
fn weigh(approval: &Approval, deed: &Deed) -> Html {
    let Shown::Change { path, .. } = &deed.shown else { return Html::default() };
    if within(&approval.working_directory, path) {
        return Html::default();
    }
    html! {
        <ul class="weigh"><li>
            <svg class="i wi" aria-hidden="true"><use href="#i-warn" /></svg>
            <span>{ "The file lies outside the folder the agent works in." }</span>
        </li></ul>
    }
}

/// Whether a path as an agent writes it lies in a folder.
fn within(folder: &str, path: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    let climbs = path.split('/').any(|part| part == "..");
    let absolute = path.starts_with(['/', '~']);
    let below = path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    !climbs && (!absolute || below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::{agent, approval};
    use crate::testing::{drawn, holds};
    use serde_json::{Value, json};

    fn decision(changes: Value) -> String {
        let (approval, agent) = (Rc::new(approval(changes)), Some(Rc::new(agent(json!({})))));
        let task = Some(("Idempotency keys".into(), "step 2 of 3".into()));
        let said = Some(AttrValue::from("I want to time it on staging."));
        drawn(html! { <Decision {approval} {agent} {task} {said} on_answer={Callback::noop()} /> })
    }

    #[test]
    fn a_question_is_shown_with_its_task_reason_and_place() {
        let html = decision(json!({}));
        holds(
            &html,
            &[
                "Builder asks to run a command",
                "Idempotency keys</a>, step 2 of 3",
                "“I want to time it on staging.”",
                "No rule covers psql",
                "asks before each tool",
                "18%",
                "allow-button",
            ],
        );
    }

    #[test]
    fn a_reason_that_says_the_call_again_is_none() {
        let html = decision(json!({"input": {"command": "npm run build"}, "reason": "npm run b…"}));
        assert_eq!(html.matches("npm run b").count(), 1, "{html}");
    }

    #[test]
    fn an_answered_question_offers_no_answer() {
        let html = decision(json!({"status": "allowed", "answered_at": "2026-11-22T10:05:00Z"}));
        holds(&html, &["Builder asked to run a command", "Allowed"]);
        assert!(!html.contains("allow-button"));
    }

    #[test]
    fn a_file_outside_the_folder_is_pointed_out() {
        let input = |path: &str| json!({"tool": "Write", "input": {"file_path": path, "content": "x"}});
        holds(&decision(input("/etc/hosts")), &["outside the folder"]);
        assert!(!decision(input("/home/me/checkout/a.rs")).contains("outside the folder"));
        for (path, expected) in
            [("a/b", true), ("../b", false), ("/home/me/checkouts/x", false), ("~/x", false)]
        {
            assert_eq!(within("/home/me/checkout", path), expected, "{path}");
        }
    }
}
