//! What each role did: requests, tokens, cost, calls of tools, files and time, one line a role.

use quarterdeck_shared::metrics::Metrics;
use yew::prelude::*;

use super::marks::{cost, role_mark};
use crate::format::{count, grouped, lasting};
use crate::order;

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct RoleMetricsProps {
    /// The roles.
    pub roles: Vec<Metrics>,
}

/// The roles, the dearest first.
#[component]
pub fn RoleMetrics(props: &RoleMetricsProps) -> Html {
    let mut roles: Vec<_> = props.roles.iter().collect();
    order::largest_first(&mut roles, |metrics| metrics.sum.cost_usd);
    html! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="What each role did, in a table">
            <table class="records" data-testid="role-metrics">
                <thead><tr>
                    <th scope="col">{ "Role" }</th><th scope="col" class="r hide-s">{ "Agents" }</th><th scope="col" class="r hide-s">{ "Requests" }</th>
                    <th scope="col" class="r hide-s">{ "Tokens" }</th><th scope="col" class="r">{ "Cost" }</th><th scope="col" class="r">{ "Tool calls" }</th>
                    <th scope="col" class="r hide-m">{ "Files read" }</th><th scope="col" class="r hide-m">{ "Files written" }</th><th scope="col" class="r">{ "Time" }</th>
                </tr></thead>
                <tbody>{ for roles.into_iter().map(row) }</tbody>
            </table>
        </div>
    }
}

fn row(metrics: &Metrics) -> Html {
    let (sum, tokens) = (&metrics.sum, metrics.sum.tokens.total());
    let role = metrics.role.unwrap_or_default();
    html! {
        <tr key={metrics.name.clone()}>
            <td><a href={format!("/agents?role={role}")}>{ role_mark(role, false) }</a></td>
            <td class="r num hide-s">{ count(metrics.agents) }</td>
            <td class="r num hide-s">{ count(sum.records) }</td>
            <td class="r num hide-s"><span title={grouped(tokens)}>{ count(tokens) }</span></td>
            <td class="r strong">{ cost(sum.cost_usd, sum.cost_basis) }</td>
            <td class="r num">{ count(metrics.tool_calls) }if metrics.tool_errors > 0 { { " " }<span class="failn">{ format!("{} failed", count(metrics.tool_errors)) }</span> }</td>
            <td class="r num hide-m">{ count(metrics.files_consumed) }</td>
            <td class="r num hide-m"><span title={format!("{} of them new", metrics.files_created)}>{ count(metrics.files_produced) }</span></td>
            <td class="r num">{ lasting(i64::try_from(metrics.seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000)) }</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::{Value, json};

    fn role(changes: Value) -> Metrics {
        let mut metrics = json!({
            "role": "BUILDER", "name": "BUILDER", "agents": 3, "tool_calls": 1_204, "tool_errors": 2, "files_consumed": 41,
            "files_produced": 7, "files_created": 5, "seconds": 540,
            "sum": {"records": 12, "tokens": {"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4_000_000},
                    "cost_usd": "0.23", "cost_basis": "computed", "lower_bound_records": 0, "unknown_records": 0}
        });
        for (field, value) in changes.as_object().unwrap() {
            metrics[field] = value.clone();
        }
        serde_json::from_value(metrics).unwrap()
    }

    fn table(roles: Vec<Metrics>) -> String {
        drawn(html! { <RoleMetrics {roles} /> })
    }

    #[test]
    fn a_role_is_told_with_what_it_took_called_touched_and_lasted() {
        let html = table(vec![role(json!({}))]);
        holds(
            &html,
            &[
                "/agents?role=BUILDER",
                "4.00M",
                "4,000,006",
                "$0.23",
                "1.20k",
                "2 failed",
                "5 of them new",
                ">9:00<",
            ],
        );
        assert!(!table(vec![role(json!({"tool_errors": 0}))]).contains("failed"));
    }

    #[test]
    fn the_dearest_role_comes_first_and_what_has_no_price_is_said() {
        let sum = json!({"records": 1, "tokens": {}, "cost_usd": "0", "cost_basis": "unknown", "lower_bound_records": 0, "unknown_records": 1});
        let html =
            table(vec![role(json!({"role": "ANALYST", "name": "ANALYST", "sum": sum})), role(json!({}))]);
        assert!(html.find("role=BUILDER") < html.find("role=ANALYST"), "{html}");
        holds(&html, &["no price"]);
    }
}
