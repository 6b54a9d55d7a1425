//! JSON read and written by one small piece of code: what the page uses, where every further way of reading weighs.

mod parse;
mod tree;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::fmt::{self, Write};

pub use parse::{Fault, parse};
pub use tree::{Tree, Unreadable};

/// Reads a noun from text; says no more of what it cannot read than that.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let value = parse(text).map_err(|_: Fault| Unreadable)?;
    noun(&value)
}

/// Reads a noun from a tree.
pub fn noun<T: DeserializeOwned>(value: &Value) -> Result<T, Unreadable> {
    T::deserialize(Tree::new(value))
}

/// A noun as text.
pub fn write<T: Serialize>(noun: &T) -> Result<String, serde_json::Error> {
    serde_json::to_value(noun).map(|value| text(&value))
}

/// A tree as text without any spaces.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    put(&mut out, value, None);
    out
}

/// A tree as text, a line for each member, two spaces for each level.
pub fn pretty(value: &Value) -> String {
    let mut out = String::new();
    put(&mut out, value, Some(0));
    out
}

/// `level` is how far lines are moved in; without it all is one line.
fn put(out: &mut String, value: &Value, level: Option<usize>) {
    let inner = level.map(|level| level + 1);
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => {
            // Writing to a string does not fail.
            let _ = match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(whole), ..) => write!(out, "{whole}"),
                (_, Some(whole), _) => write!(out, "{whole}"),
                (.., Some(part)) if part.abs() >= 1e16 => write!(out, "{part:e}"),
                (.., Some(part)) if part.fract() == 0.0 => write!(out, "{part}.0"),
                (.., part) => write!(out, "{}", part.unwrap_or_default()),
            };
        }
        Value::String(words) => quote(out, words),
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                part(out, at, inner);
                put(out, item, inner);
            }
            line(out, level);
            out.push(']');
        }
        Value::Object(fields) if fields.is_empty() => out.push_str("{}"),
        Value::Object(fields) => {
            out.push('{');
            for (at, (name, field)) in fields.iter().enumerate() {
                part(out, at, inner);
                quote(out, name);
                out.push_str(if level.is_some() { ": " } else { ":" });
                put(out, field, inner);
            }
            line(out, level);
            out.push('}');
        }
    }
}

fn part(out: &mut String, at: usize, level: Option<usize>) {
    if at > 0 {
        out.push(',');
    }
    line(out, level);
}

fn line(out: &mut String, level: Option<usize>) {
    let Some(level) = level else { return };
    out.push('\n');
    for _ in 0..level {
        out.push_str("  ");
    }
}

fn quote(out: &mut String, words: &str) {
    out.push('"');
    for letter in words.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..' ' => {
                // As above.
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}

/// Reads a noun that has all fields of another one between its own.
macro_rules! holds_fields {
    ($noun:ident { $inner:ident: $Inner:ty, $($field:ident: $type:ty),* $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $noun {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                struct Own {
                    $($field: $type,)*
                }
                let whole = serde_json::Value::deserialize(deserializer)?;
                let $inner = <$Inner>::deserialize($crate::json::Tree::<D::Error>::new(&whole))?;
                let Own { $($field),* } = Own::deserialize($crate::json::Tree::<D::Error>::new(&whole))?;
                Ok(Self { $inner, $($field),* })
            }
        }
    };
}

pub(crate) use holds_fields;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this JSON is not what was expected here")
    }
}

impl std::error::Error for Unreadable {}

#[cfg(test)]
mod tests;
