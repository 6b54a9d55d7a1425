//! The marks of a conversation: its lines looked through, of a long one a little of every place.

use super::{
    Subject, blocking,
    events::{together, told},
    files::Files,
    folder,
    window::may_be_fault,
};
use crate::{
    apart::apart,
    store::{Store, StoreError},
};
use memchr::memmem;
use orchestrator::conversations::Marks;
use quarterdeck_shared::{
    AgentId,
    conversations::{ConversationMarks, PLACES, ThreadQuery},
};
use std::{io, ops::ControlFlow};

/// Bytes up to which all of it is looked through; of more, as much in all.
const WHOLE: u64 = 32 << 20;
/// Events, likewise.
const EVENTS: u64 = 12_000;

/// The marks of an agent's conversation; none where there is no such agent.
pub async fn marks(
    store: &Store,
    id: AgentId,
    query: &ThreadQuery,
) -> Result<Option<ConversationMarks>, StoreError> {
    let Some(subject) = Subject::of(store, id, query.thread.as_deref()).await? else { return Ok(None) };
    if subject.is_told_by_events() {
        return of_events(store, id).await.map(Some);
    }
    blocking(move || match subject.files.is_empty() {
        true => Ok(folder::marks(&subject)),
        false => Ok(of_files(&subject.open())?),
    })
    .await
    .map(Some)
}

fn of_files(files: &Files) -> io::Result<ConversationMarks> {
    let mut marks = Marks::default();
    let (size, places) = (files.size(), u64::from(PLACES));
    let mut looked = 0;
    if size <= WHOLE {
        looked = look(files, (0, size), size, &mut marks)?;
    } else {
        // Lines may be longer than a place's due. In steps that end up everywhere, so that it is not the end that has
        // no mark where they use up what is due to all.
        for place in (0..places).map(|step| step * 77 % places) {
            if looked >= 2 * WHOLE {
                break;
            }
            let span = (size * place / places, size * (place + 1) / places);
            looked += look(files, span, WHOLE / places, &mut marks)?;
        }
    }
    Ok(marks.told(if size == 0 { 1.0 } else { looked as f64 / size as f64 }))
}

/// Notes the lines that begin within a span of the whole, up to so many bytes; gives how many those are.
fn look(files: &Files, span: (u64, u64), most: u64, marks: &mut Marks) -> io::Result<u64> {
    let (begin, end) = (files.byte(span.0), files.byte(span.1));
    let mut looked = 0;
    files.forward(files.line_of(begin)?, may_stand_out, |told| {
        if told.place >= end {
            return ControlFlow::Break(());
        }
        if told.place < begin {
            return ControlFlow::Continue(());
        }
        let share = files.share(told.place);
        told.pieces.iter().for_each(|piece| marks.note(share, piece));
        looked += told.bytes;
        if looked >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(looked)
}

/// Whether a line may have a mark, by its bytes: an answer that went well is most of many files, and has none.
fn may_stand_out(line: &[u8]) -> bool {
    memmem::find(line, b"tool_result\"").is_none() || may_be_fault(line)
}

async fn of_events(store: &Store, id: AgentId) -> Result<ConversationMarks, StoreError> {
    let Some((oldest, newest)) = store.extent_of_words(id).await? else {
        return Ok(Marks::default().told(1.0));
    };
    let (events, read) = store.words_spread(id, EVENTS).await?;
    apart(move || {
        let mut marks = Marks::default();
        for told in together(events.iter().filter_map(told)) {
            let share = (told.first - oldest) as f64 / (newest - oldest).max(1) as f64;
            marks.note(share, &told.placed.piece);
        }
        marks.told(read)
    })
    .await
}
