//! A question to the server, asked again when it changes, with the last good answer kept.

use std::cell::Cell;
use std::rc::Rc;

use quarterdeck_shared::Endpoint;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::told::{Question, Read, Told, loaded};
use crate::client::{Loaded, Request, fetch};

/// An answer and the way to ask again.
pub struct Asked<T> {
    /// The answer so far.
    pub answer: Loaded<T>,
    /// Asks again, keeping what is there meanwhile.
    pub again: Callback<()>,
}

/// Asks `question` on mount and each time it changes; `None` asks nothing. Late answers to older questions are dropped.
#[hook]
pub fn use_query<Q, E>(question: Option<Q>, endpoint: fn(Q) -> E) -> Asked<E::Reply>
where
    Q: Clone + PartialEq + 'static,
    E: Endpoint + 'static,
    E::Reply: PartialEq + 'static,
{
    let request = move |question, _| Request::of(&endpoint(question));
    let question = question.map(|question| Question::new(question, request));
    let (answer, again) = use_answer(question, |answer| answer.reply::<E>().map(Told::new));
    Asked { answer: loaded(&answer, Told::get), again }
}

/// The same for all types at once.
#[hook]
fn use_answer(question: Option<Question>, read: Read) -> (Loaded<Told>, Callback<()>) {
    let answer = use_state_eq(Loaded::<Told>::default);
    let newest = use_mut_ref(Loaded::<Told>::default);
    let turn = use_memo((), |()| Cell::new(0_u32));
    let ask = {
        let (answer, turn) = (answer.clone(), Rc::clone(&turn));
        move |question: Option<&Question>| {
            let Some(question) = question else { return };
            turn.set(turn.get() + 1);
            let mine = turn.get();
            let awaiting = newest.borrow().awaiting();
            *newest.borrow_mut() = awaiting.clone();
            answer.set(awaiting);
            let request = question.request(None);
            let (answer, newest, turn) = (answer.clone(), Rc::clone(&newest), Rc::clone(&turn));
            spawn_local(async move {
                let reply = fetch(request).await.and_then(read);
                if turn.get() == mine {
                    let answered = newest.borrow().answered(reply);
                    *newest.borrow_mut() = answered.clone();
                    answer.set(answered);
                }
            });
        }
    };
    {
        let ask = ask.clone();
        use_effect_with(question.clone(), move |question| {
            ask(question.as_ref());
            move || ()
        });
    }
    {
        let turn = Rc::clone(&turn);
        use_effect_with((), move |()| move || turn.set(turn.get() + 1));
    }
    let again = Callback::from(move |()| ask(question.as_ref()));
    ((*answer).clone(), again)
}
