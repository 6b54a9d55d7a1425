//! The heading of a page: its `<h1>`, the title of the window, the place in the bar, the keyboard after a turn.

use std::cell::Cell;

use yew::prelude::*;

use super::use_facts;
use crate::dom;

thread_local! {
    static TURNED: Cell<bool> = const { Cell::new(false) };
}

/// The way to the page, for the bar: words and where they lead; the last is the page itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail(pub Vec<(AttrValue, AttrValue)>);

/// How a page tells the frame its trail.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place(pub Callback<Trail>);

/// What a heading shows.
#[derive(Properties, PartialEq)]
pub struct HeadingProps {
    /// The title of the window and, without `children`, of the page.
    pub title: AttrValue,
    /// The answer of the page, where it is more than its title.
    #[prop_or_default]
    pub children: Html,
    /// `sr` where the page shows its title otherwise.
    #[prop_or_default]
    pub class: Classes,
    /// The pages above this one: words and paths.
    #[prop_or_default]
    pub above: Vec<(AttrValue, AttrValue)>,
}

/// The `<h1>`. It takes the keyboard when the page is turned to, so that a screen reader begins here.
#[component]
pub fn Heading(props: &HeadingProps) -> Html {
    let node = use_node_ref();
    let place = use_context::<Place>().unwrap_or_default();
    let waiting = use_facts().counts.waiting.unwrap_or(0);
    use_effect_with((props.title.clone(), waiting), |(title, waiting)| {
        if let Some(document) = dom::document() {
            let waiting = if *waiting > 0 { format!("({waiting}) ") } else { String::new() };
            document.set_title(&format!("{waiting}{title} · Quarterdeck"));
        }
    });
    use_effect_with((props.title.clone(), props.above.clone()), move |(title, above)| {
        let mut trail = above.clone();
        trail.push((title.clone(), AttrValue::default()));
        place.0.emit(Trail(trail));
    });
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            // The first page of a visit leaves the keyboard where the browser put it.
            if TURNED.replace(true) {
                dom::focus(&node);
                if let Some(window) = dom::window() {
                    window.scroll_to_with_x_and_y(0.0, 0.0);
                }
            }
        });
    }
    let shown = if props.children == Html::default() {
        html! { &props.title }
    } else {
        props.children.clone()
    };
    html! { <h1 ref={node} tabindex="-1" class={props.class.clone()}>{ shown }</h1> }
}
