//! The last net: when the page's own code fails, say so over the whole window and keep what was typed.
//!
//! A panic in WebAssembly ends the program at once, so nothing of it can be drawn again; the hook below therefore
//! builds plain nodes and leaves the way back to the browser (a link to this very address).

use std::panic::PanicHookInfo;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlDialogElement, HtmlInputElement, HtmlTextAreaElement};

use crate::dom;

/// What a panic does from now on: keeps the typed text, shows the failure, and tells the console.
pub fn hook() -> Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static> {
    Box::new(|panic| {
        let what = panic.to_string();
        save_typed();
        gloo::console::error!(&what);
        if let Some(document) = dom::document()
            && show(&document, &what).is_none()
        {
            document.set_title("Quarterdeck stopped");
        }
    })
}

/// Takes what was typed into the field `name` of this page before the last crash, once.
pub fn take_saved(name: &str) -> Option<String> {
    let storage = dom::session()?;
    let key = saved_key(name)?;
    let text = storage.get_item(&key).ok()??;
    // It was read: if it cannot be removed it is offered once more, which does no harm.
    let _ = storage.remove_item(&key);
    Some(text)
}

fn saved_key(name: &str) -> Option<String> {
    let path = dom::window()?.location().pathname().ok()?;
    Some(format!("quarterdeck.typed:{path}:{name}"))
}

/// Keeps every named text field of the page; secrets stay out of storage.
fn save_typed() -> Option<()> {
    let storage = dom::session()?;
    let fields = dom::document()?
        .query_selector_all("textarea[name], input[name]:not([type=password], [type=checkbox], [type=radio])")
        .ok()?;
    for field in (0..fields.length()).filter_map(|at| fields.item(at)) {
        let (name, text) = match field.dyn_ref::<HtmlTextAreaElement>() {
            Some(area) => (area.name(), area.value()),
            None => field.dyn_ref::<HtmlInputElement>().map(|input| (input.name(), input.value()))?,
        };
        if let (false, Some(key)) = (text.is_empty(), saved_key(&name)) {
            // A full storage loses this text, and the failure on screen is still the better news.
            let _ = storage.set_item(&key, &text);
        }
    }
    Some(())
}

fn show(document: &Document, what: &str) -> Option<()> {
    let body = document.body()?;
    if document.query_selector(".crash").ok()?.is_some() {
        return Some(());
    }
    let make = |tag: &str, class: &str, text: &str| -> Option<Element> {
        let element = document.create_element(tag).ok()?;
        element.set_class_name(class);
        element.set_text_content(Some(text));
        Some(element)
    };
    let crash = make("dialog", "crash", "")?.dyn_into::<HtmlDialogElement>().ok()?;
    crash.set_attribute("aria-label", "The page stopped").ok()?;
    let within = make("div", "crash-box", "")?;
    let location = dom::window()?.location();
    let here = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    let reload = make("a", "button main", "Reload the page")?;
    reload.set_attribute("href", &here).ok()?;
    let words = "A fault in the page itself. The server and its agents go on; what you typed is kept and comes back with the reload.";
    for part in
        [make("h1", "", "The page stopped")?, make("p", "", words)?, make("pre", "cmd", what)?, reload]
    {
        within.append_child(&part).ok()?;
    }
    crash.append_child(&within).ok()?;
    body.append_child(&crash).ok()?;
    // Modal: it lies above an open dialog too, and nothing of the dead page can be pressed.
    crash.show_modal().ok()?;
    document.set_title("Quarterdeck stopped");
    Some(())
}
