//! What each agent was told: its system prompt, folded until somebody wants to read it.

use std::rc::Rc;

use quarterdeck_shared::AgentId;
use quarterdeck_shared::agents::{Agent, AgentDetail};
use yew::prelude::*;

use super::marks::role_mark;
use crate::components::{CopyButton, Empty, Face, Faced, Icon, Section, icon};
use crate::format::grouped;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct ToldProps {
    /// The agents.
    pub agents: Vec<Rc<Agent>>,
    /// Whose prompt is open.
    pub open: Option<AgentId>,
    /// That agent's particulars, once they are here.
    pub detail: Option<Rc<AgentDetail>>,
    /// Which face the open one has.
    pub face: Face,
    /// Called with the agent to open, or with nothing to fold it up.
    pub on_open: Callback<Option<AgentId>>,
    /// Called by "Try again".
    pub on_retry: Callback<()>,
}

/// A fold for each agent; one is open at a time.
#[component]
pub fn Told(props: &ToldProps) -> Html {
    let face = if props.agents.is_empty() { Face::Empty } else { Face::Full };
    let empty = html! { <Empty words="No agent has begun yet." then="The system prompt of each can be read here." /> };
    html! {
        <Section title="System prompts" id="told" {face} {empty}>{ for props.agents.iter().map(|agent| fold(props, agent)) }</Section>
    }
}

fn fold(props: &ToldProps, agent: &Rc<Agent>) -> Html {
    let open = props.open == Some(agent.id);
    let id = format!("told-{}", agent.id);
    let onclick = {
        let (on_open, next) = (props.on_open.clone(), (!open).then_some(agent.id));
        Callback::from(move |_| on_open.emit(next))
    };
    html! {
        <div class="told" key={agent.id.to_string()}>
            <button type="button" class="fold-button" aria-expanded={open.to_string()} aria-controls={id.clone()} {onclick} data-testid="system-prompt">
                { icon(if open { Icon::Down } else { Icon::Right }) }{ role_mark(agent.role, true) }<span class="cut">{ &agent.name }</span>
            </button>
            <div {id}>if open { { body(props) } }</div>
        </div>
    }
}

fn body(props: &ToldProps) -> Html {
    let detail = props.detail.as_ref().filter(|detail| Some(detail.agent.id) == props.open);
    html! {
        <Faced face={props.face.clone()} what="the system prompt" on_retry={props.on_retry.clone()}>
            if let Some(detail) = detail {
                <div class="row small quiet">
                    <span>{ format!("{} characters, {} variant", grouped(detail.system_prompt.chars().count() as u64), detail.complexity) }</span>
                    <span class="push"><CopyButton text={detail.system_prompt.clone()} label="Copy the system prompt" /></span>
                </div>
                <pre class="cmd tall" tabindex="0" aria-label="System prompt">{ &detail.system_prompt }</pre>
            }
        </Faced>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::Trouble;
    use crate::panels::samples;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    fn shown(open: bool, face: Face, with_detail: bool) -> String {
        let agent = Rc::new(samples::agent(json!({})));
        let detail = AgentDetail {
            agent: (*agent).clone(),
            custom_instructions: None,
            system_prompt: "You are the BUILDER.".into(),
            prompt: None,
            tools: None,
            complexity: quarterdeck_shared::tasks::Complexity::Complex,
            result: None,
            error: None,
            tool_breakdown: Vec::new(),
            files: Vec::new(),
            seconds: 3,
        };
        let open = open.then_some(agent.id);
        let detail = with_detail.then(|| Rc::new(detail));
        drawn(
            html! { <Told agents={vec![agent]} {open} {detail} {face} on_open={Callback::noop()} on_retry={Callback::noop()} /> },
        )
    }

    #[test]
    fn a_prompt_is_folded_until_it_is_wanted() {
        let html = shown(false, Face::Full, true);
        holds(&html, &["aria-expanded=\"false\"", "Builder"]);
        assert!(!html.contains("You are the BUILDER."));
        holds(
            &shown(true, Face::Full, true),
            &["aria-expanded=\"true\"", "You are the BUILDER.</pre>", "20 characters, complex variant"],
        );
    }

    #[test]
    fn while_it_comes_and_when_it_does_not_come_it_says_so() {
        holds(&shown(true, Face::Waiting, false), &["Loading the system prompt"]);
        let trouble = Trouble { what: "The agent did not come.".into(), ..Trouble::default() };
        holds(&shown(true, Face::Failed(trouble), false), &["The agent did not come.", "Try again"]);
    }
}
