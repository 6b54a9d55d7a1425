//! How an agent was set up: configuration, timestamps, and what it was told.

use std::rc::Rc;

use orchestrator::agents::OWN;
use quarterdeck_shared::Timestamp;
use quarterdeck_shared::agents::{Agent, AgentDetail};
use quarterdeck_shared::tasks::PermissionMode;
use yew::prelude::*;

use crate::calendar;
use crate::components::{CopyButton, Icon, TimeAt, icon};
use crate::format::{DASH, grouped};
use crate::panels::deed::visible;
use crate::panels::marks::role_mark;
use crate::panels::words::permission_mode;

/// What the configuration is of.
#[derive(Properties, PartialEq)]
pub struct SetupProps {
    /// The agent as it is now.
    pub agent: Rc<Agent>,
    /// The rest of it.
    pub detail: Rc<AgentDetail>,
    /// The task it works on: title and address.
    pub task: Option<(AttrValue, AttrValue)>,
}

/// Configuration and timestamps.
#[component]
pub fn Setup(props: &SetupProps) -> Html {
    let (agent, detail) = (&props.agent, &props.detail);
    let ours = agent.source == OWN;
    // Of whoever was begun elsewhere only what was told is known.
    let mode = agent.permission_mode;
    let model = agent
        .model
        .as_deref()
        .map_or_else(|| if ours { "the runtime's default" } else { DASH }.to_owned(), visible);
    let tools = match &detail.tools {
        None => "the runtime's own choice".to_owned(),
        Some(tools) => visible(&tools.join(", ")),
    };
    html! {
        <>
            <section>
                <h2>{ "Configuration" }</h2>
                <dl class="facts">
                    <dt>{ "Role" }</dt><dd>{ role_mark(agent.role, false) }</dd>
                    if ours { <dt>{ "Prompt variant" }</dt><dd>{ detail.complexity.as_str() }</dd> }
                    <dt>{ "Model" }</dt><dd>{ model }</dd>
                    <dt>{ "Runtime" }</dt><dd>{ runtime(&agent.runtime) }</dd>
                    if ours || mode != PermissionMode::Default { <dt>{ "Permissions" }</dt><dd>{ permission_mode(mode) }</dd> }
                    if ours || detail.tools.is_some() { <dt>{ "Tools" }</dt><dd>{ tools }</dd> }
                    if let Some((title, href)) = &props.task {
                        <dt>{ "Task" }</dt>
                        <dd><a class="in" {href}>{ title }</a>if let Some(step) = &agent.step_id { <span class="quiet">{ format!(", step {step}") }</span> }</dd>
                    }
                    <dt>{ "Works in" }</dt><dd>{ copied(&agent.working_directory, "Copy the path") }</dd>
                    <dt>{ "Session" }</dt>
                    <dd>{ agent.session_id.as_deref().map_or_else(|| html! { { DASH } }, |id| copied(id, "Copy the session id")) }</dd>
                    <dt>{ "Told by" }</dt><dd>{ visible(&agent.source) }</dd>
                </dl>
            </section>
            <section>
                <h2>{ "Timestamps" }</h2>
                <dl class="facts">
                    { moment("Created", Some(agent.created_at)) }
                    { moment("Began", agent.started_at) }
                    { moment("Ended", agent.finished_at) }
                    { moment("Last change", Some(agent.updated_at)) }
                    { moment("Last heard of", agent.status_evidence.last_event_at) }
                </dl>
                <p class="small quiet">{ format!("in {}", calendar::zone()) }</p>
            </section>
        </>
    }
}

fn runtime(name: &str) -> String {
    match name {
        "replay" => "replay, a recording played again".to_owned(),
        other => visible(other),
    }
}

fn copied(text: &str, label: &'static str) -> Html {
    html! { <span class="row tight"><code class="wrap-text">{ visible(text) }</code><CopyButton text={text.to_owned()} {label} /></span> }
}

fn moment(name: &str, at: Option<Timestamp>) -> Html {
    html! {
        <>
            <dt>{ name }</dt>
            <dd>
                if let Some(at) = at { <TimeAt at_us={at.micros()} /><span class="quiet small num">{ format!(" · {}", calendar::full(at.micros())) }</span> } else { { DASH } }
            </dd>
        </>
    }
}

/// What the prompts are of.
#[derive(Properties, PartialEq)]
pub struct PromptsProps {
    /// The agent.
    pub detail: Rc<AgentDetail>,
}

/// The newest prompt, the instructions, and the system prompt folded away.
#[component]
pub fn Prompts(props: &PromptsProps) -> Html {
    let detail = &props.detail;
    let system = &detail.system_prompt;
    let ours = detail.agent.source == OWN;
    html! {
        <>
            <section>
                <h2>{ if ours { "Newest prompt" } else { "Prompt" } }</h2>
                { told(detail.prompt.as_deref(), "It was given no words yet.") }
            </section>
            if detail.custom_instructions != detail.prompt && (ours || detail.custom_instructions.is_some()) {
                <section>
                    <h2>{ "Instructions beyond its role" }</h2>
                    { told(detail.custom_instructions.as_deref(), "None.") }
                </section>
            }
            if ours || !system.is_empty() {
                <section>
                    <details class="fold">
                        <summary>{ icon(Icon::Right) }{ format!("System prompt, {} characters", grouped(system.chars().count() as u64)) }</summary>
                        <pre class="cmd" tabindex="0" data-testid="system-prompt">{ visible(system) }</pre>
                        <CopyButton text={system.clone()} label="Copy the system prompt">{ "Copy" }</CopyButton>
                    </details>
                </section>
            }
        </>
    }
}

fn told(words: Option<&str>, none: &'static str) -> Html {
    match words.filter(|words| !words.trim().is_empty()) {
        Some(words) => html! { <pre class="cmd" tabindex="0">{ visible(words) }</pre> },
        None => html! { <p class="quiet">{ none }</p> },
    }
}
