//! Dashboard: who runs, who waits, what is under way, and what it costs.

use std::rc::Rc;

use quarterdeck_shared::endpoints::{CreateTask, GetUsageSeries, ListRuntimes};
use quarterdeck_shared::tasks::{NewTask, PermissionMode, Task, TaskType};
use quarterdeck_shared::usage::{Bucket, SeriesBy, SeriesQuery};
use quarterdeck_shared::{NoBody, NoQuery};
use yew::prelude::*;

use super::approvals::AnsweringCard;
use super::faces::{face, said};
use super::{Heading, use_facts};
use crate::client::{FleetState, Problem};
use crate::components::{ButtonLink, Empty, Face, Faced, Icon, Section};
use crate::format::several;
use crate::hooks::{use_address, use_command, use_live, use_query, use_settled};
use crate::panels::horizon::Horizon;
use crate::panels::shares::Shares;
use crate::panels::trend::{Measure, Trend};
use crate::panels::under_way::{UnderWay, groups};
use crate::panels::watch::{Watch, sentence};
use crate::panels::welcome::Welcome;

/// Questions answered in place; the others are one press away.
const ASKS: usize = 4;

/// The first page.
#[component]
pub fn Dashboard() -> Html {
    let fleet = use_live().fleet;
    if !fleet.known {
        let children = html! {};
        return html! {
            <><Heading title="Dashboard" /><Faced face={Face::Waiting} what="the fleet" lines=6>{ children }</Faced></>
        };
    }
    if fleet.totals.agents == 0 && fleet.totals.tasks == 0 {
        return html! { <First /> };
    }
    html! { <Fleet {fleet} /> }
}

/// A fleet that never sailed.
#[component]
fn First() -> Html {
    let address = use_address();
    let runtimes = use_query(Some(()), |()| ListRuntimes { query: NoQuery {}, body: NoBody }).answer;
    let done = Callback::from(move |answer: Result<Task, Problem>| {
        if let Ok(task) = answer {
            address.go(&format!("/tasks/{}", task.id));
        }
    });
    let order = use_command::<CreateTask>(done);
    let on_demonstrate = order.give.reform(|()| CreateTask { query: NoQuery {}, body: demonstration() });
    let claude = runtimes.data.and_then(|page| {
        let claude = page.items.iter().find(|runtime| runtime.name == "claude_cli")?;
        (!claude.available).then(|| AttrValue::from(claude.message.clone()))
    });
    let problem = order.problem.as_ref().map(said);
    html! {
        <>
            <Heading title="Dashboard">{ "Welcome aboard" }</Heading>
            <Welcome {on_demonstrate} busy={order.busy} {problem} {claude} />
        </>
    }
}

fn demonstration() -> NewTask {
    NewTask {
        prompt: "Warn of a quay flood in time: refactor the tide service, implement the warning, test and document it."
            .to_owned(),
        task_type: Some(TaskType::FeatureImplementation),
        runtime: Some("replay".to_owned()),
        permission_mode: Some(PermissionMode::Default),
        ..NewTask::default()
    }
}

#[derive(Properties, PartialEq)]
struct FleetProps {
    fleet: Rc<FleetState>,
}

#[component]
fn Fleet(props: &FleetProps) -> Html {
    let fleet = &props.fleet;
    let (facts, address) = (use_facts(), use_address());
    let oldest_ask_us = fleet.approvals.iter().map(|approval| approval.asked_at.micros()).min();
    let at_work = fleet.agents.values().filter(|agent| agent.status.is_active());
    let fullest = at_work.filter_map(|agent| Some(agent.context?.percent)).max_by(f64::total_cmp);
    let heading = html! { <Heading title="Dashboard">{ sentence(&fleet.totals) }</Heading> };
    let on_open = Callback::from(move |id: AttrValue| address.go(&format!("/agents/{id}")));
    html! {
        <>
            <Watch totals={fleet.totals.clone()} {oldest_ask_us} {fullest} {heading} />
            <Horizon lanes={facts.lanes} {on_open} />
            <div class="fleet">
                <Now fleet={Rc::clone(fleet)} />
                <Needs fleet={Rc::clone(fleet)} />
            </div>
            <Shares totals={fleet.totals.clone()} />
            <Trends records={fleet.totals.records} />
        </>
    }
}

#[component]
fn Now(props: &FleetProps) -> Html {
    let groups = groups(props.fleet.tasks.values(), props.fleet.agents.values());
    let tasks = groups.iter().filter(|group| group.task.is_some()).count();
    let agents: usize = groups.iter().map(|group| group.agents.len()).sum();
    let face = if groups.is_empty() { Face::Empty } else { Face::Full };
    let empty = html! {
        <Empty words="Nothing is under way.">
            <ButtonLink href="/tasks/new" icon={Icon::Plus}>{ "New task" }</ButtonLink>
        </Empty>
    };
    let aside = html! {
        <span class="row">
            <ButtonLink href="/agents?new=1" icon={Icon::Plus} test_id="create-agent-button">{ "Create agent" }</ButtonLink>
            <a class="in small" href="/agents">{ "All agents" }</a>
        </span>
    };
    let note = (!groups.is_empty()).then(|| {
        AttrValue::from(format!("{}, {}", several(tasks as u64, "task"), several(agents as u64, "agent")))
    });
    html! {
        <Section title="Under way" id="under-way" {note} {face} {empty} {aside} what="what is under way">
            <UnderWay {groups} />
        </Section>
    }
}

#[component]
fn Needs(props: &FleetProps) -> Html {
    let approvals = &props.fleet.approvals;
    let more = approvals.len().saturating_sub(ASKS);
    let cards = approvals.iter().take(ASKS).enumerate().map(|(at, approval)| {
        html! { <AnsweringCard key={approval.id.to_string()} approval={Rc::clone(approval)} keys={at == 0} /> }
    });
    html! {
        <Section title="Needs you" id="needs" class="needs">
            if approvals.is_empty() {
                <p class="small quiet">{ "No agent waits. What one may not do unasked is asked here." }</p>
            }
            <div class="asks">{ for cards }</div>
            if more > 0 { <a class="in small" href="/approvals">{ format!("{more} more in Approvals") }</a> }
        </Section>
    }
}

#[derive(Properties, PartialEq)]
struct TrendsProps {
    records: u64,
}

/// The last day by the hour; asked again once new records have settled.
#[component]
fn Trends(props: &TrendsProps) -> Html {
    let settled = use_settled(props.records, 2_000);
    let asked = use_query(Some(settled), |_| GetUsageSeries {
        query: SeriesQuery { bucket: Some(Bucket::Hour), by: Some(SeriesBy::Role), ..SeriesQuery::default() },
        body: NoBody,
    });
    let series = asked.answer.data.clone();
    let face = face(&asked.answer, |series| series.points.is_empty());
    let empty =
        html! { <Empty words="No request in the last 24 hours. A recording's requests are not counted." /> };
    let plot = |measure: Measure| html! { if let Some(series) = &series { <Trend series={Rc::clone(series)} {measure} /> } };
    html! {
        <div class="trends">
            <Section title="Cost, last 24 hours" id="cost-day" note="by role" face={face.clone()} empty={empty.clone()} on_retry={asked.again.clone()}>
                { plot(Measure::Cost) }
            </Section>
            <Section title="Tokens, last 24 hours" id="tokens-day" note="by role" {face} {empty} on_retry={asked.again}>
                { plot(Measure::Tokens) }
            </Section>
        </div>
    }
}
