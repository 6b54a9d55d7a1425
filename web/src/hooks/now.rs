//! One clock for everything that counts seconds, stopped while nothing does.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::dom;

#[derive(Default)]
struct Clock {
    listeners: Vec<(u32, Rc<dyn Fn()>)>,
    last: u32,
    ticking: Option<Interval>,
}

thread_local! {
    static CLOCK: RefCell<Clock> = RefCell::default();
}

/// What `say` makes of now (µs), said again each second, drawn again only when the words change.
#[hook]
pub fn use_now_text<D: PartialEq + Clone + 'static>(about: D, say: fn(&D, i64) -> AttrValue) -> AttrValue {
    let text = use_state_eq(|| say(&about, dom::now_us()));
    let shown = say(&about, dom::now_us());
    {
        let text = text.clone();
        use_effect_with(about, move |about| {
            let about = about.clone();
            let id = listen(Rc::new(move || text.set(say(&about, dom::now_us()))));
            move || forget(id)
        });
    }
    shown
}

/// Runs `each` once a second while the component is mounted and `on`.
#[hook]
pub fn use_second(on: bool, each: Callback<()>) {
    let newest = use_mut_ref(|| each.clone());
    *newest.borrow_mut() = each;
    use_effect_with(on, move |&on| {
        let id = on.then(|| {
            listen(Rc::new(move || {
                let each = newest.borrow().clone();
                each.emit(());
            }))
        });
        move || {
            if let Some(id) = id {
                forget(id);
            }
        }
    });
}

/// Runs `each` every so many seconds while the component is mounted and `on`.
#[hook]
pub fn use_every(seconds: u32, on: bool, each: Callback<()>) {
    let passed = use_mut_ref(|| 0_u32);
    use_second(
        on,
        Callback::from(move |()| {
            let now = (*passed.borrow() + 1) % seconds;
            *passed.borrow_mut() = now;
            if now == 0 {
                each.emit(());
            }
        }),
    );
}

fn listen(each: Rc<dyn Fn()>) -> u32 {
    CLOCK.with_borrow_mut(|clock| {
        clock.last += 1;
        let id = clock.last;
        clock.listeners.push((id, each));
        if clock.ticking.is_none() {
            clock.ticking = Some(Interval::new(1_000, tick));
        }
        id
    })
}

fn tick() {
    // Copied out: a listener may mount or unmount others.
    let listeners: Vec<_> =
        CLOCK.with_borrow(|clock| clock.listeners.iter().map(|(_, each)| each.clone()).collect());
    for each in listeners {
        each();
    }
}

fn forget(id: u32) {
    CLOCK.with_borrow_mut(|clock| {
        clock.listeners.retain(|(other, _)| *other != id);
        if clock.listeners.is_empty() {
            clock.ticking = None;
        }
    });
}
