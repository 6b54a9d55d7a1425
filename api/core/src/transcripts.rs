//! Transcripts: lines of the `claude` CLI's stream-json and of its session files, each read into entries of one type.

pub(crate) mod fields;
pub mod halves;
mod line;
pub mod lines;
pub mod reading;
mod result;
pub mod session;

pub use line::read;

use quarterdeck_shared::{Usd, usage::Tokens};
use serde_json::Value;
use std::collections::BTreeMap;

/// Figures of one response as one line said them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens by kind.
    pub tokens: Tokens,
    /// Of the cache writes, those kept five minutes.
    pub cache_5m: u64,
    /// Of the cache writes, those kept an hour.
    pub cache_1h: u64,
    /// Searches of the web the API did.
    pub web_searches: u64,
    /// `standard`, `fast` or `batch`, where it said so.
    pub speed: Option<String>,
    /// The region it was priced for, where it said so.
    pub geo: Option<String>,
}

/// What a block of a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Words.
    Text,
    /// Thoughts, shown or not.
    Thinking,
    /// A call of a tool.
    ToolUse,
    /// Something newer than this program.
    Other(String),
}

/// One whole block of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Words.
    Text(String),
    /// Thoughts; empty where they are not shown.
    Thinking(String),
    /// A call of a tool.
    ToolUse {
        /// The call's id.
        id: String,
        /// The tool.
        name: String,
        /// What it is called with.
        input: Value,
    },
    /// Something newer than this program.
    Other(String),
}

/// What a tool answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolResult {
    /// The call it answers.
    pub tool_use_id: String,
    /// Its words; images and other things are named in brackets.
    pub text: String,
    /// Whether it went wrong.
    pub is_error: bool,
    /// The call of the sub-agent it happened in; `None` on the main thread.
    pub parent: Option<String>,
}

/// What the runtime says one model took since its process began, sub-agents and helper calls included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelUse {
    /// Tokens by kind.
    pub tokens: Tokens,
    /// Searches of the web.
    pub web_searches: u64,
    /// What it says they cost.
    pub cost: Option<Usd>,
    /// Tokens its window holds.
    pub context_window: Option<u64>,
    /// False where the runtime itself does not know the price.
    pub price_known: bool,
}

/// The end of a turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TurnResult {
    /// `success` or a kind of error. Beware: `success` says nothing, `is_error` does.
    pub subtype: String,
    /// Whether the turn failed: it says so, or its kind does.
    pub is_error: bool,
    /// The last words.
    pub text: Option<String>,
    /// What went wrong, where it says so.
    pub errors: Vec<String>,
    /// The API's status, where the API refused.
    pub api_error_status: Option<u16>,
    /// The session, to resume by.
    pub session_id: Option<String>,
    /// What it says the process cost so far.
    pub cost: Option<Usd>,
    /// What each model took since the process began.
    pub models: BTreeMap<String, ModelUse>,
    /// Turns between model and tools.
    pub num_turns: u64,
    /// How long the turn took.
    pub duration_ms: u64,
    /// Tools that were refused: name and call id.
    pub denials: Vec<(String, String)>,
    /// Why it ended, in the runtime's word: `completed`, `max_turns`, `aborted_streaming`.
    pub terminal_reason: Option<String>,
}

/// What one line says. `parent` is the call of a sub-agent; `None` on the main thread.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Entry {
    /// A turn begins. Sent again for every turn.
    Init {
        session_id: String,
        model: String,
        cwd: String,
        version: String,
        tools: Vec<String>,
        permission_mode: String,
    },
    /// The runtime takes up a message it was told under this id, into the turn under way or a new one.
    TakenUp { message_id: String },
    /// A response begins to stream; its figures are those of the start.
    MessageStart { message_id: String, model: String, usage: Usage, parent: Option<String> },
    /// A block begins.
    BlockStart { index: u64, kind: BlockKind, tool: Option<(String, String)>, parent: Option<String> },
    /// Words arrive.
    TextDelta { index: u64, text: String, parent: Option<String> },
    /// Thoughts arrive.
    ThinkingDelta { index: u64, text: String, parent: Option<String> },
    /// A piece of a tool's input arrives.
    InputDelta { index: u64, json: String, parent: Option<String> },
    /// A block is whole.
    BlockStop { index: u64, parent: Option<String> },
    /// A response ends, with its figures.
    MessageDelta { usage: Usage, stop_reason: Option<String>, parent: Option<String> },
    /// A response has ended.
    MessageStop { parent: Option<String> },
    /// Whole blocks of a response. Its figures are those of the start unless it says why it stopped.
    Assistant {
        message_id: String,
        request_id: Option<String>,
        model: String,
        blocks: Vec<Block>,
        usage: Usage,
        stop_reason: Option<String>,
        parent: Option<String>,
        /// The runtime's word for what the API refused: such words are not the model's.
        error: Option<String>,
    },
    /// Tools answered.
    ToolResults(Vec<ToolResult>),
    /// The agent asks whether it may use a tool.
    Asked {
        request_id: String,
        tool: String,
        input: Value,
        tool_use_id: Option<String>,
        reason: Option<String>,
        agent_id: Option<String>,
    },
    /// A question needs no answer any more.
    Withdrawn { request_id: String },
    /// The runtime asks something else of its driver, such as a hook; it waits for an answer.
    Wanted { request_id: String, subtype: String },
    /// The runtime answers a request of ours.
    Reply { request_id: String, ok: bool, error: Option<String> },
    /// The runtime says, asked for it, what its session took so far.
    Taken { cost: Option<Usd>, models: BTreeMap<String, ModelUse> },
    /// The API refused and will be asked again.
    Retry { attempt: u64, max: u64, delay_ms: u64, status: Option<u16>, error: Option<String> },
    /// The conversation was condensed.
    Compacted { trigger: String, before: Option<u64>, after: Option<u64> },
    /// A turn ended.
    Finished(TurnResult),
    /// Well-formed, and of no matter here.
    Other { kind: String, subtype: Option<String> },
    /// No JSON.
    Broken { reason: String },
}
