//! The watch: who runs and who waits in one sentence, and what that costs.

use quarterdeck_shared::usage::Totals;
use yew::prelude::*;

use super::marks::{cost_text, cost_title};
use crate::components::{Elapsed, Figure, Ticker};
use crate::format::{count, grouped, percent, several};

/// What the watch shows.
#[derive(Properties, PartialEq)]
pub struct WatchProps {
    /// The figures.
    pub totals: Totals,
    /// Since when the oldest question waits, µs.
    pub oldest_ask_us: Option<i64>,
    /// The fullest window at work, in percent.
    pub fullest: Option<f64>,
    /// The page's heading with the sentence inside.
    pub heading: Html,
}

/// The sentence, for the heading: `6 running, 3 wait for you`.
pub fn sentence(totals: &Totals) -> Html {
    let running = totals.by_status.get("running").copied().unwrap_or(0);
    let waiting = totals.pending_approvals;
    let first = match running {
        0 if waiting == 0 => "All quiet",
        0 => "Nothing runs",
        _ => return html! { <>{ format!("{running} running") }{ asks(waiting) }</> },
    };
    html! { <>{ first }{ asks(waiting) }</> }
}

fn asks(waiting: u64) -> Html {
    match waiting {
        0 => Html::default(),
        1 => html! { <>{ ", " }<em>{ "1 waits for you" }</em></> },
        more => html! { <>{ ", " }<em>{ format!("{more} wait for you") }</em></> },
    }
}

/// The sentence with what stands behind it, and the figures of the fleet.
#[component]
pub fn Watch(props: &WatchProps) -> Html {
    let totals = &props.totals;
    let all = totals.tokens.total();
    let (today, today_basis) = (totals.cost_today_usd, totals.cost_today_basis);
    let cached = (totals.tokens.prompt() > 0)
        .then(|| percent(totals.tokens.cache_read as f64 / totals.tokens.prompt() as f64));
    html! {
        <section class="watch" aria-label="The watch">
            <div>
                { props.heading.clone() }
                <p class="sub">
                    { format!("{} in {}.", several(totals.agents, "agent"), several(totals.tasks, "task")) }
                    if let Some(since_us) = props.oldest_ask_us {
                        { " The oldest wait is " }<Elapsed {since_us} />{ "." }
                    }
                    if let Some(full) = props.fullest.filter(|full| *full >= 80.0) {
                        { format!(" One context is at {}.", percent(full / 100.0)) }
                    }
                    if totals.unpriced_records > 0 {
                        { format!(" {} without a known price: in no sum.", several(totals.unpriced_records, "request")) }
                    }
                </p>
            </div>
            <div class="figures">
                <Figure name={html! { "today" }}>
                    <Ticker text={cost_text(today, today_basis)} exact={cost_title(today, today_basis)} test_id="cost-ticker" />
                </Figure>
                <Figure name={html! { "in all" }} exact={cost_title(totals.cost_usd, totals.cost_basis)}>{ cost_text(totals.cost_usd, totals.cost_basis) }</Figure>
                <Figure name={html! { <>{ "tokens" }{ for cached.map(|part| format!(", {part} from cache")) }</> }} exact={grouped(all)}>
                    { count(all) }
                </Figure>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::drawn;
    use quarterdeck_shared::{Usd, usage::CostBasis};

    fn totals(running: u64, waiting: u64) -> Totals {
        let by_status = [("running".to_owned(), running)].into();
        Totals { agents: 20, tasks: 6, by_status, pending_approvals: waiting, ..Totals::default() }
    }

    fn says(running: u64, waiting: u64, expected: &str) {
        assert_eq!(drawn(sentence(&totals(running, waiting))), expected);
    }

    #[test]
    fn one_sentence_says_who_runs_and_who_waits() {
        says(6, 3, "6 running, <em>3 wait for you</em>");
        says(2, 0, "2 running");
        says(0, 1, "Nothing runs, <em>1 waits for you</em>");
        says(0, 0, "All quiet");
    }

    #[test]
    fn what_has_no_price_is_said_beside_the_sum() {
        let totals = Totals {
            unpriced_records: 2,
            cost_usd: Usd::from_nanos(21_306_775_000),
            cost_basis: Some(CostBasis::LowerBound),
            ..totals(1, 0)
        };
        let html =
            drawn(html! { <Watch {totals} oldest_ask_us={None::<i64>} fullest={91.0} heading={html! {}} /> });
        for part in [
            "2 requests without a known price",
            ">≥ $21.31<",
            "at least $21.306775",
            "class=\"sr\">–<",
            "One context is at 91%.",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }
}
