//! The width of a node in CSS pixels, followed as it changes; and whether the fonts are here.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

use crate::dom;

struct Watch {
    observer: ResizeObserver,
    _changed: Closure<dyn FnMut()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The whole-pixel width of a node: `None` until it is laid out.
#[hook]
pub fn use_width(node: NodeRef) -> Option<f64> {
    let width = use_state_eq(|| None);
    {
        let width = width.clone();
        use_effect_with(node, move |node| {
            let watch = node.cast::<Element>().and_then(|element| {
                let measured = element.clone();
                let changed = Closure::<dyn FnMut()>::new(move || {
                    width.set(Some(measured.get_bounding_client_rect().width().floor()));
                });
                let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok()?;
                observer.observe(&element);
                Some(Watch { observer, _changed: changed })
            });
            move || drop(watch)
        });
    }
    *width
}

/// False until the web fonts are loaded: a canvas draws with what is there and is not told of more.
#[hook]
pub fn use_fonts_ready() -> bool {
    let ready = use_state_eq(|| false);
    {
        let ready = ready.clone();
        use_effect_with((), move |()| {
            wasm_bindgen_futures::spawn_local(async move {
                let Some(fonts) = dom::document().map(|document| document.fonts()) else { return };
                if let Ok(promise) = fonts.ready() {
                    // The promise is never refused; the fonts it waits for may be missing, and fallbacks draw.
                    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
                    ready.set(true);
                }
            });
        });
    }
    *ready
}
