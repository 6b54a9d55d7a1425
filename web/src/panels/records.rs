//! Usage records as they are: what every figure is a sum of.

use quarterdeck_shared::usage::{CostBasis, UsageRecord};
use yew::prelude::*;

use super::marks::{cost_text, cost_title};
use crate::components::{Basis, TimeAt};
use crate::format::grouped;

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct RecordsProps {
    /// The records, in order.
    pub records: Vec<UsageRecord>,
}

/// One line for each response of the model's API.
#[component]
pub fn Records(props: &RecordsProps) -> Html {
    html! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Usage records">
            <table class="records" data-testid="records">
                <thead><tr>
                    <th scope="col">{ "When" }</th><th scope="col">{ "Role" }</th><th scope="col" class="hide-s">{ "Model" }</th>
                    <th scope="col" class="r hide-s">{ "Input" }</th><th scope="col" class="r hide-s">{ "Cache write" }</th>
                    <th scope="col" class="r hide-s">{ "Cache read" }</th><th scope="col" class="r">{ "Output" }</th>
                    <th scope="col" class="r">{ "Cost" }</th><th scope="col">{ "Known how" }</th><th scope="col" class="hide-m">{ "Message" }</th>
                    <th scope="col" class="hide-m">{ "From" }</th>
                </tr></thead>
                <tbody>{ for props.records.iter().map(row) }</tbody>
            </table>
        </div>
    }
}

fn row(record: &UsageRecord) -> Html {
    let tokens = record.tokens;
    let basis = Some(record.cost_basis);
    html! {
        <tr key={record.id.to_string()}>
            <td><TimeAt at_us={record.at.micros()} /></td>
            <td><a href={format!("/agents/{}", record.agent_id)}>{ record.role.as_str() }</a></td>
            <td class="mono small hide-s">{ &record.model }</td>
            <td class="r num hide-s">{ grouped(tokens.input) }</td>
            <td class="r num hide-s">{ grouped(tokens.cache_creation) }</td>
            <td class="r num hide-s">{ grouped(tokens.cache_read) }</td>
            <td class="r num">{ grouped(tokens.output) }</td>
            <td class="r num" title={cost_title(record.cost_usd, basis)}>{ cost_text(record.cost_usd, basis) }</td>
            <td><Basis kind={record.cost_basis.as_str()}>{ words(record.cost_basis) }</Basis></td>
            <td class="id hide-m cut" title={record.message_id.clone()}>{ &record.message_id }</td>
            <td class="small quiet hide-m cut" title={record.provenance.clone()}>{ &record.provenance }</td>
        </tr>
    }
}

fn words(basis: CostBasis) -> &'static str {
    match basis {
        CostBasis::Reported => "reported",
        CostBasis::Computed => "computed",
        CostBasis::LowerBound => "at least",
        CostBasis::Unknown => "no price",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::record;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    #[test]
    fn what_is_cut_in_a_narrow_column_is_whole_on_hover() {
        let html = drawn(html! { <Records records={vec![record(json!({}))]} /> });
        holds(&html, &["title=\"msg_1\"", "title=\"stream line 12\""]);
    }
}
