//! Being aboard: a session, the live fleet, and what the frame shows of it.

use std::rc::Rc;

use quarterdeck_shared::agents::{Agent, AgentStatus};
use quarterdeck_shared::endpoints::GetSession;
use quarterdeck_shared::tasks::Task;
use quarterdeck_shared::{NoBody, NoQuery, Timestamp};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::{Counts, Facts, Link, Spent};
use crate::client::{Connection, FleetState, call};
use crate::components::{Act, Entry, Icon};
use crate::dom;
use crate::hooks::{Live, LiveProvider, Query, use_address, use_live};
use crate::panels::horizon::{Lane, Stop};
use crate::panels::marks::{cost_text, cost_title, role_class, role_title};

/// How far back work stands on the horizon.
const HOUR_US: i64 = 3_600_000_000;

/// What is inside.
#[derive(Properties, PartialEq)]
pub struct AboardProps {
    /// The pages.
    pub children: Html,
}

/// Gives every page the live fleet; whoever has no session is led to the login and back.
#[component]
pub fn Aboard(props: &AboardProps) -> Html {
    let address = use_address();
    let on = address.path != "/login";
    html! {
        <LiveProvider {on}>
            <Known><Gate {on} />{ props.children.clone() }</Known>
        </LiveProvider>
    }
}

#[derive(Properties, PartialEq)]
struct GateProps {
    on: bool,
}

/// Asks who we are whenever the connection is not live; it draws nothing.
#[component]
fn Gate(props: &GateProps) -> Html {
    let connection = use_live().connection;
    let address = use_address();
    let lost = !matches!(connection, Connection::Live);
    use_effect_with((props.on, lost), move |&(on, lost)| {
        if on && lost {
            spawn_local(async move {
                let answer = call(GetSession { query: NoQuery {}, body: NoBody }).await;
                if answer.is_err_and(|problem| problem.wants_login()) {
                    let wanted = format!("{}{}", address.path, address.query.written());
                    address.go(&format!("/login{}", Query::default().with("next", &wanted).written()));
                }
            });
        }
    });
    Html::default()
}

#[derive(Properties, PartialEq)]
struct KnownProps {
    children: Html,
}

/// Turns the live fleet into what the frame shows.
#[component]
fn Known(props: &KnownProps) -> Html {
    let live = use_live();
    let lanes = use_memo(Rc::as_ptr(&live.fleet), |_| lanes(&live.fleet, dom::now_us()));
    let things = use_memo(Rc::as_ptr(&live.fleet), |_| things(&live.fleet));
    let facts = facts(&live, lanes.as_slice().into(), things.as_slice().into());
    provide(facts, props.children.clone())
}

fn facts(live: &Live, lanes: Rc<[Lane]>, things: Rc<[Entry]>) -> Facts {
    let fleet = &live.fleet;
    let totals = &fleet.totals;
    let known = |count: u64| fleet.known.then_some(count);
    let link = match live.connection {
        Connection::Connecting => Link::Starting,
        Connection::Live => Link::Live,
        Connection::Lost { since_us, at_us } => Link::Retrying { since_us, at_us },
    };
    let as_of_us = match live.connection {
        Connection::Lost { since_us, .. } if fleet.known => Some(since_us),
        _ => None,
    };
    let (today, basis) = (totals.cost_today_usd, totals.cost_today_basis);
    let spent = fleet.known.then(|| Spent {
        short: cost_text(today, basis).into(),
        exact: cost_title(today, basis).into(),
        over: "today".into(),
    });
    let counts = Counts {
        agents: known(totals.agents),
        tasks: known(totals.tasks),
        waiting: known(totals.pending_approvals),
    };
    Facts { link, as_of_us, counts, spent, lanes, things, retry: live.retry.clone() }
}

/// The work of the last hour, oldest first.
pub fn lanes(fleet: &FleetState, now_us: i64) -> Vec<Lane> {
    let asked = |agent: &Agent| {
        let asks = fleet.approvals.iter().filter(|approval| approval.agent_id == agent.id);
        asks.map(|approval| approval.asked_at.micros()).min()
    };
    let recent = |end: Option<Timestamp>| end.is_none_or(|end| now_us - end.micros() < HOUR_US);
    let begun = fleet.agents.values().filter_map(|agent| Some((agent, agent.started_at?)));
    begun
        .filter(|(agent, _)| recent(agent.finished_at) && agent.status != AgentStatus::Created)
        .map(|(agent, started)| Lane {
            id: agent.id.to_string().into(),
            name: agent.name.clone().into(),
            class: role_class(agent.role).into(),
            start_us: started.micros(),
            end_us: ended(agent),
            waits_since_us: asked(agent),
            stop: stop(agent),
        })
        .collect()
}

fn ended(agent: &Agent) -> Option<i64> {
    let end = agent.finished_at.or_else(|| agent.status.is_final().then_some(agent.updated_at));
    end.map(Timestamp::micros)
}

fn stop(agent: &Agent) -> Option<Stop> {
    let (words, failed) = match agent.status {
        AgentStatus::Failed => ("failed", true),
        AgentStatus::Interrupted => ("interrupted", false),
        _ => return None,
    };
    Some(Stop { at_us: ended(agent)?, words: words.into(), failed })
}

/// Every task and agent for the palette, the newest first.
fn things(fleet: &FleetState) -> Vec<Entry> {
    let task = |task: &Rc<Task>| Entry {
        side: task.status.as_str().into(),
        also: task.id.to_string().into(),
        ..Entry::new(
            "Tasks",
            '#',
            Icon::Tasks,
            task.title.clone(),
            Act::Go(format!("/tasks/{}", task.id).into()),
        )
    };
    let agent = |agent: &Rc<Agent>| Entry {
        side: agent.status.as_str().into(),
        also: format!("{} {}", role_title(agent.role), agent.id).into(),
        ..Entry::new(
            "Agents",
            '@',
            Icon::Agents,
            agent.name.clone(),
            Act::Go(format!("/agents/{}", agent.id).into()),
        )
    };
    fleet.tasks.values().rev().map(task).chain(fleet.agents.values().rev().map(agent)).collect()
}
