//! What one can tell an agent: to stop, to go, or more words. What cannot be done says why.

use orchestrator::agents::{self, OWN, deaf};
use quarterdeck_shared::agents::{Agent, AgentStatus};
use yew::prelude::*;

use crate::components::{Area, Button, ButtonKind, ButtonSize, Icon, icon};
use crate::dom;
use crate::panels::deed::visible;

/// Why something cannot be done with an agent, as a sentence.
fn sentence(agent: &Agent, why: impl std::fmt::Display) -> AttrValue {
    format!("{} {why}.", visible(&agent.name)).into()
}

/// Why an agent may not go to a status; `None` when it may.
fn hindrance(agent: &Agent, to: AgentStatus) -> Option<AttrValue> {
    agents::hindrance(agent, to).map(|why| sentence(agent, why))
}

/// What the orders are for.
#[derive(Properties, PartialEq)]
pub struct AgentOrdersProps {
    /// The agent.
    pub agent: std::rc::Rc<Agent>,
    /// Stops it.
    pub on_cancel: Callback<()>,
    /// Takes it out of the lists.
    pub on_delete: Callback<()>,
    /// Whether an order is on its way.
    #[prop_or_default]
    pub busy: bool,
    /// Why the last order was refused.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
}

/// Cancel and delete.
#[component]
pub fn AgentOrders(props: &AgentOrdersProps) -> Html {
    let busy = props.busy.then_some(AttrValue::Static("An order is on its way"));
    let cancel = hindrance(&props.agent, AgentStatus::Cancelled).or(busy.clone());
    let delete = hindrance(&props.agent, AgentStatus::Deleted).or(busy);
    html! {
        <>
            <div class="act orders">
                <Button size={ButtonSize::Small} icon={Icon::Stop} disabled={cancel} onclick={props.on_cancel.reform(|_| ())} test_id="cancel-button">{ "Cancel" }</Button>
                <Button size={ButtonSize::Small} icon={Icon::Trash} bad=true disabled={delete} onclick={props.on_delete.reform(|_| ())} test_id="delete-button">{ "Delete" }</Button>
            </div>
            if let Some(problem) = &props.problem { <p class="failc small row" role="alert">{ icon(Icon::Failed) }<span class="wrap-text">{ problem }</span></p> }
        </>
    }
}

/// What the words are for.
#[derive(Properties, PartialEq)]
pub struct SayFormProps {
    /// The agent.
    pub agent: std::rc::Rc<Agent>,
    /// Called with the words.
    pub on_say: Callback<String>,
    /// Whether words are on their way.
    #[prop_or_default]
    pub busy: bool,
    /// Why the last words were refused.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// Rises each time words were taken: the field is cleared.
    #[prop_or_default]
    pub taken: u32,
}

/// More words for an agent: one that ended goes on in the same session.
#[component]
pub fn SayForm(props: &SayFormProps) -> Html {
    let words = use_state_eq(AttrValue::default);
    let node = use_node_ref();
    {
        let (words, node) = (words.clone(), node.clone());
        use_effect_with(props.taken, move |&taken| {
            if taken > 0 {
                words.set(AttrValue::default());
                dom::focus(&node);
            }
        });
    }
    let hindered = deaf(&props.agent).map(|why| sentence(&props.agent, why));
    let disabled = match (&hindered, props.busy, words.trim().is_empty()) {
        (Some(why), ..) => Some(why.clone()),
        (None, true, _) => Some(AttrValue::Static("The words are on their way")),
        (None, false, true) => Some(AttrValue::Static("Write something first")),
        (None, false, false) => None,
    };
    let send = {
        let (words, on_say, ready) = (words.clone(), props.on_say.clone(), disabled.is_none());
        Callback::from(move |()| {
            if ready {
                on_say.emit(words.trim().to_owned());
            }
        })
    };
    let onsubmit = send.reform(|event: SubmitEvent| event.prevent_default());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            send.emit(());
        }
    });
    let oninput = {
        let words = words.clone();
        Callback::from(move |typed| words.set(typed))
    };
    if let Some(why) = hindered {
        return html! { <p class="say small quiet row">{ icon(Icon::Talk) }<span>{ "To say something more: " }{ why }</span></p> };
    }
    let waits = props.agent.source != OWN && props.agent.status.is_active();
    let placeholder =
        if waits { "It is told so at the end of its turn" } else { "It goes on in the same session" };
    html! {
        <form class="say" {onsubmit} {onkeydown}>
            <Area label="Say something" name="prompt" value={(*words).clone()} {oninput} rows=1 {placeholder}
                error={props.problem.clone()} {node} test_id="say-input" />
            <Button submit=true kind={ButtonKind::Main} icon={Icon::Send} keys="mod+enter" {disabled} test_id="say-button">{ "Send" }</Button>
        </form>
    }
}
