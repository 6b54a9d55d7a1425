//! A conversation: opened at its end or at a linked place, read window by window, live while its agent works.

mod head;
mod helper;
mod keys;
mod matches;
mod place;
mod raw;
mod reading;
mod reel;
mod view;
mod wish;

use std::rc::Rc;

use quarterdeck_shared::conversations::{MomentQuery, ThreadQuery};
use quarterdeck_shared::endpoints::{GetAgent, GetConversationMarks, GetMoment};
use quarterdeck_shared::{AgentId, NoBody, NoQuery};
use web_sys::HtmlInputElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use self::head::{Scrub, stands};
use self::helper::{Ask, Spot, turns, use_deals};
use self::keys::{Deeds, use_keys};
use self::matches::Matches;
use self::place::use_place;
use self::raw::RawLine;
use self::reading::{use_news, use_reading};
use self::reel::Reel;
use self::wish::Wish;
use super::faces::face;
use crate::components::{
    Button, ButtonSize, Empty, Face, Faced, Icon, Toast, Toaster, copy, icon, use_toasts,
};
use crate::dom;
use crate::format::grouped;
use crate::hooks::{Query, use_address, use_held, use_live, use_paced, use_query, use_settled, use_steady};
use crate::panels::deed::visible;
use crate::panels::talk::{Keys, Then};

/// Items of a window.
const STEP: u32 = 80;

/// What the page needs.
#[derive(Properties, PartialEq)]
pub struct ConversationProps {
    /// Whose.
    pub id: AgentId,
}

/// The conversation of an agent, or of the thread of its session that the address names.
#[component]
pub fn Conversation(props: &ConversationProps) -> Html {
    let id = props.id;
    let thread = AttrValue::from(use_address().get("thread").to_owned());
    let key = format!("{id} {thread}");
    html! { <Whole {key} {id} {thread} /> }
}

#[derive(Properties, PartialEq)]
struct WholeProps {
    id: AgentId,
    thread: AttrValue,
}

/// One thread of one agent: another one begins with nothing of this.
#[component]
fn Whole(props: &WholeProps) -> Html {
    let (id, thread) = (props.id, props.thread.clone());
    let address = use_address();
    let live = use_live();
    let toasts = use_toasts();
    let at = AttrValue::from(address.get("at").to_owned());
    let asked = use_query(Some(id), |id| GetAgent { id, query: NoQuery {}, body: NoBody });
    let told = asked.answer.data.as_ref().map(|detail| Rc::new(detail.agent.clone()));
    let agent = live.fleet.agents.get(&id).cloned().or(told);
    let reading = use_reading(id, thread.clone(), at.clone(), STEP);
    let place = use_place(&reading, at);
    let reel = Rc::clone(&place.reel);
    let thoughts = use_state_eq(|| false);
    let raw = use_state_eq(|| None::<Spot>);

    use_news(id, agent.as_deref(), &reading.wish);
    let works = agent.as_ref().is_some_and(|agent| agent.status.is_active());

    let go_at = {
        let address = address.clone();
        Callback::from(move |cursor: AttrValue| address.set("at", &cursor))
    };
    let on_ask = {
        let (raw, look) = (raw.clone(), place.look.clone());
        use_steady(Callback::from(move |ask: Ask| match ask {
            Ask::Raw(spot) => raw.set(Some(spot)),
            Ask::Link(spot) => copy_link(&spot, toasts.clone()),
            Ask::Grown => look.emit(()),
        }))
    };
    let dealt = use_deals((id, thread.clone()), place.selected.clone(), reading.wish.clone(), on_ask.clone());
    let find = use_node_ref();
    let deeds = Deeds {
        go: go_at.clone(),
        ask: on_ask.clone(),
        thoughts: {
            let thoughts = thoughts.clone();
            Callback::from(move |()| thoughts.set(!*thoughts))
        },
        find: {
            let find = find.clone();
            Callback::from(move |()| dom::focus(&find))
        },
    };
    use_keys(id, &thread, &place, reading.shown.answer.data.is_some(), deeds);

    let moment = use_settled(place.item().and_then(|item| item.at), 250);
    let requests = use_paced(agent.as_ref().map(|agent| agent.requests), 1_000);
    let then = use_query(Some((id, some(&thread), moment, requests)), |(id, thread, at, _)| GetMoment {
        id,
        query: MomentQuery { at, thread },
        body: NoBody,
    });
    let grown = agent.as_ref().map(|agent| (id, some(&thread), works, grown(agent.requests)));
    let marks = use_query(grown, |(id, thread, ..)| GetConversationMarks {
        id,
        query: ThreadQuery { thread },
        body: NoBody,
    });
    let name = agent.as_ref().map_or_else(|| format!("Agent {}", id.short()), |agent| visible(&agent.name));
    let onscroll = place.look.reform(|_: Event| ());
    let jump = {
        let (wish, address) = (reading.wish.clone(), address.clone());
        Callback::from(move |thousandths: f64| {
            let share = Some(thousandths / 10.0).filter(|share| *share < 99.9);
            let place = share.map(|share| format!("{share}%"));
            if address.get("at").is_empty() {
                wish.emit(place.map_or(Wish::End, Wish::At));
            } else {
                address.set("at", &place.unwrap_or_default());
            }
        })
    };
    let (held, hold) = use_held(reading.shown.turned, jump);
    let move_to = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            hold.emit(input.value_as_number());
        }
    });
    let to_end = {
        let (wish, place, address) = (reading.wish.clone(), place.clone(), address.clone());
        Callback::from(move |_| {
            if !address.get("at").is_empty() {
                address.set("at", "");
            }
            if place.reel.later.is_some() {
                wish.emit(Wish::End);
            } else {
                place.follows.set(true);
                view::to_end(&place.view);
            }
        })
    };
    let nothing = |reel: &Reel| {
        reel.items.is_empty() && reel.earlier.is_none() && reel.later.is_none() && reel.missing.is_empty()
    };
    let shown: Face = face(&reading.shown.answer, nothing);
    // What failed is said above what is held, which stays where it is read.
    let (failed, shown) = match shown {
        Face::Failed(_) if reading.shown.answer.data.is_some() => (Some(shown), Face::Full),
        _ => (None, shown),
    };
    let empty = html! { <Empty words="No word of this conversation is here." then="Words come from the session's file or, of agents started here, from what they told. This one left neither: what is known of it came by telemetry, or it has not begun." /> };
    let share = held.map_or_else(|| place.share(), |thousandths| thousandths / 1_000.0);
    html! {
        <>
            <Scrub {id} agent={agent.clone()} name={name.clone()} thread={thread.clone()} marks={marks.answer} place={share} stands={stands(place.item().as_deref(), share)} onchange={move_to} />
            <div class="talk">
                <div class="reel-frame">
                    { for reading.shown.words().map(warning) }
                    if let Some(face) = failed { <Faced {face} what="the conversation" on_retry={reading.again.clone()} /> }
                    <Faced face={shown} what="the conversation" lines=10 {empty} on_retry={reading.again.clone()}>
                        <div class="reel" ref={place.view.clone()} {onscroll} tabindex="0" role="region" aria-label="Conversation" data-testid="reel">
                            { turns(&reel, &dealt, place.selected.as_deref(), *thoughts, &on_ask) }
                        </div>
                        if !*place.follows {
                            <Button class="to-end" size={ButtonSize::Small} icon={Icon::Down} onclick={to_end} test_id="to-end">
                                { if place.fresh > 0 { format!("{} new", grouped(place.fresh as u64)) } else { "To the end".to_owned() } }
                            </Button>
                        }
                    </Faced>
                </div>
                <aside class="rail" aria-label="This moment">
                    <Matches {id} thread={thread.clone()} node={find} on_go={go_at} />
                    if let Some(moment) = &then.answer.data { <Then moment={Rc::clone(moment)} /> }
                    <Keys />
                </aside>
            </div>
            if let Some(Spot { id, thread, cursor }) = &*raw {
                <RawLine id={*id} thread={thread.clone()} cursor={cursor.clone()} on_close={{ let raw = raw.clone(); Callback::from(move |()| raw.set(None)) }} />
            }
        </>
    }
}

/// What cannot be shown, and why.
fn warning(words: &str) -> Html {
    html! { <p class="waitword row" role="status">{ icon(Icon::Warn) }<span class="wrap-text">{ visible(words) }</span></p> }
}

/// A parameter of the address: nothing where it is empty.
fn some(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

/// Copies a link to an item, and says so.
fn copy_link(spot: &Spot, toasts: Toaster) {
    let origin = dom::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let query = Query::default().with("thread", &spot.thread).with("at", &spot.cursor);
    let text = format!("{origin}/agents/{}/conversation{}", spot.id, query.written());
    spawn_local(async move {
        toasts.push(if copy(&text).await {
            Toast::said("The link to here is copied.")
        } else {
            Toast::failed("The browser did not allow copying. Select the text and copy it by hand.")
        });
    });
}

/// What changes when a number has grown by a sixteenth or more: its five highest bits and how many follow.
fn grown(number: u64) -> (u64, u32) {
    let rest = (u64::BITS - number.leading_zeros()).saturating_sub(5);
    (number >> rest, rest)
}
