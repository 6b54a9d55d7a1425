//! What a hand moves: shown where it is, handed on where it rests. A browser takes so many addresses a second, and a
//! server need not answer for every place on the way.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::use_steady;

/// Milliseconds after which it rests.
const REST_MS: u32 = 200;

/// Where something is held, and the way to move it; what is moved is handed on once it rests, and let go of when `whose`
/// changes: what came of it, or something else to move.
#[hook]
pub fn use_held<T, D>(whose: D, on_rest: Callback<T>) -> (Option<T>, Callback<T>)
where
    T: Clone + PartialEq + 'static,
    D: PartialEq + 'static,
{
    let held = use_state_eq(|| None::<T>);
    let on_rest = use_steady(on_rest);
    use_effect_with((*held).clone(), move |held| {
        let timeout = held.clone().map(|held| Timeout::new(REST_MS, move || on_rest.emit(held)));
        move || drop(timeout)
    });
    {
        let held = held.clone();
        use_effect_with(whose, move |_| held.set(None));
    }
    let hold = {
        let held = held.clone();
        Callback::from(move |to: T| held.set(Some(to)))
    };
    ((*held).clone(), hold)
}
