//! Hooks: what Claude Code's hooks say of a session. What they do not say here yet is passed over, never an error.

pub mod course;

use quarterdeck_shared::tasks::PermissionMode;
use serde_json::Value;

/// Characters an id from outside may have.
const ID: usize = 128;
/// Characters of a short description.
const SHORT: usize = 160;

/// One hook, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// Its name, such as `PreToolUse`.
    pub name: String,
    /// The session.
    pub session_id: String,
    /// The sub-agent within it; empty on the main thread.
    pub agent_id: String,
    /// What kind of sub-agent it is.
    pub agent_type: Option<String>,
    /// Where it works.
    pub cwd: Option<String>,
    /// The prompt that this belongs to; older programs do not say.
    pub prompt_id: Option<String>,
    /// What it may do unasked.
    pub permission_mode: Option<PermissionMode>,
    /// What happened.
    pub event: Event,
}

/// What a hook tells of.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A session began or goes on.
    SessionStarted {
        /// `startup`, `resume`, `clear`, `compact`.
        source: String,
    },
    /// A session ended.
    SessionEnded {
        /// Why.
        reason: String,
    },
    /// Somebody said something.
    Prompted {
        /// The words.
        prompt: String,
    },
    /// A tool is about to run.
    ToolStarts(Call),
    /// A tool has run.
    ToolEnded {
        /// Which.
        call: Call,
        /// What went wrong, where something did.
        error: Option<String>,
    },
    /// It asks whether it may use a tool.
    Asks(Call),
    /// A turn ended.
    Stopped {
        /// Whether the turn went on only because a stop hook said so.
        again: bool,
        /// The last words.
        words: Option<String>,
    },
    /// A turn ended with an error.
    StopFailed {
        /// Which.
        error: String,
    },
    /// A sub-agent begins.
    SubStarted,
    /// A sub-agent has ended.
    SubStopped {
        /// Its last words.
        words: Option<String>,
    },
    /// The conversation is about to be shortened.
    Compacts,
    /// The conversation was shortened.
    Compacted,
    /// The program wants somebody's attention.
    Notified {
        /// Its words.
        message: String,
        /// Whether it waits for a person.
        waits: bool,
    },
    /// Whatever else: a sign of life.
    Other,
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The tool.
    pub tool: String,
    /// What it is called with.
    pub input: Value,
    /// The call's id; older programs do not say.
    pub id: Option<String>,
}

impl Call {
    /// A few words on it.
    pub fn short(&self) -> String {
        let said = ["command", "file_path", "notebook_path", "pattern", "url", "query", "description"];
        let words = said.iter().find_map(|field| self.input[field].as_str());
        match words.and_then(|words| words.lines().find(|line| !line.trim().is_empty())) {
            Some(line) => cut(&format!("{}: {}", self.tool, line.trim()), SHORT),
            None => cut(&self.tool, SHORT),
        }
    }
}

/// What makes a hook unreadable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub field: &'static str,
    /// What would do.
    pub message: String,
}

/// Reads what a hook was given.
pub fn read(input: &Value) -> Result<Hook, Wrong> {
    let text = |field: &str| input[field].as_str().map(str::to_owned);
    let agent_id = match &input["agent_id"] {
        Value::Null => String::new(),
        _ => id(input, "agent_id")?,
    };
    let name = id(input, "hook_event_name")?;
    Ok(Hook {
        session_id: id(input, "session_id")?,
        agent_id,
        agent_type: text("agent_type").map(|kind| cut(&kind, 80)),
        cwd: text("cwd").filter(|cwd| cwd.len() <= 4096),
        prompt_id: text("prompt_id").filter(|prompt| is_id(prompt)),
        permission_mode: serde_json::from_value(input["permission_mode"].clone()).ok(),
        event: event(&name, input),
        name,
    })
}

fn event(name: &str, input: &Value) -> Event {
    let text = |field: &str| input[field].as_str().unwrap_or_default().to_owned();
    let words = || input["last_assistant_message"].as_str().map(str::to_owned);
    let again = input["stop_hook_active"] == true;
    match name {
        "SessionStart" => Event::SessionStarted { source: text("source") },
        "SessionEnd" => Event::SessionEnded { reason: text("reason") },
        "UserPromptSubmit" => Event::Prompted { prompt: text("prompt") },
        "PreToolUse" => Event::ToolStarts(call(input)),
        "PostToolUse" => Event::ToolEnded { call: call(input), error: None },
        "PostToolUseFailure" => {
            Event::ToolEnded { call: call(input), error: Some(words_of(&input["error"])) }
        }
        "PermissionRequest" => Event::Asks(call(input)),
        "Stop" => Event::Stopped { again, words: words() },
        "StopFailure" => Event::StopFailed { error: words_of(&input["error"]) },
        "SubagentStart" => Event::SubStarted,
        "SubagentStop" => Event::SubStopped { words: words() },
        "PreCompact" => Event::Compacts,
        "PostCompact" => Event::Compacted,
        "Notification" => notification(text("message"), &input["notification_type"]),
        _ => Event::Other,
    }
}

/// Older programs do not name the kind; their words do.
fn notification(message: String, kind: &Value) -> Event {
    let waits = match kind.as_str() {
        Some(kind) => matches!(kind, "permission_prompt" | "idle_prompt" | "elicitation_dialog"),
        None => message.contains("waiting for your input") || message.contains("needs your permission"),
    };
    Event::Notified { message, waits }
}

fn call(input: &Value) -> Call {
    Call {
        tool: cut(input["tool_name"].as_str().unwrap_or("a tool"), 200),
        input: input["tool_input"].clone(),
        id: input["tool_use_id"].as_str().filter(|id| is_id(id)).map(str::to_owned),
    }
}

fn words_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn id(input: &Value, field: &'static str) -> Result<String, Wrong> {
    match input[field].as_str() {
        Some(id) if is_id(id) => Ok(id.to_owned()),
        _ => {
            let message = format!("`{field}` must be 1 to {ID} visible ASCII characters, the first no `-`");
            Err(Wrong { field, message })
        }
    }
}

/// An id ends up in an argument list, where a leading `-` means something else.
fn is_id(text: &str) -> bool {
    (1..=ID).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// At most so many characters of a text.
pub fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
