//! What tasks like this one cost so far, on a ruler with the limit.

use quarterdeck_shared::Usd;
use quarterdeck_shared::tasks::Forecast as Known;
use yew::prelude::*;

use crate::components::{Empty, Face, Section};
use crate::format::lasting;
use crate::hooks::use_width;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct ForecastProps {
    /// What is known of such tasks.
    pub forecast: Option<Known>,
    /// The limit given.
    pub limit: Option<Usd>,
    /// Which face is on, for the way it is fetched.
    pub face: Face,
    /// Called by "Try again".
    #[prop_or_default]
    pub on_retry: Callback<()>,
}

/// The forecast.
#[component]
pub fn Forecast(props: &ForecastProps) -> Html {
    let face = match (&props.face, props.forecast) {
        (Face::Full, None) => Face::Empty,
        (other, _) => other.clone(),
    };
    let title = props.forecast.map_or_else(
        || "What such tasks cost".to_owned(),
        |known| format!("Half of such tasks cost less than {}", known.median_cost_usd.display()),
    );
    let empty = html! { <Empty words="No task of this kind and size has ended yet." then="From the first one on its cost and time stand here." /> };
    html! {
        <Section {title} id="forecast" what="the forecast" {face} {empty} on_retry={props.on_retry.clone()}>
            if let Some(known) = props.forecast { <Ruler {known} limit={props.limit} /> }
            if let Some(known) = props.forecast {
                <p class="small quiet" data-testid="forecast">
                    <span class="num">{ known.tasks }</span>{ if known.tasks == 1 { " finished task" } else { " finished tasks" } }
                    { format!(", half of them took less than {}.", lasting(known.median_seconds.saturating_mul(1_000_000))) }
                </p>
            }
        </Section>
    }
}

#[derive(Properties, PartialEq)]
struct RulerProps {
    known: Known,
    limit: Option<Usd>,
}

/// The picture at the real width of its place.
#[component]
fn Ruler(props: &RulerProps) -> Html {
    let node = use_node_ref();
    let width = use_width(node.clone()).unwrap_or(430.0).max(240.0);
    html! { <div class="fc-wrap" ref={node}>{ chart(&props.known, props.limit, width) }</div> }
}

fn chart(known: &Known, limit: Option<Usd>, width: f64) -> Html {
    let most =
        [Some(known.p90_cost_usd), limit].into_iter().flatten().max().unwrap_or_default().approximate()
            * 1.08;
    let at = |cost: Usd| if most > 0.0 { (cost.approximate() / most).clamp(0.0, 1.0) * width } else { 0.0 };
    let (median, p90) = (at(known.median_cost_usd), at(known.p90_cost_usd));
    let side = |x: f64| if x > width * 0.6 { ("end", x - 5.0) } else { ("start", x + 5.0) };
    let ((median_side, median_at), (p90_side, p90_at)) = (side(median), side(p90));
    let told = format!(
        "half of {} tasks cost less than {}, nine of ten less than {}",
        known.tasks,
        known.median_cost_usd.display(),
        known.p90_cost_usd.display()
    );
    html! {
        <svg class="chart forecast" width={width.to_string()} height="84" viewBox={format!("0 0 {width} 84")} role="img" aria-label={told}>
            <rect class="band" x="0" y="20" width={format!("{p90:.1}")} height="44" />
            <path class="band-edge" d={format!("M{p90:.1} 16V64")} />
            <path class="stroke mid" d={format!("M{median:.1} 26V64")} />
            <text class="strong" x={format!("{median_at:.1}")} y="44" text-anchor={median_side}>{ format!("{} median", known.median_cost_usd.display()) }</text>
            <text x={format!("{p90_at:.1}")} y="13" text-anchor={p90_side}>{ format!("nine of ten below {}", known.p90_cost_usd.display()) }</text>
            <path class="axis-line" d={format!("M0 64.5H{width}")} />
            <text x="0" y="80">{ "$0" }</text>
            if let Some(limit) = limit {
                <path class="limit" d={format!("M{:.1} 30V68", at(limit))} />
                <text class="strong" x={format!("{:.1}", at(limit))} y="80" text-anchor="end">{ format!("your limit {}", limit.display()) }</text>
            }
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::Trouble;
    use crate::testing::{drawn, holds};

    fn shown(forecast: Option<Known>, face: Face) -> String {
        let limit = Some(Usd::from_nanos(15_000_000_000));
        drawn(html! { <Forecast {forecast} {limit} {face} /> })
    }

    fn known() -> Option<Known> {
        let usd = Usd::from_nanos;
        Some(Known {
            tasks: 21,
            median_cost_usd: usd(3_800_000_000),
            p90_cost_usd: usd(5_300_000_000),
            median_seconds: 1_569,
        })
    }

    #[test]
    fn a_forecast_tells_the_middle_the_dear_ones_and_the_limit() {
        let html = shown(known(), Face::Full);
        holds(
            &html,
            &[
                "Half of such tasks cost less than $3.80",
                "nine of ten below $5.30",
                "your limit $15.00",
                ">21</span>",
                "26:09",
            ],
        );
    }

    #[test]
    fn without_history_it_says_when_there_will_be_one() {
        holds(
            &shown(None, Face::Full),
            &["What such tasks cost</h2>", "No task of this kind and size has ended yet."],
        );
        holds(&shown(None, Face::Waiting), &["Loading the forecast"]);
        let trouble = Trouble { what: "The server does not answer.".into(), ..Trouble::default() };
        holds(&shown(known(), Face::Failed(trouble)), &["The server does not answer.", "$3.80 median"]);
    }
}
