//! What was said by a moment: the last items of a conversation before it, to be read and no more.

use std::rc::Rc;

use quarterdeck_shared::conversations::{Conversation, ConversationQuery};
use quarterdeck_shared::endpoints::GetConversation;
use quarterdeck_shared::replay::AgentThen;
use quarterdeck_shared::{AgentId, NoBody, Timestamp};
use yew::prelude::*;

use crate::components::{ButtonLink, ButtonSize, ChipSelect, Choice, Faced, Icon};
use crate::hooks::{use_address, use_query, use_steady};
use crate::pages::faces::face;
use crate::panels::deed::visible;
use crate::panels::talk::{Deal, Turn};

/// Items that are shown.
const ITEMS: u32 = 8;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct SaidProps {
    /// Who was there then.
    pub agents: Vec<AgentThen>,
    /// The moment; none while what lives is followed.
    pub at: Option<Timestamp>,
    /// Rises when something may have been said since.
    pub beat: u32,
}

/// The end of one agent's conversation as it was then.
#[component]
pub fn Said(props: &SaidProps) -> Html {
    let address = use_address();
    let who = speaker(&props.agents, address.get("who"));
    let question = who.map(|who| (who.agent_id, props.at, props.beat));
    let asked = use_query(question, |(id, at, _)| {
        let before = at.map(|at| at.to_string());
        let query = ConversationQuery { before, limit: Some(ITEMS), ..ConversationQuery::default() };
        GetConversation { id, query, body: NoBody }
    });
    let Some(who) = who else { return Html::default() };
    let id = who.agent_id;
    let choices: Vec<_> = props
        .agents
        .iter()
        .map(|agent| Choice::new(agent.agent_id.to_string(), visible(&agent.name)))
        .collect();
    let empty = html! { <p class="small quiet">{ "Nothing was said yet." }</p> };
    html! {
        <section class="said" aria-labelledby="said-then" data-testid="said">
            <div class="row wide wrap">
                <h2 id="said-then">{ "Said by then" }</h2>
                if choices.len() > 1 {
                    <ChipSelect label="By" {choices} value={id.to_string()} onchange={address.setter("who")} />
                }
                <span class="push"><ButtonLink size={ButtonSize::Small} icon={Icon::Talk} href={read_at(id, props.at.map(|at| at.to_string()))}>{ "Read on in the conversation" }</ButtonLink></span>
            </div>
            <Faced face={face(&asked.answer, |window: &Conversation| window.items.is_empty())} what="what was said" lines=4 {empty} on_retry={asked.again}>
                if let Some(window) = &asked.answer.data { <Items {id} window={Rc::clone(window)} /> }
            </Faced>
        </section>
    }
}

/// Who is heard: the one that the address names, else the first that was at work, else the last.
fn speaker<'a>(agents: &'a [AgentThen], named: &str) -> Option<&'a AgentThen> {
    let named = agents.iter().find(|agent| agent.agent_id.to_string() == named);
    named.or_else(|| agents.iter().find(|agent| agent.status.is_active())).or(agents.last())
}

fn read_at(id: AgentId, at: Option<String>) -> String {
    let at = at.map(|at| format!("?at={}", crate::hooks::encode(&at))).unwrap_or_default();
    format!("/agents/{id}/conversation{at}")
}

#[derive(Properties, PartialEq)]
struct ItemsProps {
    id: AgentId,
    window: Rc<Conversation>,
}

/// The items; whoever wants more of one is led to it.
#[component]
fn Items(props: &ItemsProps) -> Html {
    let address = use_address();
    let id = props.id;
    let on_deal = use_steady(Callback::from(move |(cursor, deal): (AttrValue, Deal)| {
        if deal != Deal::Here {
            address.go(&read_at(id, Some(cursor.to_string())));
        }
    }));
    let items = props.window.items.iter().map(|item| {
        html! { <Turn key={item.cursor.clone()} item={Rc::new(item.clone())} here=false thoughts=false on_deal={on_deal.clone()} /> }
    });
    html! { <div class="turns">{ for items }</div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn agent(number: u32, status: &str) -> AgentThen {
        let id = format!("0192f0c1-2b3c-7d4e-8f50-00000000000{number}");
        let tokens = json!({"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4});
        let moment = json!({"at": "2026-11-22T10:00:00Z", "requests": 1, "all_requests": 1, "tokens": tokens, "cost_usd": "0", "cost_basis": null});
        serde_json::from_value(json!({"agent_id": id, "name": "n", "role": "BUILDER", "status": status, "files_read": 0, "files_written": 0, "moment": moment})).unwrap()
    }

    #[test]
    fn the_first_agent_at_work_is_heard_unless_another_is_named() {
        let agents = [agent(1, "completed"), agent(2, "running"), agent(3, "running"), agent(4, "completed")];
        let heard = |named: &str| speaker(&agents, named).unwrap().agent_id;
        assert_eq!(heard(""), agents[1].agent_id);
        assert_eq!(heard(&agents[0].agent_id.to_string()), agents[0].agent_id);
        assert_eq!(speaker(&agents[3..], "nobody").unwrap().agent_id, agents[3].agent_id);
        assert!(speaker(&[], "").is_none());
    }
}
