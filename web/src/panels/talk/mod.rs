//! What was said and done in a conversation: one turn for each item.

mod call;
mod course;
mod moment;

use std::rc::Rc;

use quarterdeck_shared::conversations::{Item, ItemKind};
use yew::prelude::*;

pub use course::{Course, told};
pub use moment::{Keys, Then};

use self::call::called;
use super::deed::visible;
use super::prose::Prose;
use super::words::{notice, spaced};
use crate::calendar;
use crate::components::{Button, ButtonKind, ButtonSize, CopyButton, Icon, icon};
use crate::format::{count, grouped};

/// What is done with an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deal {
    /// It is the one that is read.
    Here,
    /// It is shown whole.
    Whole,
    /// Its raw line is shown.
    Raw,
    /// A link to it is copied.
    Link,
    /// The sub-agent that it called is shown below it, or no longer.
    Unfold,
}

/// What a turn shows.
#[derive(Properties, PartialEq)]
pub struct TurnProps {
    /// The item.
    pub item: Rc<Item>,
    /// Whether it is the one that is read.
    pub here: bool,
    /// Whether thoughts are unfolded.
    pub thoughts: bool,
    /// Whether the sub-agent that it called is shown below it.
    #[prop_or_default]
    pub unfolded: bool,
    /// Called with what is to be done with it.
    pub on_deal: Callback<(AttrValue, Deal)>,
}

/// One item with its time.
#[component]
pub fn Turn(props: &TurnProps) -> Html {
    let item = &props.item;
    let cursor = AttrValue::from(item.cursor.clone());
    let deal = |deal: Deal| {
        let (on_deal, cursor) = (props.on_deal.clone(), cursor.clone());
        Callback::from(move |_| on_deal.emit((cursor.clone(), deal.clone())))
    };
    let left_out = item.left_out + item.result.as_ref().map_or(0, |result| result.left_out);
    let cut_lines = item.result.as_ref().and_then(|it| it.change.as_ref()).map_or(0, |it| it.left_out);
    html! {
        <article class={classes!("turn", props.here.then_some("here"))} tabindex="-1" data-cursor={cursor.clone()} data-kind={item.kind.as_str()}
            aria-label={name(item)} aria-current={props.here.then_some("true")} onclick={deal(Deal::Here)}>
            { when(item) }
            <div>
                if item.is_branch { <p class="branch small quiet row tight">{ icon(Icon::Rerun) }{ "Somebody went back: this goes on from an earlier place." }</p> }
                { said(item, props, deal(Deal::Unfold)) }
                if left_out > 0 || cut_lines > 0 {
                    <Button size={ButtonSize::Small} kind={ButtonKind::Bare} onclick={deal(Deal::Whole)}>{ rest(left_out, cut_lines) }</Button>
                }
                if props.here {
                    <p class="row tight dealings">
                        <CopyButton text={words(item)} label="Copy">{ "Copy" }</CopyButton>
                        <Button size={ButtonSize::Small} kind={ButtonKind::Bare} icon={Icon::Link} onclick={deal(Deal::Link)}>{ "Link to here" }</Button>
                        <Button size={ButtonSize::Small} kind={ButtonKind::Bare} icon={Icon::List} onclick={deal(Deal::Raw)} test_id="raw">{ "Raw line" }</Button>
                    </p>
                }
            </div>
        </article>
    }
}

fn rest(bytes: u64, lines: u64) -> String {
    if bytes > 0 {
        format!("Show {} more bytes", grouped(bytes))
    } else {
        format!("Show {} more lines", grouped(lines))
    }
}

fn when(item: &Item) -> Html {
    let Some(at) = item.at else { return html! { <span class="when"></span> } };
    let us = at.micros();
    html! { <time class="when" datetime={calendar::iso(us)} title={calendar::full(us)}>{ calendar::clock(us) }</time> }
}

/// What an item is called by whoever does not see it.
fn name(item: &Item) -> String {
    let what = match item.kind {
        ItemKind::Prompt => "Prompt".to_owned(),
        ItemKind::Text => "Reply".to_owned(),
        ItemKind::Thinking => "Thinking".to_owned(),
        ItemKind::Call => format!("Call of {}", visible(&item.tool)),
        ItemKind::Result => "Answer of a tool".to_owned(),
        ItemKind::Image => "Picture".to_owned(),
        ItemKind::Compaction => "Compaction".to_owned(),
        ItemKind::Fault => "API error".to_owned(),
        ItemKind::Context | ItemKind::Notice => spaced(&item.what),
    };
    let at = item.at.map(|at| format!(", {}", calendar::clock(at.micros()))).unwrap_or_default();
    format!("{what}{at}")
}

/// All words of an item, to be copied.
pub fn words(item: &Item) -> String {
    let input = (item.kind == ItemKind::Call).then(|| format!("{} {:#}", item.tool, item.input));
    let answer = item.result.as_ref().map(|result| result.text.clone());
    [Some(item.text.clone()), input, answer]
        .into_iter()
        .flatten()
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn said(item: &Item, props: &TurnProps, unfold: Callback<MouseEvent>) -> Html {
    match item.kind {
        ItemKind::Prompt => html! {
            <div class="you"><p class="who">{ "Prompt" }</p><Prose text={item.text.clone()} /></div>
        },
        ItemKind::Text => html! { <Prose text={item.text.clone()} /> },
        ItemKind::Thinking if item.text.is_empty() => {
            html! { <p class="small quiet row tight">{ icon(Icon::Thought) }{ "Thought; the words are not shown" }</p> }
        }
        ItemKind::Thinking => {
            let summary = format!("Thought, {} words", grouped(item.text.split_whitespace().count() as u64));
            let head = html! { <>{ icon(Icon::Thought) }{ summary }</> };
            fold(head, html! { <p class="thinking wrap-text">{ visible(&item.text) }</p> }, props.thoughts)
        }
        ItemKind::Context => {
            let head = html! { <span class="cut">{ format!("Put in by the program: {}", spaced(&item.what)) }</span> };
            fold(head, html! { <pre class="cmd" tabindex="0">{ visible(&item.text) }</pre> }, false)
        }
        ItemKind::Call | ItemKind::Result => called(item, props.unfolded, unfold),
        ItemKind::Image => html! { <>{ for item.images.iter().map(|it| picture(it)) }</> },
        ItemKind::Compaction => {
            html! { <p class="mark-line small quiet"><span>{ condensed(item) }</span></p> }
        }
        ItemKind::Fault => {
            let status = item.status.map(|status| format!("{status}: ")).unwrap_or_default();
            html! { <p class="failc row">{ icon(Icon::Failed) }<span class="wrap-text">{ status }{ visible(&item.text) }</span></p> }
        }
        ItemKind::Notice => {
            html! { <p class="small quiet wrap-text notice-line">{ notice(&item.what, &item.text) }</p> }
        }
    }
}

fn fold(head: Html, body: Html, open: bool) -> Html {
    html! { <details class="fold" {open}><summary>{ icon(Icon::Right) }{ head }</summary>{ body }</details> }
}

fn condensed(item: &Item) -> String {
    let tokens = |tokens: Option<u64>| tokens.map(count);
    let sizes = match (tokens(item.tokens_before), tokens(item.tokens_after)) {
        (Some(before), Some(after)) => format!(", {before} → {after} tokens"),
        (Some(before), None) => format!(", {before} tokens before"),
        _ => String::new(),
    };
    let by = if item.what == "manual" { "on request" } else { "by itself" };
    format!("The conversation was condensed {by}{sizes}")
}

/// A picture of this server: nothing is loaded from anywhere else.
fn picture(address: &str) -> Html {
    if !address.starts_with("/api/v1/agents/") {
        return Html::default();
    }
    html! { <img class="talk-image" src={address.to_owned()} alt="Picture in the conversation" loading="lazy" decoding="async" /> }
}

#[cfg(test)]
mod tests;
