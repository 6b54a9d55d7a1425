//! Which agents the list shows: ready-made views, and the filters one by one.

use std::rc::Rc;

use quarterdeck_shared::agents::{AgentStatus, Role};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::cleanup::CleanUp;
use super::filter::Filter;
use crate::client::FleetState;
use crate::components::{Button, ButtonSize, Chip, ChipSelect, Choice, Icon, Kbd, icon};
use crate::format::grouped;
use crate::hooks::{Query, use_address};
use crate::panels::marks::role_title;

struct View {
    words: &'static str,
    status: &'static str,
    sort: &'static str,
}

const VIEWS: [View; 5] = [
    View { words: "All", status: "", sort: "" },
    View { words: "At work", status: "running,waiting", sort: "" },
    View { words: "Failed or cut off", status: "failed,interrupted", sort: "" },
    View { words: "Expensive", status: "", sort: "-cost" },
    View { words: "Deleted", status: "deleted", sort: "" },
];

/// What the views show.
#[derive(Properties, PartialEq)]
pub struct ViewsProps {
    /// The fleet, for the counts.
    pub fleet: Rc<FleetState>,
    /// The filter in force.
    pub filter: Filter,
}

/// Ready-made filters.
#[component]
pub fn Views(props: &ViewsProps) -> Html {
    let filter = &props.filter;
    let plain = filter.role.is_empty() && filter.q.is_empty() && filter.from.is_none();
    let address = use_address();
    let link = |view: &View| {
        let query = Query::default().with("status", view.status).with("sort", view.sort);
        let here = plain && filter.status == view.status && filter.sort == view.sort;
        let open = address.path.strip_prefix("/agents").unwrap_or_default();
        html! {
            <a href={format!("/agents{open}{}", query.written())} aria-current={here.then_some("true")}>
                { view.words }
                if let Some(count) = count(&props.fleet, view) { { " " }<span class="num quiet">{ grouped(count) }</span> }
            </a>
        }
    };
    html! { <nav class="tabset" aria-label="Views">{ for VIEWS.iter().map(link) }</nav> }
}

fn count(fleet: &FleetState, view: &View) -> Option<u64> {
    let of = |status: &str| fleet.totals.by_status.get(status).copied().unwrap_or(0);
    match (view.status, view.sort) {
        _ if !fleet.known => None,
        ("", "") => Some(fleet.totals.agents),
        ("", _) | ("deleted", _) => None,
        (statuses, _) => Some(statuses.split(',').map(of).sum()),
    }
}

/// What the toolbar shows.
#[derive(Properties, PartialEq)]
pub struct ToolbarProps {
    /// The filter in force.
    pub filter: Filter,
    /// How many agents came since the list was asked for.
    pub fresh: usize,
    /// Asks for the list once more, which lets them in.
    pub on_fresh: Callback<()>,
    /// Makes an agent.
    pub on_new: Callback<()>,
}

/// The filters, and what is new.
#[component]
pub fn Toolbar(props: &ToolbarProps) -> Html {
    let address = use_address();
    let set = |name| address.setter(name);
    let oninput = {
        let q = set("q");
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                q.emit(input.value().into());
            }
        })
    };
    let q = AttrValue::from(address.get("q").to_owned());
    html! {
        <div class="toolbar">
            <label class={classes!("chip", "seek", (!q.is_empty()).then_some("on"))}>
                { icon(Icon::Search) }<span class="sr">{ "Filter by name" }</span>
                <input type="search" name="q" value={q} {oninput} placeholder="Filter" autocomplete="off" spellcheck="false" data-filter="" data-testid="agent-filter" />
                <Kbd keys="/" />
            </label>
            <ChipSelect label="Status" choices={statuses()} value={props.filter.status.clone()} onchange={set("status")} test_id="filter-status" />
            <ChipSelect label="Role" choices={roles()} value={props.filter.role.clone()} onchange={set("role")} test_id="filter-role" />
            <ChipSelect label="Created" choices={created()} value={address.get("created").to_owned()} onchange={set("created")} test_id="filter-created" />
            if props.fresh > 0 {
                <span role="status" data-testid="fresh"><Chip class="on" icon={Icon::Rerun} onclick={props.on_fresh.reform(|_| ())}><b>{ format!("{} new", props.fresh) }</b></Chip></span>
            }
            <span class="push row"><CleanUp on_done={props.on_fresh.clone()} /><Button size={ButtonSize::Small} icon={Icon::Plus} onclick={props.on_new.reform(|_| ())} test_id="create-agent-button">{ "Create agent" }</Button></span>
        </div>
    }
}

fn statuses() -> Vec<Choice> {
    let sets = [("", "any"), ("running,waiting", "at work"), ("failed,interrupted", "failed or cut off")];
    let sets = sets.into_iter().map(|(value, words)| Choice::new(value, words));
    sets.chain(AgentStatus::ALL.iter().map(|status| Choice::new(status.as_str(), status.as_str()))).collect()
}

fn roles() -> Vec<Choice> {
    let any = std::iter::once(Choice::new("", "any"));
    any.chain(Role::ALL.iter().map(|role| Choice::new(role.as_str(), role_title(*role)))).collect()
}

fn created() -> Vec<Choice> {
    vec![Choice::new("", "any time"), Choice::new("today", "today"), Choice::new("week", "last 7 days")]
}
