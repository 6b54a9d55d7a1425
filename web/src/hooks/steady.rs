//! A callback that stays the same while what it does changes: whoever is given it is not drawn again for that.

use yew::prelude::*;

/// Calls the newest `callback`, and is always equal to itself.
#[hook]
pub fn use_steady<T: 'static>(callback: Callback<T>) -> Callback<T> {
    let newest = use_mut_ref(Callback::<T>::noop);
    *newest.borrow_mut() = callback;
    use_callback((), move |value: T, ()| {
        let callback = newest.borrow().clone();
        callback.emit(value);
    })
}
