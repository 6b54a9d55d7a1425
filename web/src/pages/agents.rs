//! The agents: a list that stays true by itself, and one of them open beside it.

mod bulk;
mod cleanup;
mod create;
mod detail;
mod filter;
mod removal;
mod rows;
mod toolbar;

use std::collections::BTreeSet;
use std::rc::Rc;

use orchestrator::figures;
use quarterdeck_shared::agents::{Agent, AgentDetail};
use quarterdeck_shared::{AgentId, Timestamp, Total};
use yew::prelude::*;

use super::Heading;
use super::faces::face;
use crate::client::FleetState;
use crate::components::{Button, ButtonKind, ButtonLink, Empty, Face, Faced, Icon, Sort};
use crate::dom;
use crate::format::grouped;
use crate::hooks::{Address, Listed, Query, Rows, use_address, use_live, use_pages};
use crate::panels::agent_table::AgentTable;
use crate::panels::marks::{cost_text, cost_title};
use crate::panels::watch::sentence;
use bulk::Bulk;
use create::CreateAgentDialog;
use detail::{AgentDrawer, doing_now};
use filter::{Filter, picked, written};
use removal::{Removal, use_removal};
use toolbar::{Toolbar, Views};

/// Which agent is open.
#[derive(Properties, PartialEq)]
pub struct AgentsProps {
    /// Its id; `None` shows the list alone.
    #[prop_or_default]
    pub open: Option<AttrValue>,
}

/// The agents.
#[component]
pub fn Agents(props: &AgentsProps) -> Html {
    let live = use_live();
    let fleet = &live.fleet;
    let address = use_address();
    let filter = Filter::read(&address.query, dom::now_us());
    let listed = use_pages(Some(filter.clone()), Filter::call);
    let Removal { leaving, remove } = use_removal();
    let agents = use_same(rows(&listed, fleet, &leaving.0, &filter));
    let fresh = use_fresh(&listed, fleet, &filter);
    let ticked = Rc::new(picked(&address.query));
    let open = props.open.as_ref().and_then(|id| id.parse::<AgentId>().ok());

    let on_sort = use_callback(address.clone(), |sort: Sort, address| address.set("sort", &sort.written()));
    let href = use_callback(address.clone(), |id: AgentId, address| at(&address.query, Some(id)));
    let on_open =
        use_callback(address.clone(), |id: AgentId, address| address.go(&at(&address.query, Some(id))));
    let on_close = use_callback(address.clone(), |(), address| address.go(&at(&address.query, None)));
    let on_pick = use_callback((address.clone(), Rc::clone(&ticked)), |id: AgentId, (address, ticked)| {
        let mut next = (**ticked).clone();
        if !next.remove(&id) {
            next.insert(id);
        }
        address.set("picked", &written(&next));
    });
    let on_delete = {
        let (address, ticked) = (address.clone(), Rc::clone(&ticked));
        Callback::from(move |ids: Vec<AgentId>| {
            let left = ticked.iter().filter(|id| !ids.contains(id)).copied().collect();
            let query = address.query.clone().with("picked", &written(&left));
            let still_open = open.filter(|open| !ids.contains(open));
            remove.emit(ids);
            address.replace(&at(&query, still_open));
        })
    };
    let on_new = use_callback(address.clone(), |(), address| address.set("new", "1"));
    let on_unmake = use_callback(address.clone(), |(), address| address.set("new", ""));
    let on_made = {
        let (address, again) = (address.clone(), listed.again.clone());
        Callback::from(move |agent: AgentDetail| {
            again.emit(());
            address.replace(&at(&address.query, Some(agent.agent.id)));
        })
    };
    let now = match face(&listed.answer, |_| agents.is_empty()) {
        // Rows that are leaving hide the whole list only until more of it is asked for.
        Face::Empty if listed.answer.data.as_ref().is_some_and(|rows| rows.next.is_some()) => Face::Full,
        now => now,
    };
    let row = open.and_then(|open| agents.iter().find(|agent| agent.id == open).cloned());
    html! {
        <>
        <div class={if open.is_some() { "with-drawer" } else { "without-drawer" }}>
            <section class="list">
                { heading(fleet) }
                <Views fleet={Rc::clone(fleet)} filter={filter.clone()} />
                <Toolbar filter={filter.clone()} {fresh} on_fresh={listed.again.clone()} on_new={on_new.clone()} />
                <Bulk ticked={Rc::clone(&ticked)} agents={Rc::clone(&agents)} on_delete={on_delete.clone()} />
                <Faced face={now} what="the agents" lines=8 on_retry={listed.again.clone()} empty={nothing(&filter, &address, &on_new)}>
                    if !agents.is_empty() {
                        <AgentTable agents={Rc::clone(&agents)} sort={filter.order()} {on_sort} {open} {on_open} {href} picked={ticked} {on_pick}
                            on_end={listed.more.clone()} />
                    }
                </Faced>
                { total(&listed, &agents) }
            </section>
            if let Some(id) = open {
                <AgentDrawer key={id.to_string()} {id} {row} {on_close} on_delete={on_delete.reform(|id| vec![id])} />
            }
        </div>
        if address.get("new") == "1" { <CreateAgentDialog on_close={on_unmake} {on_made} /> }
        </>
    }
}

/// Who runs and who waits, of how many; the page's name until that is known.
fn heading(fleet: &FleetState) -> Html {
    let answer = match fleet.totals.agents {
        0 => Html::default(),
        all => {
            html! { <>{ sentence(&fleet.totals) }<span class="quiet">{ format!(", {} in all", grouped(all)) }</span></> }
        }
    };
    html! { <Heading title="Agents">{ answer }</Heading> }
}

/// The address of an agent, or of the list alone, with the filters as they are.
fn at(query: &Query, id: Option<AgentId>) -> AttrValue {
    let query = query.clone().with("new", "").with("file", "");
    match id {
        Some(id) => format!("/agents/{id}{}", query.written()).into(),
        None => format!("/agents{}", query.with("tab", "").written()).into(),
    }
}

fn rows(
    listed: &Listed<Agent>,
    fleet: &FleetState,
    leaving: &BTreeSet<AgentId>,
    filter: &Filter,
) -> Vec<Rc<Agent>> {
    let items = listed.answer.data.as_ref().map(|rows| rows.items.as_slice()).unwrap_or_default();
    let now = |agent: Rc<Agent>| match doing_now(fleet, &agent).filter(|_| agent.status.is_active()) {
        Some(words) if words != agent.activity.as_str() => {
            Rc::new(Agent { activity: words.to_string(), ..(*agent).clone() })
        }
        _ => agent,
    };
    rows::merged(items, fleet, leaving, filter).into_iter().map(now).collect()
}

/// The same rows as before where nothing in them changed, so that the table is not drawn again.
#[hook]
fn use_same(rows: Vec<Rc<Agent>>) -> Rc<Vec<Rc<Agent>>> {
    let kept = use_mut_ref(Rc::<Vec<Rc<Agent>>>::default);
    let mut kept = kept.borrow_mut();
    let same = |(one, other): (&Rc<Agent>, &Rc<Agent>)| Rc::ptr_eq(one, other) || one == other;
    if kept.len() != rows.len() || !kept.iter().zip(&rows).all(same) {
        *kept = Rc::new(rows);
    }
    Rc::clone(&kept)
}

/// How many agents came since the list was asked for. Into an empty list they are let at once.
#[hook]
fn use_fresh(listed: &Listed<Agent>, fleet: &FleetState, filter: &Filter) -> usize {
    let since = use_mut_ref(|| ((0_u32, false), Timestamp::default()));
    let asked = (listed.begun, fleet.known);
    if since.borrow().0 != asked {
        *since.borrow_mut() = (asked, rows::newest(fleet));
    }
    let items = listed.answer.data.as_ref().map(|rows| rows.items.as_slice());
    let by_age = filter.order() == Filter::default().order();
    let from = match items {
        // The newest row tells more exactly than the moment of asking what has come since.
        Some(items) if by_age => items.iter().map(|row| row.created_at).max().unwrap_or_default(),
        _ => since.borrow().1,
    };
    let fresh = items.map_or(0, |items| rows::fresh(items, fleet, filter, from));
    let empty = items.is_some_and(<[_]>::is_empty) && !listed.answer.waiting;
    let again = listed.again.clone();
    use_effect_with((fresh, empty), move |&(fresh, empty)| {
        if fresh > 0 && empty {
            again.emit(());
        }
    });
    fresh
}

fn nothing(filter: &Filter, address: &Address, on_new: &Callback<()>) -> Html {
    if filter.narrows() {
        let all = {
            let address = address.clone();
            Callback::from(move |_| address.go("/agents"))
        };
        return html! { <Empty words="No agent is like that."><Button onclick={all}>{ "Show all agents" }</Button></Empty> };
    }
    html! {
        <Empty words="No agent has run yet." then="Agents come with tasks; one can also be created alone and told what to do.">
            <Button kind={ButtonKind::Main} icon={Icon::Plus} onclick={on_new.reform(|_| ())}>{ "Create agent" }</Button>
            <ButtonLink href="/tasks/new">{ "New task" }</ButtonLink>
        </Empty>
    }
}

/// How many are shown of how many, and what they sum up to once all are here.
fn total(listed: &Listed<Agent>, agents: &[Rc<Agent>]) -> Html {
    let Some(Rows { total, next, .. }) = listed.answer.data.as_deref() else { return Html::default() };
    if agents.is_empty() {
        return Html::default();
    }
    let sums = rows::sums(agents);
    let of = match total {
        Total::Exact(count) => grouped(*count),
        Total::AtLeast { value, .. } => format!("more than {}", grouped(*value)),
    };
    html! {
        <p class="small quiet total-line" data-testid="agent-total">
            <span class="num">{ format!("{} of {of}", grouped(agents.len() as u64)) }</span>
            if next.is_none() && sums.tokens > 0 {
                <span class="num push">
                    { format!("{} tokens, ", figures::tokens(sums.tokens)) }
                    <span class="strong" title={cost_title(sums.cost, sums.basis)}>{ cost_text(sums.cost, sums.basis) }</span>
                </span>
            }
        </p>
    }
}
