//! The place in a conversation: the turn that is read, whether the end is followed, and what comes into view next.

use std::cell::RefCell;
use std::rc::Rc;

use quarterdeck_shared::conversations::Item;
use yew::prelude::*;

use super::reading::Reading;
use super::reel::Reel;
use super::view;
use super::wish::Wish;

/// Where one stands, and what moves it.
#[derive(Clone, PartialEq)]
pub struct Place {
    /// The node that scrolls.
    pub view: NodeRef,
    /// The stretch that is held.
    pub reel: Rc<Reel>,
    /// Which of its items is read: the chosen one; else at the end the last, and elsewhere the one at the top.
    pub here: Option<usize>,
    /// The chosen item.
    pub selected: UseStateHandle<Option<AttrValue>>,
    /// Whether the end is followed.
    pub follows: UseStateHandle<bool>,
    /// How many items came since the end was left.
    pub fresh: usize,
    /// Looks at what can be seen now.
    pub look: Callback<()>,
    /// Steps from the chosen item to one that is not held yet.
    ahead: Rc<RefCell<Option<(AttrValue, isize)>>>,
    wish: Callback<Wish>,
}

impl Place {
    /// The item that is read.
    pub fn item(&self) -> Option<Rc<Item>> {
        self.here.and_then(|at| self.reel.items.get(at)).cloned()
    }

    /// Its share of the whole.
    pub fn share(&self) -> f64 {
        self.here.map_or(self.reel.to, |at| self.reel.share(at))
    }

    /// Moves the keyboard to an item, which brings it into view.
    pub fn choose(&self, cursor: &str) {
        view::focus(&self.view, cursor);
        self.selected.set(Some(cursor.to_owned().into()));
    }

    /// Moves on by so many items from the chosen one; without one, chooses the one at the top.
    pub fn step(&self, by: isize) {
        match (*self.selected).clone().filter(|cursor| self.reel.find(cursor).is_some()) {
            Some(cursor) => {
                let before = self.ahead.take().filter(|(of, _)| *of == cursor).map_or(0, |(_, by)| by);
                self.lead(cursor, before + by);
            }
            None => {
                if let Some(item) = self.item().or_else(|| self.reel.items.first().cloned()) {
                    self.choose(&item.cursor);
                }
            }
        }
    }

    /// Goes on with steps that led beyond what was held, unless somebody chose otherwise meanwhile.
    fn go_on(&self) {
        let ahead = self.ahead.take();
        if let Some((cursor, by)) = ahead.filter(|(of, _)| self.selected.as_ref() == Some(of)) {
            self.lead(cursor, by);
        }
    }

    /// Chooses the item so many steps from another; where it is not held yet, once it is.
    fn lead(&self, cursor: AttrValue, by: isize) {
        let Some(from) = self.reel.find(&cursor) else { return };
        match self.reel.stepped(from, by) {
            Some(to) => self.choose(&self.reel.items[to].cursor),
            None => {
                self.ahead.replace(Some((cursor, by)));
                self.wish.emit(if by < 0 { Wish::Earlier } else { Wish::Later });
            }
        }
    }
}

/// The place in what is read; `at` is the one that the address names.
#[hook]
pub fn use_place(reading: &Reading, at: AttrValue) -> Place {
    let reel = reading.shown.answer.data.clone().unwrap_or_default();
    let view = use_node_ref();
    let anchor = use_mut_ref(view::Seen::default);
    let top = use_state_eq(String::new);
    let follows = use_state_eq(|| at.is_empty());
    let selected = use_state_eq(|| None::<AttrValue>);
    let left_at = use_state_eq(|| None::<AttrValue>);
    let ahead = use_mut_ref(|| None::<(AttrValue, isize)>);

    let look = {
        let (view, anchor, top, follows, wish, reel) = (
            view.clone(),
            anchor.clone(),
            top.clone(),
            follows.clone(),
            reading.wish.clone(),
            Rc::clone(&reel),
        );
        let left_at = left_at.clone();
        Callback::from(move |()| {
            let Some(seen) = view::seen(&view) else { return };
            let at_end = seen.is_at_end && reel.later.is_none();
            if *follows && !at_end {
                left_at.set(reel.items.last().map(|item| item.cursor.clone().into()));
            }
            follows.set(at_end);
            if let Some(anchor) = &seen.top {
                top.set(anchor.cursor.clone());
            }
            if seen.is_near_top && reel.earlier.is_some() {
                wish.emit(Wish::Earlier);
            }
            if seen.is_near_end && reel.later.is_some() {
                wish.emit(Wish::Later);
            }
            *anchor.borrow_mut() = seen;
        })
    };
    // A reel that begins anew is shown at its end or at its place; one that grew stays where it is read.
    {
        let (view, anchor, look, follows, selected) =
            (view.clone(), anchor.clone(), look.clone(), follows.clone(), selected.clone());
        let began = use_mut_ref(|| 0_u32);
        let dependencies = (Rc::clone(&reel), reading.shown.turned, reading.shown.at_end, at.clone());
        use_effect_with(dependencies, move |(reel, turned, at_end, at)| {
            let anew = began.replace(*turned) != *turned;
            let linked = reel.find(at).map(|place| AttrValue::from(reel.items[place].cursor.clone()));
            match stop(anew.then_some(*at_end), linked, *follows && reel.later.is_none()) {
                Stop::End => {
                    view::to_end(&view);
                    follows.set(true);
                }
                Stop::At(cursor) => {
                    view::restore(&view, &view::Anchor { cursor: cursor.to_string(), offset: 12.0 });
                    selected.set(Some(cursor));
                }
                Stop::Top => {
                    view::to_top(&view);
                    selected.set(None);
                }
                Stop::Stay => {
                    if let Some(anchor) = &anchor.borrow().top {
                        view::restore(&view, anchor);
                    }
                }
            }
            look.emit(());
        });
    }
    {
        let (view, selected, look) = (view.clone(), selected.clone(), look.clone());
        let reel = Rc::clone(&reel);
        use_effect_with(at, move |at| {
            if let Some(place) = reel.find(at) {
                let cursor = reel.items[place].cursor.clone();
                view::focus(&view, &cursor);
                selected.set(Some(cursor.into()));
                // Before a window that is on its way can hold on to the place it was left at.
                look.emit(());
            }
        });
    }
    let here =
        selected.as_ref().and_then(|cursor| reel.find(cursor)).or_else(|| unchosen(&reel, *follows, &top));
    let fresh =
        left_at.as_ref().filter(|_| !*follows && reel.later.is_none()).and_then(|cursor| reel.find(cursor));
    let fresh = fresh.map_or(0, |at| reel.items.len() - at - 1);
    let place = Place { view, reel, here, selected, follows, fresh, look, ahead, wish: reading.wish.clone() };
    {
        let place = place.clone();
        use_effect_with(Rc::clone(&place.reel), move |_| place.go_on());
    }
    place
}

/// What is read where nothing was chosen. At the end it is the last that has a moment.
fn unchosen(reel: &Reel, at_end: bool, top: &str) -> Option<usize> {
    let last = reel.items.iter().rposition(|item| item.at.is_some()).filter(|_| at_end);
    last.or_else(|| reel.find(top))
}

/// Where a reel is shown that changed.
#[derive(Clone, Debug, PartialEq)]
enum Stop {
    /// At its end.
    End,
    /// At this item.
    At(AttrValue),
    /// At its beginning.
    Top,
    /// Where it is read.
    Stay,
}

/// Where to show a reel that changed: one that began anew, at its end or not, there or at the place that is linked; one
/// that grew, at its end while that is followed.
fn stop(began_at_end: Option<bool>, linked: Option<AttrValue>, follows: bool) -> Stop {
    match (began_at_end, linked) {
        (Some(true), _) => Stop::End,
        (Some(false), Some(cursor)) => Stop::At(cursor),
        (Some(false), None) => Stop::Top,
        (None, _) if follows => Stop::End,
        (None, _) => Stop::Stay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::Timestamp;
    use quarterdeck_shared::conversations::Conversation;

    #[test]
    fn at_the_end_one_reads_the_last_and_elsewhere_what_stands_at_the_top() {
        let item = |at: i64| Item {
            cursor: format!("0.{at}.0"),
            at: (at < 3).then_some(Timestamp(at)),
            ..Item::default()
        };
        let reel = Reel::begin(Conversation { items: (0..4).map(item).collect(), ..Conversation::default() });
        let read = |at_end| unchosen(&reel, at_end, "0.1.0");
        assert_eq!((read(false), read(true)), (Some(1), Some(2)), "the last one tells no moment");
    }

    #[test]
    fn a_moment_near_the_end_is_shown_and_not_the_end() {
        assert_eq!(stop(Some(false), None, true), Stop::Top);
        assert_eq!(stop(Some(false), Some("0.1.0".into()), true), Stop::At("0.1.0".into()));
        assert_eq!(stop(Some(true), Some("0.1.0".into()), false), Stop::End);
        assert_eq!([true, false].map(|follows| stop(None, None, follows)), [Stop::End, Stop::Stay]);
    }
}
