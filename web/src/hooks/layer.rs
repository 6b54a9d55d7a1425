//! Layers: dialogs, drawers and the palette lie on the page; Esc closes the topmost of them.

use std::cell::RefCell;

use yew::prelude::*;

struct Layer {
    id: u32,
    modal: bool,
    close: Callback<()>,
}

#[derive(Default)]
struct Stack {
    layers: Vec<Layer>,
    last: u32,
}

thread_local! {
    static STACK: RefCell<Stack> = RefCell::default();
}

/// Lies on the page while the component is mounted and `open`. `modal` keeps the page's shortcuts quiet.
#[hook]
pub fn use_layer(open: bool, modal: bool, on_close: Callback<()>) {
    let current = use_mut_ref(|| on_close.clone());
    *current.borrow_mut() = on_close;
    use_effect_with((open, modal), move |&(open, modal)| {
        let id = open.then(|| {
            push(
                modal,
                Callback::from(move |()| {
                    let close = current.borrow().clone();
                    close.emit(());
                }),
            )
        });
        move || {
            if let Some(id) = id {
                remove(id);
            }
        }
    });
}

/// Closes the topmost layer; false when the page lies bare.
pub fn close_topmost() -> bool {
    let close = STACK.with_borrow(|stack| stack.layers.last().map(|layer| layer.close.clone()));
    close.map(|close| close.emit(())).is_some()
}

/// Whether a dialog keeps the page behind it out of reach.
pub fn modal_is_open() -> bool {
    STACK.with_borrow(|stack| stack.layers.iter().any(|layer| layer.modal))
}

fn push(modal: bool, close: Callback<()>) -> u32 {
    STACK.with_borrow_mut(|stack| {
        stack.last += 1;
        let id = stack.last;
        stack.layers.push(Layer { id, modal, close });
        id
    })
}

fn remove(id: u32) {
    STACK.with_borrow_mut(|stack| stack.layers.retain(|layer| layer.id != id));
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn escape_closes_the_topmost_layer_only() {
        let closed = Rc::new(RefCell::new(Vec::new()));
        let log = |name: &'static str| {
            let closed = closed.clone();
            Callback::from(move |()| closed.borrow_mut().push(name))
        };
        assert!(!close_topmost(), "nothing lies on a bare page");
        let drawer = push(false, log("drawer"));
        let dialog = push(true, log("dialog"));
        assert!(modal_is_open());
        assert!(close_topmost());
        remove(dialog);
        assert!(!modal_is_open());
        assert!(close_topmost());
        remove(drawer);
        assert_eq!(*closed.borrow(), ["dialog", "drawer"]);
    }
}
