//! The view: which turn stands at the top of the scrolling node, and how it stays there while turns come above it.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::NodeRef;

/// Pixels from an end within which more is wanted.
const NEAR: f64 = 1_200.0;
/// Pixels from the end within which it counts as read.
const END: i32 = 24;

/// A turn and how far below the upper edge it begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Anchor {
    pub cursor: String,
    pub offset: f64,
}

/// What can be seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    pub top: Option<Anchor>,
    pub is_near_top: bool,
    pub is_near_end: bool,
    pub is_at_end: bool,
}

/// What can be seen now.
pub fn seen(view: &NodeRef) -> Option<Seen> {
    let node = view.cast::<HtmlElement>()?;
    let edge = node.get_bounding_client_rect().top();
    let below = f64::from(node.scroll_height() - node.client_height() - node.scroll_top());
    Some(Seen {
        top: turns(&node).find_map(|turn| {
            let rect = turn.get_bounding_client_rect();
            let cursor = turn.get_attribute("data-cursor")?;
            (rect.bottom() > edge + 1.0).then(|| Anchor { cursor, offset: rect.top() - edge })
        }),
        is_near_top: f64::from(node.scroll_top()) < NEAR,
        is_near_end: below < NEAR,
        is_at_end: below < f64::from(END),
    })
}

/// Scrolls so that a turn stands where it stood.
pub fn restore(view: &NodeRef, anchor: &Anchor) {
    let Some(node) = view.cast::<HtmlElement>() else { return };
    let edge = node.get_bounding_client_rect().top();
    let turn = turns(&node).find(|turn| turn.get_attribute("data-cursor").as_deref() == Some(&anchor.cursor));
    if let Some(turn) = turn {
        let moved = turn.get_bounding_client_rect().top() - edge - anchor.offset;
        if moved.abs() >= 1.0 {
            node.set_scroll_top(node.scroll_top() + moved.round() as i32);
        }
    }
}

/// Goes to the end.
pub fn to_end(view: &NodeRef) {
    if let Some(node) = view.cast::<HtmlElement>() {
        node.set_scroll_top(node.scroll_height());
    }
}

/// Goes to the beginning.
pub fn to_top(view: &NodeRef) {
    if let Some(node) = view.cast::<HtmlElement>() {
        node.set_scroll_top(0);
    }
}

/// Moves the keyboard to a turn, which brings it into view.
pub fn focus(view: &NodeRef, cursor: &str) {
    let Some(node) = view.cast::<HtmlElement>() else { return };
    let turn = turns(&node).find(|turn| turn.get_attribute("data-cursor").as_deref() == Some(cursor));
    if let Some(turn) = turn.and_then(|turn| turn.dyn_into::<HtmlElement>().ok()) {
        // A node that cannot take the keyboard leaves it where it is.
        let _ = turn.focus();
    }
}

fn turns(view: &HtmlElement) -> impl Iterator<Item = Element> {
    let first = view.query_selector(".turn").ok().flatten();
    std::iter::successors(first, Element::next_element_sibling)
}
