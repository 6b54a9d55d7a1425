//! Conversations: a window of what an agent was told, said and did, read from its session's files or, where there is
//! none, from the folder of the Python orchestrator or from our own events. Nothing of it is copied: the files are the
//! truth, and places in them are the cursors.

mod events;
mod export;
mod files;
mod folder;
mod marks;
mod pictures;
mod place;
mod tape;
mod todo;
mod window;

pub use export::{inline, markdown};
pub use marks::marks;
pub use pictures::Shown;
pub use place::cursors;

use crate::{
    apart::apart,
    sources::agent_logs,
    store::{Store, StoreError, ThreadFile},
};
use files::{Files, Place};
use orchestrator::{
    conversations::window::Showing,
    transcripts::{lines, reading::Thread},
};
use quarterdeck_shared::{
    AgentId, Timestamp,
    agents::{Agent, Context},
    conversations::{
        Conversation, ConversationQuery, Moment, MomentQuery, PlaceQuery, RawLine, ReplyThen, SubAgent,
    },
};
use std::{collections::HashMap, io};

/// Items of a window where nobody says how many.
const ITEMS: u32 = 100;
/// Bytes of a raw line that are shown.
const RAW: usize = 1 << 20;

/// Whose conversation is asked for, and where its words are.
struct Subject {
    agent: Agent,
    thread: Thread,
    files: Vec<ThreadFile>,
    /// The files of its folder, where no file of its session is known.
    logs: Vec<String>,
    /// The agents that the session's sub-agents are.
    sub_agents: HashMap<String, AgentId>,
}

impl Subject {
    async fn of(store: &Store, id: AgentId, thread: Option<&str>) -> Result<Option<Self>, StoreError> {
        let Some(detail) = store.agent(id).await? else { return Ok(None) };
        let agent = detail.agent;
        let mut subject = Self {
            agent,
            thread: Thread::default(),
            files: Vec::new(),
            logs: Vec::new(),
            sub_agents: HashMap::new(),
        };
        // A replay speaks under the name of the session that was recorded, and has its own words.
        let session = subject.agent.session_id.clone().filter(|_| subject.agent.runtime != "replay");
        if let Some(session_id) = session {
            subject.look_into(store, session_id, thread).await?;
        }
        if subject.files.is_empty() && subject.agent.source == agent_logs::NAME {
            subject.logs = store.log_files(id).await?;
        }
        Ok(Some(subject))
    }

    async fn look_into(
        &mut self,
        store: &Store,
        session_id: String,
        thread: Option<&str>,
    ) -> Result<(), StoreError> {
        let own = store.thread_of_agent(&session_id, self.agent.id).await?;
        let agent_id = thread.filter(|thread| !thread.is_empty()).map_or(own, str::to_owned);
        self.files = store.files_of_thread(&session_id, &agent_id).await?;
        if self.files.is_empty() && !agent_id.is_empty() {
            // Old programs told of a sub-agent in its parent's file alone.
            self.files = store.files_of_thread(&session_id, "").await?;
        }
        self.sub_agents = store.sub_agents_of(&session_id).await?;
        self.thread = Thread { session_id, agent_id };
        Ok(())
    }

    /// Where the conversation of a sub-agent is.
    fn sub_agent(&self, thread: &str) -> Option<SubAgent> {
        let known = self.sub_agents.get(thread).filter(|id| **id != self.agent.id);
        Some(match known {
            Some(id) => SubAgent { agent_id: *id, thread: None },
            None => SubAgent { agent_id: self.agent.id, thread: Some(thread.to_owned()) },
        })
    }

    /// The address of a picture.
    fn image(&self, cursor: &str, number: usize) -> String {
        let mut address =
            format!("/api/v1/agents/{}/conversation/image?at={cursor}&index={number}", self.agent.id);
        if !self.thread.agent_id.is_empty() {
            address.push_str("&thread=");
            address.extend(
                self.thread
                    .agent_id
                    .chars()
                    .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-'),
            );
        }
        address
    }

    /// Whether no file tells of it.
    fn is_told_by_events(&self) -> bool {
        self.files.is_empty() && self.logs.is_empty()
    }

    fn open(&self) -> Files {
        Files::open(&self.files, self.thread.clone())
    }
}

/// A window of an agent's conversation; none where there is no such agent.
pub async fn window(
    store: &Store,
    id: AgentId,
    query: &ConversationQuery,
) -> Result<Option<Conversation>, StoreError> {
    let limit = query.limit.unwrap_or(ITEMS);
    if !(1..=200).contains(&limit) {
        let message = format!("limit is {limit}; it must be from 1 to 200");
        return Err(StoreError::Invalid { field: "limit", message });
    }
    let places = [&query.before, &query.after, &query.at];
    if places.iter().filter(|place| place.is_some()).count() > 1 {
        let message = "before, after and at exclude each other; ask for one window at a time".to_owned();
        return Err(StoreError::Invalid { field: "at", message });
    }
    let Some(subject) = Subject::of(store, id, query.thread.as_deref()).await? else { return Ok(None) };
    if subject.is_told_by_events() {
        return events::window(store, subject, query, limit as usize).await.map(Some);
    }
    let query = query.clone();
    blocking(move || {
        if subject.files.is_empty() {
            return folder::window(&subject, &query, limit as usize);
        }
        let files = subject.open();
        window::read(&files, &subject, &query, limit as usize)
    })
    .await
    .map(Some)
}

/// The line that an item was read from; none where there is no such agent.
pub async fn raw(store: &Store, id: AgentId, query: &PlaceQuery) -> Result<Option<RawLine>, StoreError> {
    let Some(subject) = Subject::of(store, id, query.thread.as_deref()).await? else { return Ok(None) };
    if subject.is_told_by_events() {
        return events::raw(store, &subject, &query.at).await.map(Some);
    }
    if subject.files.is_empty() {
        let at = query.at.clone();
        return blocking(move || folder::raw(&subject, &at)).await.map(Some);
    }
    let (place, _) = Place::parse(&query.at).ok_or(StoreError::BadCursor)?;
    blocking(move || {
        let files = subject.open();
        let (line, bytes) = files.line(place)?.ok_or(StoreError::BadCursor)?;
        let path = files.tapes.get(place.file).map_or("", |(path, _)| path);
        Ok(cut(lines::place(path, place.offset), &line, bytes))
    })
    .await
    .map(Some)
}

/// A line as it is shown.
fn cut(place: String, line: &[u8], bytes: u64) -> RawLine {
    let kept = &line[..line.len().min(RAW)];
    let text = String::from_utf8_lossy(kept)
        .replace(|letter: char| letter.is_control() && !matches!(letter, '\t' | '\n'), "\u{fffd}");
    RawLine { place, text, bytes, left_out: bytes.saturating_sub(kept.len() as u64) }
}

/// A picture of an item, where it is one that may be shown.
pub async fn picture(store: &Store, id: AgentId, query: &PlaceQuery) -> Result<Option<Shown>, StoreError> {
    let Some(subject) = Subject::of(store, id, query.thread.as_deref()).await? else { return Ok(None) };
    let (place, index) = Place::parse(&query.at).ok_or(StoreError::BadCursor)?;
    let number = query.index.unwrap_or_default() as usize;
    blocking(move || {
        let files = subject.open();
        let pieces = files.pieces(place)?;
        let piece = pieces.into_iter().find(|piece| piece.index == index);
        Ok(piece.and_then(|piece| pictures::find(piece.said, number)))
    })
    .await
}

/// How things stood with an agent at a moment, its to-do list included; none where there is no such agent.
pub async fn moment(
    store: &Store,
    id: AgentId,
    query: &MomentQuery,
    now: Timestamp,
) -> Result<Option<Moment>, StoreError> {
    let at = query.at.unwrap_or(now);
    let Some(subject) = Subject::of(store, id, query.thread.as_deref()).await? else { return Ok(None) };
    let Some(figures) = moments(store, &[&subject.agent], at).await?.pop() else { return Ok(None) };
    let todo = todo::todo(store, subject, at).await?;
    Ok(Some(Moment { todo, ..figures }))
}

/// How things stood with these agents at a moment, in their order; in figures alone, for which no file is read.
pub async fn moments(store: &Store, agents: &[&Agent], at: Timestamp) -> Result<Vec<Moment>, StoreError> {
    let ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
    let mut spent = store.spent_by(&ids, at).await?;
    let mut newest = store.newest_replies(&ids, at).await?;
    let moment = |agent: &&Agent| {
        let spent = spent.remove(&agent.id).unwrap_or_default();
        let newest = newest.remove(&agent.id);
        let window = agent.context.map(|context| context.window);
        let used = newest.as_ref().filter(|record| !record.sidechain).map(|record| record.tokens.prompt());
        Moment {
            at,
            requests: spent.requests,
            all_requests: spent.all_requests,
            tokens: spent.tokens,
            cost_usd: spent.cost_usd,
            cost_basis: spent.cost_basis,
            context: used.zip(window).and_then(|(used, window)| Context::of(used, window)),
            reply: newest.map(|record| ReplyThen {
                model: record.model,
                tokens: record.tokens,
                cost_usd: record.cost_usd,
                cost_basis: record.cost_basis,
            }),
            todo: None,
        }
    };
    Ok(agents.iter().map(moment).collect())
}

/// How a subject's items are shown.
fn showing<T>(subject: &Subject, query: &ConversationQuery, show: impl FnOnce(&Showing<'_>) -> T) -> T {
    show(&Showing {
        whole: query.whole.unwrap_or_default(),
        image: &|cursor, number| subject.image(cursor, number),
        sub_agent: &|thread| subject.sub_agent(thread),
    })
}

/// Reads files apart from the requests.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, StoreError> {
    apart(work).await?.map_err(|fault| match fault {
        Fault::Store(error) => error,
        Fault::File(error) => StoreError::Corrupt { what: format!("a session file cannot be read: {error}") },
    })
}

/// Why files could not be read.
enum Fault {
    Store(StoreError),
    File(io::Error),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}
