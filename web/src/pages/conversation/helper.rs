//! A sub-agent's conversation within the one that called it: unfolded in place, a window at a time.

use std::rc::Rc;

use quarterdeck_shared::AgentId;
use quarterdeck_shared::conversations::{Item, SubAgent};
use yew::prelude::*;

use super::reading::{use_news, use_reading};
use super::reel::Reel;
use super::warning;
use super::wish::Wish;
use crate::components::{Button, ButtonSize, Faced};
use crate::hooks::{use_live, use_steady};
use crate::pages::faces::face;
use crate::panels::talk::{Deal, Turn};

/// Items of a window.
const STEP: u32 = 20;

/// An item of some thread of some agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Whose conversation.
    pub id: AgentId,
    /// Which thread of its session; empty for its own.
    pub thread: AttrValue,
    /// The item.
    pub cursor: AttrValue,
}

/// What the page does for every reel on it, however deep.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// Shows the raw line of an item.
    Raw(Spot),
    /// Copies a link to an item.
    Link(Spot),
    /// Looks at what can be seen now: something was unfolded, folded or grew.
    Grown,
}

/// A reel as it is dealt with: which item is chosen, and which calls are unfolded.
pub struct Dealt {
    /// Called with what is to be done with an item; always the same, so that turns are drawn again for what they show.
    pub on_deal: Callback<(AttrValue, Deal)>,
    /// The calls whose sub-agent is shown.
    pub unfolded: Rc<Vec<AttrValue>>,
}

/// Deals with the items of a reel.
#[hook]
pub fn use_deals(
    whose: (AgentId, AttrValue),
    selected: UseStateHandle<Option<AttrValue>>,
    wish: Callback<Wish>,
    on_ask: Callback<Ask>,
) -> Dealt {
    let (id, thread) = whose;
    let unfolded = use_state_eq(Rc::<Vec<AttrValue>>::default);
    let on_deal = {
        let unfolded = unfolded.clone();
        use_steady(Callback::from(move |(cursor, deal): (AttrValue, Deal)| {
            let spot = Spot { id, thread: thread.clone(), cursor: cursor.clone() };
            match deal {
                Deal::Here => selected.set(Some(cursor)),
                Deal::Whole => wish.emit(Wish::Whole(cursor.to_string())),
                Deal::Raw => on_ask.emit(Ask::Raw(spot)),
                Deal::Link => on_ask.emit(Ask::Link(spot)),
                Deal::Unfold => {
                    let mut calls = (**unfolded).clone();
                    calls.retain(|call| *call != cursor);
                    if calls.len() == unfolded.len() {
                        calls.push(cursor);
                    }
                    unfolded.set(Rc::new(calls));
                }
            }
        }))
    };
    Dealt { on_deal, unfolded: (*unfolded).clone() }
}

/// The turns of a reel, each followed by the sub-agent that is unfolded below it.
pub fn turns(
    reel: &Reel,
    dealt: &Dealt,
    selected: Option<&str>,
    thoughts: bool,
    on_ask: &Callback<Ask>,
) -> Html {
    let turn = |item: &Rc<Item>| {
        let item = Rc::clone(item);
        let cursor = item.cursor.clone();
        let helper = item.result.as_ref().and_then(|result| result.sub_agent.clone());
        let unfolded = dealt.unfolded.iter().any(|call| call.as_str() == cursor);
        let within = helper.filter(|_| unfolded).map(|helper| {
            html! { <Helper key={format!("{cursor} within")} {helper} {thoughts} on_ask={on_ask.clone()} /> }
        });
        let here = selected == Some(cursor.as_str());
        let turn = html! { <Turn key={cursor} {item} {thoughts} {here} {unfolded} on_deal={dealt.on_deal.clone()} /> };
        std::iter::once(turn).chain(within)
    };
    html! { <div class="turns">{ for reel.items.iter().flat_map(turn) }</div> }
}

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct HelperProps {
    /// Where the conversation is.
    pub helper: SubAgent,
    /// Whether thoughts are unfolded.
    pub thoughts: bool,
    /// Called with what the page is to do.
    pub on_ask: Callback<Ask>,
}

/// The conversation of a sub-agent, from its beginning on.
#[component]
pub fn Helper(props: &HelperProps) -> Html {
    let id = props.helper.agent_id;
    let thread = AttrValue::from(props.helper.thread.clone().unwrap_or_default());
    let reading = use_reading(id, thread.clone(), "0%".into(), STEP);
    let reel = reading.shown.answer.data.clone().unwrap_or_default();
    let selected = use_state_eq(|| None::<AttrValue>);
    let dealt = use_deals((id, thread), selected.clone(), reading.wish.clone(), props.on_ask.clone());
    {
        let on_ask = props.on_ask.clone();
        use_effect_with(Rc::clone(&reel), move |_| on_ask.emit(Ask::Grown));
    }
    let live = use_live();
    use_news(id, live.fleet.agents.get(&id).map(Rc::as_ref), &reading.wish);
    let more = |wish: Wish, words: &'static str| {
        let onclick = reading.wish.reform(move |_| wish.clone());
        html! { <Button class="more" size={ButtonSize::Small} {onclick}>{ words }</Button> }
    };
    let empty = html! { <p class="small quiet">{ "No word of the sub-agent is here." }</p> };
    html! {
        <section class="helper" aria-label="Conversation of the sub-agent" data-testid="helper">
            { for reading.shown.words().map(warning) }
            <Faced face={face(&reading.shown.answer, |reel: &Reel| reel.items.is_empty())} what="the sub-agent's conversation" lines=3 {empty}
                on_retry={reading.again.clone()}>
                if reel.earlier.is_some() { { more(Wish::Earlier, "Show what was before") } }
                { turns(&reel, &dealt, selected.as_deref(), props.thoughts, &props.on_ask) }
                if reel.later.is_some() { { more(Wish::Later, "Show more of it") } }
            </Faced>
        </section>
    }
}
