//! Fields of an object whose shape nobody guarantees: what is missing or of another kind is simply not there.

use super::Usage;
use crate::{
    bounds::{SEARCHES, SESSION_TOKENS},
    pricing::BATCH,
};
use quarterdeck_shared::{Usd, usage::Tokens};
use serde_json::Value;

pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

pub(crate) fn text_or_empty(value: &Value, key: &str) -> String {
    text(value, key).unwrap_or_default()
}

/// A count; one that is more than a session has is cut.
pub(crate) fn count(value: &Value, key: &str) -> Option<u64> {
    let number = value.get(key)?;
    let whole =
        number.as_u64().or_else(|| number.as_f64().filter(|float| *float >= 0.0).map(|float| float as u64));
    whole.map(|whole| whole.min(SESSION_TOKENS))
}

pub(crate) fn count_or_zero(value: &Value, key: &str) -> u64 {
    count(value, key).unwrap_or_default()
}

/// An amount; nothing costs less than nothing.
pub(crate) fn money(value: &Value, key: &str) -> Option<Usd> {
    value.get(key)?.as_f64().and_then(Usd::from_reported).filter(|amount| *amount >= Usd::ZERO)
}

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The figures of a message or of the end of one, or of a whole turn: no kind of more tokens than `most`.
pub(crate) fn usage(holder: &Value, most: u64) -> Usage {
    let Some(usage) = holder.get("usage") else { return Usage::default() };
    let tokens = |holder, key| count_or_zero(holder, key).min(most);
    let kept = |key| usage.get("cache_creation").map(|kept| tokens(kept, key)).unwrap_or_default();
    let word = |key| text(usage, key).filter(|word| !word.is_empty());
    Usage {
        tokens: Tokens {
            input: tokens(usage, "input_tokens"),
            output: tokens(usage, "output_tokens"),
            cache_creation: tokens(usage, "cache_creation_input_tokens"),
            cache_read: tokens(usage, "cache_read_input_tokens"),
        },
        cache_5m: kept("ephemeral_5m_input_tokens"),
        cache_1h: kept("ephemeral_1h_input_tokens"),
        web_searches: usage
            .get("server_tool_use")
            .map(|used| count_or_zero(used, "web_search_requests").min(SEARCHES))
            .unwrap_or_default(),
        speed: speed(word("speed"), word("service_tier").as_deref()),
        geo: word("inference_geo"),
    }
}

/// How fast a response came: what waited in a batch says so as its tier, and has a price of its own.
pub(super) fn speed(speed: Option<String>, service_tier: Option<&str>) -> Option<String> {
    match service_tier {
        Some(BATCH) => Some(BATCH.to_owned()),
        _ => speed.filter(|speed| !speed.is_empty()),
    }
}

/// The words of a content that is a text or a list of blocks; what is no text is named in brackets.
pub(crate) fn words(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(blocks)) => blocks.iter().map(block_words).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}

fn block_words(block: &Value) -> String {
    match block.get("type").and_then(Value::as_str) {
        Some("text") => text_or_empty(block, "text"),
        Some(kind) => format!("[{kind}]"),
        None => block.as_str().unwrap_or_default().to_owned(),
    }
}
