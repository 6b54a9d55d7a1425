//! Lines of a file that grows: bytes in, whole lines with their places out, however the bytes are cut.

use memchr::memchr;
use std::fmt::Display;

/// The longest line that is read, in bytes; a longer one is known by its place and length alone.
pub const LONGEST_LINE: usize = 16 << 20;

/// What every line of some programs' files begins with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What parts a file's path from the bytes before a place in it.
const BYTE: &str = ", byte ";

/// The place of a line in words: `/home/me/s1.jsonl, byte 88286`.
pub fn place(path: impl Display, offset: u64) -> String {
    format!("{path}{BYTE}{offset}")
}

/// Whether these words name the place of a line.
pub fn is_place(words: &str) -> bool {
    words.contains(BYTE)
}

/// One line and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'bytes> {
    /// Bytes of the file before it.
    pub offset: u64,
    /// What it is.
    pub text: Text<'bytes>,
}

/// The bytes of a line, or how many they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'bytes> {
    /// Without the line's end.
    Whole(&'bytes [u8]),
    /// Too many to read.
    Oversize(u64),
}

/// Cuts bytes into lines. What follows the last newline waits for its end: a writer may be busy with it.
#[derive(Clone, Debug)]
pub struct Lines {
    /// Where the line that waits begins.
    begin: u64,
    waiting: Vec<u8>,
    /// How long it is; more than is kept where it is too long.
    length: u64,
    longest: usize,
}

impl Lines {
    /// Goes on at this place of a file, where a line begins.
    pub fn from(offset: u64) -> Self {
        Self::with_longest(offset, LONGEST_LINE)
    }

    /// The same with another bound.
    pub fn with_longest(offset: u64, longest: usize) -> Self {
        Self { begin: offset, waiting: Vec::new(), length: 0, longest }
    }

    /// Where whoever comes later goes on: behind the last whole line.
    pub fn settled(&self) -> u64 {
        self.begin
    }

    /// Bytes of the line that has no end yet.
    pub fn unfinished(&self) -> u64 {
        self.length
    }

    /// Takes the next bytes; gives every line that ends in them. Empty lines are passed over.
    pub fn push(&mut self, mut bytes: &[u8], mut give: impl FnMut(Line<'_>)) {
        while let Some(end) = memchr(b'\n', bytes) {
            let (piece, rest) = (&bytes[..end], &bytes[end + 1..]);
            if self.length == 0 && piece.len() <= self.longest {
                give_whole(self.begin, piece, &mut give);
            } else {
                self.keep(piece);
                self.give_waiting(&mut give);
            }
            self.begin += self.length.max(piece.len() as u64) + 1;
            self.length = 0;
            bytes = rest;
        }
        self.keep(bytes);
    }

    /// Takes the line without an end as well, where it will do as it is.
    pub fn finish(&mut self, will_do: impl FnOnce(&[u8]) -> bool, mut give: impl FnMut(Line<'_>)) {
        if self.length > 0 && self.length <= self.longest as u64 && will_do(&self.waiting) {
            self.give_waiting(&mut give);
            self.begin += self.length;
            self.length = 0;
        }
    }

    fn keep(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        if self.length <= self.longest as u64 {
            self.waiting.extend_from_slice(piece);
        } else {
            self.waiting = Vec::new();
        }
    }

    fn give_waiting(&mut self, give: &mut impl FnMut(Line<'_>)) {
        if self.length > self.longest as u64 {
            give(Line { offset: self.begin, text: Text::Oversize(self.length) });
        } else {
            let waiting = std::mem::take(&mut self.waiting);
            give_whole(self.begin, &waiting, give);
        }
    }
}

fn give_whole(offset: u64, piece: &[u8], give: &mut impl FnMut(Line<'_>)) {
    let text = piece.strip_prefix(BYTE_ORDER_MARK).unwrap_or(piece).trim_ascii();
    if !text.is_empty() {
        give(Line { offset, text: Text::Whole(text) });
    }
}
