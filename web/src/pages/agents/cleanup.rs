//! The clean-up by hand: agents that have ended leave the lists, once it was asked how long ago.

use quarterdeck_shared::NoQuery;
use quarterdeck_shared::agents::{Cleanup, NewCleanup};
use quarterdeck_shared::endpoints::CleanUpAgents;
use yew::prelude::*;

use crate::components::{
    Button, ButtonKind, ButtonSize, Choice, Dialog, Icon, Select, Toast, icon, use_toasts,
};
use crate::format::grouped;
use crate::hooks::{Ordered, use_command};
use crate::pages::faces::said;

const WEEK: &str = "604800";

/// Seconds for which nothing of them has changed, and the words for that.
const AGES: [(&str, &str); 4] =
    [("0", "Any time"), ("86400", "A day ago"), (WEEK, "A week ago"), ("2592000", "30 days ago")];

/// What it needs.
#[derive(Properties, PartialEq)]
pub struct CleanUpProps {
    /// Called once some have left.
    pub on_done: Callback<()>,
}

/// A button, and behind it a question.
#[component]
pub fn CleanUp(props: &CleanUpProps) -> Html {
    let asks = use_state_eq(|| false);
    let age = use_state_eq(|| AttrValue::Static(WEEK));
    let ask = {
        let asks = asks.clone();
        Callback::from(move |_: MouseEvent| asks.set(true))
    };
    let close = {
        let asks = asks.clone();
        Callback::from(move |()| asks.set(false))
    };
    let toasts = use_toasts();
    let done = {
        let (close, on_done) = (close.clone(), props.on_done.clone());
        Callback::from(move |answer: Result<Cleanup, _>| {
            if let Ok(cleaned) = answer {
                toasts.push(Toast::said(told(&cleaned)));
                on_done.emit(());
                close.emit(());
            }
        })
    };
    let Ordered { give, busy, problem } = use_command::<CleanUpAgents>(done);
    // Nothing is older than what cannot be read.
    let older_than_seconds = age.parse().unwrap_or(u64::MAX);
    let order = give.reform(move |_: MouseEvent| CleanUpAgents {
        query: NoQuery {},
        body: NewCleanup { older_than_seconds },
    });
    let onchange = {
        let age = age.clone();
        Callback::from(move |chosen: AttrValue| age.set(chosen))
    };
    let choices: Vec<_> = AGES.into_iter().map(|(seconds, words)| Choice::new(seconds, words)).collect();
    let busy = busy.then_some(AttrValue::Static("It is on its way"));
    html! {
        <>
            <Button size={ButtonSize::Small} kind={ButtonKind::Bare} icon={Icon::Trash} label="Remove finished agents…" onclick={ask} test_id="clean-up-button" />
            if *asks {
                <Dialog title="Remove finished agents?" on_close={close.clone()} test_id="clean-up-dialog">
                    <div class="dialog-body">
                        <p>{ "Whoever has ended leaves the lists; what it cost stays in the totals. Who is at work, waits, or belongs to a task that goes on stays." }</p>
                        <Select label="Last changed" name="older_than" {choices} value={(*age).clone()} {onchange} test_id="clean-up-age" />
                        if let Some(problem) = &problem { <p class="failc small row" role="alert">{ icon(Icon::Failed) }<span>{ said(problem) }</span></p> }
                    </div>
                    <div class="dialog-foot">
                        <Button onclick={close.reform(|_| ())}>{ "Keep them" }</Button>
                        <Button bad=true disabled={busy} onclick={order} test_id="clean-up-confirm">{ "Remove them" }</Button>
                    </div>
                </Dialog>
            }
        </>
    }
}

/// What came of it.
fn told(cleaned: &Cleanup) -> String {
    let rest = if cleaned.more { " There are more: remove once more." } else { "" };
    match cleaned.removed {
        0 => "No agent that has ended is so old.".to_owned(),
        1 => format!("1 agent removed. Its cost stays in the totals.{rest}"),
        count => format!("{} agents removed. Their cost stays in the totals.{rest}", grouped(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn how_many_left_is_told_and_that_more_are_to() {
        let told = |removed, more| told(&Cleanup { removed, more, ..Cleanup::default() });
        assert_eq!(told(0, false), "No agent that has ended is so old.");
        assert_eq!(told(1, false), "1 agent removed. Its cost stays in the totals.");
        assert!(told(1_000, true).starts_with("1,000 agents removed") && told(1_000, true).contains("more"));
    }

    #[test]
    fn nothing_is_removed_before_it_was_asked() {
        let html = drawn(html! { <CleanUp on_done={Callback::noop()} /> });
        holds(&html, &["aria-label=\"Remove finished agents…\""]);
        assert!(!html.contains("<dialog"), "{html}");
    }
}
