//! The window on a long list: which rows are drawn, and how much space stands for the others.

use std::ops::Range;

use gloo::events::EventListener;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::dom;

/// Lists up to this length are drawn whole.
pub const WHOLE: usize = 100;

/// Rows drawn above and below the visible ones.
const SPARE: usize = 12;

/// The rows drawn now.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Their places.
    pub rows: Range<usize>,
    /// The space above them, in pixels.
    pub above: f64,
    /// The space below them.
    pub below: f64,
}

/// Which of `count` rows of one height to draw in a view of `view` pixels scrolled down by `top`.
pub fn shown(count: usize, row: f64, top: f64, view: f64) -> Shown {
    if count <= WHOLE || row <= 0.0 {
        return Shown { rows: 0..count, above: 0.0, below: 0.0 };
    }
    let first = ((top / row).max(0.0) as usize).min(count).saturating_sub(SPARE);
    let visible = (view.max(0.0) / row).ceil() as usize + 1;
    // A first row of even number keeps odd and even steady while scrolling, and the redraws fewer.
    let first = first - first % 4;
    let last = (first + visible + 2 * SPARE).min(count);
    Shown { rows: first..last, above: first as f64 * row, below: (count - last) as f64 * row }
}

/// The rows to draw in the scrolling node `view`, followed while it scrolls and changes its size.
#[hook]
pub fn use_shown(view: NodeRef, count: usize, row: f64) -> Shown {
    let place = use_state_eq(|| (0.0, 1_000.0));
    {
        let place = place.clone();
        use_effect_with((view, count > WHOLE), move |(view, long)| {
            let look = {
                let view = view.clone();
                move || {
                    if let Some(node) = view.cast::<HtmlElement>() {
                        // In whole rows of 30 px: a redraw for every pixel would be work for nothing.
                        let top = f64::from(node.scroll_top());
                        place.set(((top / 30.0).floor() * 30.0, f64::from(node.client_height())));
                    }
                }
            };
            let listeners = long.then(|| {
                look();
                let again = look.clone();
                let scrolled = view
                    .cast::<HtmlElement>()
                    .map(|node| EventListener::new(&node, "scroll", move |_| look()));
                let resized =
                    dom::window().map(|window| EventListener::new(&window, "resize", move |_| again()));
                (scrolled, resized)
            });
            move || drop(listeners)
        });
    }
    shown(count, row, place.0, place.1)
}

/// How far to scroll so that row `at` is whole in view: `None` when it is.
pub fn scroll_to(at: usize, row: f64, head: f64, top: f64, view: f64) -> Option<f64> {
    let (from, to) = (at as f64 * row, (at + 1) as f64 * row);
    if from < top {
        Some(from)
    } else if to > top + view - head {
        Some(to - view + head)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_is_drawn_whole() {
        assert_eq!(shown(100, 30.0, 500.0, 600.0), Shown { rows: 0..100, above: 0.0, below: 0.0 });
    }

    #[test]
    fn a_long_list_is_drawn_around_the_view_and_keeps_its_height() {
        for top in [0.0, 30.0, 15_000.0, 299_400.0] {
            let shown = shown(10_000, 30.0, top, 600.0);
            assert!(shown.rows.len() <= 20 + 1 + 2 * SPARE + 4, "{shown:?}");
            let (first, last) = ((top / 30.0) as usize, ((top + 600.0) / 30.0) as usize);
            assert!(shown.rows.start <= first && shown.rows.end >= last.min(10_000), "{shown:?} at {top}");
            assert_eq!(shown.above + shown.rows.len() as f64 * 30.0 + shown.below, 300_000.0);
        }
    }

    #[test]
    fn a_list_that_shrank_under_the_view_still_shows_its_end() {
        let shown = shown(150, 30.0, 300_000.0, 600.0);
        assert_eq!(shown.rows.end, 150);
        assert!(shown.rows.len() >= 12, "{shown:?}");
    }

    #[test]
    fn the_chosen_row_is_brought_into_view_and_no_further() {
        for (at, expected) in [(0, Some(0.0)), (20, None), (39, Some(626.0)), (12, None)] {
            assert_eq!(scroll_to(at, 30.0, 26.0, 300.0, 600.0), expected, "row {at}");
        }
    }
}
