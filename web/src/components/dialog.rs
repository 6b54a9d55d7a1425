//! Dialogs: the browser's own modal dialog, which makes the page behind it inert and keeps the keyboard inside.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement};
use yew::prelude::*;

use super::{Button, ButtonKind, Icon};
use crate::dom;
use crate::hooks::use_layer;

/// What a dialog shows.
#[derive(Properties, PartialEq)]
pub struct DialogProps {
    /// Its title: shown, unless `bare`, and its name for screen readers.
    pub title: AttrValue,
    /// Called by Esc, the cross and a press outside.
    pub on_close: Callback<()>,
    /// Without head and padding, as for the palette.
    #[prop_or_default]
    pub bare: bool,
    /// Further classes: `wide` for two columns.
    #[prop_or_default]
    pub class: Classes,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
    /// What is in it. An element with `autofocus` gets the keyboard; else the first that can.
    pub children: Html,
}

/// An open dialog: mounted is open.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    use_layer(true, true, props.on_close.clone());
    use_effect_with(node.clone(), |node| {
        let before = dom::focused();
        let dialog = node.cast::<HtmlDialogElement>();
        if let Some(dialog) = &dialog {
            // It fails only when the dialog is open or out of the page; then there is nothing to show.
            let _ = dialog.show_modal();
            focus_first(dialog);
        }
        move || {
            if let Some(dialog) = dialog {
                dialog.close();
            }
            if let Some(before) = before {
                // What had the keyboard may be gone by now; then the browser decides.
                let _ = before.focus();
            }
        }
    });
    // Esc is heard by the layers, in their order; the browser's own request to close follows it.
    let oncancel = {
        let on_close = props.on_close.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            on_close.emit(());
        })
    };
    let onmousedown = {
        let (on_close, node) = (props.on_close.clone(), node.clone());
        Callback::from(move |event: MouseEvent| {
            let outside = event.target().and_then(|t| t.dyn_into::<Element>().ok()) == node.cast::<Element>();
            if outside {
                on_close.emit(());
            }
        })
    };
    html! {
        <dialog ref={node} class={classes!("dialog", props.bare.then_some("bare"), props.class.clone())} aria-label={&props.title}
            {oncancel} {onmousedown} data-testid={props.test_id.clone()}>
            <div class="dialog-box">
                if !props.bare {
                    <div class="dialog-head">
                        <h2>{ &props.title }</h2>
                        <Button class="push" kind={ButtonKind::Bare} icon={Icon::Close} label="Close" onclick={props.on_close.reform(|_| ())} />
                    </div>
                }
                { props.children.clone() }
            </div>
        </dialog>
    }
}

fn focus_first(dialog: &HtmlDialogElement) {
    let wanted = dialog
        .query_selector("[autofocus], .dialog-body input, .dialog-body select, .dialog-body textarea, input");
    if let Some(first) = wanted.ok().flatten().and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // A hidden field does not take it; then the dialog itself keeps the keyboard.
        let _ = first.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_dialog_names_itself_and_offers_a_way_out() {
        let html =
            drawn(html! { <Dialog title="Create an agent" on_close={Callback::noop()}>{ "form" }</Dialog> });
        holds(
            &html,
            &[
                "<dialog",
                "aria-label=\"Create an agent\"",
                "<h2>Create an agent</h2>",
                "aria-label=\"Close\"",
                "form",
            ],
        );
    }
}
