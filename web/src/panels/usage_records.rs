//! Usage records: each response of the model's API behind a sum, with where it was read and how its cost is known.

use std::rc::Rc;

use orchestrator::figures;
use quarterdeck_shared::usage::UsageRecord;
use yew::prelude::*;

use super::deed::visible;
use super::marks::{cost_text, cost_title};
use crate::components::{Basis, Button, ButtonSize, CopyButton, Icon, TimeAt, icon};
use crate::format::{DASH, grouped};
use crate::hooks::encode;

/// What the records show.
#[derive(Properties, PartialEq)]
pub struct UsageRecordsProps {
    /// The records, newest first.
    pub records: Vec<Rc<UsageRecord>>,
    /// Called for the next page; `None` where there is none.
    #[prop_or_default]
    pub on_more: Option<Callback<()>>,
}

/// The records, each to be opened.
#[component]
pub fn UsageRecords(props: &UsageRecordsProps) -> Html {
    html! {
        <>
            <ol class="usage" data-testid="usage-records">{ for props.records.iter().map(|record| row(record)) }</ol>
            if let Some(more) = &props.on_more {
                <Button size={ButtonSize::Small} onclick={more.reform(|_| ())}>{ "Show older ones" }</Button>
            }
        </>
    }
}

fn row(record: &UsageRecord) -> Html {
    let tokens = record.tokens;
    let basis = Some(record.cost_basis);
    html! {
        <li key={record.id.to_string()}>
            <details class="fold record">
                <summary>
                    { icon(Icon::Right) }
                    <TimeAt class="quiet" at_us={record.at.micros()} />
                    <span class="cut grow">{ visible(&record.model) }if record.sidechain { <span class="quiet">{ ", sub-agent" }</span> }</span>
                    <span class="num quiet">{ figures::tokens(tokens.total()) }</span>
                    <span class="num strong" title={cost_title(record.cost_usd, basis)}>{ cost_text(record.cost_usd, basis) }</span>
                </summary>
                <dl class="facts">
                    <dt>{ "Cost" }</dt><dd class="row tight"><span class="num">{ format!("${}", record.cost_usd) }</span><CopyButton text={record.cost_usd.to_string()} label="Copy the exact cost" /></dd>
                    <dt>{ "Known" }</dt><dd><Basis kind={record.cost_basis.as_str()}>{ known(record) }</Basis></dd>
                    { for record.former_prices.iter().map(|former| html! { <><dt>{ "Before" }</dt><dd><span class="num">{ cost_text(former.cost_usd, Some(former.cost_basis)) }</span>{ former.price_version.as_ref().map(|version| format!(", prices of {version}")) }</dd></> }) }
                    <dt>{ "Input" }</dt><dd class="num">{ grouped(tokens.input) }</dd>
                    <dt>{ "Output" }</dt><dd class="num">{ grouped(tokens.output) }</dd>
                    <dt>{ "Cache write" }</dt><dd class="num">{ grouped(tokens.cache_creation) }</dd>
                    <dt>{ "Cache read" }</dt><dd class="num">{ grouped(tokens.cache_read) }</dd>
                    <dt>{ "Read from" }</dt><dd>{ visible(&record.provenance) }</dd>
                    <dt>{ "Words" }</dt><dd><a href={format!("/agents/{}/conversation?at={}", record.agent_id, encode(&record.at.to_string()))}>{ "The conversation at this reply" }</a></dd>
                    <dt>{ "Message" }</dt><dd><code class="wrap-text">{ visible(&record.message_id) }</code></dd>
                    <dt>{ "Request" }</dt><dd><code class="wrap-text">{ record.request_id.as_deref().map_or_else(|| DASH.to_owned(), visible) }</code></dd>
                </dl>
                if record.replayed { <p class="small quiet">{ "Played from a recording: it is in no total." }</p> }
            </details>
        </li>
    }
}

fn known(record: &UsageRecord) -> String {
    let word = record.cost_basis.as_str().replace('_', " ");
    match &record.price_version {
        Some(version) => format!("{word}, prices of {version}"),
        None => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::record;
    use crate::testing::{drawn, holds};
    use serde_json::{Value, json};

    fn shown(changes: Value) -> String {
        drawn(html! { <UsageRecords records={vec![Rc::new(record(changes))]} /> })
    }

    #[test]
    fn a_record_opens_to_its_exact_cost_and_where_it_was_read() {
        let html = shown(json!({}));
        holds(
            &html,
            &[
                "21.0k",
                "$0.01",
                "$0.012345",
                "computed, prices of 2026-11-22",
                "stream line 12",
                "msg_1",
                "req_1",
            ],
        );
    }

    #[test]
    fn what_it_cost_before_it_was_priced_anew_is_told() {
        let former = json!([{"cost_usd": "0.5", "cost_basis": "computed", "price_version": "2026-01-01", "until": "2026-11-22T10:00:01Z"}]);
        holds(&shown(json!({"former_prices": former})), &["Before", "$0.50", "prices of 2026-01-01"]);
    }

    #[test]
    fn an_unknown_price_is_said() {
        let html =
            shown(json!({"cost_usd": "0", "cost_basis": "unknown", "price_version": null, "replayed": true}));
        holds(&html, &[">no price<", "unknown", "in no total"]);
    }
}
