//! The system prompts of a task's agents, each fetched when somebody opens it.

use std::rc::Rc;

use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::endpoints::GetAgent;
use quarterdeck_shared::{AgentId, NoBody, NoQuery};
use yew::prelude::*;

use crate::components::Face;
use crate::hooks::use_query;
use crate::pages::faces::face;
use crate::panels::told::Told;

/// Whose prompts.
#[derive(Properties, PartialEq)]
pub struct PromptsProps {
    /// The agents.
    pub agents: Vec<Rc<Agent>>,
}

/// The folded prompts.
#[component]
pub fn Prompts(props: &PromptsProps) -> Html {
    let open = use_state_eq(|| None::<AgentId>);
    let asked = use_query(*open, |id| GetAgent { id, query: NoQuery {}, body: NoBody });
    let detail = asked.answer.data.clone().filter(|detail| Some(detail.agent.id) == *open);
    // The answer before this one was about another agent: what is open now is still on its way.
    let now = match face(&asked.answer, |_| false) {
        Face::Full if detail.is_none() => Face::Waiting,
        other => other,
    };
    let on_open = {
        let open = open.clone();
        Callback::from(move |next| open.set(next))
    };
    html! { <Told agents={props.agents.clone()} open={*open} {detail} face={now} {on_open} on_retry={asked.again} /> }
}
