//! Toasts: said in passing, with a way back for ten seconds.

use std::rc::Rc;

use yew::prelude::*;

use super::{Button, ButtonKind, ButtonSize, Icon, icon};
use crate::hooks::use_second;

const SECONDS: u32 = 10;

/// One thing said in passing.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// What happened.
    pub words: AttrValue,
    /// Takes it back.
    pub undo: Option<Callback<()>>,
    /// It did not work.
    pub bad: bool,
    /// Called once it is gone without having been taken back.
    pub gone: Option<Callback<()>>,
}

impl Toast {
    /// Something happened.
    pub fn said(words: impl Into<AttrValue>) -> Self {
        Self { words: words.into(), undo: None, bad: false, gone: None }
    }

    /// Something happened that can be taken back.
    pub fn undoable(words: impl Into<AttrValue>, undo: Callback<()>) -> Self {
        Self { words: words.into(), undo: Some(undo), bad: false, gone: None }
    }

    /// Something did not work: what, why, and what to do.
    pub fn failed(words: impl Into<AttrValue>) -> Self {
        Self { words: words.into(), undo: None, bad: true, gone: None }
    }

    /// The same with something that happens only once it can no longer be taken back.
    #[must_use]
    pub fn then(self, gone: Callback<()>) -> Self {
        Self { gone: Some(gone), ..self }
    }
}

#[derive(Clone, Default, PartialEq)]
struct Said {
    toasts: Vec<(u32, Toast)>,
    last: u32,
}

enum Change {
    Push(Toast),
    Drop(u32),
}

impl Reducible for Said {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut said = (*self).clone();
        match change {
            Change::Push(toast) => {
                said.last += 1;
                said.toasts.push((said.last, toast));
                // More than four at once is noise: the oldest has had its time.
                let over = said.toasts.len().saturating_sub(4);
                said.toasts.drain(..over);
            }
            Change::Drop(id) => said.toasts.retain(|(other, _)| *other != id),
        }
        Rc::new(said)
    }
}

/// The way to say something in passing.
#[derive(Clone, PartialEq, Default)]
pub struct Toaster(Option<UseReducerDispatcher<Said>>);

impl Toaster {
    /// Says it.
    pub fn push(&self, toast: Toast) {
        if let Some(said) = &self.0 {
            said.dispatch(Change::Push(toast));
        }
    }
}

/// The toaster of the page.
#[hook]
pub fn use_toasts() -> Toaster {
    use_context::<Toaster>().unwrap_or_default()
}

/// What stands in the page below the toasts.
#[derive(Properties, PartialEq)]
pub struct ToastsProps {
    /// The page.
    pub children: Html,
}

/// Provides `use_toasts` to the page and shows what is said, at the foot of the window.
#[component]
pub fn Toasts(props: &ToastsProps) -> Html {
    let said = use_reducer_eq(Said::default);
    let toaster = Toaster(Some(said.dispatcher()));
    let shown = said.toasts.iter().map(|(id, toast)| {
        let (id, said) = (*id, said.dispatcher());
        html! { <Slice key={id} toast={toast.clone()} on_gone={Callback::from(move |()| said.dispatch(Change::Drop(id)))} /> }
    });
    let below = html! {
        <>
            { props.children.clone() }
            <div class="toasts" role="status" aria-live="polite">{ for shown }</div>
        </>
    };
    provide(toaster, below)
}

#[derive(Properties, PartialEq)]
struct SliceProps {
    toast: Toast,
    on_gone: Callback<()>,
}

#[component]
fn Slice(props: &SliceProps) -> Html {
    let left = use_state(|| SECONDS);
    let held = use_state_eq(|| false);
    {
        let (left, gone) = (left.clone(), props.on_gone.clone());
        use_second(
            !*held,
            Callback::from(move |()| if *left <= 1 { gone.emit(()) } else { left.set(*left - 1) }),
        );
    }
    let undone = use_mut_ref(|| false);
    {
        let (undone, gone) = (undone.clone(), props.toast.gone.clone());
        use_effect_with((), move |()| {
            move || {
                if let Some(gone) = gone.filter(|_| !*undone.borrow()) {
                    gone.emit(());
                }
            }
        });
    }
    let hold = |on: bool| {
        let held = held.clone();
        move || held.set(on)
    };
    let (enter, leave, focus, blur) = (hold(true), hold(false), hold(true), hold(false));
    let undo = props.toast.undo.clone().map(|undo| {
        let gone = props.on_gone.clone();
        let onclick = Callback::from(move |_| {
            *undone.borrow_mut() = true;
            undo.emit(());
            gone.emit(());
        });
        html! { <Button size={ButtonSize::Small} {onclick}>{ "Undo " }<span class="num" aria-hidden="true">{ format!("{} s", *left) }</span></Button> }
    });
    html! {
        <div class={classes!("toast", props.toast.bad.then_some("bad"))} onmouseenter={move |_| enter()} onmouseleave={move |_| leave()}
            onfocusin={move |_| focus()} onfocusout={move |_| blur()}>
            if props.toast.bad { { icon(Icon::Failed) } }
            <span>{ &props.toast.words }</span>
            { undo }
            <Button size={ButtonSize::Small} kind={ButtonKind::Bare} icon={Icon::Close} label="Dismiss" onclick={props.on_gone.reform(|_| ())} />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_toast_counts_down_its_undo() {
        let toast = Toast::undoable("Template deleted", Callback::noop());
        let html = drawn(html! { <Slice {toast} on_gone={Callback::noop()} /> });
        holds(&html, &["Template deleted", "Undo", "10 s", "aria-label=\"Dismiss\""]);
    }

    #[test]
    fn the_oldest_of_five_gives_way() {
        let mut said = Rc::new(Said::default());
        for words in ["a", "b", "c", "d", "e"] {
            said = said.reduce(Change::Push(Toast::said(words)));
        }
        assert_eq!(said.toasts.iter().map(|(_, t)| t.words.as_str()).collect::<String>(), "bcde");
        let said = said.reduce(Change::Drop(3));
        assert_eq!(said.toasts.len(), 3);
    }
}
