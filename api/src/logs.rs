//! Logs: what an agent did, action by action, read from where its words are; and the files behind it.

mod words;

use crate::{
    apart::apart,
    sources::agent_logs::contents::{self, Contents},
    store::{Store, StoreError},
};
use orchestrator::logs::{Actions, Place, Placed, cut};
use quarterdeck_shared::{
    AgentId, Timestamp,
    logs::{Action, ActionKind, ActionOutcome, Log, LogQuery, LogSource},
};

/// Actions of a window where nobody says how many.
const ACTIONS: u32 = 100;
/// Characters of words and input that come with an action of the timeline, and with a call that is asked for.
const SHORT: usize = 2_000;
const LONG: usize = 64_000;

/// A window of an agent's log; none where there is no such agent.
pub async fn window(store: &Store, id: AgentId, query: &LogQuery) -> Result<Option<Log>, StoreError> {
    read(store, id, query, false).await
}

/// The same of its calls of tools alone, with their inputs and answers.
pub async fn calls(store: &Store, id: AgentId, query: &LogQuery) -> Result<Option<Log>, StoreError> {
    read(store, id, query, true).await
}

async fn read(store: &Store, id: AgentId, query: &LogQuery, calls: bool) -> Result<Option<Log>, StoreError> {
    let wanted = Wanted::of(query, calls)?;
    let Some(detail) = store.agent(id).await? else { return Ok(None) };
    let paths = store.log_files(id).await?;
    if paths.is_empty() {
        return words::read(store, id, &wanted).await.map(Some);
    }
    let places = wanted.places()?;
    let began = detail.agent.created_at;
    let (actions, files, missing) = apart(move || {
        let Contents { entries, files, missing } = Contents::read(&paths, began);
        let mut actions = Actions::default();
        entries.into_iter().for_each(|(place, entry)| actions.take(place, entry));
        (actions.sorted(), files, missing)
    })
    .await?;
    let mut log = wanted.window(actions, places);
    (log.files, log.missing, log.source) = (files, missing, LogSource::Folder);
    Ok(Some(log))
}

/// A file of an agent's log: its bytes; none where that agent has no such file.
pub async fn file(store: &Store, id: AgentId, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let paths = store.log_files(id).await?;
    let name = name.to_owned();
    apart(move || contents::file(&paths, &name)).await
}

/// What is asked for.
struct Wanted<'a> {
    query: &'a LogQuery,
    calls: bool,
    limit: usize,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl<'a> Wanted<'a> {
    fn of(query: &'a LogQuery, calls: bool) -> Result<Self, StoreError> {
        let limit = query.limit.unwrap_or(ACTIONS);
        if !(1..=200).contains(&limit) {
            let message = format!("limit is {limit}; it must be from 1 to 200");
            return Err(StoreError::Invalid { field: "limit", message });
        }
        if query.before.is_some() && query.after.is_some() {
            let message = "before and after exclude each other; ask for one window at a time".to_owned();
            return Err(StoreError::Invalid { field: "after", message });
        }
        let (from, to) = crate::store::moments(query.from.as_deref(), query.to.as_deref())?;
        Ok(Self { query, calls, limit: limit as usize, from, to })
    }

    /// The places in a folder that are asked for.
    fn places(&self) -> Result<(Option<Place>, Option<Place>), StoreError> {
        let place = |cursor: &Option<String>| match cursor {
            Some(cursor) => Place::parse(cursor).map(Some).ok_or(StoreError::BadCursor),
            None => Ok(None),
        };
        Ok((place(&self.query.before)?, place(&self.query.after)?))
    }

    /// Whether everything is asked for.
    fn is_open(&self) -> bool {
        let LogQuery { tool, outcome, from, to, .. } = self.query;
        !self.calls && tool.is_none() && outcome.is_none() && from.is_none() && to.is_none()
    }

    /// Characters that come with an action.
    fn shown(&self) -> usize {
        if self.calls { LONG } else { SHORT }
    }

    fn wants(&self, action: &Action) -> bool {
        let at = action.at;
        let tool = self.query.tool.as_deref().filter(|tool| !tool.is_empty());
        (!self.calls || action.kind == ActionKind::Call)
            && tool.is_none_or(|tool| action.kind == ActionKind::Call && action.tool == tool)
            && self.query.outcome.is_none_or(|outcome| action.outcome == Some(outcome))
            && self.from.is_none_or(|from| at.is_some_and(|at| at >= from))
            && self.to.is_none_or(|to| at.is_some_and(|at| at <= to))
    }

    /// Where what comes next is asked for, where that is not behind everything: before the first call without an
    /// answer, so that it is told again once it has one. One that was left long ago is not waited for.
    fn held(&self, all: &[Placed], after: Option<Place>) -> Option<Option<String>> {
        let is_open = |placed: &Placed| {
            placed.action.kind == ActionKind::Call && placed.action.outcome == Some(ActionOutcome::Open)
        };
        let is_behind = |placed: &Placed| after.is_none_or(|after| placed.place > after);
        let open = all.iter().position(|placed| is_behind(placed) && is_open(placed))?;
        let before = open.checked_sub(1).and_then(|at| all.get(at)).map(|placed| placed.place.cursor());
        (all.len() - open <= self.limit).then(|| before.or_else(|| self.query.after.clone()))
    }

    fn window(&self, all: Vec<Placed>, places: (Option<Place>, Option<Place>)) -> Log {
        let held = self.held(&all, places.1);
        let all: Vec<_> = all.into_iter().filter(|placed| self.wants(&placed.action)).collect();
        let (begin, end) = match places {
            (_, Some(after)) => {
                let begin = all.partition_point(|placed| placed.place <= after);
                (begin, (begin + self.limit).min(all.len()))
            }
            (before, None) => {
                let end = before.map_or(all.len(), |before| all.partition_point(|it| it.place < before));
                (end.saturating_sub(self.limit), end)
            }
        };
        let count = all.len();
        let shown = self.shown();
        let actions: Vec<_> = all
            .into_iter()
            .skip(begin)
            .take(end - begin)
            .map(|Placed { place, mut action }| {
                cut(&mut action, shown);
                action.cursor = place.cursor();
                action
            })
            .collect();
        let first = actions.first().map(|action| action.cursor.clone());
        let last = actions.last().map(|action| action.cursor.clone());
        let later = last.or_else(|| self.query.after.clone());
        Log {
            earlier: first.filter(|_| begin > 0),
            later: if end < count { later } else { held.unwrap_or(later) },
            more: end < count,
            actions,
            ..Log::default()
        }
    }
}
