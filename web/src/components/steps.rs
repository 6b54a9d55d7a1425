//! Progress through known steps: one box a step, those that run side by side stacked.

use yew::prelude::*;

/// What to show.
#[derive(Properties, PartialEq)]
pub struct StepsProps {
    /// Each step in order, as the classes of what runs in it side by side (`is-completed`, `is-created`, …).
    pub steps: Vec<Vec<AttrValue>>,
    /// What it says in words, such as `step 3 of 6`.
    pub label: AttrValue,
}

const STEP: f64 = 16.0;

/// A row of small boxes.
#[component]
pub fn Steps(props: &StepsProps) -> Html {
    let width = STEP * props.steps.len() as f64;
    let boxes = props.steps.iter().enumerate().flat_map(|(at, lanes)| {
        let tall = if lanes.len() > 1 { 3.4 } else { 5.0 };
        let pitch = tall + 1.6;
        let top = 6.0 - (pitch * lanes.len() as f64 - 1.6) / 2.0;
        lanes.iter().enumerate().map(move |(lane, class)| {
            html! {
                <rect class={class} x={format!("{:.1}", at as f64 * STEP + 0.5)} y={format!("{:.1}", top + lane as f64 * pitch)}
                    width={(STEP - 3.0).to_string()} height={tall.to_string()} />
            }
        })
    });
    html! {
        <span class="steps">
            <svg width={width.to_string()} height="12" viewBox={format!("0 0 {width} 12")} role="img" aria-label={&props.label}>
                { for boxes }
            </svg>
        </span>
    }
}
