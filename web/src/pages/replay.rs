//! Replay: a task or a session as it stood at any moment of its life, chosen on a line of time; it follows what lives.

mod said;

use std::rc::Rc;

use quarterdeck_shared::agents::AgentStatus;
use quarterdeck_shared::endpoints::GetReplay;
use quarterdeck_shared::replay::{Replay as Stood, ReplayQuery};
use quarterdeck_shared::{AgentId, NoBody, TaskId, Timestamp};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use self::said::Said;
use super::Heading;
use super::faces::face;
use crate::calendar;
use crate::client::Loaded;
use crate::components::{Button, Faced, Icon};
use crate::hooks::{use_address, use_held, use_query, use_second, use_settled, use_shortcut};
use crate::panels::past::{Past, Scrub};

/// Parts of the line of time.
const STEPS: i64 = 1_000;
/// How many seconds playing from one end to the other takes.
const SECONDS: i64 = 60;
/// Seconds after which the words of what is followed are looked for anew.
const SAID_SECONDS: u32 = 3;

/// Whose past: a task's, or an agent's session's.
#[derive(Clone, Copy, PartialEq, Properties)]
pub struct ReplayProps {
    /// The task, where it is one.
    #[prop_or_default]
    pub task: Option<TaskId>,
    /// The agent otherwise.
    #[prop_or_default]
    pub agent: Option<AgentId>,
}

/// The line of time and how things stood.
#[component]
pub fn Replay(props: &ReplayProps) -> Html {
    let address = use_address();
    let playing = use_state_eq(|| false);
    let about = ReplayQuery { task_id: props.task, agent_id: props.agent, ..ReplayQuery::default() };
    let written = address.get("at").parse::<Timestamp>().ok().map(|at| at.micros());
    let write = Callback::from(move |at: Option<i64>| {
        let at = at.map(|at| Timestamp(at).to_string()).unwrap_or_default();
        address.set("at", &at);
    });
    let (held, go) = use_held((about.clone(), written), write);
    let at_us = held.unwrap_or(written);
    // While the handle is dragged only where it rests is asked for.
    let settled = use_settled(at_us, 60);
    // The outline is the same for every moment: it is asked for again only when something happened.
    let turn = use_state_eq(|| 0_u32);
    let ask = |(query, _): (ReplayQuery, u32)| GetReplay { query, body: NoBody };
    let whole = use_query(Some((ReplayQuery { outline: Some(true), ..about.clone() }, *turn)), ask);
    let again = whole.again;
    let whole = whole.answer;
    let past =
        use_query(settled.map(|at| (ReplayQuery { at: Some(Timestamp(at)), ..about.clone() }, 0)), ask);
    // What lives goes on: whoever follows it asks for it again, whoever looks at its past does not.
    let follows = at_us.is_none() && whole.data.as_ref().is_some_and(|stood| stood.is_live);
    let beat = use_state_eq(|| 0_u32);
    {
        let beat = beat.clone();
        use_second(follows, Callback::from(move |()| beat.set(*beat + 1)));
    }
    let now = use_query((follows && *beat > 0).then_some((about, *beat)), ask).answer;
    let end = |answer: &Loaded<Stood>| answer.data.as_ref().map(|stood| stood.to);
    let newest = if end(&now) > end(&whole) { now } else { whole.clone() };
    let ends = newest.data.as_ref().map(|stood| (stood.from.micros(), stood.to.micros()));
    let (shown, look_again) =
        if settled.is_some() { (past.answer, past.again) } else { (newest.clone(), again.clone()) };
    {
        let known = whole.data.as_deref().map(happened);
        let turn = turn.clone();
        use_effect_with(newest.data.as_deref().map(happened), move |newest| {
            if *newest != known {
                turn.set(*turn + 1);
            }
        });
    }
    {
        let (go, playing) = (go.clone(), playing.clone());
        use_second(
            *playing,
            Callback::from(move |()| {
                let Some((from, to)) = ends else { return };
                let next = at_us.unwrap_or(from) + ((to - from) / SECONDS).max(1);
                if next >= to {
                    playing.set(false);
                }
                go.emit((next < to).then_some(next));
            }),
        );
    }
    let step = |by: i64| {
        let go = go.clone();
        Callback::from(move |()| {
            let Some((from, to)) = ends else { return };
            let next = at_us.unwrap_or(to) + (to - from) / STEPS * by;
            go.emit((next < to).then_some(next.max(from)));
        })
    };
    use_shortcut("j", "Later", step(10));
    use_shortcut("k", "Earlier", step(-10));
    let title = whole
        .data
        .as_ref()
        .map_or_else(|| "Replay".to_owned(), |stood| format!("{}, as it was", stood.title));
    let toggle = {
        let (playing, go) = (playing.clone(), go.clone());
        Callback::from(move |_: MouseEvent| {
            if !*playing && at_us.is_none() {
                go.emit(ends.map(|(from, _)| from));
            }
            playing.set(!*playing);
        })
    };
    let live = {
        let go = go.clone();
        Callback::from(move |_: MouseEvent| go.emit(None))
    };
    html! {
        <>
            <Heading {title} above={above(props)} />
            <Faced face={face(&whole, |_: &Stood| false)} what="its life" lines=6 on_retry={again}>
                if let (Some(stood), Some((from, to))) = (&whole.data, ends) {
                    <div class="scrub past">
                        <div class="row wide wrap">
                            <Button icon={if *playing { Icon::Close } else { Icon::Play }} onclick={toggle} test_id="replay-play">{ if *playing { "Pause" } else { "Play" } }</Button>
                            <span class="num" data-testid="replay-at">{ calendar::full(at_us.unwrap_or(to)) }</span>
                            if at_us.is_some() { <Button onclick={live} test_id="replay-end">{ if stood.is_live { "Follow it live" } else { "To the end" } }</Button> }
                        </div>
                        { line(stood, (from, to), at_us, &go) }
                    </div>
                    <Faced face={face(&shown, |_: &Stood| false)} what="that moment" lines=6 on_retry={look_again}>
                        if let Some(then) = &shown.data {
                            <Past stood={Rc::clone(then)} />
                            <Said agents={then.agents.clone()} at={settled.map(Timestamp)} beat={*beat / SAID_SECONDS} />
                        }
                    </Faced>
                }
            </Faced>
        </>
    }
}

/// What changes when there is something new to see on the line of time.
fn happened(stood: &Stood) -> (bool, u64, Vec<AgentStatus>) {
    let requests = stood.agents.iter().map(|agent| agent.moment.all_requests).sum();
    (stood.is_live, requests, stood.agents.iter().map(|agent| agent.status).collect())
}

/// The moment that a step of the slider stands for.
fn moment_of((from, to): (i64, i64), step: i64) -> i64 {
    from + (i128::from((to - from).max(1)) * i128::from(step) / i128::from(STEPS)) as i64
}

/// The step that a moment has reached or is on the way to: that of a step's own moment is the step.
fn step_at((from, to): (i64, i64), at: i64) -> i64 {
    let length = (to - from).max(1);
    let past = i128::from((at - from).clamp(0, length)) * i128::from(STEPS);
    ((past + i128::from(length) - 1) / i128::from(length)) as i64
}

/// The line of time: its outline, and a slider over it that every hand can move.
fn line(stood: &Stood, (from, to): (i64, i64), at: Option<i64>, go: &Callback<Option<i64>>) -> Html {
    let value = at.map_or(STEPS, |at| step_at((from, to), at));
    let oninput = {
        let go = go.clone();
        Callback::from(move |event: InputEvent| {
            let Some(slider) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let step = slider.value().parse::<i64>().unwrap_or(STEPS);
            go.emit((step < STEPS).then(|| moment_of((from, to), step)));
        })
    };
    let text = Timestamp(at.unwrap_or(to)).to_string();
    html! {
        <div class="slide">
            if let Some(outline) = &stood.outline { <Scrub outline={outline.clone()} told={stood.to.micros()} {from} {to} {at} /> }
            <input type="range" min="0" max={STEPS.to_string()} value={value.to_string()} {oninput} aria-label="Moment" aria-valuetext={text} data-testid="replay-slider" />
        </div>
    }
}

fn above(props: &ReplayProps) -> Vec<(AttrValue, AttrValue)> {
    let link = |name: &'static str, path: String| (AttrValue::from(name), AttrValue::from(path));
    match (props.task, props.agent) {
        (Some(task), _) => vec![link("Tasks", "/tasks".into()), link("Task", format!("/tasks/{task}"))],
        (_, Some(agent)) => vec![link("Agents", "/agents".into()), link("Agent", format!("/agents/{agent}"))],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_slider_stays_where_it_was_put() {
        for ends in [(0, 3_600_123_457), (1_795_348_800_000_001, 1_795_348_800_001_234)] {
            for step in 0..=STEPS {
                assert_eq!(step_at(ends, moment_of(ends, step)), step, "{ends:?}");
            }
        }
    }
}
