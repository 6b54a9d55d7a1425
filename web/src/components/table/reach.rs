//! The row that has the keyboard: moved by steps, brought into view, focused as soon as it is drawn.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::components::window::{WHOLE, scroll_to};
use crate::dom;

/// The height of the head, which stays above the rows.
const HEAD: f64 = 27.0;

/// A way to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One row on.
    Down,
    /// One row back.
    Up,
    /// Ten rows on.
    PageDown,
    /// Ten rows back.
    PageUp,
    /// To the first row.
    First,
    /// To the last row.
    Last,
}

impl Step {
    /// The step of a key.
    pub fn of(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowDown" => Self::Down,
            "ArrowUp" => Self::Up,
            "PageDown" => Self::PageDown,
            "PageUp" => Self::PageUp,
            "Home" => Self::First,
            "End" => Self::Last,
            _ => return None,
        })
    }

    /// Where it leads from `at` among `count` rows.
    pub fn from(self, at: Option<usize>, count: usize) -> Option<usize> {
        let last = count.checked_sub(1)?;
        let next = match (self, at) {
            (Self::First, _) | (Self::Down | Self::PageDown, None) => 0,
            (Self::Last, _) | (Self::Up | Self::PageUp, None) => last,
            (Self::Down, Some(at)) => at + 1,
            (Self::Up, Some(at)) => at.saturating_sub(1),
            (Self::PageDown, Some(at)) => at + 10,
            (Self::PageUp, Some(at)) => at.saturating_sub(10),
        };
        Some(next.min(last))
    }
}

#[derive(Default)]
struct Place {
    at: Option<usize>,
    /// The row is to get the keyboard as soon as it is drawn.
    wanted: bool,
    /// The table has the keyboard until the pointer is used: a row that is moved or taken away must not lose it.
    held: bool,
}

/// The keyboard's place in a table.
#[derive(Clone)]
pub struct Reach {
    view: NodeRef,
    place: Rc<RefCell<Place>>,
    count: usize,
    row: f64,
    redraw: UseForceUpdateHandle,
}

impl Reach {
    /// The row that has the keyboard.
    pub fn at(&self) -> Option<usize> {
        let within = |element: &HtmlElement| {
            self.view.cast::<HtmlElement>().is_some_and(|view| view.contains(Some(element)))
        };
        let row = dom::focused().filter(within).and_then(|element| element.closest("tr[data-at]").ok()?);
        let focused = row.and_then(|row| row.get_attribute("data-at")?.parse().ok());
        focused.or(self.place.borrow().at).filter(|&at| at < self.count)
    }

    /// A callback that moves.
    pub fn step(&self, step: Step) -> Callback<()> {
        let reach = self.clone();
        Callback::from(move |()| {
            let Some(next) = step.from(reach.at(), reach.count) else { return };
            *reach.place.borrow_mut() = Place { at: Some(next), wanted: true, held: true };
            reach.scroll(next);
            reach.focus_wanted();
            reach.redraw.force_update();
        })
    }

    fn scroll(&self, at: usize) {
        let Some(view) = self.view.cast::<HtmlElement>() else { return };
        if self.count <= WHOLE {
            return;
        }
        let (top, height) = (f64::from(view.scroll_top()), f64::from(view.client_height()));
        if let Some(to) = scroll_to(at, self.row, HEAD, top, height) {
            // The row that has the keyboard may go out of the window: the view keeps it until the next is drawn.
            dom::focus(&self.view);
            view.set_scroll_top(to as i32);
        }
    }

    /// Gives the keyboard to the row that wants it, or back to the row that lost it to a redraw.
    fn focus_wanted(&self) {
        let mut place = self.place.borrow_mut();
        let lost = place.held && dom::focused().is_none_or(|element| element.tag_name() == "BODY");
        let (true, Some(at)) = (place.wanted || lost, place.at) else { return };
        let Some(view) = self.view.cast::<HtmlElement>() else { return };
        let row = view.query_selector(&format!("tr[data-at='{at}']")).ok().flatten();
        let to = match row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
            Some(row) => {
                place.wanted = false;
                row
            }
            None if lost => view,
            None => return,
        };
        drop(place);
        // Rows and view carry a tabindex: they take the keyboard.
        let _ = to.focus();
    }
}

/// Keeps the keyboard's place among `count` rows.
#[hook]
pub fn use_reach(view: NodeRef, count: usize, row: f64) -> Reach {
    let place = use_mut_ref(Place::default);
    let redraw = use_force_update();
    let reach = Reach { view, place, count, row, redraw };
    {
        let reach = reach.clone();
        use_effect(move || reach.focus_wanted());
    }
    {
        let place = reach.place.clone();
        use_effect_with((), move |()| {
            let listener = dom::window().map(|window| {
                EventListener::new(&window, "pointerdown", move |_| place.borrow_mut().held = false)
            });
            move || drop(listener)
        });
    }
    reach
}

/// The height of a drawn row.
pub fn measure(view: &NodeRef) -> Option<f64> {
    let row = view.cast::<HtmlElement>()?.query_selector("tbody tr[data-at]").ok()??;
    Some(row.get_bounding_client_rect().height()).filter(|&height| height > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stay_within_the_rows() {
        for (step, at, expected) in [
            (Step::Down, None, Some(0)),
            (Step::Down, Some(4), Some(4)),
            (Step::Up, Some(0), Some(0)),
            (Step::PageDown, Some(1), Some(4)),
            (Step::Last, Some(1), Some(4)),
            (Step::Up, None, Some(4)),
        ] {
            assert_eq!(step.from(at, 5), expected, "{step:?} from {at:?}");
        }
        assert_eq!(Step::Down.from(None, 0), None);
    }
}
