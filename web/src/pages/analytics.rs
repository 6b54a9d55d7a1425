//! Analytics: cost and tokens over time, by role and by model, added up from the usage records.

use std::collections::BTreeMap;
use std::rc::Rc;

use quarterdeck_shared::endpoints::{GetUsageSeries, ListUsage};
use quarterdeck_shared::usage::{Bucket, CostBasis, Series, SeriesBy, SeriesQuery, UsageQuery};
use quarterdeck_shared::{NoBody, Timestamp, Usd};
use yew::prelude::*;

use super::Heading;
use super::faces::face;
use super::roles::Roles;
use crate::components::{Bar, Bars, ButtonLink, Choice, Empty, Faced, Icon, Section, Segment};
use crate::dom;
use crate::format::{count, grouped, several};
use crate::hooks::{Address, use_address, use_live, use_query, use_settled};
use crate::order;
use crate::panels::deed::visible;
use crate::panels::marks::{cost_text, cost_title};
use crate::panels::records::Records;
use crate::panels::trend::{Measure, Trend};

/// The stretches one can look at: value, words, seconds, bucket.
const SPANS: [(&str, &str, i64, Bucket); 4] = [
    ("1h", "1 hour", 3_600, Bucket::Minute),
    ("24h", "24 hours", 86_400, Bucket::Hour),
    ("7d", "7 days", 604_800, Bucket::Hour),
    ("30d", "30 days", 2_592_000, Bucket::Day),
];

/// What was used.
#[component]
pub fn Analytics() -> Html {
    let address = use_address();
    let live = use_live();
    let records = use_settled(live.fleet.totals.records, 2_000);
    let (_, words, seconds, bucket) =
        SPANS.into_iter().find(|(value, ..)| *value == address.get("span")).unwrap_or(SPANS[1]);
    let by = if address.get("by") == "model" { SeriesBy::Model } else { SeriesBy::Role };
    let asked = use_query(Some((seconds, bucket, by, records)), |(seconds, bucket, by, _)| GetUsageSeries {
        query: SeriesQuery { bucket: Some(bucket), by: Some(by), from: Some(since(seconds)), to: None },
        body: NoBody,
    });
    let group = AttrValue::from(address.get("group").to_owned());
    let newest = use_query(Some((seconds, by, group.clone(), records)), |(seconds, by, group, _)| {
        ListUsage { query: behind(seconds, by, &group), body: NoBody }
    });
    let series = asked.answer.data.clone();
    let shown = face(&asked.answer, |series| series.points.is_empty());
    let set = |name| address.setter(name);
    let regroup = {
        let address = address.clone();
        Callback::from(move |by: AttrValue| {
            let query = address.query.clone().with("by", &by).with("group", "");
            address.replace(&format!("{}{}", address.path, query.written()));
        })
    };
    let spans: Vec<_> = SPANS.into_iter().map(|(value, words, ..)| Choice::new(value, words)).collect();
    let groups = vec![Choice::new("role", "By role"), Choice::new("model", "By model")];
    let empty = html! {
        <Empty words={format!("No request in the last {words}. A recording's requests are not counted.")}>
            <ButtonLink href="/tasks/new" icon={Icon::Plus}>{ "New task" }</ButtonLink>
        </Empty>
    };
    let (cost, basis, tokens) = series.as_deref().map(Series::sum).unwrap_or_default();
    html! {
        <>
            <div class="ledger-head">
                <div>
                    <Heading title="Analytics">
                        if series.is_some() { <span class="num" title={cost_title(cost, basis)} data-testid="analytics-cost">{ cost_text(cost, basis) }</span>{ format!(" in {words}") } }
                        else { { "Analytics" } }
                    </Heading>
                    <p class="sub quiet"><span title={grouped(tokens.total())}>{ format!("{} tokens", count(tokens.total())) }</span>{ ", each figure a sum of the records below" }</p>
                </div>
                <div class="row wrap push">
                    <Segment label="Stretch of time" choices={spans} value={span_value(seconds)} onchange={set("span")} />
                    <Segment label="Grouping" choices={groups} value={by.as_str()} onchange={regroup} />
                </div>
            </div>
            <Faced face={shown} what="the usage" lines=8 {empty} on_retry={asked.again}>
                if let Some(series) = series { { charts(&series, by, &address) } }
            </Faced>
            <Roles seconds={seconds} asked_at={records} />
            <Section class="behind" title="Records" id="records" note="newest first, one a response of the model's API"
                aside={narrowed(&group, &address)} face={face(&newest.answer, |page| page.items.is_empty())} empty={html! { <p class="small quiet">{ "None in this stretch." }</p> }} on_retry={newest.again}>
                if let Some(page) = newest.answer.data { <Records records={page.items.clone()} /> }
            </Section>
        </>
    }
}

/// Which records are listed: those of one role or model where one is chosen.
fn behind(seconds: i64, by: SeriesBy, group: &str) -> UsageQuery {
    let query = UsageQuery { from: Some(since(seconds)), limit: Some(50), ..UsageQuery::default() };
    match by {
        SeriesBy::Role => UsageQuery { role: group.parse().ok(), ..query },
        SeriesBy::Model => {
            UsageQuery { model: Some(group.to_owned()).filter(|group| !group.is_empty()), ..query }
        }
    }
}

/// Whose records alone are listed, and the way back to all.
fn narrowed(group: &AttrValue, address: &Address) -> Html {
    html! {
        if !group.is_empty() {
            <span class="small">{ format!("of {} alone, ", visible(group)) }<a href={address.href("group", "")}>{ "show all" }</a></span>
        }
    }
}

fn charts(series: &Rc<Series>, by: SeriesBy, address: &Address) -> Html {
    html! {
        <div class="trends">
            <Section title="Cost" id="cost-trend"><Trend series={Rc::clone(series)} measure={Measure::Cost} height=220.0 /></Section>
            <Section title="Tokens" id="token-trend"><Trend series={Rc::clone(series)} measure={Measure::Tokens} height=220.0 /></Section>
            <Section title={if by == SeriesBy::Role { "Roles" } else { "Models" }} id="groups"><Bars bars={bars(series, address)} /></Section>
        </div>
    }
}

fn since(seconds: i64) -> String {
    Timestamp(dom::now_us()).plus_seconds(-seconds).to_string()
}

fn span_value(seconds: i64) -> &'static str {
    SPANS.into_iter().find(|(_, _, span, _)| *span == seconds).map_or("24h", |(value, ..)| value)
}

fn bars(series: &Series, address: &Address) -> Vec<Bar> {
    let mut groups: BTreeMap<&str, (Usd, Option<CostBasis>, u64)> = BTreeMap::new();
    for point in &series.points {
        let (cost, basis, records) = groups.entry(&point.group).or_default();
        *cost += point.cost_usd;
        *basis = point.cost_basis.max(*basis);
        *records += point.records;
    }
    let most = groups.values().map(|(cost, ..)| cost.nanos()).max().unwrap_or(0).max(1);
    let mut groups: Vec<_> = groups.into_iter().collect();
    order::largest_first(&mut groups, |(_, (cost, ..))| *cost);
    let bar = |(group, (cost, basis, records)): (&str, (Usd, Option<CostBasis>, u64))| Bar {
        name: html! { { group } },
        part: cost.nanos() as f64 / most as f64,
        value: html! { <a href={address.href("group", group)} title={format!("{}, {}: show them", cost_title(cost, basis), several(records, "request"))}>{ cost_text(cost, basis) }</a> },
        class: classes!("f1"),
    };
    groups.into_iter().map(bar).collect()
}
