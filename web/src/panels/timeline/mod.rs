//! The timeline of a task: a row for each agent, a bar for each thing it did, a frame where it waited for a person.

mod scale;

use std::rc::Rc;

use quarterdeck_shared::Timestamp;
use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::event::ActivityKind;
use yew::prelude::*;

use self::scale::{Ruler, name, ticks};
use super::doing::activity;
use super::task_view::TaskView;
use crate::components::{Empty, Face, Panel};
use crate::format::lasting;
use crate::hooks::use_width;
use crate::track::{Moment, Span, Track};

const HEAD: f64 = 16.0;
const NAMES: f64 = 118.0;

/// What the timeline shows.
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// The task.
    pub view: TaskView,
    /// Now, in µs, for what still lasts.
    pub now_us: i64,
    /// Which face is on.
    #[prop_or(Face::Full)]
    pub face: Face,
    /// Called by "Try again".
    #[prop_or_default]
    pub on_retry: Callback<()>,
}

/// Who worked when, and on what.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    let none = props.view.agents.is_empty();
    let face = if none && props.face == Face::Full { Face::Empty } else { props.face.clone() };
    let empty = html! { <Empty words="No agent has begun yet." then="Each gets a row here, and each thing it does a bar." /> };
    html! {
        <Panel title="Timeline" id="timeline" note="one bar, one thing done" what="what was done when" {face} {empty} on_retry={props.on_retry.clone()}>
            if !none { <Chart view={props.view.clone()} now_us={props.now_us} />{ twin(props) } }
        </Panel>
    }
}

#[derive(Properties, PartialEq)]
struct ChartProps {
    view: TaskView,
    now_us: i64,
}

/// The picture at the real width of its place.
#[component]
fn Chart(props: &ChartProps) -> Html {
    let node = use_node_ref();
    let width = use_width(node.clone()).unwrap_or(660.0).max(240.0);
    html! { <div ref={node} class="gantt-wrap" data-testid="timeline">{ chart(props, width) }</div> }
}

struct Drawing<'a> {
    ruler: Ruler,
    now_us: i64,
    /// Names above the rows instead of before them.
    narrow: bool,
    props: &'a ChartProps,
}

impl Drawing<'_> {
    fn pitch(&self) -> f64 {
        if self.narrow { 36.0 } else { 27.0 }
    }

    /// The upper edge of the bars of row n.
    fn top(&self, row: usize) -> f64 {
        HEAD + row as f64 * self.pitch() + if self.narrow { 16.0 } else { 4.0 }
    }
}

fn chart(props: &ChartProps, width: f64) -> Html {
    let view = &props.view;
    let narrow = width < 480.0;
    let from_us =
        view.agents.iter().map(|agent| agent.created_at).fold(view.began(), Timestamp::min).micros();
    let until_us = view.task.finished_at.map_or(props.now_us, Timestamp::micros);
    let left = if narrow { 0.0 } else { NAMES };
    let ruler = Ruler { from_us, span_us: (until_us - from_us).max(1), left, right: width - 1.0 };
    let drawing = Drawing { ruler, now_us: until_us, narrow, props };
    let height = HEAD + drawing.pitch() * view.agents.len() as f64;
    let most = ((width - left) / 90.0) as i64;
    let last = name(ruler.span_us);
    let room = width - 7.0 * last.len() as f64 - 30.0;
    let marks = ticks(ruler.span_us, most).into_iter().map(|us| {
        let x = ruler.at(from_us + us);
        html! {
            <>
                <path class="grid" d={format!("M{x:.1} 12V{height}")} />
                if x < room { <text x={format!("{:.1}", if us == 0 { x } else { x + 3.0 })} y="9">{ name(us) }</text> }
            </>
        }
    });
    html! {
        <svg class="chart gantt" width={width.to_string()} height={height.to_string()} viewBox={format!("0 0 {width} {height}")}
            role="img" aria-label={format!("Timeline of {} over {}; the table below tells the same", agents(view.agents.len()), lasting(ruler.span_us))}>
            { for marks }
            { for view.agents.iter().enumerate().map(|(row, agent)| lane(&drawing, row, agent)) }
            if view.task.finished_at.is_none() { <path class="nowline" d={format!("M{} 12V{height}", width - 1.0)} /> }
            <text class="strong" x={(width - 1.0).to_string()} y="9" text-anchor="end">{ last }</text>
        </svg>
    }
}

fn lane(drawing: &Drawing, row: usize, agent: &Rc<Agent>) -> Html {
    let top = drawing.top(row);
    let from = agent.started_at.unwrap_or(agent.created_at).micros();
    let until = agent.finished_at.map_or(drawing.now_us, Timestamp::micros);
    let line = format!("M{:.1} {y}H{:.1}", drawing.ruler.at(from), drawing.ruler.at(until), y = top + 5.5);
    let (x, y) = if drawing.narrow { (0.0, top - 4.0) } else { (0.0, top + 9.0) };
    let track = drawing.props.view.tracks.get(&agent.id);
    html! {
        <g>
            <text class="strong" x={x.to_string()} y={y.to_string()}>{ shortened(&agent.name, drawing.narrow) }</text>
            <path class="grid" d={line} />
            if let Some(track) = track {
                { for track.moments.iter().map(|moment| bar(drawing, top, moment, &track.waits)) }
                { for track.waits.iter().map(|wait| hold(drawing, top, wait)) }
            }
        </g>
    }
}

fn bar(drawing: &Drawing, top: f64, moment: &Rc<Moment>, waits: &[Span]) -> Html {
    let until = moment.until.map_or(drawing.now_us, Timestamp::micros);
    // A call that had to be allowed begins when it was: the wait before has a frame of its own.
    let asked = waits.iter().rfind(|wait| wait.from >= moment.at && wait.from.micros() < until);
    let from = match asked {
        Some(Span { until: None, .. }) => return Html::default(),
        Some(Span { until: Some(allowed), .. }) => allowed.micros().min(until),
        None => moment.at.micros(),
    };
    let (x, end) = (drawing.ruler.at(from), drawing.ruler.at(until));
    let tool = moment.activity.kind == ActivityKind::ToolCall;
    let class = match (moment.bad, moment.is_open(), tool) {
        (true, ..) => "is-failed fill-c",
        (_, true, _) => "is-running fill-c",
        (_, _, true) => "past",
        _ => "words",
    };
    let (y, tall) = if tool || moment.bad { (top, 11.0) } else { (top + 4.0, 3.0) };
    html! {
        <rect key={moment.seq.to_string()} {class} x={format!("{x:.1}")} y={y.to_string()} width={format!("{:.1}", (end - x).max(1.6))} height={tall.to_string()} rx="1.5">
            <title>{ told(drawing, moment, until - from) }</title>
        </rect>
    }
}

fn told(drawing: &Drawing, moment: &Moment, lasted_us: i64) -> String {
    let doing = activity(&moment.activity, &drawing.props.view.task.working_directory);
    let object: String = doing.object.chars().take(160).collect();
    let bad = if moment.bad { ", an error" } else { "" };
    format!("{} {object}{bad}, {}", doing.verb, lasting(lasted_us)).trim_start().to_owned()
}

fn hold(drawing: &Drawing, top: f64, wait: &Span) -> Html {
    let until = wait.until.map_or(drawing.now_us, Timestamp::micros);
    let (x, end) = (drawing.ruler.at(wait.from.micros()), drawing.ruler.at(until));
    let words = format!("waits {}", lasting(until - wait.from.micros()));
    let fits = wait.until.is_none() && end - x > 70.0;
    html! {
        <>
            <rect class="hold" x={format!("{x:.1}")} y={top.to_string()} width={format!("{:.1}", (end - x).max(2.0))} height="11"><title>{ words.clone() }</title></rect>
            if fits { <text class="ask" x={format!("{:.1}", x + 5.0)} y={(top + 9.0).to_string()}>{ words }</text> }
        </>
    }
}

/// The same for those who do not see: a row for each agent.
fn twin(props: &TimelineProps) -> Html {
    let row = |agent: &Rc<Agent>| {
        let none = Track::default();
        let track = props.view.tracks.get(&agent.id).map_or(&none, Rc::as_ref);
        let calls =
            track.moments.iter().filter(|moment| moment.activity.kind == ActivityKind::ToolCall).count();
        let bad = track.moments.iter().filter(|moment| moment.bad).count();
        let until = agent.finished_at.map_or(props.now_us, Timestamp::micros);
        let lasted =
            agent.started_at.map_or(crate::format::DASH.to_owned(), |from| lasting(until - from.micros()));
        html! { <tr><th scope="row">{ &agent.name }</th><td>{ agent.status.as_str() }</td><td>{ lasted }</td><td>{ calls }</td><td>{ bad }</td></tr> }
    };
    html! {
        <div class="sr">
            <table>
                <caption>{ "Timeline" }</caption>
                <thead><tr><th>{ "Agent" }</th><th>{ "Status" }</th><th>{ "Time" }</th><th>{ "Tool calls" }</th><th>{ "Errors" }</th></tr></thead>
                <tbody>{ for props.view.agents.iter().map(row) }</tbody>
            </table>
        </div>
    }
}

fn shortened(name: &str, narrow: bool) -> String {
    let most = if narrow { 40 } else { 18 };
    if name.chars().count() <= most {
        name.to_owned()
    } else {
        name.chars().take(most - 1).chain(['…']).collect()
    }
}

fn agents(count: usize) -> String {
    if count == 1 { "1 agent".to_owned() } else { format!("{count} agents") }
}

#[cfg(test)]
mod tests;
