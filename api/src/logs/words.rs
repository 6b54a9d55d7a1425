//! The log of an agent whose words are those of a conversation: its session's files, or our own events.

use super::Wanted;
use crate::{
    conversations,
    store::{Store, StoreError},
};
use orchestrator::logs::{answer, call, cut, said};
use quarterdeck_shared::{
    AgentId, Timestamp,
    conversations::{Conversation, ConversationQuery, ConversationSource, Item, ItemKind},
    logs::{Action, ActionKind, ActionOutcome, Log, LogSource},
};

/// Windows of a conversation that are looked through for one of a log.
const WINDOWS: usize = 20;
/// Items of such a window.
const ITEMS: u32 = 200;

/// Reads the window that is asked for. The actions of one line of a file are never parted.
pub(super) async fn read(store: &Store, id: AgentId, wanted: &Wanted<'_>) -> Result<Log, StoreError> {
    // A conversation is read up to a moment too; in a log `to` says that.
    if wanted.query.before.as_deref().is_some_and(|before| before.parse::<Timestamp>().is_ok()) {
        return Err(StoreError::BadCursor);
    }
    let limit = if wanted.is_open() { wanted.limit as u32 } else { ITEMS };
    let query = ConversationQuery {
        before: wanted.query.before.clone(),
        after: wanted.query.after.clone(),
        whole: wanted.calls.then_some(true),
        limit: Some(limit),
        ..ConversationQuery::default()
    };
    if wanted.query.after.is_some() {
        forth(store, id, wanted, query).await
    } else {
        back(store, id, wanted, query).await
    }
}

async fn forth(
    store: &Store,
    id: AgentId,
    wanted: &Wanted<'_>,
    mut query: ConversationQuery,
) -> Result<Log, StoreError> {
    let mut log = Log { later: query.after.clone(), ..Log::default() };
    let mut end = End::default();
    for _ in 0..WINDOWS {
        let Some(window) = conversations::window(store, id, &query).await? else { break };
        (log.source, log.missing) = (source(&window), window.missing);
        let last = window.items.last().map(|item| item.cursor.clone());
        log.actions.extend(window.items.into_iter().filter_map(|item| end.shown(item, wanted)));
        log.more = window.later.is_some();
        log.later = window.later.clone().or(last).or(log.later);
        (query.after, query.before) = (window.later, None);
        if !log.more || log.actions.len() >= wanted.limit {
            break;
        }
    }
    let kept = whole_lines(log.actions.iter(), wanted.limit);
    if kept < log.actions.len() {
        log.actions.truncate(kept);
        (log.later, log.more) = (log.actions.last().map(|action| action.cursor.clone()), true);
    }
    if !log.more {
        log.later = end.held(store, id, wanted).await?.unwrap_or(log.later);
    }
    Ok(log)
}

async fn back(
    store: &Store,
    id: AgentId,
    wanted: &Wanted<'_>,
    mut query: ConversationQuery,
) -> Result<Log, StoreError> {
    // What was asked for ends where something stands.
    let mut log = Log { more: query.before.is_some(), ..Log::default() };
    let mut end = End::default();
    let mut windows = Vec::new();
    let mut count = 0;
    for number in 0..WINDOWS {
        let Some(window) = conversations::window(store, id, &query).await? else { break };
        (log.source, log.missing) = (source(&window), window.missing);
        if log.later.is_none() {
            log.later = window.items.last().map(|item| item.cursor.clone());
        }
        let first_at = window.items.iter().find_map(|item| item.at);
        let mut aside = End::default();
        let end = if number == 0 { &mut end } else { &mut aside };
        let found: Vec<_> = window.items.into_iter().filter_map(|item| end.shown(item, wanted)).collect();
        count += found.len();
        windows.push(found);
        log.earlier = window.earlier.clone();
        (query.before, query.after) = (window.earlier, None);
        // What stands further back is older.
        if wanted.from.zip(first_at).is_some_and(|(from, first)| first < from) {
            log.earlier = None;
        }
        if log.earlier.is_none() || count >= wanted.limit {
            break;
        }
    }
    log.actions = windows.into_iter().rev().flatten().collect();
    let kept = whole_lines(log.actions.iter().rev(), wanted.limit);
    if kept < log.actions.len() {
        log.actions.drain(..log.actions.len() - kept);
        log.earlier = log.actions.first().map(|action| action.cursor.clone());
    }
    if !log.more {
        log.later = end.held(store, id, wanted).await?.unwrap_or(log.later);
    }
    Ok(log)
}

fn source(window: &Conversation) -> LogSource {
    match window.source {
        ConversationSource::Files => LogSource::Session,
        ConversationSource::Folder => LogSource::Folder,
        ConversationSource::Events => LogSource::Events,
    }
}

/// The line of a file that a cursor's piece stands in; an event stands for itself.
fn line_of(cursor: &str) -> &str {
    cursor.rsplit_once('.').map_or(cursor, |(line, _)| line)
}

/// How many of these actions are whole lines within a limit; the first line is always.
fn whole_lines<'action>(actions: impl Iterator<Item = &'action Action>, limit: usize) -> usize {
    let (mut lines, mut before): (Vec<usize>, _) = (Vec::new(), None);
    for line in actions.map(|action| line_of(&action.cursor)) {
        match lines.last_mut().filter(|_| before == Some(line)) {
            Some(length) => *length += 1,
            None => lines.push(1),
        }
        before = Some(line);
    }
    let mut kept = 0;
    for (number, length) in lines.into_iter().enumerate() {
        if number > 0 && kept + length > limit {
            break;
        }
        kept += length;
    }
    kept
}

/// What a log that is followed ends with: what comes next is asked for behind a place before the first call without an
/// answer, so that it is told again once it has one.
#[derive(Default)]
struct End {
    /// The last item, and the last one of a line before its own.
    last: Option<String>,
    before: Option<String>,
    /// The first open call, and how many items there are from it on.
    open: Option<String>,
    behind: usize,
}

impl End {
    /// Notes an item; its action where it is wanted, as it is shown.
    fn shown(&mut self, item: Item, wanted: &Wanted<'_>) -> Option<Action> {
        let mut action = action(item);
        if self.open.is_none() {
            if self.last.as_deref().map(line_of) != Some(line_of(&action.cursor)) {
                self.before = self.last.take();
            }
            self.last = Some(action.cursor.clone());
            let is_open = action.kind == ActionKind::Call && action.outcome == Some(ActionOutcome::Open);
            self.open = self.last.clone().filter(|_| is_open);
        }
        self.behind += usize::from(self.open.is_some());
        wanted.wants(&action).then(|| {
            cut(&mut action, wanted.shown());
            action
        })
    }

    /// Where what comes next is asked for, where that is not behind everything. A call that was left without an
    /// answer long ago is not waited for.
    async fn held(
        self,
        store: &Store,
        id: AgentId,
        wanted: &Wanted<'_>,
    ) -> Result<Option<Option<String>>, StoreError> {
        let most = if wanted.is_open() { wanted.limit } else { ITEMS as usize };
        let Some(open) = self.open.filter(|_| self.behind <= most) else { return Ok(None) };
        if self.before.is_some() || wanted.query.after.is_some() {
            return Ok(Some(self.before.or_else(|| wanted.query.after.clone())));
        }
        let query = ConversationQuery { before: Some(open), limit: Some(1), ..ConversationQuery::default() };
        let window = conversations::window(store, id, &query).await?;
        Ok(Some(window.and_then(|window| window.items.last().map(|item| item.cursor.clone()))))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_never_parted_and_the_first_one_is_always_kept() {
        let check = |cursors: &str, limit, expected| {
            let actions = cursors.split(' ').filter(|cursor| !cursor.is_empty());
            let actions: Vec<_> =
                actions.map(|cursor| Action { cursor: cursor.to_owned(), ..Action::default() }).collect();
            assert_eq!(whole_lines(actions.iter(), limit), expected, "{cursors}");
        };
        check("", 2, 0);
        check("e1 e2 e3", 2, 2);
        check("0.1.0 0.1.1 0.9.0 0.9.1", 3, 2);
        check("0.1.0 0.1.1 0.9.0 0.9.1", 4, 4);
        check("0.1.0 0.1.1 0.9.0", 1, 2);
    }
}
