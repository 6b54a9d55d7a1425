//! A value once it has stood still for a while.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// The newest value that did not change for so many milliseconds; the first one at once.
#[hook]
pub fn use_settled<T: Clone + PartialEq + 'static>(value: T, still_ms: u32) -> T {
    let settled = use_state_eq(|| value.clone());
    {
        let settled = settled.clone();
        use_effect_with(value, move |value| {
            let value = value.clone();
            let timeout = (*settled != value).then(|| Timeout::new(still_ms, move || settled.set(value)));
            move || drop(timeout)
        });
    }
    (*settled).clone()
}
