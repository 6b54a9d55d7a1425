//! The small horizon in the bar: how many were at work over the last hour, and what hangs below the line.

use std::rc::Rc;

use yew::prelude::*;

use super::horizon::Lane;

const WIDTH: f64 = 148.0;
const SEA: f64 = 17.0;
const SLOTS: usize = 30;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct HorizonMiniProps {
    /// The work of the last hour.
    pub lanes: Rc<[Lane]>,
    /// The right edge, µs.
    pub now_us: i64,
    /// How far back it reaches, µs.
    #[prop_or(3_600_000_000)]
    pub span_us: i64,
}

/// A link to the dashboard that shows its line.
#[component]
pub fn HorizonMini(props: &HorizonMiniProps) -> Html {
    let from_us = props.now_us - props.span_us;
    let x = |at_us: i64| ((at_us - from_us) as f64 / props.span_us as f64 * WIDTH).clamp(0.0, WIDTH);
    let counts = at_work(&props.lanes, from_us, props.span_us);
    let most = counts.iter().copied().max().unwrap_or(0);
    let edge = stairs(&counts, most);
    let waits: Vec<i64> = props.lanes.iter().filter_map(|lane| lane.waits_since_us).collect();
    let stops: Vec<_> = props
        .lanes
        .iter()
        .filter_map(|lane| lane.stop.as_ref())
        .filter(|stop| stop.at_us >= from_us)
        .collect();
    let label = format!(
        "Last hour: up to {most} at work, now {}; {} waiting and {} stopped",
        counts.last().unwrap_or(&0),
        waits.len(),
        stops.len()
    );
    html! {
        <a class="mini-link" href="/dashboard" title="The last hour">
            <svg class="mini" width="148" height="26" viewBox="0 0 148 26" role="img" aria-label={label}>
                <path class="area" d={format!("{edge}Z")} />
                <path class="edge" d={edge} />
                <path class="line" d="M0 17H148" />
                { for stops.iter().map(|stop| html! {
                    <rect class={if stop.failed { "bad" } else { "bad2" }} x={format!("{:.1}", x(stop.at_us).min(WIDTH - 2.5))} y="19" width="2.5" height="6" />
                }) }
                { for waits.iter().take(2).enumerate().map(|(row, &since)| html! {
                    <rect class="wait" x={format!("{:.1}", x(since).min(WIDTH - 2.0))} y={(19 + 4 * row).to_string()}
                        width={format!("{:.1}", (WIDTH - x(since)).max(2.0))} height="3" />
                }) }
            </svg>
        </a>
    }
}

fn at_work(lanes: &[Lane], from_us: i64, span_us: i64) -> Vec<usize> {
    let slot = |n: usize| from_us + span_us * n as i64 / SLOTS as i64;
    let within = |lane: &Lane, n: usize| {
        lane.start_us <= slot(n + 1) && lane.end_us.is_none_or(|end| end >= slot(n + 1))
    };
    (0..SLOTS).map(|n| lanes.iter().filter(|lane| within(lane, n)).count()).collect()
}

fn stairs(counts: &[usize], most: usize) -> String {
    let step = WIDTH / SLOTS as f64;
    let height = |count: usize| if most == 0 { SEA } else { SEA - 13.0 * count as f64 / most as f64 };
    let steps = counts
        .iter()
        .enumerate()
        .map(|(n, &count)| format!("V{:.1}H{:.1}", height(count), (n + 1) as f64 * step));
    format!("M0 {SEA}{}V{SEA}", steps.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_who_was_at_work_at_each_moment() {
        let lane = |start_us, end_us| Lane {
            id: "a".into(),
            name: "B".into(),
            class: "".into(),
            start_us,
            end_us,
            waits_since_us: None,
            stop: None,
        };
        let counts = at_work(&[lane(0, Some(1_500)), lane(1_000, None)], 0, 3_000);
        assert_eq!((counts[0], counts[12], counts[29]), (1, 2, 1));
    }
}
