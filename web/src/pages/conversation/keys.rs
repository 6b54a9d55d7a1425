//! The keys of the reader.

use quarterdeck_shared::conversations::ConversationQuery;
use quarterdeck_shared::endpoints::GetConversation;
use quarterdeck_shared::{AgentId, NoBody};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::helper::{Ask, Spot};
use super::place::Place;
use super::some;
use crate::client::call;
use crate::components::{Toast, use_toasts};
use crate::hooks::use_shortcut;
use crate::pages::faces::said;

/// What the keys do beside moving on.
pub struct Deeds {
    /// Goes to an item.
    pub go: Callback<AttrValue>,
    /// Copies a link, shows a raw line.
    pub ask: Callback<Ask>,
    /// Folds and unfolds thoughts.
    pub thoughts: Callback<()>,
    /// Goes to the search.
    pub find: Callback<()>,
}

/// Binds the keys of a conversation, once there is something to read.
#[hook]
pub fn use_keys(id: AgentId, thread: &AttrValue, place: &Place, ready: bool, deeds: Deeds) {
    let toasts = use_toasts();
    let item = place.item();
    let step = |by: isize| {
        let place = place.clone();
        Callback::from(move |()| place.step(by))
    };
    // Whoever binds a key last has it: these come after those of the frame, which has `t` and `/` as well.
    let key = |keys: &'static str| if ready { keys } else { "" };
    use_shortcut(key("j"), "Next in the conversation", step(1));
    use_shortcut(key("k"), "Previous in the conversation", step(-1));
    use_shortcut(key("t"), "Unfold thinking", deeds.thoughts);
    use_shortcut(key("e"), "Next error in the conversation", {
        let (item, thread, go) = (item.clone(), thread.clone(), deeds.go);
        Callback::from(move |()| {
            let after =
                item.as_ref().map(|item| item.result.as_ref().map_or(&item.cursor, |it| &it.cursor).clone());
            let query = ConversationQuery {
                at: after.is_none().then(|| "0%".to_owned()),
                after,
                errors: Some(true),
                limit: Some(1),
                thread: some(&thread),
                ..ConversationQuery::default()
            };
            let (go, toasts) = (go.clone(), toasts.clone());
            spawn_local(async move {
                match call(GetConversation { id, query, body: NoBody }).await {
                    Ok(window) => match window.items.first() {
                        Some(item) => go.emit(item.cursor.clone().into()),
                        None => toasts.push(Toast::said("No error behind this place.")),
                    },
                    Err(problem) => toasts.push(Toast::failed(said(&problem))),
                }
            });
        })
    });
    let of_here = |ask: fn(Spot) -> Ask| {
        let (item, thread, on_ask) = (item.clone(), thread.clone(), deeds.ask.clone());
        Callback::from(move |()| {
            if let Some(item) = &item {
                let cursor = item.cursor.clone().into();
                on_ask.emit(ask(Spot { id, thread: thread.clone(), cursor }));
            }
        })
    };
    use_shortcut(key("y"), "Copy a link to here", of_here(Ask::Link));
    use_shortcut(key("r"), "The raw line", of_here(Ask::Raw));
    use_shortcut(key("/"), "Search in the conversation", deeds.find);
}
