//! A conversation: opened at its end or at a linked place, read window by window, live while its agent works.

mod head;
mod matches;
mod raw;
mod reading;
mod reel;
mod view;

use std::rc::Rc;

use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::conversations::{ConversationQuery, MomentQuery};
use quarterdeck_shared::endpoints::{GetAgent, GetConversation, GetMoment};
use quarterdeck_shared::{AgentId, NoBody, NoQuery, Timestamp};
use web_sys::HtmlInputElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use self::head::{Scrub, stands};
use self::matches::Matches;
use self::raw::RawLine;
use self::reading::{Wish, use_reading};
use self::reel::Reel;
use super::faces::face;
use crate::client::{FleetState, call};
use crate::components::{Button, ButtonSize, Empty, Face, Faced, Icon, Toast, copy, icon, use_toasts};
use crate::dom;
use crate::format::grouped;
use crate::hooks::{use_address, use_live, use_query, use_second, use_settled, use_shortcut};
use crate::panels::deed::visible;
use crate::panels::talk::{Deal, Keys, Then, Turn};

/// Seconds after which a working agent's conversation is looked at anew, whatever the socket says.
const LOOK_SECONDS: u32 = 3;

/// What the page needs.
#[derive(Properties, PartialEq)]
pub struct ConversationProps {
    /// Whose.
    pub id: AgentId,
}

/// The conversation of an agent.
#[component]
pub fn Conversation(props: &ConversationProps) -> Html {
    let id = props.id;
    let address = use_address();
    let live = use_live();
    let toasts = use_toasts();
    let at = AttrValue::from(address.get("at").to_owned());
    let thread = AttrValue::from(address.get("thread").to_owned());
    let asked = use_query(Some(id), |id| GetAgent { id, query: NoQuery {}, body: NoBody });
    let told = asked.answer.data.as_ref().map(|detail| Rc::new(detail.agent.clone()));
    let agent = live.fleet.agents.get(&id).cloned().or(told);
    let reading = use_reading(id, thread.clone(), at.clone());
    let reel = reading.answer.data.clone().unwrap_or_default();
    let view = use_node_ref();
    let anchor = use_mut_ref(view::Seen::default);
    let top = use_state_eq(String::new);
    let follows = use_state_eq(|| at.is_empty());
    let selected = use_state_eq(|| None::<AttrValue>);
    let thoughts = use_state_eq(|| false);
    let raw = use_state_eq(|| None::<AttrValue>);
    let left_at = use_state_eq(|| None::<AttrValue>);

    let look = {
        let (view, anchor, top, follows, wish, reel) = (
            view.clone(),
            anchor.clone(),
            top.clone(),
            follows.clone(),
            reading.wish.clone(),
            Rc::clone(&reel),
        );
        let left_at = left_at.clone();
        Callback::from(move |()| {
            let Some(seen) = view::seen(&view) else { return };
            let at_end = seen.is_at_end && reel.later.is_none();
            if *follows && !at_end {
                left_at.set(reel.items.last().map(|item| item.cursor.clone().into()));
            }
            follows.set(at_end);
            if let Some(anchor) = &seen.top {
                top.set(anchor.cursor.clone());
            }
            if seen.is_near_top && reel.earlier.is_some() {
                wish.emit(Wish::Earlier);
            }
            if seen.is_near_end && reel.later.is_some() {
                wish.emit(Wish::Later);
            }
            *anchor.borrow_mut() = seen;
        })
    };
    // A reel that begins anew is shown at its end or at its place; one that grew stays where it is read.
    {
        let (view, anchor, look, follows, selected) =
            (view.clone(), anchor.clone(), look.clone(), follows.clone(), selected.clone());
        let began = use_mut_ref(|| (0_u32, AttrValue::default()));
        let dependencies = (Rc::clone(&reel), reading.turned, at.clone(), thread.clone());
        use_effect_with(dependencies, move |(reel, turned, at, thread)| {
            let now = (*turned, thread.clone());
            let anew = began.replace(now.clone()) != now;
            let linked = reel.find(at).map(|place| AttrValue::from(reel.items[place].cursor.clone()));
            if anew && reel.later.is_none() && at.is_empty() {
                view::to_end(&view);
                follows.set(true);
            } else if let (true, Some(cursor)) = (anew, &linked) {
                view::restore(&view, &view::Anchor { cursor: cursor.to_string(), offset: 12.0 });
                selected.set(linked.clone());
            } else if anew {
                view::to_top(&view);
            } else if *follows && reel.later.is_none() {
                view::to_end(&view);
            } else if let Some(anchor) = &anchor.borrow().top {
                view::restore(&view, anchor);
            }
            look.emit(());
        });
    }
    {
        let (view, selected, look) = (view.clone(), selected.clone(), look.clone());
        let reel = Rc::clone(&reel);
        use_effect_with(at.clone(), move |at| {
            if let Some(place) = reel.find(at) {
                let cursor = reel.items[place].cursor.clone();
                view::focus(&view, &cursor);
                selected.set(Some(cursor.into()));
                // Before a window that is on its way can hold on to the place it was left at.
                look.emit(());
            }
        });
    }
    // It goes on: told by the socket, and looked for now and then, for not every line is a response.
    let moved = use_settled(version(&live.fleet, id, agent.as_deref()), 300);
    {
        let wish = reading.wish.clone();
        use_effect_with(moved, move |_| wish.emit(Wish::News));
    }
    let seconds = use_mut_ref(|| 0_u32);
    let works = agent.as_ref().is_some_and(|agent| agent.status.is_active());
    use_second(works, {
        let wish = reading.wish.clone();
        Callback::from(move |()| {
            *seconds.borrow_mut() += 1;
            if *seconds.borrow() % LOOK_SECONDS == 0 {
                wish.emit(Wish::News);
            }
        })
    });

    let here = selected.as_ref().and_then(|cursor| reel.find(cursor)).or_else(|| reel.find(&top));
    let here_item = here.and_then(|place| reel.items.get(place)).cloned();
    let step = |by: isize| {
        let (reel, view, selected) = (Rc::clone(&reel), view.clone(), selected.clone());
        let from =
            selected.as_ref().and_then(|cursor| reel.find(cursor)).map(|at| at.saturating_add_signed(by));
        Callback::from(move |()| {
            let place = from.or(here).unwrap_or_default().min(reel.items.len().saturating_sub(1));
            if let Some(item) = reel.items.get(place) {
                view::focus(&view, &item.cursor);
                selected.set(Some(item.cursor.clone().into()));
            }
        })
    };
    // Whoever binds a key last has it: these come after those of the frame, which has `t` and `/` as well.
    let key = |keys: &'static str| if reading.answer.data.is_some() { keys } else { "" };
    use_shortcut(key("j"), "Next in the conversation", step(1));
    use_shortcut(key("k"), "Previous in the conversation", step(-1));
    use_shortcut(key("t"), "Unfold thinking", {
        let thoughts = thoughts.clone();
        Callback::from(move |()| thoughts.set(!*thoughts))
    });
    let go_at = {
        let address = address.clone();
        Callback::from(move |cursor: AttrValue| address.set("at", &cursor))
    };
    use_shortcut(key("e"), "Next error in the conversation", {
        let (here, thread, go_at, toasts) =
            (here_item.clone(), thread.clone(), go_at.clone(), toasts.clone());
        Callback::from(move |()| {
            let after =
                here.as_ref().map(|item| item.result.as_ref().map_or(&item.cursor, |it| &it.cursor).clone());
            let query = ConversationQuery {
                at: after.is_none().then(|| "0%".to_owned()),
                after,
                errors: Some(true),
                limit: Some(1),
                thread: (!thread.is_empty()).then(|| thread.to_string()),
                ..ConversationQuery::default()
            };
            let (go_at, toasts) = (go_at.clone(), toasts.clone());
            spawn_local(async move {
                match call(GetConversation { id, query, body: NoBody }).await {
                    Ok(window) => match window.items.first() {
                        Some(item) => go_at.emit(item.cursor.clone().into()),
                        None => toasts.push(Toast::said("No error behind this place.")),
                    },
                    Err(problem) => toasts.push(Toast::failed(super::faces::said(&problem))),
                }
            });
        })
    });
    let link = {
        let (address, toasts) = (address.clone(), toasts.clone());
        Callback::from(move |cursor: AttrValue| {
            let origin = dom::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
            let text = format!("{origin}{}", address.href("at", &cursor));
            let toasts = toasts.clone();
            spawn_local(async move {
                toasts.push(if copy(&text).await {
                    Toast::said("The link to here is copied.")
                } else {
                    Toast::failed("The browser did not allow copying. Select the text and copy it by hand.")
                });
            });
        })
    };
    let of_here = |act: Callback<AttrValue>| {
        let cursor = here_item.as_ref().map(|item| AttrValue::from(item.cursor.clone()));
        Callback::from(move |()| cursor.iter().for_each(|cursor| act.emit(cursor.clone())))
    };
    let show_raw = {
        let raw = raw.clone();
        Callback::from(move |cursor| raw.set(Some(cursor)))
    };
    use_shortcut(key("y"), "Copy a link to here", of_here(link.clone()));
    use_shortcut(key("r"), "The raw line", of_here(show_raw.clone()));
    let find = use_node_ref();
    use_shortcut(key("/"), "Search in the conversation", {
        let find = find.clone();
        Callback::from(move |()| dom::focus(&find))
    });

    let deal = use_mut_ref(Callback::<(AttrValue, Deal)>::noop);
    *deal.borrow_mut() = {
        let (selected, wish) = (selected.clone(), reading.wish.clone());
        Callback::from(move |(cursor, deal): (AttrValue, Deal)| match deal {
            Deal::Here => selected.set(Some(cursor)),
            Deal::Whole => wish.emit(Wish::Whole(cursor.to_string())),
            Deal::Raw => show_raw.emit(cursor),
            Deal::Link => link.emit(cursor),
        })
    };
    // The same callback always: turns are drawn again for what they show alone.
    let on_deal = use_callback((), move |dealt, ()| {
        let newest = deal.borrow().clone();
        newest.emit(dealt);
    });
    let moment = use_settled(here_item.as_ref().and_then(|item| item.at), 250);
    let requests = agent.as_ref().map(|agent| agent.requests);
    let then = use_query(Some((id, moment, requests)), |(id, at, _)| GetMoment {
        id,
        query: MomentQuery { at },
        body: NoBody,
    });
    let name = agent.as_ref().map_or_else(|| format!("Agent {}", id.short()), |agent| visible(&agent.name));
    let onscroll = look.reform(|_: Event| ());
    let jump = {
        let (wish, address) = (reading.wish.clone(), address.clone());
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                let share = input.value_as_number() / 10.0;
                if address.get("at").is_empty() {
                    wish.emit(if share >= 99.9 { Wish::End } else { Wish::At(format!("{share}%")) });
                } else {
                    address.set("at", &if share >= 99.9 { String::new() } else { format!("{share}%") });
                }
            }
        })
    };
    let to_end = {
        let (wish, view, follows, reel, address) =
            (reading.wish.clone(), view.clone(), follows.clone(), Rc::clone(&reel), address.clone());
        Callback::from(move |_| {
            if !address.get("at").is_empty() {
                address.set("at", "");
            }
            if reel.later.is_some() {
                wish.emit(Wish::End);
            } else {
                follows.set(true);
                view::to_end(&view);
            }
        })
    };
    let fresh =
        left_at.as_ref().filter(|_| !*follows && reel.later.is_none()).and_then(|cursor| reel.find(cursor));
    let fresh = fresh.map_or(0, |at| reel.items.len() - at - 1);
    let nothing = |reel: &Reel| {
        reel.items.is_empty() && reel.earlier.is_none() && reel.later.is_none() && reel.missing.is_empty()
    };
    let shown: Face = face(&reading.answer, nothing);
    let empty = html! { <Empty words="No word of this conversation is here." then="Words come from the session's file or, of agents started here, from what they told. This one left neither: what is known of it came by telemetry, or it has not begun." /> };
    let place = here.map_or(reel.to, |at| reel.share(at));
    html! {
        <>
            <Scrub {id} agent={agent.clone()} name={name.clone()} thread={thread.clone()} {place} stands={stands(&reel, here, place)} onchange={jump} />
            <div class="talk">
                <div class="reel-frame">
                    { for reel.missing.iter().map(|words| html! { <p class="waitword row" role="status">{ icon(Icon::Warn) }<span class="wrap-text">{ visible(words) }</span></p> }) }
                    <Faced face={shown} what="the conversation" lines=10 {empty} on_retry={reading.wish.reform(|()| Wish::End)}>
                        <div class="reel" ref={view} {onscroll} tabindex="0" role="region" aria-label="Conversation" data-testid="reel">
                            <div class="turns">
                                { for reel.items.iter().map(|item| html! {
                                    <Turn key={item.cursor.clone()} item={Rc::clone(item)} thoughts={*thoughts} on_deal={on_deal.clone()}
                                        here={selected.as_deref() == Some(item.cursor.as_str())} />
                                }) }
                            </div>
                        </div>
                        if !*follows {
                            <Button class="to-end" size={ButtonSize::Small} icon={Icon::Down} onclick={to_end} test_id="to-end">
                                { if fresh > 0 { format!("{} new", grouped(fresh as u64)) } else { "To the end".to_owned() } }
                            </Button>
                        }
                    </Faced>
                </div>
                <aside class="rail" aria-label="This moment">
                    <Matches key={format!("{id} {thread}")} {id} thread={thread.clone()} node={find} on_go={go_at} />
                    if let Some(moment) = &then.answer.data { <Then moment={Rc::clone(moment)} /> }
                    <Keys />
                </aside>
            </div>
            if let Some(cursor) = &*raw {
                <RawLine {id} thread={thread.clone()} cursor={cursor.clone()} on_close={{ let raw = raw.clone(); Callback::from(move |()| raw.set(None)) }} />
            }
        </>
    }
}

/// What changes when the conversation goes on, as far as the socket tells.
fn version(fleet: &FleetState, id: AgentId, agent: Option<&Agent>) -> (Option<Timestamp>, usize, usize) {
    let lines = fleet.lines.get(&id);
    let last = lines.and_then(|lines| lines.back()).map_or(0, |line| line.activity.text.len());
    (agent.map(|agent| agent.updated_at), lines.map_or(0, |lines| lines.len()), last)
}
