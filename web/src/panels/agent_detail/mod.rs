//! One agent in full: status with its evidence, what it cost and took, how it was set up, what it used and touched.

mod files;
mod metrics;
mod money;
mod orders;
mod setup;

use std::rc::Rc;

use quarterdeck_shared::agents::{Agent, AgentDetail};
use yew::prelude::*;

pub use files::Files;
pub use metrics::{Metrics, ToolCalls};
pub use orders::{AgentOrders, SayForm};
pub use setup::{Prompts, Setup};

use super::deed::visible;
use super::marks::{recording, role_mark, status_mark};
use crate::components::{CopyButton, Icon, Tab, Tabs, TimeAgo, icon};
use crate::format::grouped;

/// The tabs of an agent, by their word in the address; the first is the one without a word.
pub const TABS: [&str; 6] = ["metrics", "setup", "tools", "files", "requests", "prompt"];

/// What stands above the tabs.
#[derive(Properties, PartialEq)]
pub struct AgentHeadProps {
    /// The agent.
    pub agent: Rc<Agent>,
    /// Why it failed, where it did.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// What it does now, in a few words.
    #[prop_or_default]
    pub doing: Option<AttrValue>,
}

/// Status, role, id, and why the status is believed.
#[component]
pub fn AgentHead(props: &AgentHeadProps) -> Html {
    let agent = &props.agent;
    let evidence = &agent.status_evidence;
    let heard = evidence.last_event_at.filter(|_| agent.status.is_active());
    let process = evidence.process.filter(|pid| !evidence.reason.contains(&pid.to_string()));
    html! {
        <>
            <div class="row wide wrap under">
                { status_mark(agent.status, Some("drawer-status")) }
                { role_mark(agent.role, false) }
                <span class="row tight"><span class="id" title={agent.id.to_string()}>{ agent.id.short() }</span><CopyButton text={agent.id.to_string()} label="Copy the id" /></span>
                if agent.runtime == "replay" { { recording() } }
            </div>
            <p class="evidence wrap-text" data-testid="status-evidence">
                { visible(&evidence.reason) }
                if let Some(pid) = process { { format!(" · process {pid}") } }
                if let Some(at) = heard { { " · last event " }<TimeAgo at_us={at.micros()} /> }
                if let Some(doing) = props.doing.as_ref().filter(|_| agent.status.is_active()) { <span class="cut doing-line">{ doing }</span> }
            </p>
            if let Some(error) = &props.error {
                <div class="agent-error" role="alert">
                    <p class="failc row">{ icon(Icon::Failed) }<span class="wrap-text">{ visible(error) }</span></p>
                </div>
            }
        </>
    }
}

/// What the tabs show.
#[derive(Properties, PartialEq)]
pub struct AgentTabsProps {
    /// The agent as it is now.
    pub agent: Rc<Agent>,
    /// The rest of it.
    pub detail: Rc<AgentDetail>,
    /// The open tab's word.
    pub open: AttrValue,
    /// Called with the word of a tab.
    pub on_tab: Callback<AttrValue>,
    /// The marked file, by its path.
    #[prop_or_default]
    pub file: AttrValue,
    /// The address of a file in the tab of files.
    pub file_href: Callback<String, AttrValue>,
    /// The task it works on: title and address.
    #[prop_or_default]
    pub task: Option<(AttrValue, AttrValue)>,
    /// Its requests, shown in their tab.
    #[prop_or_default]
    pub requests: Html,
}

/// The tabs and the open one.
#[component]
pub fn AgentTabs(props: &AgentTabsProps) -> Html {
    let (agent, detail) = (&props.agent, &props.detail);
    let open = if TABS.contains(&props.open.as_str()) { props.open.clone() } else { TABS[0].into() };
    let count = |number: u64| grouped(number);
    let tabs = vec![
        Tab::new("metrics", "Metrics"),
        Tab::new("setup", "Setup"),
        Tab::new("tools", "Tools").counting(count(agent.tool_calls)),
        Tab::new("files", "Files").counting(count(detail.files.len() as u64)),
        Tab::new("requests", "Requests").counting(count(agent.requests)),
        Tab::new("prompt", "Prompt"),
    ];
    let body = match open.as_str() {
        "setup" => {
            html! { <Setup agent={Rc::clone(agent)} detail={Rc::clone(detail)} task={props.task.clone()} /> }
        }
        "tools" => html! { <ToolCalls detail={Rc::clone(detail)} /> },
        "files" => {
            html! { <Files detail={Rc::clone(detail)} marked={props.file.clone()} href={props.file_href.clone()} /> }
        }
        "requests" => props.requests.clone(),
        "prompt" => html! { <Prompts detail={Rc::clone(detail)} /> },
        _ => html! {
            <Metrics agent={Rc::clone(agent)} detail={Rc::clone(detail)} file_href={props.file_href.clone()} />
        },
    };
    html! { <Tabs label="Agent details" {tabs} {open} onchange={props.on_tab.clone()}>{ body }</Tabs> }
}

#[cfg(test)]
mod tests;
