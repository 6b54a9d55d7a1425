//! JSON as people read it, cut into pieces of one colour each.

use quarterdeck_shared::logs::{Ink, InkKind};
use serde_json::Value;

/// Writes a value with indents; nothing for nothing.
pub fn ink(value: &Value) -> Vec<Ink> {
    let mut pieces = Vec::new();
    if !value.is_null() {
        write(value, 0, &mut pieces);
    }
    pieces
}

fn write(value: &Value, depth: usize, pieces: &mut Vec<Ink>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (at, (key, value)) in fields.iter().enumerate() {
                put(
                    pieces,
                    InkKind::Mark,
                    &format!("{}\n{}", if at == 0 { "{" } else { "," }, indent(depth + 1)),
                );
                put(pieces, InkKind::Key, &Value::from(key.as_str()).to_string());
                put(pieces, InkKind::Mark, ": ");
                write(value, depth + 1, pieces);
            }
            put(pieces, InkKind::Mark, &format!("\n{}}}", indent(depth)));
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                put(
                    pieces,
                    InkKind::Mark,
                    &format!("{}\n{}", if at == 0 { "[" } else { "," }, indent(depth + 1)),
                );
                write(item, depth + 1, pieces);
            }
            put(pieces, InkKind::Mark, &format!("\n{}]", indent(depth)));
        }
        Value::String(_) => put(pieces, InkKind::Text, &value.to_string()),
        Value::Number(_) => put(pieces, InkKind::Number, &value.to_string()),
        Value::Bool(_) | Value::Null => put(pieces, InkKind::Word, &value.to_string()),
        _ => put(pieces, InkKind::Mark, &value.to_string()),
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth.min(20))
}

fn put(pieces: &mut Vec<Ink>, kind: InkKind, text: &str) {
    match pieces.last_mut().filter(|last| last.kind == kind) {
        Some(last) => last.text.push_str(text),
        None => pieces.push(Ink { kind, text: text.to_owned() }),
    }
}
