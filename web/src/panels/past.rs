//! The past of a task or session: its outline over time, and who stood where at a moment.

use std::rc::Rc;

use quarterdeck_shared::replay::{AgentThen, MarkKind, Outline, Replay};
use yew::prelude::*;

use super::deed::visible;
use super::marks::{cost, role_mark, status_mark};
use crate::components::Gauge;
use crate::format::{count, grouped};

const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 46.0;

/// What the outline shows.
#[derive(Properties, PartialEq)]
pub struct ScrubProps {
    /// What happened.
    pub outline: Outline,
    /// Where the spans of its requests end, µs.
    pub told: i64,
    /// The left edge, µs.
    pub from: i64,
    /// The right edge, µs.
    pub to: i64,
    /// The moment that is looked at; the right edge where there is none.
    pub at: Option<i64>,
}

/// Requests standing on a line of time, and what stands out hanging from it.
#[component]
pub fn Scrub(props: &ScrubProps) -> Html {
    let (outline, length) = (&props.outline, (props.to - props.from).max(1) as f64);
    let x = |at: i64| ((at - props.from) as f64 / length * WIDTH).clamp(0.0, WIDTH);
    let most = outline.requests.iter().copied().max().unwrap_or(0).max(1) as f64;
    let slot = x(props.told) / outline.requests.len().max(1) as f64;
    let bars = outline.requests.iter().enumerate().filter(|(_, requests)| **requests > 0).map(|(at, requests)| {
        let tall = (*requests as f64 / most * 24.0).max(2.0);
        html! { <rect class="ev tool" x={format!("{:.1}", at as f64 * slot)} y={format!("{:.1}", 28.0 - tall)} width={format!("{:.1}", slot * 0.8)} height={format!("{tall:.1}")} /> }
    });
    let marks = outline.marks.iter().map(|mark| {
        let class = match mark.kind {
            MarkKind::Failed => "ev bad",
            MarkKind::Asked => "ev wait",
            MarkKind::Prompted => "ev you",
            MarkKind::Began | MarkKind::Completed => "ev",
        };
        html! { <rect {class} x={format!("{:.1}", x(mark.at.micros()).min(WIDTH - 3.0))} y="31" width="3" height="9"><title>{ visible(&mark.label) }</title></rect> }
    });
    let head = x(props.at.unwrap_or(props.to));
    let requests: u64 = outline.requests.iter().sum();
    let label = format!(
        "{} requests over its life, {} events below the line",
        grouped(requests),
        outline.marks.len()
    );
    html! {
        <svg class="chart" viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" role="img" aria-label={label}>
            <rect class="past" x="0" y="2" width={format!("{head:.1}")} height="42" />
            { for bars }
            <path class="line" d="M0 29.5H1000" />
            { for marks }
            <path class="head" d={format!("M{head:.1} 0V46")} />
        </svg>
    }
}

/// What stood then.
#[derive(Properties, PartialEq)]
pub struct PastProps {
    /// The moment.
    pub stood: Rc<Replay>,
}

/// The task's steps and every agent, as they stood.
#[component]
pub fn Past(props: &PastProps) -> Html {
    let stood = &props.stood;
    let facts = html! {
        <p class="row wide wrap" data-testid="past-sum">
            if let Some(status) = stood.status { { status_mark(status, Some("past-status")) } }
            <span class="num strong">{ cost(stood.cost_usd, stood.cost_basis) }</span>
            <span class="quiet" title={grouped(stood.tokens.total())}>{ format!("{} tokens", count(stood.tokens.total())) }</span>
        </p>
    };
    let steps = stood.steps.iter().map(|step| {
        html! { <li class="row tight" key={step.id.to_string()}>{ role_mark(step.role, false) }{ status_mark(step.status, None) }</li> }
    });
    html! {
        <>
            { facts }
            if !stood.steps.is_empty() { <ol class="past-steps row wide wrap" aria-label="Steps">{ for steps }</ol> }
            <div class="table-wrap" tabindex="0" role="region" aria-label="Agents then">
                <table class="records past-agents" data-testid="past-agents">
                    <thead><tr>
                        <th scope="col">{ "Agent" }</th><th scope="col">{ "Status" }</th><th scope="col" class="r">{ "Requests" }</th>
                        <th scope="col" class="r">{ "Cost" }</th><th scope="col">{ "Context" }</th><th scope="col" class="r hide-s">{ "Files read, written" }</th>
                        <th scope="col">{ "Conversation" }</th>
                    </tr></thead>
                    <tbody>{ for stood.agents.iter().map(|agent| row(agent, stood)) }</tbody>
                </table>
            </div>
            if stood.agents.is_empty() { <p class="small quiet">{ "No agent was there yet." }</p> }
            if stood.left_out > 0 { <p class="small quiet">{ format!("{} more agents are in the sums above and left out here.", grouped(stood.left_out)) }</p> }
        </>
    }
}

fn row(then: &AgentThen, stood: &Replay) -> Html {
    let (id, moment) = (then.agent_id, &then.moment);
    let context = moment.context.map(|context| context.percent / 100.0);
    html! {
        <tr key={id.to_string()}>
            <td><span class="row tight">{ role_mark(then.role, true) }<a class="cut" href={format!("/agents/{id}")}>{ visible(&then.name) }</a></span></td>
            <td>{ status_mark(then.status, Some("past-agent-status")) }</td>
            <td class="r num">{ format!("{} of {}", grouped(moment.requests), grouped(moment.all_requests)) }</td>
            <td class="r strong">{ cost(moment.cost_usd, moment.cost_basis) }</td>
            <td><Gauge part={context} of={format!("context of {}", then.name)} /></td>
            <td class="r num hide-s">{ format!("{}, {}", grouped(then.files_read), grouped(then.files_written)) }</td>
            <td><a href={format!("/agents/{id}/conversation?at={}", stood.at)}>{ "Read from here" }</a></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    #[test]
    fn every_agent_stands_as_it_stood_with_the_way_into_its_words() {
        let id = "0192f0c1-2b3c-7d4e-8f50-00000000000a";
        let tokens = json!({"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4});
        let stood: Replay = serde_json::from_value(json!({
            "at": "2026-11-22T10:00:00Z", "from": "2026-11-22T09:00:00Z", "to": "2026-11-22T11:00:00Z", "is_live": false,
            "title": "t", "status": "running", "steps": [{"id": "s1", "role": "BUILDER", "status": "pending"}],
            "agents": [{"agent_id": id, "name": "Bui\u{202e}lder", "role": "BUILDER", "status": "waiting", "files_read": 4, "files_written": 1,
                "moment": {"at": "2026-11-22T10:00:00Z", "requests": 3, "all_requests": 9, "tokens": tokens, "cost_usd": "0.23", "cost_basis": "computed"}}],
            "left_out": 3, "tokens": tokens, "cost_usd": "0.23", "cost_basis": "computed"
        })).unwrap();
        let html = drawn(html! { <Past stood={Rc::new(stood)} /> });
        holds(
            &html,
            &[
                "3 of 9",
                "$0.23",
                "waiting",
                "4, 1",
                "conversation?at=2026-11-22T10:00:00.000000Z",
                "⟨U+202E⟩",
                "3 more agents",
            ],
        );
    }

    #[test]
    fn the_outline_stands_on_its_line_and_tells_itself_in_words() {
        let outline: Outline = serde_json::from_value(json!({"requests": [0, 4, 2], "marks": [{"at": "1970-01-01T00:00:01Z", "kind": "failed", "label": "Tester failed"}]})).unwrap();
        let html =
            drawn(html! { <Scrub {outline} told={1_000_000} from={0} to={2_000_000} at={1_000_000} /> });
        holds(
            &html,
            &[
                "6 requests over its life, 1 events",
                "ev bad",
                "Tester failed",
                "width=\"500.0\"",
                "<rect x=\"166.7\" y=\"4.0\"",
            ],
        );
    }
}
