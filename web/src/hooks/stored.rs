//! A word that survives the tab: which view, which column, which directory.

use yew::prelude::*;

use crate::dom;

/// The stored word under `quarterdeck.{name}` (or `otherwise`), and a way to set it; an empty word forgets it.
#[hook]
pub fn use_stored(name: &'static str, otherwise: &str) -> (AttrValue, Callback<AttrValue>) {
    let word = use_state_eq(|| read(name).unwrap_or_else(|| AttrValue::from(otherwise.to_owned())));
    let set = {
        let word = word.clone();
        use_callback((), move |next: AttrValue, ()| {
            write(name, &next);
            word.set(next);
        })
    };
    ((*word).clone(), set)
}

fn read(name: &str) -> Option<AttrValue> {
    dom::local()?.get_item(&key(name)).ok()?.map(AttrValue::from)
}

fn write(name: &str, word: &str) {
    let Some(storage) = dom::local() else { return };
    // A full or forbidden storage costs the memory of a preference, nothing else.
    let _ =
        if word.is_empty() { storage.remove_item(&key(name)) } else { storage.set_item(&key(name), word) };
}

fn key(name: &str) -> String {
    format!("quarterdeck.{name}")
}
