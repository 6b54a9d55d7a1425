//! The to-do list of an agent at a moment: read backwards from there, within a stretch.

use super::{
    Subject, blocking,
    events::{BATCH, BATCHES, behind, told},
    files::Files,
    folder,
    window::may_be_fault,
};
use crate::{
    apart::apart,
    store::{Store, StoreError},
};
use memchr::memmem;
use orchestrator::conversations::Todos;
use quarterdeck_shared::{AgentId, Timestamp, conversations::Todo};
use std::{io, ops::ControlFlow};

/// Bytes that are read back through at most.
const STRETCH: u64 = 16 << 20;

/// The list as it stood then; none where there was none.
pub(super) async fn todo(store: &Store, subject: Subject, at: Timestamp) -> Result<Option<Todo>, StoreError> {
    if subject.is_told_by_events() {
        return of_events(store, subject.agent.id, at).await;
    }
    blocking(move || match subject.files.is_empty() {
        true => Ok(folder::todo(&subject, at)),
        false => Ok(of_files(&subject.open(), at)?),
    })
    .await
}

fn of_files(files: &Files, at: Timestamp) -> io::Result<Option<Todo>> {
    let behind = files.at_moment(after(at))?;
    let mut todos = Todos::default();
    let (mut read, mut given_up) = (0, None);
    files.backward(behind, may_change_it, |told| {
        read += told.bytes;
        if told.pieces.iter().rev().any(|piece| todos.take(piece).is_break()) {
            return ControlFlow::Break(());
        }
        if read < STRETCH {
            return ControlFlow::Continue(());
        }
        given_up = Some(told.place);
        ControlFlow::Break(())
    })?;
    let read_from = match given_up.filter(|place| *place > files.byte(0)) {
        Some(place) => Some(files.moment_from(place)?.unwrap_or(at)),
        None => None,
    };
    Ok(todos.told(read_from))
}

async fn of_events(store: &Store, agent: AgentId, at: Timestamp) -> Result<Option<Todo>, StoreError> {
    let mut todos = Todos::default();
    let (mut first, mut read_from) = (behind(store, agent, at).await?, Some(at));
    for _ in 0..BATCHES {
        let found = store.words_before(agent, first, BATCH).await?;
        let is_over = found.len() < BATCH as usize;
        let from = found.last().map(|event| event.at);
        first = found.last().map_or(first, |event| event.seq);
        let (taken, is_known) = apart(move || {
            let mut pieces = found.iter().filter_map(told).map(|told| told.placed.piece);
            let is_known = pieces.any(|piece| todos.take(&piece).is_break());
            (todos, is_known)
        })
        .await?;
        todos = taken;
        if is_known || is_over {
            read_from = None;
            break;
        }
        read_from = from.or(read_from);
    }
    Ok(todos.told(read_from))
}

/// The moment behind this one.
pub(super) fn after(at: Timestamp) -> Timestamp {
    Timestamp(at.micros().saturating_add(1))
}

/// Whether a line may change a list or answer what does, by its bytes. Within a text of JSON the quotes would be
/// escaped.
fn may_change_it(line: &[u8]) -> bool {
    const CALLS: [&str; 4] = ["\"TodoWrite\"", "\"TaskCreate\"", "\"TaskUpdate\"", "\"TaskList\""];
    let has = |words: &str| memmem::find(line, words.as_bytes()).is_some();
    CALLS.into_iter().any(has)
        || (has("tool_result\"") && (has("\"Task #") || has("\"#") || may_be_fault(line)))
}
