//! The boundary of a fault: when the code of a page fails, say so in that page's place and keep what was typed.
//!
//! A panic in WebAssembly ends the program at once, so nothing of it can be drawn again; the hook below therefore
//! builds plain nodes where the page stood and leaves the ways on to the browser: a link to this very address, and
//! those of the sidebar, which lead to the other pages by loading them anew.

use std::panic::PanicHookInfo;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, ErrorEvent, HtmlDialogElement, HtmlInputElement, HtmlTextAreaElement};

use crate::dom;

/// What a panic does from now on: keeps the typed text, shows the failure, and tells the console.
pub fn hook() -> Box<dyn Fn(&PanicHookInfo<'_>) + Sync + Send + 'static> {
    Box::new(|panic| {
        let what = panic.to_string();
        gloo::console::error!(&what);
        stop(&what);
    })
}

/// The same for what is thrown past the panics, as where the browser refuses a node.
pub fn listen() {
    let Some(window) = dom::window() else { return };
    EventListener::new(&window, "error", |event| {
        // Events without an error tell of things that failed to load, or of nothing.
        if let Some(event) = event.dyn_ref::<ErrorEvent>().filter(|event| event.error().is_object()) {
            stop(&event.message());
        }
    })
    .forget();
}

fn stop(what: &str) {
    save_typed();
    if let Some(document) = dom::document()
        && !is_shown(&document)
        && show(&document, what).is_none()
    {
        document.set_title("Quarterdeck stopped");
    }
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

fn is_shown(document: &Document) -> bool {
    matches!(document.query_selector(".crash-box"), Ok(Some(_)))
}

fn show(document: &Document, what: &str) -> Option<()> {
    let failure = failure(document, what)?;
    document.set_title("Quarterdeck stopped");
    match document.query_selector("#main").ok()? {
        Some(main) => in_its_place(document, &main, &failure),
        None => over_all(document, &failure),
    }
}

fn failure(document: &Document, what: &str) -> Option<Element> {
    let make = |tag: &str, class: &str, text: &str| -> Option<Element> {
        let element = document.create_element(tag).ok()?;
        element.set_class_name(class);
        element.set_text_content(Some(text));
        Some(element)
    };
    let failure = make("div", "crash-box", "")?;
    failure.set_attribute("role", "alert").ok()?;
    let location = dom::window()?.location();
    let here = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    let reload = make("a", "button main", "Reload the page")?;
    reload.set_attribute("href", &here).ok()?;
    let words = "A fault in the page itself. The server and its agents go on; what you typed is kept and comes back with the reload.";
    for part in
        [make("h1", "", "The page stopped")?, make("p", "", words)?, make("pre", "cmd", what)?, reload]
    {
        failure.append_child(&part).ok()?;
    }
    Some(failure)
}

/// The frame around the page stays, without what would be live in it; its links are the browser's from now on.
fn in_its_place(document: &Document, main: &Element, failure: &Element) -> Option<()> {
    let open = document.query_selector_all("dialog[open]").ok()?;
    for dialog in (0..open.length()).filter_map(|at| open.item(at)) {
        dialog.dyn_ref::<HtmlDialogElement>()?.close();
    }
    let others = main.children();
    while let Some(other) = others.item(0) {
        other.remove();
    }
    main.append_child(failure).ok()?;
    let body = document.body()?;
    body.set_class_name("stopped");
    for name in ["click", "keydown"] {
        EventListener::new_with_options(
            &dom::window()?.into(),
            name,
            EventListenerOptions::run_in_capture_phase(),
            |event| event.stop_immediate_propagation(),
        )
        .forget();
    }
    Some(())
}

/// Where there is no frame, as on the login: a modal dialog, so that nothing of the dead page can be pressed.
fn over_all(document: &Document, failure: &Element) -> Option<()> {
    let crash = document.create_element("dialog").ok()?.dyn_into::<HtmlDialogElement>().ok()?;
    crash.set_class_name("crash");
    crash.set_attribute("aria-label", "The page stopped").ok()?;
    crash.append_child(failure).ok()?;
    document.body()?.append_child(&crash).ok()?;
    crash.show_modal().ok()
}
