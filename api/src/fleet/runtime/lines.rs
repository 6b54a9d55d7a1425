//! Reads lines with a bound: a longer one is counted, not kept.

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _};

/// The longest line that is kept, in bytes.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// How much of standard error is kept, in bytes.
pub const MAX_STDERR_BYTES: usize = 8 << 10;

/// One line, or the length of one that was too long.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// The bytes without the line's end. The last one may have been cut off.
    Whole(Vec<u8>),
    /// So many bytes, too many to keep.
    Oversize(u64),
}

/// The next line of at most `max` bytes; `None` at the end. Empty lines are passed over.
pub async fn next<R: AsyncBufRead + Unpin>(reader: &mut R, max: usize) -> std::io::Result<Option<Line>> {
    let mut kept = Vec::new();
    let mut length = 0_u64;
    loop {
        let part = reader.fill_buf().await?;
        let ended = part.is_empty();
        let newline = part.iter().position(|&byte| byte == b'\n');
        let piece = &part[..newline.unwrap_or(part.len())];
        length += piece.len() as u64;
        if length <= max as u64 {
            kept.extend_from_slice(piece);
        } else {
            kept = Vec::new();
        }
        let used = newline.map_or(part.len(), |at| at + 1);
        reader.consume(used);
        if newline.is_none() && !ended {
            continue;
        }
        match length {
            0 if ended => return Ok(None),
            0 => {}
            length if length > max as u64 => return Ok(Some(Line::Oversize(length))),
            _ => return Ok(Some(Line::Whole(kept))),
        }
    }
}

/// Reads to the end and keeps the last `max` bytes, as text.
pub async fn tail<R: AsyncRead + Unpin>(mut reader: R, max: usize) -> String {
    let mut kept = Vec::new();
    let mut part = vec![0; 4096];
    while let Ok(read @ 1..) = reader.read(&mut part).await {
        kept.extend_from_slice(&part[..read]);
        if kept.len() > 2 * max {
            kept.drain(..kept.len() - max);
        }
    }
    kept.drain(..kept.len().saturating_sub(max));
    String::from_utf8_lossy(&kept).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::BufReader;

    async fn lines(bytes: &[u8], max: usize, buffer: usize) -> Vec<Line> {
        let mut reader = BufReader::with_capacity(buffer, bytes);
        let mut found = Vec::new();
        while let Some(line) = next(&mut reader, max).await.unwrap() {
            found.push(line);
        }
        found
    }

    #[tokio::test]
    async fn a_line_ends_at_its_newline_wherever_the_reads_are_cut() {
        for buffer in 1..12 {
            let found = lines(b"one\n\ntwo\nthree", 100, buffer).await;
            let expected = ["one", "two", "three"].map(|text| Line::Whole(text.into()));
            assert_eq!(found, expected, "buffer of {buffer}");
        }
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_counted_and_the_next_one_read() {
        for buffer in 1..12 {
            let found = lines(b"0123456789\nnext\n", 6, buffer).await;
            assert_eq!(found, [Line::Oversize(10), Line::Whole(b"next".into())], "buffer of {buffer}");
        }
    }

    #[tokio::test]
    async fn the_tail_is_what_came_last() {
        let words = "noise ".repeat(5_000) + "the last words\n";
        assert!(tail(words.as_bytes(), 64).await.ends_with("the last words"));
        assert!(tail(words.as_bytes(), 64).await.len() <= 64);
    }
}
