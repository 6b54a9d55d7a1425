//! An order to the server: runs once at a time, and says how it went.

use quarterdeck_shared::Endpoint;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::client::{Problem, call};

/// An order and whether it is under way.
pub struct Ordered<E: Endpoint> {
    /// Gives the order; ignored while one is under way.
    pub give: Callback<E>,
    /// Whether an answer is awaited.
    pub busy: bool,
    /// Why the newest order was refused.
    pub problem: Option<Problem>,
}

/// An order whose answer goes to `done`.
#[hook]
pub fn use_command<E>(done: Callback<Result<E::Reply, Problem>>) -> Ordered<E>
where
    E: Endpoint + 'static,
    E::Reply: 'static,
{
    let busy = use_state_eq(|| false);
    let under_way = use_mut_ref(|| false);
    let problem = use_state_eq(|| None::<Problem>);
    let give = {
        let (busy, problem) = (busy.clone(), problem.clone());
        Callback::from(move |endpoint: E| {
            if under_way.replace(true) {
                return;
            }
            busy.set(true);
            problem.set(None);
            let (busy, under_way, problem, done) =
                (busy.clone(), under_way.clone(), problem.clone(), done.clone());
            spawn_local(async move {
                let answer = call(endpoint).await;
                under_way.replace(false);
                busy.set(false);
                problem.set(answer.as_ref().err().cloned());
                done.emit(answer);
            });
        })
    };
    Ordered { give, busy: *busy, problem: (*problem).clone() }
}
