//! A list that comes page by page: the first at once, the next when asked for.

use std::cell::Cell;
use std::rc::Rc;

use quarterdeck_shared::{Code, Endpoint, Paged, Total};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::told::{Question, Told, loaded};
use crate::client::{Answer, Loaded, Problem, Request, fetch};

/// The rows that came so far, in the order of the pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<T> {
    /// The rows.
    pub items: Vec<Rc<T>>,
    /// How many there are in all.
    pub total: Total,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
    /// How much is not told yet, in bytes.
    pub behind: u64,
}

impl<T> Rows<T> {
    /// The rows of `before` with another page behind them.
    fn extended(before: Option<&Self>, page: impl Paged<Item = T>) -> Self {
        let mut items = before.map(|rows| rows.items.clone()).unwrap_or_default();
        let behind = page.behind();
        let (more, total, next) = page.paged();
        items.extend(more.into_iter().map(Rc::new));
        Self { items, total, next, behind }
    }
}

/// A list and the ways to have more of it.
pub struct Listed<T> {
    /// The rows so far.
    pub answer: Loaded<Rows<T>>,
    /// Asks for the next page, where there is one.
    pub more: Callback<()>,
    /// Asks for the first page anew, keeping what is there meanwhile.
    pub again: Callback<()>,
    /// How many times the list was begun; it rises when the question is asked anew.
    pub begun: u32,
}

/// Asks `question` on mount and each time it changes; `None` asks nothing. `endpoint` takes the cursor of the page.
#[hook]
pub fn use_pages<Q, E, T>(question: Option<Q>, endpoint: fn(Q, Option<String>) -> E) -> Listed<T>
where
    Q: Clone + PartialEq + 'static,
    E: Endpoint<Reply: Paged<Item = T>> + 'static,
    T: PartialEq + 'static,
{
    let request = move |question, cursor| Request::of(&endpoint(question, cursor));
    let question = question.map(|question| Question::new(question, request));
    let listed = use_listed(question, |answer, before| {
        let before = before.and_then(|before| before.rows.get::<Rows<T>>());
        let rows = Rows::extended(before.as_deref(), answer.reply::<E>()?);
        Ok(Pages { next: rows.next.clone(), rows: Told::new(rows) })
    });
    let Untyped { answer, more, again, begun } = listed;
    Listed { answer: loaded(&answer, |pages| pages.rows.get()), more, again, begun }
}

/// Rows of any kind.
#[derive(PartialEq)]
struct Pages {
    rows: Told,
    next: Option<String>,
}

/// A list of any kind, and the ways to have more of it.
struct Untyped {
    answer: Loaded<Pages>,
    more: Callback<()>,
    again: Callback<()>,
    begun: u32,
}

/// How a page is read and put behind those before it.
type Extend = fn(Answer, Option<&Pages>) -> Result<Pages, Problem>;

/// The same for all types at once.
#[hook]
fn use_listed(question: Option<Question>, extend: Extend) -> Untyped {
    let answer = use_state_eq(Loaded::<Pages>::default);
    let newest = use_mut_ref(Loaded::<Pages>::default);
    let turn = use_memo((), |()| Cell::new(0_u32));
    let begun = use_state_eq(|| 0_u32);
    let ask = {
        let (answer, newest, turn) = (answer.clone(), Rc::clone(&newest), Rc::clone(&turn));
        move |question: Option<Question>, before: Option<Rc<Pages>>| {
            let Some(question) = question else { return };
            let mine = turn.get() + 1;
            turn.set(mine);
            let awaiting = newest.borrow().awaiting();
            *newest.borrow_mut() = awaiting.clone();
            answer.set(awaiting);
            let (answer, newest, turn) = (answer.clone(), Rc::clone(&newest), Rc::clone(&turn));
            spawn_local(async move {
                let cursor = before.as_ref().and_then(|pages| pages.next.clone());
                let mut reply = fetch(question.request(cursor)).await;
                let mut before = before;
                if before.is_some() && matches!(&reply, Err(problem) if problem.code == Some(Code::BadCursor))
                {
                    // The server no longer knows the place (another version, another key): begin anew.
                    before = None;
                    reply = fetch(question.request(None)).await;
                }
                if turn.get() == mine {
                    let pages = reply.and_then(|page| extend(page, before.as_deref()));
                    let answered = newest.borrow().answered(pages);
                    *newest.borrow_mut() = answered.clone();
                    answer.set(answered);
                }
            });
        }
    };
    {
        let (ask, begun) = (ask.clone(), begun.clone());
        use_effect_with(question.clone(), move |question| {
            begun.set(*begun + 1);
            ask(question.clone(), None);
        });
    }
    {
        let turn = Rc::clone(&turn);
        use_effect_with((), move |()| move || turn.set(turn.get() + 1));
    }
    let again = {
        let (ask, question, begun) = (ask.clone(), question.clone(), begun.clone());
        Callback::from(move |()| {
            begun.set(*begun + 1);
            ask(question.clone(), None);
        })
    };
    let more = Callback::from(move |()| {
        let (waiting, data) = {
            let newest = newest.borrow();
            (newest.waiting, newest.data.clone())
        };
        if let Some(pages) = data.filter(|pages| !waiting && pages.next.is_some()) {
            ask(question.clone(), Some(pages));
        }
    });
    Untyped { answer: (*answer).clone(), more, again, begun: *begun }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::Page;

    #[test]
    fn pages_follow_each_other() {
        let page = |items: &[u32], next: Option<&str>| Page {
            items: items.to_vec(),
            total: Total::Exact(3),
            next_cursor: next.map(str::to_owned),
            seq: 0,
        };
        let first = Rows::extended(None, page(&[1, 2], Some("c")));
        let second = Rows::extended(Some(&first), page(&[3], None));
        assert_eq!(second.items.iter().map(|row| **row).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!((first.next.as_deref(), second.next), (Some("c"), None));
    }
}
