//! The few questions the page asks of its browser. Off the browser (tests) each answers "nothing there".

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlElement, Storage, Window};
use yew::NodeRef;

/// The window, in a browser.
pub fn window() -> Option<Window> {
    if cfg!(target_arch = "wasm32") { web_sys::window() } else { None }
}

/// The document, in a browser.
pub fn document() -> Option<Document> {
    window()?.document()
}

/// The `<html>` element.
pub fn root() -> Option<HtmlElement> {
    document()?.document_element()?.dyn_into().ok()
}

/// The first element that matches a selector.
pub fn find(selector: &str) -> Option<HtmlElement> {
    document()?.query_selector(selector).ok()??.dyn_into().ok()
}

/// What survives the tab, unless the person forbids it.
pub fn local() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// What lives as long as the tab.
pub fn session() -> Option<Storage> {
    window()?.session_storage().ok()?
}

/// Now, in microseconds since 1970 (UTC).
pub fn now_us() -> i64 {
    #[cfg(target_arch = "wasm32")]
    return (js_sys::Date::now() * 1000.0) as i64;
    #[cfg(not(target_arch = "wasm32"))]
    return std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX));
}

/// Moves the keyboard to a node. A heading needs `tabindex="-1"` to take it.
pub fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // A node that cannot take the focus leaves it where it is, which is what we want then.
        let _ = element.focus();
    }
}

/// The element that has the keyboard now.
pub fn focused() -> Option<HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

/// Sets one style property through the CSSOM: the page's policy forbids style attributes.
pub fn style(node: &NodeRef, property: &str, value: &str) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // The only failure is an unknown property, and ours are literals.
        let _ = element.style().set_property(property, value);
    }
}

/// Says something to the page's own scripts, as an event on the window.
pub fn announce(event: &str, detail: &str) {
    let Some(window) = window() else { return };
    let init = web_sys::CustomEventInit::new();
    init.set_detail(&JsValue::from_str(detail));
    if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict(event, &init) {
        // `dispatch_event` fails only for an event already on its way.
        let _ = window.dispatch_event(&event);
    }
}

/// Whether an element takes typed letters for itself.
pub fn takes_letters(element: &Element) -> bool {
    let tag = element.tag_name();
    let typed = || !matches!(element.get_attribute("type").as_deref(), Some("checkbox" | "radio" | "button"));
    matches!(tag.as_str(), "TEXTAREA" | "SELECT")
        || (tag == "INPUT" && typed())
        || element.has_attribute("contenteditable")
}

/// Whether the keys of this machine carry ⌘ (macOS, iPadOS).
pub fn has_command_key() -> bool {
    window()
        .and_then(|w| w.navigator().platform().ok())
        .is_some_and(|p| p.starts_with("Mac") || p.starts_with("iP"))
}
