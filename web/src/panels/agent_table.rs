//! The agents as a table: who, in which state, doing what, how full, how dear.

use std::collections::BTreeSet;
use std::rc::Rc;

use orchestrator::figures;
use quarterdeck_shared::AgentId;
use quarterdeck_shared::agents::Agent;
use yew::prelude::*;

use super::deed::visible;
use super::marks::{cost, recording, role_mark, role_title, status_mark};
use crate::components::{Cells, Checkbox, Column, Gauge, Sort, Table, TimeAt};
use crate::format::{DASH, grouped};

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct AgentTableProps {
    /// The agents, in order.
    pub agents: Rc<Vec<Rc<Agent>>>,
    /// What they are sorted by.
    pub sort: Sort,
    /// Called with the order asked for.
    pub on_sort: Callback<Sort>,
    /// The one that is open beside the table.
    pub open: Option<AgentId>,
    /// Called with the agent pressed or entered.
    pub on_open: Callback<AgentId>,
    /// The address of an agent, for its link.
    pub href: Callback<AgentId, AttrValue>,
    /// The ticked ones.
    pub picked: Rc<BTreeSet<AgentId>>,
    /// Called with the agent to tick or untick.
    pub on_pick: Callback<AgentId>,
    /// Called when the last row comes into view.
    pub on_end: Callback<()>,
}

/// The agents.
#[component]
pub fn AgentTable(props: &AgentTableProps) -> Html {
    let row = {
        let (agents, picked) = (Rc::clone(&props.agents), Rc::clone(&props.picked));
        let (href, on_pick) = (props.href.clone(), props.on_pick.clone());
        Callback::from(move |at: usize| {
            let agent: Option<&Rc<Agent>> = agents.get(at);
            agent.map(|agent| cells(agent, picked.contains(&agent.id), &href, &on_pick)).unwrap_or_default()
        })
    };
    let id_at = |agents: &Rc<Vec<Rc<Agent>>>| {
        let agents = Rc::clone(agents);
        move |at: usize| agents.get(at).map(|agent: &Rc<Agent>| agent.id)
    };
    let key_of = {
        let id_at = id_at(&props.agents);
        Callback::from(move |at| id_at(at).map_or_else(AttrValue::default, |id| id.to_string().into()))
    };
    let with = |then: &Callback<AgentId>| {
        let (id_at, then) = (id_at(&props.agents), then.clone());
        Callback::from(move |at| {
            if let Some(id) = id_at(at) {
                then.emit(id);
            }
        })
    };
    html! {
        <Table label="Agents" test_id="agent-list" class="agent-table" columns={columns()} count={props.agents.len()} {row} {key_of}
            sort={props.sort.clone()} on_sort={props.on_sort.clone()} open={props.open.map(|id| AttrValue::from(id.to_string()))}
            on_open={with(&props.on_open)} on_tick={with(&props.on_pick)} on_end={props.on_end.clone()} main=true tall=true />
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("pick", "Select").silent().class("at-pick"),
        Column::new("status", "Status").sorts().class("at-status"),
        Column::new("role", "Role").sorts().class("at-role"),
        Column::new("name", "Agent").sorts().class("at-name"),
        Column::new("id", "Id").class("at-id"),
        Column::new("activity", "Now").class("at-now"),
        Column::new("context", "Context").class("at-context"),
        Column::new("tokens", "Tokens").right().sorts().class("at-tokens"),
        Column::new("cost", "Cost").right().sorts().class("at-cost"),
        Column::new("created_at", "Created").right().sorts().class("at-created"),
    ]
}

fn cells(
    agent: &Agent,
    picked: bool,
    href: &Callback<AgentId, AttrValue>,
    on_pick: &Callback<AgentId>,
) -> Cells {
    let id = agent.id;
    let name = visible(&agent.name);
    let cells = vec![
        html! {
            <Checkbox label={format!("Select {name} {}", id.short())} name="picked" checked={picked} bare=true onchange={on_pick.reform(move |_| id)} />
        },
        status_mark(agent.status, Some("agent-status")),
        role_mark(agent.role, false),
        html! {
            <span class="row">
                <a class="strong cut" href={href.emit(id)} tabindex="-1" title={format!("{name}, {}", role_title(agent.role))}>{ &name }</a>
                if agent.runtime == "replay" { { recording() } }
            </span>
        },
        html! { <span class="id" title={id.to_string()} data-testid="agent-id">{ id.short() }</span> },
        html! { <span class="cut quiet small" title={visible(&agent.activity)}>{ doing(agent) }</span> },
        gauge(agent),
        tokens(agent),
        cost(agent.cost_usd, agent.cost_basis),
        html! { <TimeAt class="quiet" at_us={agent.created_at.micros()} /> },
    ];
    Cells { cells, class: classes!(picked.then_some("selected")) }
}

fn doing(agent: &Agent) -> String {
    if agent.status.is_active() && !agent.activity.is_empty() {
        visible(&agent.activity)
    } else if agent.status.is_active() {
        DASH.to_owned()
    } else {
        visible(&agent.status_evidence.reason)
    }
}

fn gauge(agent: &Agent) -> Html {
    let title = agent.context.map(|context| {
        AttrValue::from(format!("{} of {} tokens", grouped(context.used), grouped(context.window)))
    });
    html! { <Gauge part={agent.context.map(|context| context.percent / 100.0)} of="context" width=44.0 {title} /> }
}

fn tokens(agent: &Agent) -> Html {
    match agent.total_tokens {
        0 => html! { <span class="quiet" title="no request yet">{ DASH }</span> },
        total => {
            html! { <span class="num quiet" title={format!("{} tokens", grouped(total))}>{ figures::tokens(total) }</span> }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::agent;
    use crate::testing::{drawn, holds};
    use serde_json::{Value, json};

    fn table(agents: Vec<Value>) -> String {
        let agents: Vec<_> = agents.into_iter().map(|changes| Rc::new(agent(changes))).collect();
        let open = agents.first().map(|agent| agent.id);
        let picked = Rc::new(open.into_iter().collect());
        let href = Callback::from(|id: AgentId| AttrValue::from(format!("/agents/{id}")));
        drawn(html! {
            <AgentTable agents={Rc::new(agents)} sort={Sort::parse("-created_at")} on_sort={Callback::noop()} {open} on_open={Callback::noop()}
                {href} {picked} on_pick={Callback::noop()} on_end={Callback::noop()} />
        })
    }

    #[test]
    fn a_row_tells_status_role_name_activity_context_tokens_and_cost() {
        let html = table(vec![json!({"total_tokens": 15_420})]);
        holds(
            &html,
            &[
                "data-testid=\"agent-list\"",
                "data-testid=\"agent-status\"",
                ">running<",
                "BUILDER",
                ">Builder</a>",
                "Edit src/payments/store.rs",
                "18%",
                "15.4k",
                "$3.36",
                "aria-sort=\"descending\"",
                "checked",
            ],
        );
    }

    #[test]
    fn what_is_not_known_is_a_dash() {
        let unborn = json!({"status": "created", "cost_usd": "0", "cost_basis": null, "context": null, "total_tokens": 0});
        let html = table(vec![unborn]);
        assert_eq!(html.matches("no request yet").count(), 3, "{html}");
        assert!(!html.contains("$0"), "{html}");
    }

    #[test]
    fn a_replay_says_that_it_is_a_recording() {
        holds(&table(vec![json!({"runtime": "replay"})]), &["data-testid=\"recording\""]);
    }
}
