//! What is written together: whole rows and the events that tell of them.

use super::Indexed;
use quarterdeck_shared::{
    AgentId, Payload, RecordId, TaskId, Timestamp, TokenId, Usd,
    agents::{Agent, AgentDetail, FileTouch, ToolCount},
    approvals::Approval,
    auth::Token,
    tasks::Task,
    usage::{CostBasis, FormerPrice, Tokens, UsageRecord},
};
use std::{borrow::Cow, sync::Arc};
use uuid::Uuid;

/// Changes that become durable together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Rows as they are from now on; of two with the same key the later one counts.
    pub rows: Vec<Row>,
    /// The events that tell of it, in order.
    pub events: Vec<Draft>,
}

impl Batch {
    /// A batch with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The batch with one more row.
    #[must_use]
    pub fn row(mut self, row: Row) -> Self {
        self.rows.push(row);
        self
    }

    /// The batch with one more event.
    #[must_use]
    pub fn event(mut self, draft: Draft) -> Self {
        self.events.push(draft);
        self
    }
}

/// An event that has no place in the order yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Whom it concerns.
    pub agent_id: Option<AgentId>,
    /// Which task it concerns.
    pub task_id: Option<TaskId>,
    /// What changed.
    pub payload: Payload,
}

/// One whole row, so that writing it twice does no harm.
#[derive(Clone, Debug)]
pub enum Row {
    /// What lists show of an agent: its status, tokens and cost. `deleted` takes it out of the lists.
    Agent(Box<Agent>),
    /// An agent's figures alone, for whoever does not know the rest of it; the agent must be stored.
    AgentFigures(Box<Agent>),
    /// Takes an agent out of the lists; it stays in the totals and can still be read. The batch is refused where the
    /// agent is not there any more or at work.
    RetireAgent {
        /// Which.
        agent_id: AgentId,
        /// Why, in a sentence for people.
        reason: String,
        /// When.
        at: Timestamp,
        /// The note that says that it is about to go on: where that stands the batch is refused too.
        unless: String,
    },
    /// An agent with its configuration and last words; `tool_breakdown` and `files` have rows of their own.
    AgentDetail(Box<AgentDetail>),
    /// Calls by tool, of the tools named here.
    Tools {
        /// Whose.
        agent_id: AgentId,
        /// The counts as they are now.
        tools: Vec<ToolCount>,
    },
    /// Files, of the paths named here.
    Files {
        /// Whose.
        agent_id: AgentId,
        /// The touches as they are now.
        files: Vec<FileTouch>,
    },
    /// A task with its steps.
    Task(Box<Task>),
    /// A task's figures alone, for the many times nothing else of it changes.
    TaskFigures {
        /// Which task; it must be stored, or stand earlier in the batch.
        task_id: TaskId,
        /// Tokens of all its agents.
        tokens: Tokens,
        /// What they cost.
        cost_usd: Usd,
        /// How that is known.
        cost_basis: Option<CostBasis>,
        /// When this changed.
        updated_at: Timestamp,
    },
    /// Takes a task out of the lists; it stays in the totals and can still be read.
    RemoveTask {
        /// Which.
        task_id: TaskId,
        /// When.
        at: Timestamp,
    },
    /// A question and where it stands.
    Approval(Box<Approval>),
    /// One response of the model's API. One with the same message and request id (for a replay: of the same
    /// agent) is replaced, its larger token counts kept.
    Usage(Arc<UsageRecord>),
    /// The same of a response that was looked for among so many records, all there were, and was none of them: where
    /// there are no others by now, nobody looks again.
    UsageUnknown {
        /// How many records there were, replays too.
        among: u64,
        /// The record.
        record: Arc<UsageRecord>,
    },
    /// The same of a response whose message id was not known before, and stood for by this one.
    UsageNamed {
        /// The message id it had.
        was: String,
        /// The record as it is now.
        record: Arc<UsageRecord>,
    },
    /// A remainder of which nothing is left is a record no more.
    UsageGone(Arc<UsageRecord>),
    /// What a record cost before its history was priced anew.
    FormerPrice {
        /// Which record.
        record_id: RecordId,
        /// What it cost until then.
        price: FormerPrice,
    },
    /// How far a source's file is read.
    SourceFile(Box<FileRow>),
    /// Whose the words of a session's thread are.
    Thread {
        /// The session's id.
        session_id: String,
        /// The sub-agent's id; empty on the main thread.
        thread_id: String,
        /// The agent.
        agent_id: AgentId,
    },
    /// A file that holds words of a session's thread; one that is known stays as it is.
    ThreadFile {
        /// The session's id.
        session_id: String,
        /// The sub-agent's id; empty on the main thread.
        thread_id: String,
        /// The file.
        path: String,
        /// The thread's first moment in it.
        first_at: Timestamp,
    },
    /// What can be searched of a stretch of a file, or of some events.
    Indexed(Arc<Indexed>),
    /// Whatever must be remembered across a restart and is nobody else's business.
    Note {
        /// Its name, such as `process/0192…`.
        key: String,
        /// Its content, JSON; `None` forgets it.
        json: Option<String>,
    },
    /// An access token.
    Token(Box<TokenRow>),
    /// A token was used.
    TokenUsed {
        /// Which.
        id: TokenId,
        /// When.
        at: Timestamp,
    },
    /// Revokes a token.
    RevokeToken(TokenId),
    /// A login.
    Session(Box<SessionRow>),
    /// Ends a login.
    EndSession {
        /// The hash of its secret.
        hash: String,
    },
    /// What a command with an idempotency key answered.
    Answer(Box<AnswerRow>),
    /// Forgets sessions that ended and answers that were given before these moments.
    Forget {
        /// Sessions that ended before this moment.
        sessions_before: Timestamp,
        /// Answers given before this moment.
        answers_before: Timestamp,
    },
}

/// A file of a source: which it is, and how far it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRow {
    /// Its path.
    pub path: String,
    /// The source it belongs to.
    pub source: String,
    /// The device it lies on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    /// Its bytes when it was read last.
    pub size: u64,
    /// When it was written last, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// SHA-256 of its first bytes, hexadecimal.
    pub head: String,
    /// How many bytes that is of.
    pub head_bytes: u64,
    /// Up to where it is read: behind a line's end.
    pub read_bytes: u64,
    /// Whose words came last.
    pub session_id: String,
    /// The sub-agent's id; empty on the main thread.
    pub thread_id: String,
    /// Lines that hold anything.
    pub lines: u64,
    /// Lines that told of a response.
    pub response_lines: u64,
    /// Pieces that repeat what a sub-agent's response took.
    pub echoes: u64,
    /// Lines that are no JSON, wholly or from some place on.
    pub broken: u64,
    /// Lines that were too long: where they begin and how long they are.
    pub oversize: Vec<(u64, u64)>,
    /// When it was read last.
    pub read_at: Timestamp,
}

/// An access token as it is kept: its secret only as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// What may be shown.
    pub token: Token,
    /// SHA-256 of the secret, hexadecimal.
    pub hash: String,
}

/// A login as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the cookie's secret, hexadecimal.
    pub hash: String,
    /// What people call whoever logged in.
    pub name: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a command answered, for whoever asks again with the same idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerRow {
    /// Whose key: two callers may use the same one.
    pub owner: String,
    /// The idempotency key.
    pub key: String,
    /// Hash of method, path and body: another one under the same key is a conflict.
    pub fingerprint: String,
    /// The status that was answered.
    pub status: u16,
    /// The body that was answered.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
}

/// An event that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its place in the order of all changes.
    pub seq: i64,
    /// When it was committed.
    pub at: Timestamp,
    /// Its word, such as `agent.created`.
    pub kind: Cow<'static, str>,
    /// Whom it concerns.
    pub agent_id: Option<AgentId>,
    /// Which task it concerns.
    pub task_id: Option<TaskId>,
    /// The whole event, serialised once for all.
    pub json: Arc<str>,
}

impl Committed {
    /// What it is about: the agent, else the task.
    pub fn subject(&self) -> Option<Uuid> {
        self.agent_id.map(|id| id.0).or(self.task_id.map(|id| id.0))
    }
}

/// Which events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// All of them.
    Fleet,
    /// One task's.
    Task(TaskId),
    /// Usage alone.
    Costs,
}

impl Channel {
    /// Whether this channel carries the event.
    pub fn carries(self, event: &Committed) -> bool {
        match self {
            Self::Fleet => true,
            Self::Task(id) => event.task_id == Some(id),
            Self::Costs => event.kind == "usage.recorded",
        }
    }
}
