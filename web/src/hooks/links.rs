//! Plain links: `<a href="/agents">` anywhere in the page turns the page instead of loading it anew.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};
use yew::prelude::*;
use yew_router::AnyRoute;
use yew_router::prelude::use_navigator;

use crate::dom;

/// Follows links inside the product through the router. Called once, below the router.
#[hook]
pub fn use_plain_links() {
    let navigator = use_navigator();
    use_effect_with(navigator, |navigator| {
        let navigator = navigator.clone();
        let listener = dom::window().map(|window| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "click", options, move |event| {
                let Some(click) = event.dyn_ref::<MouseEvent>() else { return };
                let (Some(path), Some(navigator)) = (path_within(click), navigator.as_ref()) else { return };
                click.prevent_default();
                navigator.push(&AnyRoute::new(path));
            })
        });
        move || drop(listener)
    });
}

/// The path a click leads to, where the page itself can go there.
fn path_within(click: &MouseEvent) -> Option<String> {
    let held = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    if held || click.button() != 0 || click.default_prevented() {
        return None;
    }
    let element = click.target()?.dyn_into::<Element>().ok()?;
    let anchor = element.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    let elsewhere =
        !anchor.target().is_empty() || anchor.has_attribute("download") || anchor.has_attribute("data-plain");
    let here = anchor.origin() == dom::window()?.location().origin().ok()?;
    let path = anchor.pathname();
    let served = path.starts_with("/api/") || anchor.get_attribute("href")?.starts_with('#');
    (here && !elsewhere && !served).then(|| format!("{path}{}", anchor.search()))
}
