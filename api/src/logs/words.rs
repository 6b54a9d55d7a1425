//! The log of an agent whose words are those of a conversation: its session's files, or our own events.

use super::Wanted;
use crate::{
    conversations,
    store::{Store, StoreError},
};
use orchestrator::logs::{answer, call, cut, said};
use quarterdeck_shared::{
    AgentId,
    conversations::{ConversationQuery, ConversationSource, Item, ItemKind},
    logs::{Action, ActionKind, ActionOutcome, Log, LogSource},
};

/// Windows of a conversation that are looked through for one of a log.
const WINDOWS: usize = 20;
/// Items of such a window.
const ITEMS: u32 = 200;

/// Reads the window that is asked for.
pub(super) async fn read(store: &Store, id: AgentId, wanted: &Wanted<'_>) -> Result<Log, StoreError> {
    let mut log = Log::default();
    let forth = wanted.query.after.is_some();
    let limit = if wanted.is_open() { wanted.limit as u32 } else { ITEMS };
    let mut query = ConversationQuery {
        before: wanted.query.before.clone(),
        after: wanted.query.after.clone(),
        whole: wanted.calls.then_some(true),
        limit: Some(limit),
        ..ConversationQuery::default()
    };
    for _ in 0..WINDOWS {
        let Some(window) = conversations::window(store, id, &query).await? else { break };
        log.source = match window.source {
            ConversationSource::Files => LogSource::Session,
            ConversationSource::Events => LogSource::Events,
        };
        log.missing = window.missing;
        let first_at = window.items.iter().find_map(|item| item.at);
        let last = window.items.last().map(|item| item.cursor.clone());
        let found: Vec<_> = window.items.into_iter().map(action).filter(|it| wanted.wants(it)).collect();
        if forth {
            log.actions.extend(found);
            (log.later, log.more) = (window.later.clone().or(last).or(log.later), window.later.is_some());
            (query.after, query.before) = (window.later, None);
            if !log.more || log.actions.len() >= wanted.limit {
                break;
            }
        } else {
            if log.later.is_none() {
                log.later = last;
            }
            log.actions.splice(0..0, found);
            log.earlier = window.earlier.clone();
            (query.before, query.after) = (window.earlier, None);
            // What stands further back is older.
            if wanted.from.zip(first_at).is_some_and(|(from, first)| first < from) {
                log.earlier = None;
            }
            if log.earlier.is_none() || log.actions.len() >= wanted.limit {
                break;
            }
        }
    }
    if forth && log.later.is_none() {
        log.later.clone_from(&wanted.query.after);
    }
    for action in &mut log.actions {
        cut(action, wanted.shown());
    }
    Ok(log)
}

fn action(item: Item) -> Action {
    let kind = match item.kind {
        ItemKind::Call => ActionKind::Call,
        ItemKind::Prompt => ActionKind::Prompt,
        ItemKind::Text => ActionKind::Text,
        ItemKind::Thinking => ActionKind::Thinking,
        _ => ActionKind::Notice,
    };
    let mut action = match item.kind {
        ItemKind::Call => call(item.tool, &item.input),
        ItemKind::Result => Action { tool: "answer".to_owned(), ..said(kind, "") },
        ItemKind::Prompt | ItemKind::Text | ItemKind::Thinking => said(kind, &item.text),
        other => {
            let what = if item.what.is_empty() { other.as_str().to_owned() } else { item.what };
            Action { tool: what, ..said(kind, &item.text) }
        }
    };
    (action.at, action.cursor, action.left_out) = (item.at, item.cursor, item.left_out);
    if item.kind == ItemKind::Fault {
        action.outcome = Some(ActionOutcome::Error);
    }
    if let Some(result) = item.result {
        action.path = action.path.or_else(|| result.change.map(|change| change.path));
        action.left_out += result.left_out;
        answer(&mut action, result.at, result.text, result.is_error);
    }
    action
}
