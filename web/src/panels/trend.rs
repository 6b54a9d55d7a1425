//! Cost or tokens over time, stacked by role or by model.

use quarterdeck_shared::usage::{Series, SeriesPoint};
use yew::prelude::*;

use super::marks::{cost_text, role_token};
use crate::charts::{Drawing, Stack, Unit};
use crate::components::Plot;
use crate::format::count;

/// Columns of one chart at the most.
const COLUMNS: i64 = 400;

/// What is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Money.
    Cost,
    /// Tokens of every kind.
    Tokens,
}

impl Measure {
    fn of(self, point: &SeriesPoint) -> f64 {
        match self {
            Self::Cost => point.cost_usd.nanos() as f64,
            Self::Tokens => point.tokens.total() as f64,
        }
    }

    fn told(self, series: &Series) -> String {
        let (cost, basis, tokens) = series.sum();
        match self {
            Self::Cost => cost_text(cost, basis),
            Self::Tokens => format!("{} tokens", count(tokens.total())),
        }
    }
}

/// What the chart shows.
#[derive(Properties, PartialEq)]
pub struct TrendProps {
    /// The buckets.
    pub series: std::rc::Rc<Series>,
    /// What is added up.
    pub measure: Measure,
    /// Its height in CSS pixels.
    #[prop_or(180.0)]
    pub height: f64,
}

/// Columns over time.
#[component]
pub fn Trend(props: &TrendProps) -> Html {
    let (series, measure) = (&props.series, props.measure);
    let what = if measure == Measure::Cost { "Cost" } else { "Tokens" };
    let label = format!("{what} over time: {} in all", measure.told(series));
    html! { <Plot chart={Drawing::from(stack(series, measure))} {label} height={props.height} /> }
}

fn stack(series: &Series, measure: Measure) -> Stack {
    let step_us = series.bucket_seconds.max(1) * 1_000_000;
    let first = series.from.micros().div_euclid(step_us) * step_us;
    let columns = ((series.to.micros() - first) / step_us + 1).clamp(1, COLUMNS);
    let starts_us: Vec<_> = (0..columns).map(|column| first + column * step_us).collect();
    let amounts = series.points.iter().map(|point| {
        let column = usize::try_from((point.at.micros() - first) / step_us).unwrap_or(usize::MAX);
        (point.group.as_str(), column, measure.of(point))
    });
    let unit = if measure == Measure::Cost { Unit::Usd } else { Unit::Count };
    // A role has its own hue; no model is called like one.
    Stack::of(starts_us, step_us, unit, amounts, |group| group.parse().ok().map(role_token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::usage::{CostBasis, Tokens};
    use quarterdeck_shared::{Timestamp, Usd};

    const HOUR: i64 = 3_600_000_000;

    fn point(hour: i64, group: &str, nanos: i64) -> SeriesPoint {
        let tokens = Tokens { input: 5, ..Tokens::default() };
        SeriesPoint {
            at: Timestamp(hour * HOUR),
            group: group.into(),
            cost_usd: Usd::from_nanos(nanos),
            cost_basis: Some(if nanos % 2 == 0 { CostBasis::LowerBound } else { CostBasis::Computed }),
            tokens,
            records: 1,
        }
    }

    #[test]
    fn every_record_stands_in_its_column_and_nothing_is_lost_in_others() {
        let points = (0..8).map(|group| point(group % 3, &format!("g{group}"), 1_000 + group)).collect();
        let series =
            Series { bucket_seconds: 3_600, from: Timestamp(0), to: Timestamp(3 * HOUR - 1), points };
        let stack = stack(&series, Measure::Cost);
        assert_eq!((stack.starts_us.len(), stack.layers.len()), (3, 6));
        let sum: f64 = stack.layers.iter().flat_map(|layer| &layer.values).sum();
        assert_eq!(sum, (0..8_u8).map(|group| 1_000.0 + f64::from(group)).sum::<f64>());
        assert_eq!(stack.layers[5].name, "others");
    }

    #[test]
    fn a_role_has_the_hue_it_has_everywhere() {
        let points = vec![point(0, "BUILDER", 1)];
        let series = Series { bucket_seconds: 3_600, points, ..Series::default() };
        assert_eq!(stack(&series, Measure::Cost).layers[0].token, "role-builder");
    }

    #[test]
    fn the_chart_tells_its_sum() {
        let series = Series {
            bucket_seconds: 3_600,
            points: vec![point(0, "BUILDER", 230_000_000)],
            ..Series::default()
        };
        let html = crate::testing::drawn(
            html! { <Trend series={std::rc::Rc::new(series)} measure={Measure::Cost} /> },
        );
        crate::testing::holds(&html, &["Cost over time: ≥ $0.23 in all", "BUILDER"]);
    }
}
