//! A call of a tool with its input, its answer, what it changed, and the way to the sub-agent it began.

use quarterdeck_shared::conversations::{ChangeKind, Item, ItemChange, ItemKind, ItemResult, SubAgent};
use yew::prelude::*;

use super::picture;
use crate::components::{Button, ButtonLink, ButtonSize, Icon, icon};
use crate::format::lasting;
use crate::panels::deed::{Deed, visible, written};
use crate::panels::diff::{Diff, noted};

/// Lines of an answer that are shown before it is unfolded.
const LINES: usize = 14;

/// A call, or an answer whose call is far away.
pub(super) fn called(item: &Item, unfolded: bool, unfold: Callback<MouseEvent>) -> Html {
    let result = item.result.as_ref();
    let is_call = item.kind == ItemKind::Call;
    let tool = if is_call { visible(&item.tool) } else { "Answer".to_owned() };
    let change = result.and_then(|result| result.change.as_ref());
    let line = match (is_call, change) {
        (_, Some(change)) => visible(&change.path),
        (true, None) => object(item),
        (false, None) => "to a call further up".to_owned(),
    };
    let failed = result.is_some_and(|result| result.is_error);
    html! {
        <div class={classes!("call", failed.then_some("bad"))}>
            <div class="in">
                { icon(sign(&item.tool)) }<span class="tool">{ tool }</span>
                <code class="cut grow" title={line.clone()}>{ line }</code>
                <span class="small quiet nowrap">{ outcome(item, result) }</span>
            </div>
            if is_call && !item.input.is_null() {
                <details class="fold given"><summary>{ icon(Icon::Right) }{ "Input" }</summary><pre class="cmd" tabindex="0">{ visible(&written(&item.input)) }</pre></details>
            }
            if let Some(result) = result { { answer(result) } }
            if let Some(helper) = result.and_then(|result| result.sub_agent.as_ref()) { { way_in(helper, unfolded, unfold) } }
        </div>
    }
}

/// What a call is about, in one line.
fn object(item: &Item) -> String {
    let deed = Deed::read(&item.tool, &item.input);
    if deed.line.is_empty() { deed.wants } else { deed.line }
}

fn sign(tool: &str) -> Icon {
    match tool {
        "Bash" | "BashOutput" | "KillShell" => Icon::Terminal,
        "Edit" | "MultiEdit" | "Write" | "NotebookEdit" => Icon::Edit,
        "Read" => Icon::File,
        "Grep" | "Glob" | "WebSearch" | "WebFetch" | "web_search" => Icon::Search,
        "Task" | "Agent" => Icon::Agents,
        _ => Icon::Settings,
    }
}

/// How it ended and how long it took.
fn outcome(item: &Item, result: Option<&ItemResult>) -> String {
    let Some(result) = result else { return "no answer yet".to_owned() };
    let took = item.at.zip(result.at).map(|(from, to)| (to.micros() - from.micros()).max(0));
    let took = took.filter(|_| item.kind == ItemKind::Call).map(lasting);
    let change = result.change.as_ref().and_then(extent);
    let failed = result.is_error.then(|| "failed".to_owned());
    [failed, change, took].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn extent(change: &ItemChange) -> Option<String> {
    match change.kind {
        ChangeKind::Read => None,
        ChangeKind::Create => Some(format!("new, +{}", change.added)),
        ChangeKind::Update => Some(format!("+{} −{}", change.added, change.removed)),
    }
}

fn answer(result: &ItemResult) -> Html {
    let hunks = result.change.as_ref().filter(|change| !change.hunks.is_empty());
    html! {
        <>
            if let Some(change) = hunks {
                <Diff label={format!("Change in {}", visible(&change.path))} lines={noted(&change.hunks)} />
            } else if !result.text.is_empty() {
                <Out text={result.text.clone()} is_open={result.is_error} />
            }
            if !result.images.is_empty() { <div class="out">{ for result.images.iter().map(|it| picture(it)) }</div> }
        </>
    }
}

/// The ways into a sub-agent's conversation: below the call, and on its own.
fn way_in(helper: &SubAgent, unfolded: bool, unfold: Callback<MouseEvent>) -> Html {
    let (sign, words) =
        if unfolded { (Icon::Down, "Fold the sub-agent") } else { (Icon::Right, "Unfold the sub-agent") };
    html! {
        <div class="out row wrap">
            <Button size={ButtonSize::Small} icon={sign} onclick={unfold} test_id="unfold">{ words }</Button>
            <ButtonLink size={ButtonSize::Small} icon={Icon::Talk} href={address(helper)} test_id="sub-agent">{ "Open its conversation" }</ButtonLink>
        </div>
    }
}

fn address(helper: &SubAgent) -> String {
    let thread = helper.thread.as_ref().map(|thread| format!("?thread={}", crate::hooks::encode(thread)));
    format!("/agents/{}/conversation{}", helper.agent_id, thread.unwrap_or_default())
}

#[derive(Properties, PartialEq)]
struct OutProps {
    text: AttrValue,
    is_open: bool,
}

/// An answer's words; of a long one the beginning, and the way to the rest.
#[component]
fn Out(props: &OutProps) -> Html {
    let lines = props.text.lines().count();
    let open = use_state_eq(|| props.is_open || lines <= LINES + 2);
    let shown: String = if *open {
        visible(&props.text)
    } else {
        visible(&props.text.lines().take(LINES).collect::<Vec<_>>().join("\n"))
    };
    let unfold = {
        let open = open.clone();
        Callback::from(move |_| open.set(true))
    };
    html! {
        <>
            <div class="out" tabindex="0" role="group" aria-label="Answer">{ shown }</div>
            if !*open { <button type="button" class="button small bare" onclick={unfold}>{ format!("Show {} more lines", lines - LINES) }</button> }
        </>
    }
}
