//! Search within a conversation: the newest matches first asked for, further ones on request.

use std::cell::Cell;
use std::rc::Rc;

use quarterdeck_shared::conversations::{Conversation, ConversationQuery, Item};
use quarterdeck_shared::endpoints::GetConversation;
use quarterdeck_shared::{AgentId, NoBody};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::some;
use crate::calendar;
use crate::client::{Loaded, call};
use crate::components::{Button, ButtonSize, Face, Faced, TextField};
use crate::pages::faces::face;
use crate::panels::deed::visible;
use crate::panels::talk::words;

/// Matches that are asked for at a time.
const STEP: u32 = 30;
/// Characters that are shown before a match, and behind it.
const AROUND: usize = 40;

/// What a search needs.
#[derive(Properties, PartialEq)]
pub struct MatchesProps {
    /// Whose conversation.
    pub id: AgentId,
    /// Which thread of its session.
    pub thread: AttrValue,
    /// The field.
    pub node: NodeRef,
    /// Called with the cursor of a match.
    pub on_go: Callback<AttrValue>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    words: AttrValue,
    /// Newest first.
    items: Vec<Rc<Item>>,
    earlier: Option<String>,
}

impl Found {
    fn with(&self, words: AttrValue, window: Conversation) -> Self {
        let mut items = if self.words == words { self.items.clone() } else { Vec::new() };
        items.extend(window.items.into_iter().rev().map(Rc::new));
        Self { words, items, earlier: window.earlier }
    }
}

/// The field and what was found.
#[component]
pub fn Matches(props: &MatchesProps) -> Html {
    let typed = use_state_eq(AttrValue::default);
    let answer = use_state_eq(|| None::<Loaded<Found>>);
    let turn = use_memo((), |()| Cell::new(0_u32));
    let ask = {
        let (id, thread, answer) = (props.id, props.thread.clone(), answer.clone());
        Callback::from(move |(words, before): (AttrValue, Option<String>)| {
            let mine = turn.get() + 1;
            turn.set(mine);
            let held = if before.is_some() { (*answer).clone() } else { None }.unwrap_or_default();
            if words.trim().is_empty() {
                return answer.set(None);
            }
            let query = ConversationQuery {
                q: Some(words.to_string()),
                before,
                limit: Some(STEP),
                thread: some(&thread),
                ..ConversationQuery::default()
            };
            answer.set(Some(held.awaiting()));
            let (answer, turn) = (answer.clone(), Rc::clone(&turn));
            spawn_local(async move {
                let reply = call(GetConversation { id, query, body: NoBody }).await;
                // Somebody looked for something else meanwhile.
                if turn.get() != mine {
                    return;
                }
                let before = held.data.as_deref().cloned().unwrap_or_default();
                answer.set(Some(held.answered(reply.map(|window| before.with(words, window)))));
            });
        })
    };
    let onsubmit = {
        let (typed, ask) = (typed.clone(), ask.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            ask.emit(((*typed).clone(), None));
        })
    };
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |words| typed.set(words))
    };
    let shown = answer
        .as_ref()
        .map(|answer| (face(answer, |found| found.items.is_empty() && found.earlier.is_none()), answer));
    html! {
        <search class="matches">
            <form {onsubmit}>
                <TextField label="Search this conversation" name="talk-q" kind="search" value={(*typed).clone()} {oninput} node={props.node.clone()} placeholder="words, then Enter" />
            </form>
            if let Some((face, answer)) = shown {
                <Faced face={face as Face} what="the matches" empty={html! { <p class="small quiet" role="status">{ "Nothing here holds these words." }</p> }}>
                    if let Some(found) = &answer.data {
                        <p class="small quiet" role="status">{ told(found) }</p>
                        <ol class="match-list" data-testid="matches">{ for found.items.iter().map(|item| row(item, &found.words, &props.on_go)) }</ol>
                        if let Some(earlier) = &found.earlier {
                            <Button size={ButtonSize::Small} onclick={{
                                let (ask, words, earlier) = (ask.clone(), found.words.clone(), earlier.clone());
                                Callback::from(move |_| ask.emit((words.clone(), Some(earlier.clone()))))
                            }}>{ "Look further back" }</Button>
                        }
                    }
                </Faced>
            }
        </search>
    }
}

fn told(found: &Found) -> String {
    let count = found.items.len();
    let plural = if count == 1 { "match" } else { "matches" };
    let so_far = if found.earlier.is_some() { " so far" } else { "" };
    format!("{count} {plural}{so_far}, newest first")
}

fn row(item: &Rc<Item>, sought: &str, on_go: &Callback<AttrValue>) -> Html {
    let cursor = AttrValue::from(item.cursor.clone());
    let at = item.at.map(|at| calendar::clock(at.micros())).unwrap_or_default();
    html! {
        <li key={item.cursor.clone()}>
            <button type="button" class="match" onclick={on_go.reform(move |_| cursor.clone())}>
                <span class="quiet num">{ at }</span>{ " " }{ excerpt(&words(item), sought) }
            </button>
        </li>
    }
}

/// The words around the first match, which is marked.
fn excerpt(text: &str, sought: &str) -> Html {
    let text = visible(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let low = text.to_lowercase();
    let found = low.find(&sought.trim().to_lowercase()).filter(|_| low.len() == text.len());
    let Some(found) = found.filter(|at| text.is_char_boundary(*at)) else {
        return html! { { text.chars().take(2 * AROUND).collect::<String>() } };
    };
    let (before, rest) = text.split_at(found);
    let end = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).find(|at| *at >= sought.trim().len());
    let (mark, after) = rest.split_at(end.unwrap_or(rest.len()));
    let skipped = before.chars().count().saturating_sub(AROUND);
    html! {
        <>
            { before.chars().skip(skipped).collect::<String>() }<mark>{ mark }</mark>{ after.chars().take(AROUND).collect::<String>() }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_match_is_marked_amid_its_words() {
        let text = format!("{} Mend\nthe ROOF <b>now</b>", "far ".repeat(40));
        let html = drawn(html! { <p>{ excerpt(&text, "the roof") }</p> });
        holds(&html, &["Mend <mark>the ROOF</mark> &lt;b&gt;now"]);
        assert!(html.len() < 200, "{html}");
        holds(&drawn(html! { <p>{ excerpt("İnput", "x") }</p> }), &["İnput"]);
    }
}
