//! Lines of a session file as the ledger needs them: who speaks, when, and what a response took. Everything else is
//! stepped over without being built, for most of a file is words and the ledger counts.

mod shape;

use crate::{
    bounds::{REQUEST_USD, SESSION_USD},
    transcripts::halves::mended,
    usage::Observed,
};
use memchr::memmem::Finder;
use quarterdeck_shared::{Timestamp, Usd};
use serde::Deserialize;
use serde_json::Deserializer;
use shape::{Content, Response, Shape, Skipped, Text, Words};
use std::{borrow::Cow, sync::LazyLock};

/// Lines up to this length are looked at whatever they seem to be.
const SHORT: usize = 2 << 10;
/// Lines up to this length are read with all patience where their shape is not what it should be.
const PATIENCE: usize = 1 << 20;

/// Objects of one line at most; no newline is lost so often.
const MOST: usize = 4_096;

/// What one object of a session file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Told<'line> {
    /// The session it belongs to.
    pub session_id: Option<Cow<'line, str>>,
    /// The sub-agent whose it is; none on the main thread.
    pub agent_id: Option<Cow<'line, str>>,
    /// Where the agent works.
    pub cwd: Option<Cow<'line, str>>,
    /// When.
    pub at: Option<Timestamp>,
    /// What.
    pub fact: Fact,
}

impl Told<'_> {
    fn broken() -> Self {
        Self { session_id: None, agent_id: None, cwd: None, at: None, fact: Fact::Broken }
    }

    /// The same beyond its line.
    fn kept(self) -> Told<'static> {
        let kept = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        let Self { session_id, agent_id, cwd, at, fact } = self;
        Told { session_id: kept(session_id), agent_id: kept(agent_id), cwd: kept(cwd), at, fact }
    }
}

/// What an object says that matters to the ledger.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// A piece of a response of the model's API.
    Response {
        /// Its figures, as far as this piece knows them.
        observed: Observed,
        /// Its calls of tools: id and name.
        tools: Vec<(String, String)>,
        /// Whether the model's turn ended with it.
        turn_ends: bool,
        /// What the program that wrote it said it cost; old versions did.
        reported: Option<Usd>,
        /// The session it was copied of; none in its own.
        copied_of: Option<String>,
    },
    /// Somebody said something to the agent, in these words; none where they are of no use as a title.
    Prompt(Option<String>),
    /// Tools answered; these calls went wrong.
    Results {
        /// Ids of the calls that went wrong.
        errors: Vec<String>,
    },
    /// The session has a name that somebody gave it.
    Named(String),
    /// What the conversation was about.
    Summary(String),
    /// What the program says the session cost in all.
    Reported(Usd),
    /// A parent repeats what its sub-agent's response took. The sub-agent's own file counts it, where there is one.
    Echo,
    /// Of no matter here.
    Other,
    /// No JSON: the rest of the line cannot be read.
    Broken,
}

impl Fact {
    /// Whether it was said by an agent or to it.
    pub fn is_said(&self) -> bool {
        matches!(self, Self::Response { .. } | Self::Prompt(_) | Self::Results { .. })
    }
}

/// Whether a line has to be looked into at all. Large lines without a response are stepped over unread.
pub fn matters(line: &[u8], title_wanted: bool) -> bool {
    static SOUGHT: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| ["\"assistant\"", "\"is_error\":true", "\"user\""].map(Finder::new));
    let [response, error, prompt] = &*SOUGHT;
    line.len() <= SHORT
        || response.find(line).is_some()
        || error.find(line).is_some()
        || (title_wanted && prompt.find(line).is_some())
}

/// Whether these bytes are a whole object: nothing that a writer may still add belongs to it.
pub fn is_whole(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// Reads one line: usually one object, several where a newline was lost.
///
/// Whatever the bytes are, it answers: what is no JSON becomes [`Fact::Broken`], what is unknown [`Fact::Other`].
pub fn told(line: &[u8], title_wanted: bool) -> Vec<Told<'_>> {
    if title_wanted { quickly::<Text<'_>>(line) } else { quickly::<Skipped>(line) }
}

fn quickly<'line, W: Words + Deserialize<'line>>(line: &'line [u8]) -> Vec<Told<'line>> {
    let mut found = Vec::with_capacity(1);
    for shape in Deserializer::from_slice(line).into_iter::<Shape<'line, W>>() {
        match shape {
            Ok(_) if found.len() == MOST => {
                found.push(Told::broken());
                break;
            }
            Ok(shape) => found.push(said(shape)),
            // A field of another kind, a letter that is none: once more with all patience.
            Err(_) => return patiently(line),
        }
    }
    found
}

/// Reads a line whose shape is not what it should be, object by object.
fn patiently(line: &[u8]) -> Vec<Told<'static>> {
    if line.len() > PATIENCE {
        return vec![Told::broken()];
    }
    let text = String::from_utf8_lossy(line);
    let mut found = Vec::with_capacity(1);
    for value in Deserializer::from_str(&mended(&text)).into_iter::<serde_json::Value>() {
        let Some(value) = value.ok().filter(|_| found.len() < MOST) else {
            found.push(Told::broken());
            break;
        };
        found.push(said(Shape::<Text<'_>>::of(&value)).kept());
    }
    found
}

/// The responses of sub-agents that a parent repeats in this line.
pub fn repeated(line: &[u8]) -> Vec<Observed> {
    let text = String::from_utf8_lossy(line);
    let text = mended(&text);
    let objects = Deserializer::from_str(&text).into_iter::<serde_json::Value>();
    let responses = objects.take(MOST).map_while(Result::ok).filter_map(|object| {
        if !matches!(fact(&Shape::<Text<'_>>::of(&object)), Fact::Echo) {
            return None;
        }
        match fact(&Shape::<Text<'_>>::of(object.pointer("/data/message")?)) {
            Fact::Response { observed, .. } => Some(observed),
            _ => None,
        }
    });
    responses.collect()
}

fn said<W: Words>(shape: Shape<'_, W>) -> Told<'_> {
    let (at, fact) = (shape.timestamp.filled().and_then(|at| at.parse().ok()), fact(&shape));
    Told {
        session_id: shape.session_id.words(),
        agent_id: shape.agent_id.words(),
        cwd: shape.cwd.words(),
        at,
        fact,
    }
}

fn fact<W: Words>(shape: &Shape<'_, W>) -> Fact {
    let worded = |text: &Text<'_>| text.filled().map(str::to_owned);
    let known = match shape.kind.filled() {
        Some("assistant") => shape.message.as_ref().and_then(|message| response(shape, message)),
        Some("user") => shape.message.as_ref().map(|message| match &message.content {
            Content::Words(words) => Fact::Prompt(words.filled().and_then(|words| title(shape, words))),
            Content::Blocks(blocks) if blocks.iter().any(|block| block.is("tool_result")) => {
                let errors = blocks.iter().filter(|block| block.is_error);
                Fact::Results { errors: errors.filter_map(|block| worded(&block.tool_use_id)).collect() }
            }
            Content::Blocks(blocks) => {
                Fact::Prompt(blocks.iter().find_map(|block| title(shape, block.text.filled()?)))
            }
        }),
        Some("progress") if shape.data.as_ref().is_some_and(|data| data.echoes()) => Some(Fact::Echo),
        Some("custom-title") => worded(&shape.custom_title).map(Fact::Named),
        Some("agent-name") => worded(&shape.agent_name).map(Fact::Named),
        Some("summary") => worded(&shape.summary).map(Fact::Summary),
        Some("cost-state") => shape.total_cost.dollars(SESSION_USD).map(Fact::Reported),
        _ => None,
    };
    known.unwrap_or(Fact::Other)
}

fn response<W: Words>(shape: &Shape<'_, W>, message: &Response<'_, W>) -> Option<Fact> {
    let message_id = message.id.filled()?.to_owned();
    let model = message.model.filled().filter(|model| *model != crate::usage::SYNTHETIC)?.to_owned();
    let usage = message.usage.as_ref()?.figures();
    let tools = match &message.content {
        Content::Blocks(blocks) => blocks
            .iter()
            .filter(|block| block.is("tool_use"))
            .filter_map(|block| Some((block.id.filled()?.to_owned(), block.name.filled()?.to_owned())))
            .collect(),
        Content::Words(_) => Vec::new(),
    };
    let stop_reason = message.stop_reason.filled();
    let observed = Observed {
        message_id,
        request_id: shape.request_id.filled().map(str::to_owned),
        model,
        complete: stop_reason.is_some(),
        sidechain: shape.is_sidechain,
        ..usage.into()
    };
    let turn_ends = stop_reason.is_some_and(|reason| !matches!(reason, "tool_use" | "pause_turn"));
    let reported = shape.cost.dollars(REQUEST_USD);
    let copied_of = shape.asked_by.filled().filter(|id| Some(*id) != shape.session_id.filled());
    let copied_of = copied_of.map(str::to_owned);
    Some(Fact::Response { observed, tools, turn_ends, reported, copied_of })
}

/// Words that may stand as a title: not those that the program put in by itself.
fn title<W>(shape: &Shape<'_, W>, words: &str) -> Option<String> {
    let words = words.trim();
    let is_own =
        !shape.is_meta && !words.is_empty() && !words.starts_with('<') && !words.starts_with("Caveat:");
    is_own.then(|| words.chars().take(4_000).collect())
}
