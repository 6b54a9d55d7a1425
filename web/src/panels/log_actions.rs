//! The actions of a log, newest first, each to be opened.

use std::rc::Rc;

use quarterdeck_shared::logs::{Action, ActionKind, ActionOutcome, Ink, InkKind};
use yew::prelude::*;

use super::deed::visible;
use super::words::{capital, noted, spaced};
use crate::components::{Icon, icon};
use crate::{calendar, format};

/// What is shown.
#[derive(Properties, PartialEq)]
pub struct LogActionsProps {
    /// The actions, newest first.
    pub actions: Vec<Rc<Action>>,
}

/// A line for each, with the rest behind it.
#[component]
pub fn LogActions(props: &LogActionsProps) -> Html {
    html! { <ol class="log" data-testid="log">{ for props.actions.iter().map(|action| row(action)) }</ol> }
}

fn row(action: &Action) -> Html {
    let bad = action.outcome == Some(ActionOutcome::Error);
    html! {
        <li key={action.cursor.clone()} class={bad.then_some("bad")}>
            <details class="fold record">
                <summary>
                    { icon(Icon::Right) }
                    { for action.at.map(|at| moment(at.micros())) }
                    <span class="strong nowrap">{ name(action) }</span>
                    <span class="cut grow">{ noted(&action.tool, &action.summary) }</span>
                    { for action.duration_ms.map(|ms| html! { <span class="num quiet nowrap">{ took(ms) }</span> }) }
                    { for action.outcome.map(outcome) }
                </summary>
                if let Some(path) = &action.path { <p class="small quiet row">{ icon(Icon::File) }<code class="wrap-text">{ visible(path) }</code></p> }
                if !action.input.is_empty() { <pre class="ink" tabindex="0" role="group" aria-label="Input">{ for action.input.iter().map(ink) }</pre> }
                if !action.text.is_empty() { <pre class="ink" tabindex="0" role="group" aria-label="Words">{ visible(&action.text) }</pre> }
                if action.left_out > 0 { <p class="small quiet">{ format!("{} characters are left out here.", format::grouped(action.left_out)) }</p> }
            </details>
        </li>
    }
}

fn moment(us: i64) -> Html {
    html! { <time class="quiet num nowrap" datetime={calendar::iso(us)} title={calendar::full(us)}>{ calendar::clock(us) }</time> }
}

/// What an action is called: the tool, or what kind it is.
fn name(action: &Action) -> String {
    let word = match action.kind {
        ActionKind::Call if !action.tool.is_empty() => return visible(&action.tool),
        ActionKind::Notice if !action.tool.is_empty() => return capital(&spaced(&action.tool)),
        ActionKind::Call => "Call",
        ActionKind::Prompt => "Prompt",
        ActionKind::Text => "Said",
        ActionKind::Thinking => "Thought",
        ActionKind::Turn => "Turn ended",
        ActionKind::Notice => "Notice",
    };
    word.to_owned()
}

fn took(ms: u64) -> String {
    format::lasting(i64::try_from(ms).unwrap_or(i64::MAX).saturating_mul(1_000))
}

fn outcome(outcome: ActionOutcome) -> Html {
    match outcome {
        ActionOutcome::Ok => html! { <span class="quiet nowrap">{ "ok" }</span> },
        ActionOutcome::Error => {
            html! { <span class="failc nowrap row tight">{ icon(Icon::Failed) }{ "error" }</span> }
        }
        ActionOutcome::Open => html! { <span class="quiet nowrap">{ "no answer yet" }</span> },
    }
}

fn ink(piece: &Ink) -> Html {
    let class = match piece.kind {
        InkKind::Key => "nm",
        InkKind::Text => "st",
        InkKind::Number | InkKind::Word => "kw",
        InkKind::Mark => return Html::from(visible(&piece.text)),
    };
    html! { <span {class}>{ visible(&piece.text) }</span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    #[test]
    fn a_notice_is_told_in_words_and_not_in_the_programs_names() {
        let action = json!({"cursor": "l1", "kind": "notice", "tool": "turn_duration", "summary": "198827"});
        let action: Action = serde_json::from_value(action).unwrap();
        let html = drawn(html! { <LogActions actions={vec![Rc::new(action)]} /> });
        holds(&html, &[">Turn duration<", ">3:18<"]);
        assert!(!html.contains("turn_duration"), "{html}");
    }

    #[test]
    fn an_action_says_when_what_and_how_it_went_and_opens_to_the_rest() {
        let action: Action = serde_json::from_value(json!({
            "cursor": "l1.2.3", "at": "2026-11-22T10:00:01Z", "kind": "call", "tool": "Write", "outcome": "error",
            "duration_ms": 250, "summary": "/a", "path": "/a", "text": "<b>no</b>\u{202e}", "left_out": 1200,
            "input": [{"kind": "mark", "text": "{\n  "}, {"kind": "key", "text": "\"file_path\""}],
        }))
        .unwrap();
        let html = drawn(html! { <LogActions actions={vec![Rc::new(action)]} /> });
        holds(
            &html,
            &[
                "Write",
                "250 ms",
                "error",
                "<span class=\"nm\">",
                "&lt;b&gt;no&lt;/b&gt;",
                "U+202E",
                "1,200 characters",
            ],
        );
    }
}
