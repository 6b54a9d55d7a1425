//! Copies a text and says so.

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

use super::{Button, ButtonKind, ButtonSize, Icon, Toast, use_toasts};
use crate::dom;

/// What is copied.
#[derive(Properties, PartialEq)]
pub struct CopyButtonProps {
    /// The text that goes to the clipboard.
    pub text: AttrValue,
    /// What it is, such as `Copy the id`.
    pub label: AttrValue,
    /// The word on the button; without it an icon alone.
    #[prop_or_default]
    pub children: Html,
}

/// A button that copies; its icon ticks for a moment.
#[component]
pub fn CopyButton(props: &CopyButtonProps) -> Html {
    let done = use_state(|| None::<Timeout>);
    let toasts = use_toasts();
    let onclick = {
        let (done, text) = (done.clone(), props.text.clone());
        Callback::from(move |_| {
            let (done, text, toasts) = (done.clone(), text.clone(), toasts.clone());
            spawn_local(async move {
                if !copy(&text).await {
                    toasts.push(Toast::failed(
                        "The browser did not allow copying. Select the text and copy it by hand.",
                    ));
                    return;
                }
                let undo = done.clone();
                done.set(Some(Timeout::new(1_600, move || undo.set(None))));
            });
        })
    };
    let (icon, label) = match *done {
        Some(_) => (Icon::Check, AttrValue::from("Copied")),
        None => (Icon::Copy, props.label.clone()),
    };
    html! {
        <>
            <Button {onclick} {icon} {label} size={ButtonSize::Small} kind={ButtonKind::Bare}>{ props.children.clone() }</Button>
            <span class="sr" role="status">{ done.is_some().then_some("Copied") }</span>
        </>
    }
}

/// Puts a text into the clipboard; whether the browser allowed it.
pub async fn copy(text: &str) -> bool {
    let Some(window) = dom::window() else { return false };
    if !window.is_secure_context() {
        return false;
    }
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}
