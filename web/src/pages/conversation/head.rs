//! The head of a conversation: whose it is, where one stands in it, and the way to take it along.

use std::rc::Rc;

use quarterdeck_shared::AgentId;
use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::conversations::{ConversationMarks, Item};
use yew::prelude::*;

use crate::calendar;
use crate::client::Loaded;
use crate::components::{ButtonLink, ButtonSize};
use crate::format::percent;
use crate::pages::Heading;
use crate::panels::deed::visible;
use crate::panels::marks::{recording, status_mark};
use crate::panels::talk::{Course, told};

/// What the head shows.
#[derive(Properties, PartialEq)]
pub struct ScrubProps {
    /// Whose conversation.
    pub id: AgentId,
    /// The agent, once it is known.
    pub agent: Option<Rc<Agent>>,
    /// What people call it.
    pub name: AttrValue,
    /// Which thread of its session.
    pub thread: AttrValue,
    /// What happened where.
    pub marks: Loaded<ConversationMarks>,
    /// The share of the whole at which one stands.
    pub place: f64,
    /// The same in words.
    pub stands: AttrValue,
    /// Called where another place is chosen.
    pub onchange: Callback<Event>,
}

/// The title, the export, and the whole as a line to move along.
#[component]
pub fn Scrub(props: &ScrubProps) -> Html {
    let (id, name, thread, marks) = (props.id, &props.name, &props.thread, &props.marks);
    html! {
            <div class="scrub">
                <div class="row wide wrap talk-head">
                    <Heading title={format!("{name}, conversation")} above={above(props.agent.as_deref(), id)}>{ name.clone() }</Heading>
                    if let Some(agent) = &props.agent {
                        { status_mark(agent.status, None) }
                        if agent.runtime == "replay" { { recording() } }
                    }
                    if !thread.is_empty() { <span class="tag">{ format!("sub-agent {}", visible(thread)) }</span> }
                    <span class="push row">
                        <ButtonLink size={ButtonSize::Small} href={export(id, thread)} download={Some(AttrValue::from(format!("conversation-{id}.md")))} test_id="export">{ "Export as Markdown" }</ButtonLink>
                    </span>
                </div>
                <div class="course">
                    <Course marks={marks.data.clone()} place={props.place} />
                    <input type="range" min="0" max="1000" value={format!("{:.0}", props.place * 1_000.0)} onchange={props.onchange.clone()}
                        aria-label="Place in the conversation" aria-valuetext={props.stands.clone()} data-testid="scrubber" />
                </div>
                <p class="course-foot small num" aria-hidden="true">
                    <span>{ &props.stands }</span><span class="quiet" data-testid="course-told">{ course_told(marks) }</span>
                </p>
            </div>
    }
}

/// What happened in all; without an answer, why there are no marks.
fn course_told(marks: &Loaded<ConversationMarks>) -> String {
    match (&marks.data, &marks.problem) {
        (Some(marks), _) => told(marks),
        (None, Some(_)) => "The marks of this line could not be read.".to_owned(),
        (None, None) => String::new(),
    }
}

/// Where one stands, in words.
pub fn stands(item: Option<&Item>, share: f64) -> String {
    let at = item.and_then(|item| item.at);
    let clock = at.map(|at| format!("{}, ", calendar::full(at.micros()))).unwrap_or_default();
    format!("{clock}{} of it", percent(share))
}

fn above(agent: Option<&Agent>, id: AgentId) -> Vec<(AttrValue, AttrValue)> {
    let task =
        agent.and_then(|agent| agent.task_id).map(|task| ("Task".into(), format!("/tasks/{task}").into()));
    let agent = (id.short().into(), format!("/agents/{id}").into());
    [("Agents".into(), "/agents".into())].into_iter().chain(task).chain([agent]).collect()
}

fn export(id: AgentId, thread: &str) -> String {
    let thread =
        if thread.is_empty() { String::new() } else { format!("?thread={}", crate::hooks::encode(thread)) };
    format!("/api/v1/agents/{id}/conversation.md{thread}")
}
