//! An order to the server: runs once at a time, and says how it went.

use std::rc::Rc;

use quarterdeck_shared::Endpoint;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::client::{Answer, Problem, Request, fetch};

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
    let Order { give, busy, problem } = use_order();
    let give = Callback::from(move |endpoint: E| {
        let done = done.clone();
        let finish: Finish = Box::new(move |answer, tell| {
            let reply = answer.and_then(Answer::reply::<E>);
            tell(reply.as_ref().err().cloned());
            done.emit(reply);
        });
        give(Request::of(&endpoint), finish);
    });
    Ordered { give, busy, problem }
}

/// Reads an answer, tells why the order was refused where it was, and goes on.
type Finish = Box<dyn FnOnce(Result<Answer, Problem>, &dyn Fn(Option<Problem>))>;

/// An order of any kind.
struct Order {
    give: Rc<dyn Fn(Request, Finish)>,
    busy: bool,
    problem: Option<Problem>,
}

/// The same for all types at once.
#[hook]
fn use_order() -> Order {
    let busy = use_state_eq(|| false);
    let under_way = use_mut_ref(|| false);
    let problem = use_state_eq(|| None::<Problem>);
    let give = {
        let (busy, problem) = (busy.clone(), problem.clone());
        Rc::new(move |request: Request, finish: Finish| {
            if under_way.replace(true) {
                return;
            }
            busy.set(true);
            problem.set(None);
            let (busy, under_way, problem) = (busy.clone(), Rc::clone(&under_way), problem.clone());
            spawn_local(async move {
                let answer = fetch(request).await;
                under_way.replace(false);
                busy.set(false);
                finish(answer, &|why| problem.set(why));
            });
        })
    };
    Order { give, busy: *busy, problem: (*problem).clone() }
}
