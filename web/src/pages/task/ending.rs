//! The end of a task by hand: cancel what runs, or take what ended out of the lists; each asked once more by name.

use std::rc::Rc;

use orchestrator::tasks::hindrance;
use quarterdeck_shared::endpoints::DeleteTask;
use quarterdeck_shared::tasks::Task;
use quarterdeck_shared::{NoBody, NoQuery};
use yew::prelude::*;

use crate::components::{Button, Dialog, Icon, Toast, icon, use_toasts};
use crate::hooks::{Ordered, use_address, use_command, use_shortcut};
use crate::pages::faces::said;
use crate::panels::deed::visible;

/// What it needs.
#[derive(Properties, PartialEq)]
pub struct EndingProps {
    /// The task.
    pub task: Rc<Task>,
}

/// A button, and behind it a question that names the task.
#[component]
pub fn Ending(props: &EndingProps) -> Html {
    let task = &props.task;
    let ended = task.status.is_final();
    let hindered = hindrance(task).map(|why| AttrValue::from(format!("It {why}.")));
    let asks = use_state_eq(|| false);
    let ask = {
        let asks = asks.clone();
        Callback::from(move |()| asks.set(true))
    };
    let close = {
        let asks = asks.clone();
        Callback::from(move |()| asks.set(false))
    };
    let (toasts, address) = (use_toasts(), use_address());
    let done = {
        let (close, title) = (close.clone(), task.title.clone());
        Callback::from(move |answer: Result<Option<Task>, _>| match answer {
            // What ran answers with itself, what had ended is gone.
            Ok(Some(_)) => {
                toasts.push(Toast::said(format!("“{title}” was cancelled.")));
                close.emit(());
            }
            Ok(None) => {
                toasts.push(Toast::said(format!("“{title}” was removed. Its cost stays in the totals.")));
                address.go("/tasks");
            }
            Err(_) => {}
        })
    };
    let Ordered { give, busy, problem } = use_command::<DeleteTask>(done);
    use_shortcut(if ended || hindered.is_some() { "" } else { "escape" }, "Cancel this task", ask.clone());
    let id = task.id;
    let order = give.reform(move |_: MouseEvent| DeleteTask { id, query: NoQuery {}, body: NoBody });
    let words = if ended { Words::REMOVE } else { Words::CANCEL };
    let busy = busy.then_some(AttrValue::Static("It is on its way"));
    html! {
        <>
            <Button bad=true icon={words.icon} keys={(!ended && hindered.is_none()).then_some("escape")} disabled={hindered} onclick={ask.reform(|_| ())} test_id={words.test_id}>{ words.button }</Button>
            if *asks {
                <Dialog title={words.title} on_close={close.clone()} test_id="ending-dialog">
                    <div class="dialog-body">
                        <p><strong class="strong">{ format!("“{}”", visible(&task.title)) }</strong></p>
                        <p>{ words.meaning }</p>
                        if let Some(problem) = &problem { <p class="failc small row" role="alert">{ icon(Icon::Failed) }<span>{ said(problem) }</span></p> }
                    </div>
                    <div class="dialog-foot">
                        <Button onclick={close.reform(|_| ())}>{ words.keep }</Button>
                        <Button bad=true disabled={busy} onclick={order} test_id="ending-confirm">{ words.sure }</Button>
                    </div>
                </Dialog>
            }
        </>
    }
}

struct Words {
    button: &'static str,
    icon: Icon,
    test_id: &'static str,
    title: &'static str,
    meaning: &'static str,
    keep: &'static str,
    sure: &'static str,
}

impl Words {
    const CANCEL: Self = Self {
        button: "Cancel",
        icon: Icon::Stop,
        test_id: "cancel-button",
        title: "Cancel this task?",
        meaning: "Its agents stop at once, with every process they started. What they changed in the working directory stays as it is.",
        keep: "Keep it running",
        sure: "Cancel the task",
    };
    const REMOVE: Self = Self {
        button: "Remove…",
        icon: Icon::Trash,
        test_id: "remove-button",
        title: "Remove this task?",
        meaning: "It leaves the lists with its lines and results. What it cost stays in the totals.",
        keep: "Keep it",
        sure: "Remove the task",
    };
}
