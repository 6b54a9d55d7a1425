//! What is done to several agents at once.

use std::collections::BTreeSet;
use std::rc::Rc;

use orchestrator::agents::hindrance;
use quarterdeck_shared::agents::{Agent, AgentStatus};
use quarterdeck_shared::endpoints::CancelAgent;
use quarterdeck_shared::{AgentId, NoBody, NoQuery};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::client::call;
use crate::components::{Button, ButtonKind, ButtonSize, Icon, Toast, Toaster, use_toasts};
use crate::hooks::use_address;
use crate::pages::faces::said;

/// Whom it is about.
#[derive(Properties, PartialEq)]
pub struct BulkProps {
    /// The ticked ones.
    pub ticked: Rc<BTreeSet<AgentId>>,
    /// The agents of the list.
    pub agents: Rc<Vec<Rc<Agent>>>,
    /// Deletes agents.
    pub on_delete: Callback<Vec<AgentId>>,
}

/// The bar of the ticked ones; nothing while none is.
#[component]
pub fn Bulk(props: &BulkProps) -> Html {
    let address = use_address();
    let toasts = use_toasts();
    if props.ticked.is_empty() {
        return Html::default();
    }
    let ticked: Vec<&Rc<Agent>> =
        props.agents.iter().filter(|agent| props.ticked.contains(&agent.id)).collect();
    let active = able(&ticked, AgentStatus::Cancelled);
    let ended = able(&ticked, AgentStatus::Deleted);
    let clear = {
        let address = address.clone();
        Callback::from(move |_| address.set("picked", ""))
    };
    let cancel = {
        let (active, toasts) = (active.clone(), toasts.clone());
        Callback::from(move |_| cancel_all(active.clone(), toasts.clone()))
    };
    let delete = {
        let (ended, on_delete) = (ended.clone(), props.on_delete.clone());
        Callback::from(move |_| on_delete.emit(ended.clone()))
    };
    let idle = match ticked.iter().any(|agent| agent.status.is_active()) {
        true => "Those at work were begun elsewhere; end them in their terminals",
        false => "None of them is at work",
    };
    let none = |ids: &[AgentId], why: &'static str| ids.is_empty().then_some(AttrValue::Static(why));
    let number = |word: &str, ids: &[AgentId]| {
        if ids.is_empty() { word.to_owned() } else { format!("{word} {}", ids.len()) }
    };
    html! {
        <div class="bulk" role="status" data-testid="bulk">
            <strong class="strong">{ format!("{} selected", props.ticked.len()) }</strong>
            <span class="push"></span>
            <Button size={ButtonSize::Small} icon={Icon::Stop} onclick={cancel} disabled={none(&active, idle)} test_id="bulk-cancel">
                { number("Cancel", &active) }
            </Button>
            <Button size={ButtonSize::Small} icon={Icon::Trash} bad=true onclick={delete} disabled={none(&ended, "All of them are at work; cancel them, or wait until they have ended")} test_id="bulk-delete">
                { number("Delete", &ended) }
            </Button>
            <Button size={ButtonSize::Small} kind={ButtonKind::Bare} icon={Icon::Close} label="Clear the selection" onclick={clear} />
        </div>
    }
}

/// Those that may go to a status.
fn able(agents: &[&Rc<Agent>], to: AgentStatus) -> Vec<AgentId> {
    agents.iter().filter(|agent| hindrance(agent, to).is_none()).map(|agent| agent.id).collect()
}

fn cancel_all(ids: Vec<AgentId>, toasts: Toaster) {
    spawn_local(async move {
        let mut done = 0;
        for id in ids {
            match call(CancelAgent { id, query: NoQuery {}, body: NoBody }).await {
                Ok(_) => done += 1,
                Err(problem) => toasts.push(Toast::failed(said(&problem))),
            }
        }
        if done > 0 {
            toasts.push(Toast::said(if done == 1 {
                "1 agent cancelled.".into()
            } else {
                format!("{done} agents cancelled.")
            }));
        }
    });
}
