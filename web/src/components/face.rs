//! The four faces of whatever shows fetched data: waiting, empty, failed, full.

use yew::prelude::*;

use super::{Button, ButtonSize, CopyButton, Icon, icon};

/// What went wrong, told so that one can go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// What happened: `The ledger did not answer.`
    pub what: AttrValue,
    /// Why, what is still shown and from when; empty where nothing more is known.
    pub why: AttrValue,
    /// The request to quote.
    pub request_id: Option<AttrValue>,
}

/// Which face is on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Face {
    /// The first data is on its way. While newer data comes the old stays: that is `Full`.
    #[default]
    Waiting,
    /// There is nothing, and a next step to take.
    Empty,
    /// It could not be had; what was had before stays below.
    Failed(Trouble),
    /// There it is.
    Full,
}

/// A face and what each shows.
#[derive(Properties, PartialEq)]
pub struct FacedProps {
    /// Which one is on.
    pub face: Face,
    /// What is shown here, such as `the agents`.
    pub what: AttrValue,
    /// How many quiet lines wait for the data.
    #[prop_or(3)]
    pub lines: usize,
    /// Shown when empty: an `Empty`.
    #[prop_or_default]
    pub empty: Html,
    /// Called by "Try again".
    #[prop_or_default]
    pub on_retry: Callback<()>,
    /// The data; in the failed face the last good data, if any.
    #[prop_or_default]
    pub children: Html,
}

/// Shows one of the four.
#[component]
pub fn Faced(props: &FacedProps) -> Html {
    match &props.face {
        Face::Waiting => waiting(&props.what, props.lines),
        Face::Empty => props.empty.clone(),
        Face::Failed(trouble) => {
            html! { <>{ failed(trouble, &props.on_retry) }{ props.children.clone() }</> }
        }
        Face::Full => props.children.clone(),
    }
}

fn waiting(what: &AttrValue, lines: usize) -> Html {
    let line = |at: usize| html! { <span class={classes!("wait-line", ["a", "b", "c"][at % 3])}></span> };
    html! {
        <div class="face-waiting" aria-busy="true">
            <span class="sr" role="status">{ format!("Loading {what}") }</span>
            { for (0..lines).map(line) }
        </div>
    }
}

fn failed(trouble: &Trouble, on_retry: &Callback<()>) -> Html {
    html! {
        <div class="face-failed" role="alert">
            <p class="failc row">{ icon(Icon::Failed) }<span>{ &trouble.what }</span></p>
            if !trouble.why.is_empty() { <p class="small">{ &trouble.why }</p> }
            <div class="row">
                <Button size={ButtonSize::Small} icon={Icon::Rerun} onclick={on_retry.reform(|_| ())}>{ "Try again" }</Button>
                if let Some(id) = &trouble.request_id { <span class="id">{ format!("req {id}") }</span> }
            </div>
        </div>
    }
}

/// The next step from an empty place.
#[derive(Properties, PartialEq)]
pub struct EmptyProps {
    /// What is not there: `No agent has run yet today.`
    pub words: AttrValue,
    /// The exact command that would change it.
    #[prop_or_default]
    pub command: Option<AttrValue>,
    /// What comes of it.
    #[prop_or_default]
    pub then: Option<AttrValue>,
    /// Buttons.
    #[prop_or_default]
    pub children: Html,
}

/// An instruction, not an absence.
#[component]
pub fn Empty(props: &EmptyProps) -> Html {
    html! {
        <div class="face-empty">
            <p>{ &props.words }</p>
            if let Some(command) = &props.command {
                <div class="cmd-line">
                    <pre class="cmd" tabindex="0">{ command }</pre>
                    <CopyButton text={command} label="Copy the command" />
                </div>
            }
            if let Some(then) = &props.then { <p class="small quiet">{ then }</p> }
            if props.children != Html::default() { <div class="act">{ props.children.clone() }</div> }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    fn faced(face: Face) -> String {
        let empty = html! { <Empty words="No agent has run yet." command="quarterdeck tasks submit" /> };
        drawn(html! { <Faced {face} what="the agents" {empty}><b>{ "20 agents" }</b></Faced> })
    }

    #[test]
    fn waiting_says_what_is_coming() {
        let html = faced(Face::Waiting);
        holds(&html, &["role=\"status\" class=\"sr\">Loading the agents<", "wait-line a"]);
        assert!(!html.contains("20 agents"));
    }

    #[test]
    fn empty_tells_the_exact_next_step() {
        holds(
            &faced(Face::Empty),
            &["No agent has run yet.", "<pre tabindex=\"0\" class=\"cmd\">quarterdeck tasks submit</pre>"],
        );
    }

    #[test]
    fn failed_says_why_offers_a_retry_and_keeps_the_old_data() {
        let trouble = Trouble {
            what: "The ledger did not answer.".into(),
            why: "Shown below: 14:29.".into(),
            request_id: Some("7f21c0".into()),
        };
        holds(
            &faced(Face::Failed(trouble)),
            &[
                "role=\"alert\"",
                "The ledger did not answer.",
                "Shown below: 14:29.",
                "Try again",
                "req 7f21c0",
                "20 agents",
            ],
        );
    }

    #[test]
    fn full_is_the_data_alone() {
        assert_eq!(faced(Face::Full), "<b>20 agents</b>");
    }
}
