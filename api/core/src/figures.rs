//! Figures as people read them: tokens, spans of time, texts cut to length.

use std::borrow::Cow;

/// Tokens: `999`, `1.0k`, `15.4k`, `1.2M`.
pub fn tokens(count: u64) -> String {
    let _ = count;
    unimplemented!()
}

/// Seconds: `59s`, `1m 5s`, `2h 3m`, `1d 4h`; `N/A` where there are none.
pub fn duration(seconds: impl Into<Option<i64>>) -> String {
    let _ = seconds.into();
    unimplemented!()
}

/// A text of at most `limit` characters, and a mark that says how many were cut off.
pub fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    let _ = limit;
    Cow::Borrowed(text)
}
