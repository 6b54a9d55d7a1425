//! Shortcuts: one listener on the window; the component mounted last hears a key first.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use super::keys::{Fit, Stroke, fit};
use super::layer::{close_topmost, modal_is_open};
use crate::dom;

/// A shortcut that works now: its keys and what it does, for the help overlay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Such as `a` or `mod+enter`.
    pub keys: AttrValue,
    /// What happens, such as `Allow once`.
    pub words: AttrValue,
}

struct Entry {
    id: u32,
    bound: Bound,
    act: Rc<RefCell<Callback<()>>>,
}

#[derive(Default)]
struct Registry {
    entries: Vec<Entry>,
    before: Option<String>,
    last: u32,
}

thread_local! {
    static REGISTRY: RefCell<Registry> = RefCell::default();
}

/// Binds keys while the component is mounted. An empty `keys` binds nothing. Letters are left to a field that
/// has the keyboard, and nothing fires behind a dialog.
#[hook]
pub fn use_shortcut(keys: impl Into<AttrValue>, words: impl Into<AttrValue>, act: Callback<()>) {
    let newest = use_mut_ref(|| act.clone());
    *newest.borrow_mut() = act;
    let bound = Bound { keys: keys.into(), words: words.into() };
    use_effect_with(bound, move |bound| {
        let id = (!bound.keys.is_empty()).then(|| insert(bound.clone(), newest));
        move || {
            if let Some(id) = id {
                REGISTRY.with_borrow_mut(|registry| registry.entries.retain(|entry| entry.id != id));
            }
        }
    });
}

/// Every shortcut that works now, oldest first.
pub fn bound_here() -> Vec<Bound> {
    REGISTRY.with_borrow(|registry| registry.entries.iter().map(|entry| entry.bound.clone()).collect())
}

/// Listens to the keyboard. Called once, by the frame around every page.
#[hook]
pub fn use_keyboard() {
    use_effect_with((), |()| {
        let listener = dom::window().map(|window| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "keydown", options, |event| {
                if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
                    hear(event);
                }
            })
        });
        move || drop(listener)
    });
}

fn hear(event: &KeyboardEvent) {
    if event.default_prevented() || event.is_composing() {
        return;
    }
    let stroke = Stroke::from(event);
    if stroke.key == "Escape" && stroke.is_plain() && close_topmost() {
        event.prevent_default();
        return;
    }
    let typing =
        event.target().and_then(|t| t.dyn_into::<Element>().ok()).is_some_and(|e| dom::takes_letters(&e));
    let letter = stroke.is_plain() && stroke.key != "Escape";
    // A key held down repeats a step through rows, never an act: one press allows one thing.
    if event.repeat() && !matches!(stroke.key.as_str(), "j" | "k" | "ArrowDown" | "ArrowUp") {
        return;
    }
    if modal_is_open() || (letter && (typing || letters_are_off())) {
        return;
    }
    if let Some(act) = decide(&stroke) {
        event.prevent_default();
        act.emit(());
    }
}

/// Somebody who speaks to the machine, or types by accident, may turn single letters off (Settings).
fn letters_are_off() -> bool {
    dom::local().and_then(|storage| storage.get_item("quarterdeck.letters").ok()?).as_deref() == Some("off")
}

/// The action of a stroke, and what it leaves pending for the next one.
fn decide(stroke: &Stroke) -> Option<Callback<()>> {
    REGISTRY.with_borrow_mut(|registry| {
        let before = registry.before.take();
        let mut first = false;
        for entry in registry.entries.iter().rev() {
            for keys in entry.bound.keys.split('|') {
                match fit(keys, before.as_deref(), stroke) {
                    Fit::Whole if before.is_none() || keys.contains(' ') => {
                        return Some(entry.act.borrow().clone());
                    }
                    Fit::First => first = true,
                    Fit::Whole | Fit::No => {}
                }
            }
        }
        registry.before = first.then(|| stroke.key.to_lowercase());
        None
    })
}

fn insert(bound: Bound, act: Rc<RefCell<Callback<()>>>) -> u32 {
    REGISTRY.with_borrow_mut(|registry| {
        registry.last += 1;
        let id = registry.last;
        registry.entries.push(Entry { id, bound, act });
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> Stroke {
        Stroke { key: key.into(), ..Stroke::default() }
    }

    fn bind(keys: &'static str, log: &Rc<RefCell<Vec<&'static str>>>, name: &'static str) {
        let log = log.clone();
        let act = Callback::from(move |()| log.borrow_mut().push(name));
        insert(Bound { keys: keys.into(), words: name.into() }, Rc::new(RefCell::new(act)));
    }

    #[test]
    fn the_page_hears_a_key_before_the_frame_and_two_keys_go_together() {
        let log = Rc::new(RefCell::new(Vec::new()));
        bind("d|mod+d", &log, "dashboard");
        bind("g t", &log, "go to tasks");
        bind("t", &log, "new task");
        bind("d", &log, "deny");
        for key in ["d", "g", "t", "t", "g", "d", "d"] {
            if let Some(act) = decide(&press(key)) {
                act.emit(());
            }
        }
        assert_eq!(*log.borrow(), ["deny", "go to tasks", "new task", "deny"]);
    }
}
