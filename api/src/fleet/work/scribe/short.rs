//! Long things made short enough to be written down.

use serde_json::Value;

/// The longest piece, in bytes; what is longer comes in several.
pub(super) const PIECE_BYTES: usize = 32 << 10;
/// What is kept of a tool's input, in bytes.
pub(super) const INPUT_BYTES: usize = 4 << 10;

/// The input, its texts shortened until all of it fits.
pub(super) fn shortened(input: &Value) -> Value {
    let mut limit = INPUT_BYTES;
    let mut short = input.clone();
    while short.to_string().len() > INPUT_BYTES {
        limit /= 2;
        if limit < 64 {
            // Half, because quotes inside a text are escaped.
            return Value::String(format!("{}…", cut(&input.to_string(), INPUT_BYTES / 2 - 8)));
        }
        shorten(&mut short, limit);
    }
    short
}

fn shorten(value: &mut Value, limit: usize) {
    match value {
        Value::String(text) if text.len() > limit => *text = format!("{}…", cut(text, limit)),
        Value::Array(values) => values.iter_mut().for_each(|value| shorten(value, limit)),
        Value::Object(fields) => fields.values_mut().for_each(|value| shorten(value, limit)),
        _ => {}
    }
}

pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let piece = cut(rest, PIECE_BYTES);
        rest = &rest[piece.len()..];
        (!piece.is_empty()).then_some(piece)
    })
}

/// At most so many bytes of a text, never half a character.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
