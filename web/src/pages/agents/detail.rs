//! One agent beside the list: asked for in full, kept true by the live socket, told what to do.

use std::rc::Rc;

use quarterdeck_shared::agents::{Agent, AgentDetail, NewPrompt};
use quarterdeck_shared::endpoints::{CancelAgent, GetAgent, ListUsage, PromptAgent};
use quarterdeck_shared::usage::{UsageQuery, UsageRecord};
use quarterdeck_shared::{AgentId, Code, NoBody, NoQuery};
use yew::prelude::*;

use crate::client::FleetState;
use crate::components::{ButtonLink, ButtonSize, CopyButton, Drawer, Empty, Face, Faced, Icon};
use crate::dom;
use crate::hooks::{Ordered, use_address, use_command, use_live, use_pages, use_query};
use crate::pages::faces::{face, said};
use crate::panels::agent_detail::{AgentHead, AgentOrders, AgentTabs, SayForm};
use crate::panels::deed::visible;
use crate::panels::doing;
use crate::panels::usage_records::UsageRecords;

/// Characters of what an agent does now: more than any row shows.
const WORDS: usize = 160;

/// What the drawer needs.
#[derive(Properties, PartialEq)]
pub struct AgentDrawerProps {
    /// Which agent.
    pub id: AgentId,
    /// Its row, shown until the rest comes.
    pub row: Option<Rc<Agent>>,
    /// Closes the drawer.
    pub on_close: Callback<()>,
    /// Deletes the agent.
    pub on_delete: Callback<AgentId>,
}

/// The drawer of one agent. Give it the agent's id as key.
#[component]
pub fn AgentDrawer(props: &AgentDrawerProps) -> Html {
    let id = props.id;
    let address = use_address();
    let live = use_live();
    let now = live.fleet.agents.get(&id).cloned();
    // Asked again when the agent did something that its live row does not carry: tools, files, last words.
    let version = now.as_ref().map(|agent| (agent.status, agent.tool_calls, agent.requests));
    let asked = use_query(Some((id, version)), |(id, _)| GetAgent { id, query: NoQuery {}, body: NoBody });
    let detail = asked.answer.data.clone();
    let agent = newest([now, detail.as_ref().map(|detail| Rc::new(detail.agent.clone())), props.row.clone()]);

    let taken = use_state_eq(|| 0_u32);
    let again = asked.again.clone();
    let stopped = {
        let again = again.clone();
        Callback::from(move |_: Result<AgentDetail, _>| again.emit(()))
    };
    let told = {
        let (taken, again) = (taken.clone(), again.clone());
        Callback::from(move |answer: Result<AgentDetail, _>| {
            if answer.is_ok() {
                taken.set(*taken + 1);
                again.emit(());
            }
        })
    };
    let cancel: Ordered<CancelAgent> = use_command(stopped);
    let prompt: Ordered<PromptAgent> = use_command(told);

    let title = agent.as_ref().map_or_else(|| format!("Agent {}", id.short()), |agent| visible(&agent.name));
    let missing = asked.answer.problem.as_ref().is_some_and(|problem| problem.code == Some(Code::NotFound));
    if agent.is_none() && missing {
        return html! {
            <Drawer title="No such agent" about={id.to_string()} on_close={props.on_close.clone()} test_id="agent-drawer">
                <Empty words="There is no agent with this address." then="It may have been removed; what it cost stays in the totals.">
                    <ButtonLink href="/agents">{ "All agents" }</ButtonLink>
                </Empty>
            </Drawer>
        };
    }
    let link = dom::window()
        .and_then(|window| window.location().origin().ok())
        .map(|origin| format!("{origin}/agents/{id}"));
    let on_tab = {
        let address = address.clone();
        Callback::from(move |tab: AttrValue| address.set("tab", if tab == "metrics" { "" } else { &tab }))
    };
    let file_href = {
        let (path, query) = (address.path.clone(), address.query.clone().with("tab", "files"));
        Callback::from(move |file: String| {
            format!("{path}{}", query.clone().with("file", &file).written()).into()
        })
    };
    let requests = if address.get("tab") == "requests" {
        html! { <Requests {id} /> }
    } else {
        Html::default()
    };
    html! {
        <Drawer title={title} about={id.to_string()} on_close={props.on_close.clone()} test_id="agent-drawer"
            aside={html! { <>
                <ButtonLink size={ButtonSize::Small} icon={Icon::Talk} href={format!("/agents/{id}/conversation")} test_id="conversation">{ "Conversation" }</ButtonLink>
                if let Some(link) = link { <CopyButton text={link} label="Copy the link" /> }
            </> }}>
            if let Some(agent) = &agent {
                <AgentHead agent={Rc::clone(agent)} error={detail.as_ref().and_then(|detail| detail.error.clone()).map(AttrValue::from)}
                    doing={doing_now(&live.fleet, agent)} />
                <p class="under"><ButtonLink size={ButtonSize::Small} icon={Icon::List} href={format!("/agents/{id}/logs")} test_id="agent-log">{ "Log" }</ButtonLink></p>
                <AgentOrders agent={Rc::clone(agent)} busy={cancel.busy} problem={cancel.problem.as_ref().map(said)}
                    on_cancel={cancel.give.reform(move |()| CancelAgent { id, query: NoQuery {}, body: NoBody })}
                    on_delete={props.on_delete.reform(move |()| id)} />
            }
            <Faced face={face(&asked.answer, |_| false)} what="the agent" lines=6 on_retry={asked.again.clone()}>
                if let (Some(agent), Some(detail)) = (&agent, &detail) {
                    <AgentTabs agent={Rc::clone(agent)} detail={Rc::clone(detail)} open={address.get("tab").to_owned()} {on_tab}
                        file={address.get("file").to_owned()} {file_href} task={task(&live.fleet, agent)} {requests} />
                    <SayForm agent={Rc::clone(agent)} busy={prompt.busy} problem={prompt.problem.as_ref().map(said)} taken={*taken}
                        on_say={prompt.give.reform(move |prompt| PromptAgent { id, query: NoQuery {}, body: NewPrompt { prompt } })} />
                }
            </Faced>
        </Drawer>
    }
}

/// The one that changed last.
fn newest(known: [Option<Rc<Agent>>; 3]) -> Option<Rc<Agent>> {
    known
        .into_iter()
        .flatten()
        .reduce(|best, next| if next.updated_at > best.updated_at { next } else { best })
}

/// What an agent does now: its last live line, else what its row says.
pub fn doing_now(fleet: &FleetState, agent: &Agent) -> Option<AttrValue> {
    let line = fleet.lines.get(&agent.id).and_then(|lines| lines.back());
    let words = match line {
        Some(line) => {
            let doing = doing::activity(&line.activity, &agent.working_directory);
            let last = doing
                .object
                .lines()
                .rev()
                .find(|line| !line.trim().is_empty())
                .unwrap_or_default()
                .to_owned();
            format!("{} {last}", doing.verb).trim().chars().take(WORDS).collect()
        }
        None => visible(&agent.activity),
    };
    (!words.is_empty()).then(|| words.into())
}

fn task(fleet: &FleetState, agent: &Agent) -> Option<(AttrValue, AttrValue)> {
    let id = agent.task_id?;
    let title =
        fleet.tasks.get(&id).map_or_else(|| format!("Task {}", id.short()), |task| task.title.clone());
    Some((title.into(), format!("/tasks/{id}").into()))
}

#[derive(Properties, PartialEq)]
struct RequestsProps {
    id: AgentId,
}

/// The usage records behind an agent's figures.
#[component]
fn Requests(props: &RequestsProps) -> Html {
    let requests = use_live().fleet.agents.get(&props.id).map(|agent| agent.requests);
    let listed = use_pages(Some((props.id, requests)), |(id, _), cursor| {
        let query = UsageQuery { cursor, agent_id: Some(id), limit: Some(100), ..UsageQuery::default() };
        ListUsage { query, body: NoBody }
    });
    let records = listed.answer.data.as_ref().map(|rows| rows.items.clone()).unwrap_or_default();
    let more = listed.answer.data.as_ref().is_some_and(|rows| rows.next.is_some());
    let empty = html! { <Empty words="It has asked no model yet." then="Each response of the model's API becomes a record here; the agent's cost is their sum." /> };
    let face: Face = face(&listed.answer, |rows: &crate::hooks::Rows<UsageRecord>| rows.items.is_empty());
    html! {
        <section aria-label="Requests">
            <Faced {face} what="the usage records" on_retry={listed.again.clone()} {empty}>
                <UsageRecords {records} on_more={more.then(|| listed.more.clone())} />
            </Faced>
        </section>
    }
}
