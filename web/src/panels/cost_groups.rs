//! Costs added up: one line a day, session, project or whatever was asked for; a line opens the records behind it.

use quarterdeck_shared::Timestamp;
use quarterdeck_shared::costs::{CostGroup, CostsBy};
use yew::prelude::*;

use super::deed::visible;
use super::marks::cost;
use super::words::folder;
use crate::calendar;
use crate::format::{count, lasting};
use crate::order;

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct CostGroupsProps {
    /// The lines, oldest first.
    pub groups: Vec<CostGroup>,
    /// What they are added up by.
    pub by: CostsBy,
    /// The key of the line that is open; empty for none.
    pub open: AttrValue,
    /// Called with the key of the line to open; empty to close it.
    pub on_open: Callback<AttrValue>,
}

/// The lines, newest first.
#[component]
pub fn CostGroups(props: &CostGroupsProps) -> Html {
    let mut groups: Vec<_> = props.groups.iter().rev().collect();
    // Time and sessions stand newest first; what has no place in time, the dearest first.
    if matches!(props.by, CostsBy::Model | CostsBy::Role | CostsBy::Project) {
        order::largest_first(&mut groups, |group| group.sum.cost_usd);
    }
    let rows = groups.into_iter().map(|group| row(group, props));
    html! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Costs">
            <table class="records costs" data-testid="cost-groups">
                <thead><tr>
                    <th scope="col">{ title(props.by) }</th>
                    if props.by != CostsBy::Model { <th scope="col" class="hide-m">{ "Models" }</th> }
                    <th scope="col" class="r">{ "Requests" }</th><th scope="col" class="r hide-s">{ "Input" }</th>
                    <th scope="col" class="r hide-s">{ "Output" }</th><th scope="col" class="r hide-s">{ "Cache write" }</th>
                    <th scope="col" class="r hide-s">{ "Cache read" }</th><th scope="col" class="r">{ "Cost" }</th>
                </tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

fn row(group: &CostGroup, props: &CostGroupsProps) -> Html {
    if group.is_gap {
        let length = lasting(group.last_at.micros() - group.first_at.micros());
        return html! {
            <tr key={group.key.clone()}><td class="small quiet" colspan="8">{ format!("nothing was asked for another {length}") }</td></tr>
        };
    }
    let (tokens, sum) = (group.sum.tokens, &group.sum);
    let models: Vec<_> = group.models.iter().map(|model| visible(&model.model)).collect();
    let open = group.key == *props.open;
    html! {
        <tr key={group.key.clone()} class={open.then_some("selected")}>
            <td>{ name(group, props, open) }</td>
            if props.by != CostsBy::Model { <td class="small quiet hide-m models" title={models.join(", ")}><span class="cut">{ models.join(", ") }</span></td> }
            <td class="r num">{ count(sum.records) }</td>
            <td class="r num hide-s">{ count(tokens.input) }</td>
            <td class="r num hide-s">{ count(tokens.output) }</td>
            <td class="r num hide-s">{ count(tokens.cache_creation) }</td>
            <td class="r num hide-s">{ count(tokens.cache_read) }</td>
            <td class="r strong">{ cost(sum.cost_usd, sum.cost_basis) }</td>
        </tr>
    }
}

fn name(group: &CostGroup, props: &CostGroupsProps, open: bool) -> Html {
    let words = match props.by {
        CostsBy::Session => visible(group.name.as_deref().unwrap_or(&group.key)),
        CostsBy::Project => visible(folder(&group.key)),
        CostsBy::Block => begun(&group.key),
        _ => visible(&group.key),
    };
    let title = visible(group.project.as_deref().unwrap_or(&group.key));
    // Who works in no folder has no name to ask by.
    if group.key.is_empty() {
        return html! { <span class="quiet">{ "none" }</span> };
    }
    let key = AttrValue::from(if open { String::new() } else { group.key.clone() });
    let changed = props.on_open.clone();
    let onclick = Callback::from(move |_: MouseEvent| changed.emit(key.clone()));
    html! { <button type="button" class="opens cut" aria-expanded={open.to_string()} {title} {onclick}>{ words }</button> }
}

/// When five hours began, where the reader is.
fn begun(key: &str) -> String {
    key.parse::<Timestamp>().map_or_else(|_| key.to_owned(), |at| calendar::full(at.micros()))
}

const fn title(by: CostsBy) -> &'static str {
    match by {
        CostsBy::Day => "Day",
        CostsBy::Week => "Week from",
        CostsBy::Month => "Month",
        CostsBy::Session => "Session",
        CostsBy::Project => "Project",
        CostsBy::Model => "Model",
        CostsBy::Role => "Role",
        CostsBy::Block => "Five hours from",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::{Value, json};

    fn group(changes: Value) -> CostGroup {
        let sum = json!({"records": 1204, "tokens": {"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4_000_000},
                         "cost_usd": "0.23", "cost_basis": "lower_bound", "lower_bound_records": 1, "unknown_records": 0});
        let mut group = json!({"key": "2026-11-22", "sum": sum, "models": [{"model": "claude-opus-5-5", "sum": sum}],
                               "first_at": "2026-11-22T09:15:00Z", "last_at": "2026-11-22T13:30:00Z"});
        for (field, value) in changes.as_object().unwrap() {
            group[field] = value.clone();
        }
        serde_json::from_value(group).unwrap()
    }

    fn table(by: CostsBy, group: CostGroup, open: &'static str) -> String {
        drawn(html! { <CostGroups groups={vec![group]} {by} {open} on_open={Callback::noop()} /> })
    }

    #[test]
    fn a_line_says_what_was_spent_and_how_well_it_is_known() {
        let html = table(CostsBy::Day, group(json!({})), "2026-11-22");
        holds(
            &html,
            &["≥ $0.23", "claude-opus-5-5", "4.00M", "aria-expanded=\"true\"", "class=\"selected\""],
        );
    }

    #[test]
    fn a_session_has_the_name_people_gave_it_and_shows_hidden_letters() {
        let session = group(json!({"key": "5e55", "name": "Fix \u{202e}it", "project": "/home/me/app"}));
        holds(&table(CostsBy::Session, session, ""), &["Fix ⟨U+202E⟩it", "title=\"/home/me/app\""]);
        holds(&table(CostsBy::Project, group(json!({"key": "/home/me/app"})), ""), &[">app</button>"]);
    }

    #[test]
    fn five_hours_are_called_by_their_beginning() {
        let block = group(json!({"key": "2026-11-22T09:00:00.000000Z"}));
        holds(&table(CostsBy::Block, block, ""), &[">22 Nov 2026, 09:00:00</button>"]);
    }

    #[test]
    fn a_gap_between_blocks_is_said_quietly_and_opens_nothing() {
        let gap = json!({"key": "gap-2026-11-22T09:15:00Z", "is_gap": true, "models": []});
        let html = table(CostsBy::Block, group(gap), "");
        holds(&html, &["small quiet", "nothing was asked for another 4 h 15"]);
        assert!(!html.contains("<button") && !html.contains("$"), "{html}");
    }

    #[test]
    fn every_line_with_a_name_opens_its_records() {
        for (by, key) in
            [(CostsBy::Project, "/home/me/app"), (CostsBy::Role, "BUILDER"), (CostsBy::Model, "opus")]
        {
            let html = table(by, group(json!({"key": key})), key);
            holds(&html, &["class=\"opens cut\"", "aria-expanded=\"true\""]);
        }
        let nowhere = table(CostsBy::Project, group(json!({"key": ""})), "");
        assert!(nowhere.contains(">none<") && !nowhere.contains("<button"), "{nowhere}");
    }
}
