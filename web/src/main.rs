//! Mounts the page in the browser.

#[cfg(target_arch = "wasm32")]
fn main() {
    yew::set_custom_panic_hook(quarterdeck_web::crash::hook());
    quarterdeck_web::crash::listen();
    if let Some(root) = quarterdeck_web::dom::find("#app") {
        let app = yew::Parts::of::<quarterdeck_web::pages::App>(());
        yew::Renderer::<yew::Part>::with_root_and_props(root.into(), app).render();
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "The page runs in a browser: build it with `cargo xtask build`, or with `trunk build` in web/."
    );
}
