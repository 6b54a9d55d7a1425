//! What of a piece can be searched: its words, and of a call what the tool is called with.

use crate::conversations::{Piece, Said};
use quarterdeck_shared::search::HitKind;
use serde_json::Value;
use std::borrow::Cow;

/// A piece's kind and words; none where it has no words. Parents' echoes of what sub-agents say are told by those.
pub fn spoken(piece: &Piece) -> Option<(HitKind, Cow<'_, str>)> {
    if piece.is_echo {
        return None;
    }
    let kind = match &piece.said {
        Said::Prompt(_) => HitKind::Prompt,
        Said::Context { .. } => HitKind::Context,
        Said::Text(_) => HitKind::Text,
        Said::Thinking(_) => HitKind::Thinking,
        Said::Result(_) => HitKind::Result,
        Said::Fault { .. } => HitKind::Fault,
        Said::Notice { what, .. } if what == "unreadable" => return None,
        Said::Notice { .. } => HitKind::Notice,
        Said::Call { input, .. } => {
            let mut words = String::new();
            gather(input, &mut words);
            return (!words.is_empty()).then_some((HitKind::Call, Cow::Owned(words)));
        }
        Said::Image(_) | Said::Compaction { .. } => return None,
    };
    piece.said.words().filter(|words| !words.is_empty()).map(|words| (kind, Cow::Borrowed(words)))
}

/// Every text within a value, a line each.
fn gather(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => {
            if !words.is_empty() {
                words.push('\n');
            }
            words.push_str(text);
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
        Value::Object(fields) => fields.values().for_each(|field| gather(field, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
