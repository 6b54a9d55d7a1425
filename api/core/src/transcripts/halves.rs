//! Halves of letters: a program that counts in UTF-16 may cut a text within a letter and write the half as `\ud83d`.
//! Such JSON is refused by readers that are strict, with all that the line says beside it.

use memchr::memmem;
use std::borrow::Cow;

/// Bytes of an escape: `\ud83d`.
const ESCAPE: usize = 6;

/// The JSON with each half of a letter replaced by the sign for what cannot be shown. All else stays as it is.
pub fn mended(json: &str) -> Cow<'_, str> {
    let may_hold = |begin: &[u8]| memmem::find(json.as_bytes(), begin).is_some();
    if !may_hold(b"\\ud") && !may_hold(b"\\uD") {
        return Cow::Borrowed(json);
    }
    let mut whole = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        whole.push_str(before);
        // An escaped backslash is no beginning of another escape.
        let (kept, length) = match (unit(from), from.get(ESCAPE..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (from.get(..2 * ESCAPE), 2 * ESCAPE),
            (Some(0xd800..=0xdfff), _) => (Some("\\ufffd"), ESCAPE),
            _ => (None, 1 + from.chars().nth(1).map_or(0, char::len_utf8)),
        };
        whole.push_str(kept.or(from.get(..length)).unwrap_or_default());
        rest = from.get(length..).unwrap_or_default();
    }
    whole.push_str(rest);
    Cow::Owned(whole)
}

/// The UTF-16 unit of an escape that stands at the beginning.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| all)
}

#[cfg(test)]
mod tests {
    use super::mended;

    #[test]
    fn halves_of_letters_are_replaced_and_all_else_stays() {
        for (json, whole) in [
            (r#"{"a":"cut \ud83d"}"#, r#"{"a":"cut \ufffd"}"#),
            (
                r#"{"a":"\uDE00\uD83D\uDE00\ud83d\ud83d\ude00"}"#,
                r#"{"a":"\ufffd\uD83D\uDE00\ufffd\ud83d\ude00"}"#,
            ),
            (r#"{"a":"\\ud83d"}"#, r#"{"a":"\\ud83d"}"#),
            (r#"{"a":"\\\ud83d\n"}"#, r#"{"a":"\\\ufffd\n"}"#),
            (r#"{"a":"\ud83","b":"ü\ud8"#, r#"{"a":"\ud83","b":"ü\ud8"#),
            (r#""\ud83dü\é\"#, r#""\ufffdü\é\"#),
            (r#"{"a":1}"#, r#"{"a":1}"#),
        ] {
            assert_eq!(mended(json), whole);
        }
    }
}
