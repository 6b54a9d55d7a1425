//! Cost by day, stacked by model.

use quarterdeck_shared::costs::{CostGroup, CostSum};
use yew::prelude::*;

use super::marks::cost_text;
use crate::calendar;
use crate::charts::{Drawing, Stack, Unit};
use crate::components::Plot;

const DAY_US: i64 = 86_400_000_000;

/// What the chart shows.
#[derive(Properties, PartialEq)]
pub struct CostDaysProps {
    /// The days with records, in order.
    pub days: Vec<CostGroup>,
    /// The stretch they are of, µs; from the first of them to the last where missing.
    #[prop_or_default]
    pub stretch: Option<(i64, i64)>,
}

/// Columns, one a day.
#[component]
pub fn CostDays(props: &CostDaysProps) -> Html {
    let mut sum = CostSum::default();
    props.days.iter().for_each(|day| sum.add(&day.sum));
    let label = format!("Cost by day and model: {} in all", cost_text(sum.cost_usd, sum.cost_basis));
    html! { <div class="cost-days"><Plot chart={Drawing::from(stack(&props.days, props.stretch))} {label} height={220.0} /></div> }
}

fn stack(days: &[CostGroup], stretch: Option<(i64, i64)>) -> Stack {
    let midnights: Vec<_> = days.iter().map(|day| calendar::midnight(day.first_at.micros())).collect();
    let known = midnights.first().copied().zip(midnights.last().copied());
    let whole = stretch.map(|(from, to)| (calendar::midnight(from), calendar::midnight(to)));
    let Some((first, last)) = whole.or(known) else {
        return Stack { starts_us: Vec::new(), step_us: DAY_US, layers: Vec::new(), unit: Unit::Usd };
    };
    // A day of summer time is an hour longer or shorter: the nearest whole number is its place.
    let place = |at: i64| usize::try_from((at - first + DAY_US / 2) / DAY_US).unwrap_or(0);
    let columns = place(last) + 1;
    let starts_us = (0..columns).map(|column| first + column as i64 * DAY_US).collect();
    let amounts = days.iter().zip(&midnights).flat_map(|(day, midnight)| {
        let column = place(*midnight);
        day.models.iter().map(move |model| (model.model.as_str(), column, model.sum.cost_usd.nanos() as f64))
    });
    Stack::of(starts_us, DAY_US, Unit::Usd, amounts, |_| None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn day(date: &str, costs: &[(&str, &str)]) -> CostGroup {
        let sum = |cost: &str| {
            json!({"records": 1, "tokens": {"input": 0, "output": 0, "cache_creation": 0, "cache_read": 0}, "cost_usd": cost,
                   "cost_basis": "computed", "lower_bound_records": 0, "unknown_records": 0})
        };
        let models: Vec<_> =
            costs.iter().map(|(model, cost)| json!({"model": model, "sum": sum(cost)})).collect();
        let at = format!("{date}T12:00:00Z");
        serde_json::from_value(
            json!({"key": date, "sum": sum("0"), "models": models, "first_at": at, "last_at": at}),
        )
        .unwrap()
    }

    #[test]
    fn a_day_without_cost_keeps_its_place_and_no_cost_is_lost() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let many: Vec<_> = names.iter().map(|name| (*name, "1")).collect();
        let stack = stack(&[day("2026-11-20", &[("a", "2")]), day("2026-11-22", &many)], None);
        assert_eq!(stack.starts_us.len(), 3);
        let sums: Vec<f64> =
            (0..3).map(|at| stack.layers.iter().map(|layer| layer.values[at]).sum()).collect();
        assert_eq!(sums, [2e9, 0.0, 7e9]);
        assert_eq!(stack.layers.last().map(|layer| layer.name.as_str()), Some("others"));
    }

    #[test]
    fn a_stretch_is_shown_whole_however_few_days_have_records() {
        let day = day("2026-11-22", &[("a", "2")]);
        let noon = day.first_at.micros();
        let stack = stack(&[day], Some((noon - 29 * DAY_US, noon + DAY_US)));
        let value = |at: usize| stack.layers[0].values[at];
        assert_eq!((stack.starts_us.len(), value(0), value(29), value(30)), (31, 0.0, 2e9, 0.0));
    }
}
