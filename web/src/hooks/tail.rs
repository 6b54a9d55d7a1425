//! The end of a list that grows: followed while it is in view, left alone while somebody reads above.

use web_sys::HtmlElement;
use yew::prelude::*;

/// Pixels from the end within which it counts as in view.
const NEAR: i32 = 12;

/// How a growing list is read.
#[derive(Clone, PartialEq)]
pub struct Tail {
    /// Whether the end is in view and stays there.
    pub follows: bool,
    /// How many rows came since it was left.
    pub fresh: usize,
    /// For the scrolling node.
    pub onscroll: Callback<Event>,
    /// Goes to the end and follows it again.
    pub to_end: Callback<()>,
}

/// Follows the end of the scrolling `view`: `count` rows so far, `grown` anything that changes when its last row does.
#[hook]
pub fn use_tail(view: NodeRef, count: usize, grown: usize) -> Tail {
    let follows = use_state_eq(|| true);
    let left_at = use_state_eq(|| count);
    {
        let view = view.clone();
        use_effect_with((count, grown, *follows), move |&(_, _, follows)| {
            if follows {
                to_end(&view);
            }
        });
    }
    let onscroll = {
        let (view, follows, left_at) = (view.clone(), follows.clone(), left_at.clone());
        Callback::from(move |_: Event| {
            let Some(node) = view.cast::<HtmlElement>() else { return };
            let near = node.scroll_top() + node.client_height() >= node.scroll_height() - NEAR;
            if *follows && !near {
                left_at.set(count);
            }
            follows.set(near);
        })
    };
    let to_end_of = {
        let (view, follows) = (view, follows.clone());
        Callback::from(move |()| {
            to_end(&view);
            follows.set(true);
        })
    };
    let fresh = if *follows { 0 } else { count.saturating_sub(*left_at) };
    Tail { follows: *follows, fresh, onscroll, to_end: to_end_of }
}

fn to_end(view: &NodeRef) {
    if let Some(node) = view.cast::<HtmlElement>() {
        node.set_scroll_top(node.scroll_height());
    }
}
