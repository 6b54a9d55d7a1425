//! Costs: what was spent by day, session, project and more, each figure with the records behind it.

mod why;

pub use why::WhyPage;

use quarterdeck_shared::costs::{CostGroup, CostSum, Costs as Ledger, CostsBy, CostsQuery};
use quarterdeck_shared::endpoints::{GetCosts, ListUsage};
use quarterdeck_shared::usage::UsageQuery;
use quarterdeck_shared::{NoBody, Timestamp};
use yew::prelude::*;

use super::Heading;
use super::faces::face;
use crate::calendar;
use crate::components::{Basis, ButtonLink, Choice, Empty, Face, Faced, Icon, Section, Segment};
use crate::dom;
use crate::format::{count, grouped};
use crate::hooks::{use_address, use_live, use_pages, use_query, use_settled};
use crate::panels::cost_days::CostDays;
use crate::panels::cost_groups::CostGroups;
use crate::panels::marks::{cost_text, cost_title};
use crate::panels::usage_records::UsageRecords;

const DAY_US: i64 = 86_400_000_000;

/// The stretches one can look at: value, words, days back; none for all there is.
const SPANS: [(&str, &str, Option<i64>); 4] = [
    ("7d", "7 days", Some(7)),
    ("30d", "30 days", Some(30)),
    ("90d", "90 days", Some(90)),
    ("all", "All", None),
];

const GROUPINGS: [(CostsBy, &str); 8] = [
    (CostsBy::Day, "Day"),
    (CostsBy::Week, "Week"),
    (CostsBy::Month, "Month"),
    (CostsBy::Block, "Block"),
    (CostsBy::Session, "Session"),
    (CostsBy::Project, "Project"),
    (CostsBy::Model, "Model"),
    (CostsBy::Role, "Role"),
];

/// What was spent.
#[component]
pub fn Costs() -> Html {
    let address = use_address();
    let live = use_live();
    let records = use_settled(live.fleet.totals.records, 2_000);
    let (span, words, days) =
        SPANS.into_iter().find(|(value, ..)| *value == address.get("span")).unwrap_or(SPANS[1]);
    let by = address.get("by").parse().unwrap_or(CostsBy::Day);
    let asked = use_query(Some((days, by, records)), |(days, by, _)| question(days, by));
    let daily =
        use_query((by != CostsBy::Day).then_some((days, records)), |(days, _)| question(days, CostsBy::Day));
    let whole = days.map(stretch);
    let ledger = asked.answer.data.clone();
    let open = AttrValue::from(address.get("open").to_owned());
    let chosen =
        ledger.as_ref().and_then(|ledger| ledger.groups.iter().find(|group| group.key == *open).cloned());
    let behind = use_pages(chosen.as_ref().and_then(|group| behind(group, by)), |query, cursor| ListUsage {
        query: UsageQuery { cursor, ..query },
        body: NoBody,
    });
    let set = |name| address.setter(name);
    let regroup = {
        let address = address.clone();
        Callback::from(move |value: AttrValue| {
            let query = address.query.clone().with("by", &value).with("open", "");
            address.replace(&format!("{}{}", address.path, query.written()));
        })
    };
    let spans: Vec<_> = SPANS.into_iter().map(|(value, words, _)| Choice::new(value, words)).collect();
    let groupings: Vec<_> =
        GROUPINGS.into_iter().map(|(by, words)| Choice::new(by.as_str(), words)).collect();
    let shown = face(&asked.answer, |ledger: &Ledger| ledger.groups.is_empty());
    let (days, days_face) = match by {
        CostsBy::Day => (ledger.clone(), Face::Full),
        _ => (daily.answer.data.clone(), face(&daily.answer, |_: &Ledger| false)),
    };
    let empty = html! {
        <Empty words="Nothing was spent in this stretch. Sessions of your own Claude Code are counted from their folder by themselves; those that lie elsewhere by" command="quarterdeck import FOLDER">
            <ButtonLink href="/tasks/new" icon={Icon::Plus}>{ "New task" }</ButtonLink>
        </Empty>
    };
    html! {
        <>
            <div class="ledger-head">
                <div>
                    <Heading title="Costs">{ for ledger.as_ref().map(|ledger| sum(&ledger.total, words)) }</Heading>
                    { for ledger.as_ref().map(|ledger| basis(&ledger.total)) }
                </div>
                <div class="push"><Segment label="Stretch of time" choices={spans} value={span} onchange={set("span")} /></div>
            </div>
            <Faced face={shown} what="the costs" lines=8 {empty} on_retry={asked.again}>
                <Faced face={days_face} what="the days" lines=6 on_retry={daily.again}>
                    if let Some(days) = days { <CostDays days={days.groups.clone()} stretch={whole} /> }
                </Faced>
                <div class="row wrap groupings"><Segment label="Added up by" choices={groupings} value={by.as_str()} onchange={regroup} test_id="costs-by" /></div>
                if let Some(ledger) = &ledger {
                    <CostGroups groups={ledger.groups.clone()} {by} open={open.clone()} on_open={set("open")} />
                    if ledger.left_out > 0 { <p class="small quiet">{ format!("{} older ones are in the sum above and left out here.", grouped(ledger.left_out)) }</p> }
                }
            </Faced>
            if chosen.is_some() {
                <Section class="behind" title="Records behind it" id="behind" note="newest first, one a response of the model's API"
                    aside={explained(by, &open)} face={face(&behind.answer, |rows| rows.items.is_empty())} empty={html! { <p class="small quiet">{ "No record of these is kept." }</p> }} on_retry={behind.again}>
                    if let Some(rows) = &behind.answer.data {
                        <UsageRecords records={rows.items.clone()} on_more={rows.next.as_ref().map(|_| behind.more.clone())} />
                    }
                </Section>
            }
        </>
    }
}

/// The way to what stands behind a day's sum.
fn explained(by: CostsBy, day: &AttrValue) -> Html {
    html! { if by == CostsBy::Day { <a class="small" href={format!("/costs/why?day={day}")}>{ "Why is this different elsewhere?" }</a> } }
}

/// So many days until today, from the first one's midnight to the last one's, µs.
fn stretch(days: i64) -> (i64, i64) {
    let today = calendar::midnight(dom::now_us());
    // From a day's middle: a day of summer time is an hour longer or shorter.
    (calendar::midnight(today + DAY_US / 2 - (days - 1) * DAY_US), today)
}

fn question(days: Option<i64>, by: CostsBy) -> GetCosts {
    let from = days.map(|days| Timestamp(stretch(days).0).to_string());
    let query = CostsQuery { by: Some(by), from, timezone: Some(calendar::zone()), ..CostsQuery::default() };
    GetCosts { query, body: NoBody }
}

/// Which records make up a group; `None` where it does not say whose they are.
fn behind(group: &CostGroup, by: CostsBy) -> Option<UsageQuery> {
    let limit = Some(50);
    let from = Some(group.first_at.to_string());
    let to = Some(group.last_at.to_string());
    match by {
        CostsBy::Day | CostsBy::Week | CostsBy::Month | CostsBy::Block => {
            Some(UsageQuery { from, to, limit, ..UsageQuery::default() })
        }
        CostsBy::Model => {
            Some(UsageQuery { model: Some(group.key.clone()), from, to, limit, ..UsageQuery::default() })
        }
        CostsBy::Session => {
            let agent_id = group.agent_id.filter(|_| group.task_id.is_none());
            (agent_id.is_some() || group.task_id.is_some()).then(|| UsageQuery {
                agent_id,
                task_id: group.task_id,
                from,
                to,
                limit,
                ..UsageQuery::default()
            })
        }
        CostsBy::Project => {
            Some(UsageQuery { project: Some(group.key.clone()), from, to, limit, ..UsageQuery::default() })
        }
        CostsBy::Role => {
            let role = group.key.parse().ok()?;
            Some(UsageQuery { role: Some(role), from, to, limit, ..UsageQuery::default() })
        }
    }
}

fn sum(total: &CostSum, words: &str) -> Html {
    let stretch = if words == "All" { " in all".to_owned() } else { format!(" in {words}") };
    html! {
        <>
            <span class="num" title={cost_title(total.cost_usd, total.cost_basis)} data-testid="costs-sum">{ cost_text(total.cost_usd, total.cost_basis) }</span>
            { stretch }
        </>
    }
}

/// How well the sum is known.
fn basis(total: &CostSum) -> Html {
    let of = |records: u64, kind: &'static str, words: &'static str| {
        html! { if records > 0 { <Basis {kind}>{ format!("{} {words}", grouped(records)) }</Basis> } }
    };
    html! {
        <p class="row wide wrap small quiet">
            <span title={grouped(total.tokens.total())}>{ format!("{} tokens in {} requests", count(total.tokens.total()), grouped(total.records)) }</span>
            { of(total.lower_bound_records, "lower_bound", "known from below") }
            { of(total.unknown_records, "unknown", "without a price") }
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use quarterdeck_shared::agents::Role;
    use serde_json::{Value, json};

    fn group(changes: Value) -> CostGroup {
        let mut group = json!({
            "key": "2026-11-22", "models": [], "first_at": "2026-11-22T09:15:00Z", "last_at": "2026-11-22T13:30:00Z",
            "sum": {"records": 3, "tokens": {"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4}, "cost_usd": "0.23",
                    "cost_basis": "computed", "lower_bound_records": 0, "unknown_records": 0}
        });
        for (field, value) in changes.as_object().unwrap() {
            group[field] = value.clone();
        }
        serde_json::from_value(group).unwrap()
    }

    #[test]
    fn whatever_the_ledger_can_be_added_up_by_can_be_chosen() {
        for by in CostsBy::ALL {
            assert!(GROUPINGS.iter().any(|(offered, _)| offered == by), "{by:?}");
        }
    }

    #[test]
    fn the_records_of_a_day_end_with_its_last_and_not_with_the_next_days_first() {
        let query = behind(&group(json!({})), CostsBy::Day).unwrap();
        assert_eq!(query.from.as_deref(), Some("2026-11-22T09:15:00.000000Z"));
        assert_eq!(query.to.as_deref(), Some("2026-11-22T13:30:00.000000Z"));
    }

    #[test]
    fn the_records_of_a_session_are_those_of_its_task() {
        let id = "0192f0c1-2b3c-7d4e-8f50-00000000000a";
        let session = behind(&group(json!({"task_id": id, "agent_id": id})), CostsBy::Session).unwrap();
        assert_eq!((session.task_id.map(|id| id.to_string()).as_deref(), session.agent_id), (Some(id), None));
        assert_eq!(behind(&group(json!({})), CostsBy::Session), None);
    }

    #[test]
    fn the_records_of_a_project_and_of_a_role_are_asked_for_by_their_names() {
        let project = behind(&group(json!({"key": "/home/me/app"})), CostsBy::Project).unwrap();
        assert_eq!((project.project.as_deref(), project.role), (Some("/home/me/app"), None));
        assert_eq!(project.to.as_deref(), Some("2026-11-22T13:30:00.000000Z"));
        let role = behind(&group(json!({"key": "BUILDER"})), CostsBy::Role).unwrap();
        assert_eq!((role.role, role.project), (Some(Role::Builder), None));
    }

    #[test]
    fn doubts_are_told_beside_the_sum() {
        let total = CostSum { unknown_records: 2, lower_bound_records: 1, records: 9, ..CostSum::default() };
        let html = drawn(basis(&total));
        holds(&html, &["in 9 requests", "basis lower_bound", "1 known from below", "2 without a price"]);
        assert!(!drawn(basis(&CostSum::default())).contains("basis"));
    }
}
