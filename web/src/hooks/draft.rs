//! What was typed before the page had to be reloaded, given back once to the field of the same name.

use yew::prelude::*;

use crate::crash;

/// The text of a field: what a crash saved for this page and name, else `otherwise`.
#[hook]
pub fn use_draft(name: &'static str, otherwise: &str) -> UseStateHandle<AttrValue> {
    use_state_eq(|| {
        crash::take_saved(name).map_or_else(|| AttrValue::from(otherwise.to_owned()), AttrValue::from)
    })
}
