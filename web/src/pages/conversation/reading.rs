//! Reading: windows fetched as they are wanted, one at a time; of the wishes made meanwhile the newest is granted next.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::endpoints::GetConversation;
use quarterdeck_shared::{AgentId, NoBody, Timestamp};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::wish::{Shown, Whose, Wish};
use crate::client::{FleetState, call};
use crate::hooks::{use_every, use_live, use_paced};

/// Seconds between two looks at what works.
const LOOK_SECONDS: u32 = 3;
/// Milliseconds between two questions for what the socket tells of.
const PACE_MS: u32 = 100;

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
    /// Whether news were: what came since the question before was answered is in no answer yet.
    news: Cell<bool>,
    turned: Cell<u32>,
}

impl Desk {
    /// Whether a wish has to wait: what begins anew waits for nothing.
    fn holds_up(&self, wish: &Wish) -> bool {
        !wish.begins() && (self.begins.get() || self.busy.get())
    }

    /// Keeps a wish until the one before is granted; news stand in nobody's way, and nobody in theirs.
    fn keep(&self, wish: Wish) {
        match wish {
            Wish::News => self.news.set(true),
            _ if self.begins.get() => {}
            wish => *self.waiting.borrow_mut() = Some(wish),
        }
    }

    /// What is granted next.
    fn next(&self) -> Option<Wish> {
        self.waiting.take().or_else(|| self.news.take().then_some(Wish::News))
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

/// Wishes for news whenever the socket tells of the agent, and every few seconds while it works: not every line is told.
#[hook]
pub fn use_news(id: AgentId, agent: Option<&Agent>, wish: &Callback<Wish>) {
    let live = use_live();
    let told = use_paced(version(&live.fleet, id, agent), PACE_MS);
    let heard = use_mut_ref(|| told);
    {
        let wish = wish.clone();
        use_effect_with(told, move |told| {
            if heard.replace(*told) != *told {
                wish.emit(Wish::News);
            }
        });
    }
    let works = agent.is_some_and(|agent| agent.status.is_active());
    use_every(LOOK_SECONDS, works, wish.reform(|()| Wish::News));
}

/// When the agent changed and what it took by then, and when and how long it spoke last.
type Version = (Option<(Timestamp, u64)>, Option<(Timestamp, usize)>);

/// What changes when the conversation goes on, as far as the socket tells.
fn version(fleet: &FleetState, id: AgentId, agent: Option<&Agent>) -> Version {
    let line = fleet.lines.get(&id).and_then(|lines| lines.back());
    let agent = agent.map(|agent| (agent.updated_at, agent.total_tokens));
    (agent, line.map(|line| (line.at, line.activity.text.len())))
}

type Show = Rc<dyn Fn(Shown)>;

fn grant(whose: Whose, wish: Wish, desk: Rc<Desk>, show: Show) {
    if desk.holds_up(&wish) {
        return desk.keep(wish);
    }
    let held = desk.shown.borrow().answer.data.clone();
    let begins = wish.begins();
    let Some(query) = wish.question(held.as_deref(), &whose) else { return };
    if begins {
        desk.turned.set(desk.turned.get() + 1);
        desk.begins.set(true);
        desk.waiting.take();
    } else {
        desk.busy.set(true);
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
        if let Some(next) = desk.next() {
            grant(whose, next, desk, show);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_that_are_wished_for_meanwhile_are_asked_for_next() {
        let desk = Desk::default();
        desk.busy.set(true);
        for wish in [Wish::News, Wish::Earlier, Wish::Later, Wish::News] {
            assert!(desk.holds_up(&wish));
            desk.keep(wish);
        }
        assert!(!desk.holds_up(&Wish::End));
        assert_eq!([(); 3].map(|()| desk.next()), [Some(Wish::Later), Some(Wish::News), None]);
    }

    #[test]
    fn while_it_begins_anew_only_news_are_kept() {
        let desk = Desk::default();
        desk.begins.set(true);
        for wish in [Wish::Earlier, Wish::News] {
            assert!(desk.holds_up(&wish));
            desk.keep(wish);
        }
        assert_eq!([(); 2].map(|()| desk.next()), [Some(Wish::News), None]);
    }
}
