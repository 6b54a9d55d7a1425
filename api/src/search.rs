//! Searching: the store's documents with the words around what was found, read back from where they stand.

mod reading;

pub use reading::{Place, piece_at};

use crate::conversations::cursors;
use crate::store::{Phrase, Stand, Store, StoreError, Wanted};
use orchestrator::search::{Question, Term, mark, spoken};
use quarterdeck_shared::search::{Found, Hit, SearchQuery};

/// Characters of a snippet.
const SNIPPET: usize = 240;
/// Characters of a question.
const QUESTION: usize = 500;

/// What a query finds.
pub async fn find(store: &Store, query: &SearchQuery) -> Result<Found, StoreError> {
    let typed = query.q.as_deref().unwrap_or_default();
    if typed.chars().count() > QUESTION {
        let message = format!("q has at most {QUESTION} characters");
        return Err(StoreError::Invalid { field: "q", message });
    }
    let question = Question::read(typed);
    if question.wanted.is_empty() {
        let message = "q names no word to look for; words are letters and digits".to_owned();
        return Err(StoreError::Invalid { field: "q", message });
    }
    let (stands, total, next_cursor) = store.search(&wanted(&question), query).await?;
    let index = store.index_state().await?;
    let words = reading::pieces_at(store, stands.iter().map(Place::of).collect()).await?;
    let marked = words.iter().map(|piece| {
        let words = piece.as_ref().and_then(spoken);
        let marked = words.map(|(_, words)| mark(&words, &question, SNIPPET));
        // What stands there now and does not hold the words is something else.
        marked.filter(|marked| !marked.marks.is_empty()).unwrap_or_default()
    });
    let spots = stands.iter().map(|stand| (stand.agent_id, stand.spot.clone())).collect();
    let places = cursors(store, spots).await?;
    let items = stands.into_iter().zip(marked).zip(places).map(|((stand, marked), place)| {
        // A conversation opens at any moment of it.
        let place = place.unwrap_or_else(|| stand.at.to_string());
        let Stand { agent_id, agent_name, task_id, project, kind, tool, at, .. } = stand;
        let (snippet, marks) = (marked.text, marked.marks);
        Hit { agent_id, agent_name, task_id, project, at, kind, tool, snippet, marks, place }
    });
    Ok(Found { items: items.collect(), total, next_cursor, index })
}

fn wanted(question: &Question) -> Wanted {
    let phrases = |terms: &[Term]| {
        terms.iter().map(|term| Phrase { words: term.words.clone(), prefix: term.prefix }).collect()
    };
    Wanted { all: phrases(&question.wanted), none: phrases(&question.unwanted) }
}
