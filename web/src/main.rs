//! Mounts the page in the browser.

#[cfg(target_arch = "wasm32")]
fn main() {
    quarterdeck_web::crash::install();
    if let Some(root) = quarterdeck_web::dom::find("#app") {
        yew::Renderer::<quarterdeck_web::pages::App>::with_root(root.into()).render();
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "The page runs in a browser: build it with `cargo xtask build`, or with `trunk build` in web/."
    );
}
