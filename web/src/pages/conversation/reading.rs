//! Reading: windows fetched as they are wanted, one at a time; of the wishes made meanwhile the newest is granted next.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use quarterdeck_shared::endpoints::GetConversation;
use quarterdeck_shared::{AgentId, NoBody};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::wish::{Shown, Whose, Wish};
use crate::client::call;
use crate::hooks::use_second;

/// Seconds between two looks at what works.
const LOOK_SECONDS: u32 = 3;

/// What is read, and the way to wish.
#[derive(Clone, PartialEq)]
pub struct Reading {
    /// What is shown.
    pub shown: Shown,
    /// Wishes for something.
    pub wish: Callback<Wish>,
    /// Wishes once more for what could not be had.
    pub again: Callback<()>,
}

#[derive(Default)]
struct Desk {
    shown: RefCell<Shown>,
    busy: Cell<bool>,
    /// Whether it begins anew: what stands around the old place is of no use then.
    begins: Cell<bool>,
    /// What was wished for meanwhile.
    waiting: RefCell<Option<Wish>>,
    turned: Cell<u32>,
}

impl Desk {
    /// Keeps a wish until the one before is granted. News come again by themselves: they wait for nobody.
    fn keep(&self, wish: Wish) {
        if wish != Wish::News {
            *self.waiting.borrow_mut() = Some(wish);
        }
    }
}

/// Reads the conversation of an agent, or of a thread of its session, so many items at a time; begins where `at` says,
/// else at the end.
#[hook]
pub fn use_reading(id: AgentId, thread: AttrValue, at: AttrValue, step: u32) -> Reading {
    let desk = use_memo((id, thread.clone()), |_| Desk::default());
    let shown = use_state_eq(Shown::default);
    let wish = {
        let (desk, shown) = (Rc::clone(&desk), shown.clone());
        use_callback((id, thread.clone()), move |wish: Wish, (id, thread)| {
            let (desk, shown) = (Rc::clone(&desk), shown.clone());
            let whose = Whose { id: *id, thread: thread.clone(), step };
            grant(whose, wish, desk, Rc::new(move |seen| shown.set(seen)));
        })
    };
    {
        let (wish, desk) = (wish.clone(), Rc::clone(&desk));
        use_effect_with((id, thread, at), move |(_, _, at)| {
            let held = desk.shown.borrow().answer.data.as_ref().is_some_and(|reel| reel.find(at).is_some());
            if !held {
                wish.emit(if at.is_empty() { Wish::End } else { Wish::At(at.to_string()) });
            }
        });
    }
    let shown = (*shown).clone();
    let again = {
        let failed = shown.failed.clone();
        wish.reform(move |()| failed.clone().unwrap_or(Wish::End))
    };
    Reading { shown, wish, again }
}

/// Wishes for news every few seconds while somebody works, whatever the socket says: not every line is a response.
#[hook]
pub fn use_news(works: bool, wish: &Callback<Wish>) {
    let (seconds, wish) = (use_mut_ref(|| 0_u32), wish.clone());
    use_second(
        works,
        Callback::from(move |()| {
            *seconds.borrow_mut() += 1;
            if *seconds.borrow() % LOOK_SECONDS == 0 {
                wish.emit(Wish::News);
            }
        }),
    );
}

type Show = Rc<dyn Fn(Shown)>;

fn grant(whose: Whose, wish: Wish, desk: Rc<Desk>, show: Show) {
    let held = desk.shown.borrow().answer.data.clone();
    let begins = wish.begins();
    let Some(query) = wish.question(held.as_deref(), &whose) else { return };
    if begins {
        desk.turned.set(desk.turned.get() + 1);
        desk.begins.set(true);
        desk.waiting.take();
    } else if desk.begins.get() {
        return;
    } else if desk.busy.replace(true) {
        return desk.keep(wish);
    }
    let mine = desk.turned.get();
    spawn_local(async move {
        let reply = call(GetConversation { id: whose.id, query, body: NoBody }).await;
        if !begins {
            desk.busy.set(false);
        }
        // An answer to what was wished for before it began anew is of no use.
        if desk.turned.get() == mine {
            if begins {
                desk.begins.set(false);
            }
            let after = desk.shown.borrow().with(&wish, mine, reply);
            let Some(after) = after else { return grant(whose, Wish::Anew, desk, show) };
            *desk.shown.borrow_mut() = after.clone();
            show(after);
        }
        let next = desk.waiting.take();
        if let Some(next) = next {
            grant(whose, next, desk, show);
        }
    });
}
