//! One line of a stream: when, an icon, what, and a figure; all of it when opened.

use std::rc::Rc;

use quarterdeck_shared::Timestamp;
use quarterdeck_shared::event::ActivityKind;
use serde_json::Value;
use yew::prelude::*;

use crate::components::{Elapsed, Icon, TimeAt, icon};
use crate::format::lasting;
use crate::panels::doing::{Doing, activity, plain};
use crate::track::Moment;

/// Letters of a tool's answer shown at most; the agent has all of it.
const ANSWER: usize = 20_000;

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing will change it but an answer.
    Settled,
    /// Its words are still being written: all of them are shown.
    Growing,
    /// It waits to be allowed.
    Held,
}

/// A moment as a line.
pub fn line(moment: &Rc<Moment>, directory: &str, state: State) -> Html {
    let doing = activity(&moment.activity, directory);
    match moment.activity.kind {
        ActivityKind::Text | ActivityKind::Thinking if state == State::Growing => words(moment, &doing),
        ActivityKind::Text | ActivityKind::Thinking if is_short(&doing.object) => words(moment, &doing),
        ActivityKind::Text | ActivityKind::Thinking => {
            // Folded, it is one line of words without its headings' marks.
            let words = doing.object.split_whitespace().filter(|word| word.chars().any(|sign| sign != '#'));
            let short = Doing { object: words.collect::<Vec<_>>().join(" "), ..doing.clone() };
            let whole = html! { <p class="whole">{ plain(moment.activity.text.trim()) }</p> };
            folded(moment, &short, state, whole)
        }
        ActivityKind::Notice => words(moment, &doing),
        ActivityKind::ToolCall | ActivityKind::ToolResult => folded(moment, &doing, state, call(moment)),
    }
}

fn is_short(text: &str) -> bool {
    text.chars().count() <= 140 && text.trim().lines().count() <= 2
}

fn class(moment: &Moment) -> Classes {
    let kind = match moment.activity.kind {
        ActivityKind::Text => "said",
        ActivityKind::Thinking => "thought",
        ActivityKind::Notice => "notice",
        ActivityKind::ToolCall | ActivityKind::ToolResult => "used",
    };
    classes!("event", kind, moment.bad.then_some("bad"))
}

fn words(moment: &Moment, doing: &Doing) -> Html {
    html! { <div class={classes!(class(moment), "open")}>{ cells(moment, doing, State::Settled) }</div> }
}

fn folded(moment: &Moment, doing: &Doing, state: State, inner: Html) -> Html {
    let held = (state == State::Held).then_some("held");
    html! {
        <details class="line">
            <summary class={classes!(class(moment), held)}>{ cells(moment, doing, state) }</summary>
            { inner }
        </details>
    }
}

fn cells(moment: &Moment, doing: &Doing, state: State) -> Html {
    let tool = matches!(moment.activity.kind, ActivityKind::ToolCall | ActivityKind::ToolResult);
    let what = if tool {
        html! { <span class="cut">if !doing.verb.is_empty() { { format!("{} ", doing.verb) } }<code>{ first_line(&doing.object) }</code></span> }
    } else {
        html! { <span class="text">{ doing.object.trim() }</span> }
    };
    let mark = if state == State::Held { Icon::Approvals } else { doing.icon };
    html! { <><TimeAt at_us={moment.at.micros()} />{ icon(mark) }{ what }{ fine(moment, state) }</> }
}

/// The figure at the end: what went wrong, how long it took, how long it runs.
fn fine(moment: &Moment, state: State) -> Html {
    if moment.activity.kind != ActivityKind::ToolCall {
        return html! { <span class="fine"></span> };
    }
    let Some(until) = moment.until else {
        let class = classes!("fine", (state != State::Held).then_some("caret"));
        return html! { <span {class}><Elapsed since_us={moment.at.micros()} />if state == State::Held { <span class="sr">{ " waiting to be allowed" }</span> }</span> };
    };
    if moment.bad {
        let why: String = moment.answer.as_deref().map(plain).unwrap_or_default();
        let why: String = first_line(why.trim()).chars().take(28).collect();
        return html! { <span class="fine">{ if why.is_empty() { "error".to_owned() } else { why } }</span> };
    }
    html! { <span class="fine num">{ lasting(span(moment.at, until)) }</span> }
}

fn span(from: Timestamp, until: Timestamp) -> i64 {
    until.micros() - from.micros()
}

/// What a tool was called with and what it answered, as text.
fn call(moment: &Moment) -> Html {
    let input = moment.activity.input.as_ref().map(written);
    let answer = moment.answer.as_deref().map(|answer| plain(&cut(answer)));
    let none = input.is_none() && answer.is_none();
    html! {
        <div class="call-whole">
            if let Some(input) = input { <pre class="cmd" tabindex="0" aria-label="Input">{ input }</pre> }
            if let Some(answer) = answer {
                <pre class={classes!("cmd", moment.bad.then_some("bad"))} tabindex="0" aria-label="Answer">{ if answer.trim().is_empty() { "(no output)".to_owned() } else { answer } }</pre>
            }
            if none { <p class="small quiet">{ &moment.activity.text }</p> }
        </div>
    }
}

fn written(input: &Value) -> String {
    let command = input.get("command").and_then(Value::as_str);
    plain(&command.map_or_else(|| format!("{input:#}"), str::to_owned))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(ANSWER) {
        Some((at, _)) => format!("{}\n… {} more characters", &text[..at], text[at..].chars().count()),
        None => text.to_owned(),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
