//! Log records: what Claude Code says of one moment of a session.

use super::{Attributes, is_name, unnamed};
use crate::{transcripts::reading::Thread, usage::Observed};
use quarterdeck_shared::{Timestamp, Usd, usage::Tokens};

/// What the names of its events begin with.
const PREFIX: &str = "claude_code.";

/// A log record as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogRecord {
    /// When it happened, in nanoseconds since 1970; 0 where it does not say.
    pub nanos: u64,
    /// Its words, or its event's name.
    pub body: String,
    /// Its own attributes.
    pub attributes: Attributes,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Whose it is.
    pub thread: Thread,
    /// When it happened.
    pub at: Option<Timestamp>,
    /// Its place in the order of its session: nanoseconds, then its number.
    pub place: (u64, u64),
    /// What it says.
    pub fact: Fact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Fact {
    /// The API answered a request. Its message id is not known, so that it carries one made of its request's.
    Request { observed: Box<Observed>, reported: Option<Usd> },
    /// Somebody said something.
    Prompt(Option<String>),
    /// The use of a tool was allowed or refused.
    Decided { tool: String, accepted: bool },
    /// A tool was used.
    Used { tool: String, ok: bool },
    /// The API refused.
    Failed(String),
    /// A sub-agent came to its end.
    Helped(String),
    /// Something of no matter here.
    Other,
}

/// Reads a record; says why where it cannot be taken. `resource` is what is said of all records at once.
pub fn read(record: &LogRecord, resource: &Attributes) -> Result<Told, &'static str> {
    let event = record.body.strip_prefix(PREFIX).ok_or("it is no event of Claude Code")?;
    let fields = &record.attributes;
    let session_id = fields.session(resource)?;
    let agent_id = fields.name("agent_id").unwrap_or_default();
    let told = |fact| Told {
        thread: Thread { session_id: session_id.to_owned(), agent_id: agent_id.to_owned() },
        at: i64::try_from(record.nanos / 1_000).ok().filter(|micros| *micros > 0).map(Timestamp),
        place: (record.nanos, fields.number("event.sequence").map_or(0, |number| number.max(0.0) as u64)),
        fact,
    };
    let tool = || fields.name("tool_name").unwrap_or("?").to_owned();
    Ok(told(match event {
        "api_request" => request(fields)?,
        "user_prompt" => {
            let words = fields.text("prompt").filter(|words| *words != "<REDACTED>");
            Fact::Prompt(words.map(str::to_owned))
        }
        "tool_decision" => {
            Fact::Decided { tool: tool(), accepted: fields.text("decision") == Some("accept") }
        }
        "tool_result" => Fact::Used { tool: tool(), ok: fields.truth("success").unwrap_or(true) },
        "api_error" | "api_retries_exhausted" => Fact::Failed(failure(fields)),
        "subagent_completed" => Fact::Helped(fields.name("agent_type").unwrap_or("?").to_owned()),
        _ => Fact::Other,
    }))
}

fn request(fields: &Attributes) -> Result<Fact, &'static str> {
    let request_id = fields.name("request_id").ok_or("its request_id is missing: it could count twice")?;
    let model = fields.name("model").ok_or("its model is missing")?;
    let count = |key| fields.count(key).map(Option::unwrap_or_default);
    let tokens = Tokens {
        input: count("input_tokens")?,
        output: count("output_tokens")?,
        cache_creation: count("cache_creation_tokens")?,
        cache_read: count("cache_read_tokens")?,
    };
    let cache_1h = count("cache_creation_1h_tokens")?.min(tokens.cache_creation);
    let by_sub_agent =
        fields.text("query_source").is_some_and(|by| by == "subagent" || by.starts_with("agent:"));
    let speed = fields.name("speed").map(|speed| if speed == "normal" { "standard" } else { speed });
    let observed = Observed {
        message_id: unnamed(request_id),
        request_id: Some(request_id.to_owned()),
        model: model.to_owned(),
        tokens,
        // Who does not say how long writes are kept leaves it open; the price then is a lower bound.
        cache_5m: count("cache_creation_5m_tokens")?.min(tokens.cache_creation - cache_1h),
        cache_1h,
        web_searches: 0,
        speed: speed.map(str::to_owned),
        geo: None,
        complete: true,
        sidechain: by_sub_agent || fields.name("agent_id").is_some(),
    };
    Ok(Fact::Request { observed: Box::new(observed), reported: fields.money("cost_usd") })
}

fn failure(fields: &Attributes) -> String {
    let words = fields.text("error").filter(|words| is_name(words)).unwrap_or("the API refused");
    match fields.number("status_code") {
        Some(status) => format!("{words} (status {status})"),
        None => words.to_owned(),
    }
}
