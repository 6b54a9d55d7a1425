//! Deleting agents: they leave the list at once, and the server is told when it can no longer be taken back.

use std::collections::BTreeSet;
use std::rc::Rc;

use quarterdeck_shared::endpoints::DeleteAgent;
use quarterdeck_shared::{AgentId, NoBody, NoQuery};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::client::call;
use crate::components::{Toast, Toaster, use_toasts};
use crate::pages::faces::said;

/// The agents that are on their way out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leaving(pub BTreeSet<AgentId>);

/// A change of who is on the way out.
pub enum Turn {
    /// They go.
    Leave(Vec<AgentId>),
    /// They stay after all.
    Stay(Vec<AgentId>),
}

impl Reducible for Leaving {
    type Action = Turn;

    fn reduce(self: Rc<Self>, turn: Turn) -> Rc<Self> {
        let mut ids = self.0.clone();
        match turn {
            Turn::Leave(more) => ids.extend(more),
            Turn::Stay(back) => ids.retain(|id| !back.contains(id)),
        }
        Rc::new(Self(ids))
    }
}

/// Who is on the way out, and the way to send somebody there.
pub struct Removal {
    /// The agents not to be shown.
    pub leaving: Rc<Leaving>,
    /// Deletes agents, unless it is taken back within the time of the toast.
    pub remove: Callback<Vec<AgentId>>,
}

/// Deletes agents with a way back.
#[hook]
pub fn use_removal() -> Removal {
    let leaving = use_reducer_eq(Leaving::default);
    let toasts = use_toasts();
    let remove = {
        let leaving = leaving.dispatcher();
        Callback::from(move |ids: Vec<AgentId>| {
            if ids.is_empty() {
                return;
            }
            leaving.dispatch(Turn::Leave(ids.clone()));
            let words = match ids.len() {
                1 => "1 agent deleted. Its cost stays in the totals.".to_owned(),
                count => format!("{count} agents deleted. Their cost stays in the totals."),
            };
            let undo = {
                let (leaving, ids) = (leaving.clone(), ids.clone());
                Callback::from(move |()| leaving.dispatch(Turn::Stay(ids.clone())))
            };
            let gone = {
                let (leaving, toasts) = (leaving.clone(), toasts.clone());
                Callback::from(move |()| carry_out(ids.clone(), leaving.clone(), toasts.clone()))
            };
            toasts.push(Toast::undoable(words, undo).then(gone));
        })
    };
    Removal { leaving: Rc::new((*leaving).clone()), remove }
}

/// Tells the server; an agent that it keeps comes back into the list, and why is said.
fn carry_out(ids: Vec<AgentId>, leaving: UseReducerDispatcher<Leaving>, toasts: Toaster) {
    spawn_local(async move {
        for id in ids {
            if let Err(problem) = call(DeleteAgent { id, query: NoQuery {}, body: NoBody }).await {
                leaving.dispatch(Turn::Stay(vec![id]));
                toasts.push(Toast::failed(said(&problem)));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_taken_back_is_shown_again() {
        let id =
            |digit: u32| format!("0192f0c1-2b3c-7d4e-8f50-00000000000{digit}").parse::<AgentId>().unwrap();
        let leaving = Rc::new(Leaving::default()).reduce(Turn::Leave(vec![id(1), id(2)]));
        let leaving = leaving.reduce(Turn::Stay(vec![id(2)]));
        assert_eq!(leaving.0, [id(1)].into());
    }
}
