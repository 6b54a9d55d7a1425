//! The shape of a session file's object: the fields that count, borrowed from the line where that is possible.

use crate::{
    bounds::{REQUEST_TOKENS, SEARCHES, believed},
    transcripts::{Usage, fields},
};
use quarterdeck_shared::Usd;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use std::{borrow::Cow, fmt, marker::PhantomData};

/// More blocks than any message has.
const MOST_BLOCKS: usize = 1_000;

/// Words of a message: kept where a title is looked for, else stepped over.
pub(super) trait Words: Default {
    /// The words, where they are kept and there are any.
    fn filled(&self) -> Option<&str>;
    fn of(words: &str) -> Self;
}

/// Words that are stepped over: unescaping them would be most of the work.
#[derive(Debug, Default)]
pub(super) struct Skipped;

/// One object. What is missing is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'line, W: Words + Deserialize<'de>"))]
pub(super) struct Shape<'line, W> {
    #[serde(rename = "type", borrow)]
    pub kind: Text<'line>,
    #[serde(rename = "sessionId", alias = "session_id", borrow)]
    pub session_id: Text<'line>,
    #[serde(rename = "requestSessionId", borrow)]
    pub asked_by: Text<'line>,
    #[serde(rename = "agentId", borrow)]
    pub agent_id: Text<'line>,
    #[serde(rename = "requestId", alias = "request_id", borrow)]
    pub request_id: Text<'line>,
    #[serde(borrow)]
    pub cwd: Text<'line>,
    #[serde(borrow)]
    pub timestamp: Text<'line>,
    #[serde(rename = "isSidechain")]
    pub is_sidechain: bool,
    #[serde(rename = "isMeta")]
    pub is_meta: bool,
    #[serde(borrow)]
    pub message: Option<Response<'line, W>>,
    #[serde(borrow)]
    pub data: Option<Progress<'line>>,
    #[serde(rename = "customTitle", borrow)]
    pub custom_title: Text<'line>,
    #[serde(rename = "agentName", borrow)]
    pub agent_name: Text<'line>,
    #[serde(borrow)]
    pub summary: Text<'line>,
    #[serde(rename = "costUSD")]
    pub cost: Amount,
    #[serde(rename = "totalCostUSD")]
    pub total_cost: Amount,
}

/// A message of the API, or what somebody said to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'line, W: Words + Deserialize<'de>"))]
pub(super) struct Response<'line, W> {
    #[serde(borrow)]
    pub id: Text<'line>,
    #[serde(borrow)]
    pub model: Text<'line>,
    #[serde(borrow)]
    pub stop_reason: Text<'line>,
    #[serde(borrow)]
    pub content: Content<'line, W>,
    pub usage: Option<Figures>,
}

/// What a parent says of its sub-agent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Progress<'line> {
    #[serde(rename = "type", borrow)]
    kind: Text<'line>,
    #[serde(borrow)]
    message: Option<Echo<'line>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Echo<'line> {
    #[serde(rename = "type", borrow)]
    kind: Text<'line>,
}

impl Progress<'_> {
    /// Whether it repeats a response.
    pub(super) fn echoes(&self) -> bool {
        let of_response = |message: &Echo<'_>| message.kind.filled() == Some("assistant");
        self.kind.filled() == Some("agent_progress") && self.message.as_ref().is_some_and(of_response)
    }
}

/// Figures as the API writes them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Figures {
    input_tokens: Count,
    output_tokens: Count,
    cache_creation_input_tokens: Count,
    cache_read_input_tokens: Count,
    cache_creation: Option<Kept>,
    server_tool_use: Option<Searched>,
    speed: Option<String>,
    service_tier: Option<String>,
    inference_geo: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Kept {
    ephemeral_5m_input_tokens: Count,
    ephemeral_1h_input_tokens: Count,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Searched {
    web_search_requests: Count,
}

impl Figures {
    pub(super) fn figures(&self) -> Usage {
        let kept = self.cache_creation.clone().unwrap_or_default();
        let word = |word: &Option<String>| word.clone().filter(|word| !word.is_empty());
        Usage {
            tokens: quarterdeck_shared::usage::Tokens {
                input: self.input_tokens.0,
                output: self.output_tokens.0,
                cache_creation: self.cache_creation_input_tokens.0,
                cache_read: self.cache_read_input_tokens.0,
            },
            cache_5m: kept.ephemeral_5m_input_tokens.0,
            cache_1h: kept.ephemeral_1h_input_tokens.0,
            web_searches: self
                .server_tool_use
                .as_ref()
                .map_or(0, |used| used.web_search_requests.0.min(SEARCHES)),
            speed: fields::speed(self.speed.clone(), self.service_tier.as_deref()),
            geo: word(&self.inference_geo),
        }
    }
}

/// A content: words, or blocks of which little is kept.
#[derive(Debug)]
pub(super) enum Content<'line, W> {
    Words(W),
    Blocks(Vec<Piece<'line, W>>),
}

impl<W> Default for Content<'_, W> {
    fn default() -> Self {
        Self::Blocks(Vec::new())
    }
}

/// One block.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'line, W: Words + Deserialize<'de>"))]
pub(super) struct Piece<'line, W> {
    #[serde(rename = "type", borrow)]
    kind: Text<'line>,
    #[serde(borrow)]
    pub id: Text<'line>,
    #[serde(borrow)]
    pub name: Text<'line>,
    #[serde(borrow)]
    pub tool_use_id: Text<'line>,
    pub text: W,
    pub is_error: bool,
}

impl<W> Piece<'_, W> {
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.filled() == Some(kind)
    }
}

/// A text, borrowed where the line holds it as it is.
#[derive(Debug, Default)]
pub(super) struct Text<'line>(Option<Cow<'line, str>>);

impl Text<'_> {
    pub(super) fn filled(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }
}

impl<'line> Text<'line> {
    /// The text itself, where there is any.
    pub(super) fn words(self) -> Option<Cow<'line, str>> {
        self.0.filter(|text| !text.is_empty())
    }

    fn of(holder: &'line Value, key: &str) -> Self {
        Self(holder.get(key).and_then(Value::as_str).map(Cow::Borrowed))
    }

    /// A session file's name of a field before a stream's.
    fn either(holder: &'line Value, key: &str, other: &str) -> Self {
        let found = Self::of(holder, key);
        if found.0.is_some() { found } else { Self::of(holder, other) }
    }
}

/// A number of tokens; what is no number is none.
#[derive(Clone, Copy, Debug, Default)]
struct Count(u64);

/// An amount of dollars.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Amount(Option<f64>);

impl Amount {
    /// The amount, where there is one that can be believed.
    pub(super) fn dollars(self, most: Usd) -> Option<Usd> {
        believed(self.0.and_then(Usd::from_reported)?, most)
    }
}

impl<'line, W: Words> Shape<'line, W> {
    /// The same out of a value whose fields may be of any kind.
    pub(super) fn of(value: &'line Value) -> Self {
        let truth = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or_default();
        let amount = |key: &str| Amount(value.get(key).and_then(Value::as_f64));
        Self {
            kind: Text::of(value, "type"),
            session_id: Text::either(value, "sessionId", "session_id"),
            asked_by: Text::of(value, "requestSessionId"),
            agent_id: Text::of(value, "agentId"),
            request_id: Text::either(value, "requestId", "request_id"),
            cwd: Text::of(value, "cwd"),
            timestamp: Text::of(value, "timestamp"),
            is_sidechain: truth("isSidechain"),
            is_meta: truth("isMeta"),
            message: value.get("message").map(Response::of),
            data: value.get("data").map(|data| Progress {
                kind: Text::of(data, "type"),
                message: data.get("message").map(|message| Echo { kind: Text::of(message, "type") }),
            }),
            custom_title: Text::of(value, "customTitle"),
            agent_name: Text::of(value, "agentName"),
            summary: Text::of(value, "summary"),
            cost: amount("costUSD"),
            total_cost: amount("totalCostUSD"),
        }
    }
}

impl<'line, W: Words> Response<'line, W> {
    fn of(message: &'line Value) -> Self {
        Self {
            id: Text::of(message, "id"),
            model: Text::of(message, "model"),
            stop_reason: Text::of(message, "stop_reason"),
            content: match message.get("content") {
                Some(Value::String(words)) => Content::Words(W::of(words)),
                _ => {
                    let blocks = fields::list(message, "content").iter().take(MOST_BLOCKS);
                    Content::Blocks(blocks.map(Piece::of).collect())
                }
            },
            usage: message.get("usage").filter(|usage| usage.is_object()).map(|_| Figures::of(message)),
        }
    }
}

impl<'line, W: Words> Piece<'line, W> {
    fn of(block: &'line Value) -> Self {
        Self {
            kind: Text::of(block, "type"),
            id: Text::of(block, "id"),
            name: Text::of(block, "name"),
            tool_use_id: Text::of(block, "tool_use_id"),
            text: block.get("text").and_then(Value::as_str).map(W::of).unwrap_or_default(),
            is_error: block.get("is_error").and_then(Value::as_bool).unwrap_or_default(),
        }
    }
}

impl Figures {
    fn of(message: &Value) -> Self {
        let usage = fields::usage(message, REQUEST_TOKENS);
        Self {
            input_tokens: Count(usage.tokens.input),
            output_tokens: Count(usage.tokens.output),
            cache_creation_input_tokens: Count(usage.tokens.cache_creation),
            cache_read_input_tokens: Count(usage.tokens.cache_read),
            cache_creation: Some(Kept {
                ephemeral_5m_input_tokens: Count(usage.cache_5m),
                ephemeral_1h_input_tokens: Count(usage.cache_1h),
            }),
            server_tool_use: Some(Searched { web_search_requests: Count(usage.web_searches) }),
            speed: usage.speed,
            service_tier: None,
            inference_geo: usage.geo,
        }
    }
}

impl<'de: 'line, 'line> Deserialize<'de> for Text<'line> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl<'de> Visitor<'de> for Words {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Text(None))
            }
        }
        deserializer.deserialize_any(Words)
    }
}

impl<'de: 'line, 'line, W: Words + Deserialize<'de>> Deserialize<'de> for Content<'line, W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<W>(PhantomData<W>);
        impl<'de, W: Words + Deserialize<'de>> Visitor<'de> for Any<W> {
            type Value = Content<'de, W>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("words or blocks")
            }

            fn visit_str<E: Error>(self, words: &str) -> Result<Self::Value, E> {
                Ok(Content::Words(W::of(words)))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Content::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut blocks: A) -> Result<Self::Value, A::Error> {
                let mut kept = Vec::new();
                while kept.len() < MOST_BLOCKS {
                    let Some(block) = blocks.next_element()? else { return Ok(Content::Blocks(kept)) };
                    kept.push(block);
                }
                while blocks.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Content::Blocks(kept))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Content::default())
            }
        }
        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl Words for Text<'_> {
    fn filled(&self) -> Option<&str> {
        Text::filled(self)
    }

    fn of(words: &str) -> Self {
        Self(Some(Cow::Owned(words.to_owned())))
    }
}

impl Words for Skipped {
    fn filled(&self) -> Option<&str> {
        None
    }

    fn of(_: &str) -> Self {
        Self
    }
}

impl<'de> Deserialize<'de> for Skipped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Option::<f64>::deserialize(deserializer)?;
        Ok(Self(
            number.filter(|number| *number > 0.0).map_or(0, |number| (number as u64).min(REQUEST_TOKENS)),
        ))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<f64>::deserialize(deserializer).map(Self)
    }
}
