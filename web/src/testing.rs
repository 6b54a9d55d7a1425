//! Renders parts to text, for tests off the browser.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
struct HoldProps {
    children: Html,
}

#[component]
fn Hold(props: &HoldProps) -> Html {
    props.children.clone()
}

/// The HTML of a part.
pub fn drawn(children: Html) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let render = async {
        let renderer =
            yew::LocalServerRenderer::<yew::Part>::with_props(yew::Parts::of::<Hold>(HoldProps { children }))
                .hydratable(false);
        renderer.render().await
    };
    tokio::task::LocalSet::new().block_on(&runtime, render)
}

/// Asserts that each of the parts stands in the text.
#[track_caller]
pub fn holds(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}
