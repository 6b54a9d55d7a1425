//! The horizon: one line of time on which work stands and from which trouble hangs.

mod layout;

use std::rc::Rc;

use yew::prelude::*;

use crate::hooks::{use_second, use_width};
use crate::{calendar, charts, dom, format};
use layout::{Hung, Picture, Standing, lay, reach};

/// One agent's work.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Whose it is; handed to `on_open`.
    pub id: AttrValue,
    /// Its name: `Builder · schema`.
    pub name: AttrValue,
    /// The class of its role: `is-builder`.
    pub class: AttrValue,
    /// When it began, µs.
    pub start_us: i64,
    /// When it ended; `None` while it works.
    pub end_us: Option<i64>,
    /// Since when it waits for a person, if it does.
    pub waits_since_us: Option<i64>,
    /// How it came to grief, if it did.
    pub stop: Option<Stop>,
}

/// Trouble at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// When, µs.
    pub at_us: i64,
    /// What happened: `failed: libaom not found`, `interrupted by a restart`.
    pub words: AttrValue,
    /// It failed; else it was interrupted.
    pub failed: bool,
}

/// What the horizon shows.
#[derive(Properties, PartialEq)]
pub struct HorizonProps {
    /// The work, in any order.
    pub lanes: Rc<[Lane]>,
    /// How far back it reaches at most, µs; half of it on phones.
    #[prop_or(3_600_000_000)]
    pub span_us: i64,
    /// The right edge, µs; the clock when `None`.
    #[prop_or_default]
    pub now_us: Option<i64>,
    /// Called with the id of the work pressed. The same work is in a list below: this is a short way for the mouse.
    #[prop_or_default]
    pub on_open: Callback<AttrValue>,
}

/// The horizon at the real width of its place.
#[component]
pub fn Horizon(props: &HorizonProps) -> Html {
    let node = use_node_ref();
    let width = use_width(node.clone()).unwrap_or(1_040.0);
    let redraw = use_force_update();
    use_second(props.now_us.is_none(), Callback::from(move |()| redraw.force_update()));
    let now_us = props.now_us.unwrap_or_else(dom::now_us);
    let most_us = if width < 480.0 { props.span_us / 2 } else { props.span_us };
    let span_us = reach(&props.lanes, now_us, most_us);
    let picture = lay(&props.lanes, now_us - span_us, now_us, width);
    html! {
        <div class="horizon-wrap" ref={node}>{ drawn(&picture, &props.lanes, now_us, span_us, width, &props.on_open) }</div>
    }
}

fn drawn(
    picture: &Picture,
    lanes: &[Lane],
    now_us: i64,
    span_us: i64,
    width: f64,
    on_open: &Callback<AttrValue>,
) -> Html {
    let (height, sea) = (picture.height, picture.sea);
    let now = format!("now {}", calendar::clock(now_us));
    let x = |at_us: i64| (at_us - (now_us - span_us)) as f64 / span_us as f64 * width;
    let ticks =
        charts::moments(now_us - span_us - 1, now_us, 4).into_iter().filter(|(at, _)| x(*at) < width - 100.0);
    html! {
        <svg class="chart horizon" width={width.to_string()} height={height.to_string()} viewBox={format!("0 0 {width} {height}")}
            role="img" aria-label={told(lanes, now_us, span_us)}>
            { for ticks.map(|(at, label)| html! {
                <><path class="grid" d={format!("M{:.1} 14V{height}", x(at))} /><text x={format!("{:.1}", x(at) + 4.0)} y="10">{ label }</text></>
            }) }
            { for picture.standing.iter().map(|lane| standing(lane, lanes, width, on_open)) }
            if let Some(more) = &picture.more { <text x={(width - 6.0).to_string()} y={(sea - 4.0).to_string()} text-anchor="end">{ more }</text> }
            { for picture.hung.iter().map(|item| hung(item, width)) }
            <path class="sea" d={format!("M0 {sea}H{width}")} />
            <path class="now" d={format!("M{} 14V{height}", width - 0.5)} />
            <text class="strong" x={width.to_string()} y="10" text-anchor="end">{ now }</text>
        </svg>
    }
}

fn standing(lane: &Standing, lanes: &[Lane], width: f64, on_open: &Callback<AttrValue>) -> Html {
    let Some(of) = lanes.get(lane.lane) else { return Html::default() };
    let (open, id) = (on_open.clone(), of.id.clone());
    let f = |value: f64| format!("{value:.1}");
    html! {
        <g key={of.id.to_string()} class={&of.class} onclick={move |_| open.emit(id.clone())}>
            <title>{ &of.name }</title>
            <rect class="lane" x={f(lane.left)} y={f(lane.top)} width={f((lane.right - lane.left).max(2.0))} height="11" />
            <path class="lane-edge" d={format!("M{} {}v11", f(lane.left + 1.0), f(lane.top))} />
            if lane.live { <rect class="lane-end" x={f(width - 4.0)} y={f(lane.top)} width="3" height="11" /> }
            if let Some(name) = &lane.name { <text class="lane-name" x={f(lane.left + 7.0)} y={f(lane.top + 8.6)}>{ name }</text> }
        </g>
    }
}

fn hung(item: &Hung, width: f64) -> Html {
    let f = |value: f64| format!("{value:.1}");
    match item {
        Hung::Wait { left, top, words } => html! {
            <>
                <rect class="wait" x={f(*left)} y={f(*top)} width={f((width - left).max(2.0))} height="10" />
                <path class="wait-edge" d={format!("M{} {}v10", f(left + 1.0), f(*top))} />
                <text class="ask" text-anchor="end" x={f(left - 6.0)} y={f(top + 9.0)}>{ words }</text>
            </>
        },
        Hung::Stop { x, from, top, words, failed, leftward } => {
            let (drop, mark, text) =
                if *failed { ("drop", "mark", "bad") } else { ("drop2", "mark2", "cut2") };
            let (at, anchor) = if *leftward { (x - 8.0, "end") } else { (x + 8.0, "start") };
            html! {
                <>
                    <path class={drop} d={format!("M{} {}V{}", f(*x), f(*from), f(*top + 3.0))} />
                    <rect class={mark} x={f(x - 3.5)} y={f(top + 2.0)} width="7" height="7" />
                    <text class={text} text-anchor={anchor} x={f(at)} y={f(top + 9.0)}>{ words }</text>
                </>
            }
        }
    }
}

/// The picture in words.
fn told(lanes: &[Lane], now_us: i64, span_us: i64) -> String {
    let from_us = now_us - span_us;
    let here: Vec<&Lane> = lanes
        .iter()
        .filter(|lane| lane.end_us.is_none_or(|end| end >= from_us) && lane.start_us <= now_us)
        .collect();
    let live = here.iter().filter(|lane| lane.end_us.is_none()).count();
    let waits = here.iter().filter_map(|lane| lane.waits_since_us);
    let stops =
        here.iter().filter(|lane| lane.stop.as_ref().is_some_and(|stop| stop.at_us >= from_us)).count();
    let longest = waits
        .clone()
        .min()
        .map_or_else(String::new, |since| format!(", the longest {}", format::lasting(now_us - since)));
    let minutes = span_us / 60_000_000;
    if here.is_empty() {
        return format!("The last {minutes} minutes: no work.");
    }
    format!(
        "The last {minutes} minutes. Above the line: {} agents at work, {live} of them still here. Below it: {} waiting for you{longest}, and {stops} stopped.",
        here.len(),
        waits.count(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    const NOW: i64 = 1_795_357_927_000_000;
    const MINUTE: i64 = 60_000_000;

    fn lane(id: &'static str, start: i64, end: Option<i64>) -> Lane {
        let at = |minutes: i64| NOW - minutes * MINUTE;
        let (start_us, end_us) = (at(start), end.map(at));
        Lane {
            id: id.into(),
            name: format!("Builder {id}").into(),
            class: "is-builder".into(),
            start_us,
            end_us,
            waits_since_us: None,
            stop: None,
        }
    }

    fn shown(lanes: Vec<Lane>) -> String {
        drawn(html! { <Horizon lanes={Rc::from(lanes)} now_us={NOW} /> })
    }

    #[test]
    fn work_stands_on_the_line_and_trouble_hangs_below() {
        let mut waiting = lane("schema", 20, None);
        waiting.waits_since_us = Some(NOW - 252_000_000);
        let mut failed = lane("avif", 40, Some(30));
        failed.stop =
            Some(Stop { at_us: NOW - 30 * MINUTE, words: "failed: libaom not found".into(), failed: true });
        let html = shown(vec![waiting, failed]);
        holds(
            &html,
            &[
                "Above the line: 2 agents at work, 1 of them still here. Below it: 1 waiting for you, the longest 4:12, and 1 stopped.",
                "Builder schema waits 4:12",
                "Builder avif failed: libaom not found",
                "class=\"lane-end\"",
                "now 14:32:07",
            ],
        );
    }

    #[test]
    fn an_idle_hour_is_an_empty_line() {
        let html = shown(Vec::new());
        holds(&html, &["The last 60 minutes: no work.", "class=\"sea\""]);
        assert!(!html.contains("class=\"lane\""));
    }
}
