//! Reading: windows fetched as they are wanted, one at a time; of the wishes made meanwhile the newest is granted next.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use quarterdeck_shared::conversations::{Conversation, ConversationQuery};
use quarterdeck_shared::endpoints::GetConversation;
use quarterdeck_shared::{AgentId, Code, NoBody};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::{reel::Reel, some};
use crate::client::{Loaded, Problem, call};
use crate::hooks::use_second;

/// Seconds between two looks at what works.
const LOOK_SECONDS: u32 = 3;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The end.
    End,
    /// A place: a cursor, a moment, a share of the whole.
    At(String),
    /// What stands before.
    Earlier,
    /// What stands behind.
    Later,
    /// What came since.
    News,
    /// One item shown whole.
    Whole(String),
}

/// What is read, and the way to wish.
#[derive(Clone, PartialEq)]
pub struct Reading {
    /// The stretch that is held.
    pub answer: Loaded<Reel>,
    /// Rises when it begins anew.
    pub turned: u32,
    /// Wishes for something.
    pub wish: Callback<Wish>,
}

#[derive(Default)]
struct Desk {
    reel: RefCell<Loaded<Reel>>,
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
    let shown = use_state_eq(|| (Loaded::<Reel>::default(), 0));
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
            let held = desk.reel.borrow().data.as_ref().is_some_and(|reel| reel.find(at).is_some());
            if !held {
                wish.emit(if at.is_empty() { Wish::End } else { Wish::At(at.to_string()) });
            }
        });
    }
    let (answer, turned) = (*shown).clone();
    Reading { answer, turned, wish }
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

type Show = Rc<dyn Fn((Loaded<Reel>, u32))>;

/// Which thread is read, and how many items at a time.
#[derive(Clone)]
struct Whose {
    id: AgentId,
    thread: AttrValue,
    step: u32,
}

fn grant(whose: Whose, wish: Wish, desk: Rc<Desk>, show: Show) {
    let held = desk.reel.borrow().data.clone();
    let begins = matches!(wish, Wish::End | Wish::At(_));
    let Some(query) = query(&wish, held.as_deref(), &whose) else { return };
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
        let ask = |query| call(GetConversation { id: whose.id, query, body: NoBody });
        let mut reply = ask(query.clone()).await;
        if matches!((&reply, &wish), (Err(Problem { code: Some(Code::BadCursor), .. }), Wish::At(_))) {
            // The file was written anew since the place was noted: the end is what there is.
            reply = ask(ConversationQuery { at: None, ..query }).await;
        }
        if !begins {
            desk.busy.set(false);
        }
        if desk.turned.get() != mine {
            return;
        }
        if begins {
            desk.begins.set(false);
        }
        let before = desk.reel.borrow().clone();
        let reel = before.data.clone();
        let after = match reply {
            Ok(window) => before.answered(Ok(joined(&wish, reel.as_deref(), window))),
            // News come again; what was asked for by hand must be said to have failed.
            Err(_) if wish == Wish::News => before,
            Err(problem) => before.answered(Err(problem)),
        };
        *desk.reel.borrow_mut() = after.clone();
        show((after, mine));
        let next = desk.waiting.take();
        if let Some(next) = next {
            grant(whose, next, desk, show);
        }
    });
}

/// The question behind a wish; none where there is nothing to ask.
fn query(wish: &Wish, held: Option<&Reel>, whose: &Whose) -> Option<ConversationQuery> {
    let base = ConversationQuery {
        thread: some(&whose.thread),
        limit: Some(whose.step),
        ..ConversationQuery::default()
    };
    Some(match wish {
        Wish::End => base,
        Wish::At(at) => ConversationQuery { at: Some(at.clone()), ..base },
        Wish::Earlier => ConversationQuery { before: Some(held?.earlier.clone()?), ..base },
        Wish::Later => ConversationQuery { after: Some(held?.later.clone()?), ..base },
        Wish::News => match held?.loose_end() {
            Some(at) if held?.later.is_none() => {
                ConversationQuery { at: Some(at.to_owned()), limit: Some(200), ..base }
            }
            Some(_) => return None,
            None => base,
        },
        Wish::Whole(cursor) => {
            ConversationQuery { at: Some(cursor.clone()), whole: Some(true), limit: Some(1), ..base }
        }
    })
}

fn joined(wish: &Wish, held: Option<&Reel>, window: Conversation) -> Reel {
    match (wish, held) {
        (Wish::Earlier, Some(reel)) => reel.prepended(window),
        (Wish::Later, Some(reel)) => reel.appended(window),
        (Wish::News, Some(reel)) if !reel.items.is_empty() => reel.refreshed(window),
        (Wish::Whole(cursor), Some(reel)) => {
            let item = window.items.into_iter().find(|item| item.cursor == *cursor);
            item.map_or_else(|| reel.clone(), |item| reel.swapped(item))
        }
        _ => Reel::begin(window),
    }
}
