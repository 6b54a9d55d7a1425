//! A tape: the lines of one file from any place, forwards and backwards, in blocks. It is never read whole.

use crate::sources::files::open_plain;
use memchr::{memchr, memrchr};
use orchestrator::transcripts::{lines::LONGEST_LINE, session::is_whole};
use std::{fs::File, io, ops::ControlFlow, os::unix::fs::FileExt as _, path::Path};

/// Bytes that are read at a time.
const BLOCK: usize = 256 << 10;

/// An open file and how long it was then.
#[derive(Debug)]
pub(super) struct Tape {
    file: File,
    size: u64,
}

/// One line.
#[derive(Debug)]
pub(super) struct Line<'bytes> {
    /// Where it begins.
    pub offset: u64,
    /// Where the next one begins.
    pub end: u64,
    /// Its bytes; none where there are too many.
    pub text: Option<&'bytes [u8]>,
}

impl Tape {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (file, metadata) = open_plain(path)?;
        Ok(Self { file, size: metadata.len() })
    }

    /// Its bytes when it was opened.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Whether a line begins here.
    pub(super) fn is_line(&self, at: u64) -> io::Result<bool> {
        Ok(at == 0 || (at <= self.size && self.read(at - 1, 1)? == b"\n"))
    }

    /// Where the line begins that holds this byte.
    pub(super) fn line_of(&self, at: u64) -> io::Result<u64> {
        let mut end = at.min(self.size);
        while end > 0 {
            let from = end.saturating_sub(BLOCK as u64);
            let block = self.read(from, (end - from) as usize)?;
            if let Some(found) = memrchr(b'\n', &block) {
                return Ok(from + found as u64 + 1);
            }
            end = from;
        }
        Ok(0)
    }

    /// Gives the lines from this place on, where one begins, until the file or the patience of `give` ends. A last
    /// line that its writer is busy with is left for later.
    pub(super) fn forward(
        &self,
        from: u64,
        mut give: impl FnMut(Line<'_>) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<()>> {
        let mut held = Vec::new();
        // Where the line that is being read begins, and bytes of it that were not kept.
        let (mut begin, mut dropped) = (from, 0_u64);
        let mut looked = 0;
        loop {
            let mut start = 0;
            while let Some(found) = memchr(b'\n', &held[looked..]) {
                let stop = looked + found;
                let text = &held[start..stop];
                let end = begin + dropped + text.len() as u64 + 1;
                let text = (dropped == 0 && text.len() <= LONGEST_LINE).then_some(text);
                if give(Line { offset: begin, end, text }).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                (begin, dropped) = (end, 0);
                (start, looked) = (stop + 1, stop + 1);
            }
            held.drain(..start);
            if held.len() > LONGEST_LINE {
                dropped += held.len() as u64;
                held.clear();
            }
            looked = held.len();
            let block = self.read(begin + dropped + held.len() as u64, BLOCK)?;
            if block.is_empty() {
                break;
            }
            held.extend_from_slice(&block);
        }
        if dropped == 0 && is_whole(&held) {
            let end = begin + held.len() as u64;
            return Ok(give(Line { offset: begin, end, text: Some(&held) }));
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Gives the lines before this place, where one ends, the last one first.
    pub(super) fn backward(
        &self,
        before: u64,
        mut give: impl FnMut(Line<'_>) -> ControlFlow<()>,
    ) -> io::Result<ControlFlow<()>> {
        let mut held: Vec<u8> = Vec::new();
        let mut end = before.min(self.size);
        while end > 0 {
            let from = end - held.len() as u64;
            let inner = held.len().saturating_sub(1);
            if let Some(found) = memrchr(b'\n', &held[..inner]).map(|at| at + 1).or((from == 0).then_some(0))
            {
                let offset = from + found as u64;
                let text = &held[found..];
                let has_end = text.last() == Some(&b'\n');
                // The last line may be one that its writer is busy with.
                let is_due = has_end || is_whole(text);
                let text = if has_end { &text[..text.len() - 1] } else { text };
                let text = (text.len() <= LONGEST_LINE).then_some(text);
                if is_due && give(Line { offset, end, text }).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                held.truncate(found);
                end = offset;
            } else if held.len() > LONGEST_LINE {
                let offset = self.line_of(from)?;
                if give(Line { offset, end, text: None }).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                held.clear();
                end = offset;
            } else {
                let more = (BLOCK.max(held.len()) as u64).min(from);
                let mut block = self.read(from - more, more as usize)?;
                if block.len() as u64 != more {
                    return Err(io::Error::other("it shrank while it was read"));
                }
                block.append(&mut held);
                held = block;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Up to so many bytes from this place on.
    pub(super) fn read(&self, at: u64, bytes: usize) -> io::Result<Vec<u8>> {
        let mut block = vec![0; bytes];
        let mut filled = 0;
        while filled < bytes {
            match self.file.read_at(&mut block[filled..], at + filled as u64)? {
                0 => break,
                read => filled += read,
            }
        }
        block.truncate(filled);
        Ok(block)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write as _;

    fn tape(bytes: &[u8]) -> Tape {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        Tape::open(file.path()).unwrap()
    }

    type Seen = (u64, u64, Option<Vec<u8>>);

    fn forth(tape: &Tape, from: u64) -> Vec<Seen> {
        let mut seen = Vec::new();
        let note = |line: Line<'_>| {
            seen.push((line.offset, line.end, line.text.map(<[u8]>::to_vec)));
            ControlFlow::Continue(())
        };
        let _ = tape.forward(from, note).unwrap();
        seen
    }

    fn back(tape: &Tape, before: u64) -> Vec<Seen> {
        let mut seen = Vec::new();
        let note = |line: Line<'_>| {
            seen.push((line.offset, line.end, line.text.map(<[u8]>::to_vec)));
            ControlFlow::Continue(())
        };
        let _ = tape.backward(before, note).unwrap();
        seen.reverse();
        seen
    }

    #[test]
    fn the_same_lines_are_read_in_both_directions_however_long_they_are() {
        let long = "x".repeat(3 * BLOCK + 17);
        let text = format!("{{}}\n\nab\n{long}\n{}\nlast\n", "y".repeat(BLOCK - 1));
        let tape = tape(text.as_bytes());
        let lines = forth(&tape, 0);
        assert_eq!(lines.len(), 6);
        assert_eq!(lines, back(&tape, tape.size()));
        assert_eq!(
            lines.iter().map(|line| line.2.clone().unwrap()).collect::<Vec<_>>().join(&b'\n'),
            text.trim_end().as_bytes()
        );
        for (at, (offset, end, _)) in lines.iter().enumerate() {
            assert_eq!(forth(&tape, *offset), lines[at..], "from line {at}");
            assert_eq!(back(&tape, *end), lines[..=at], "before line {at}");
            assert!(tape.is_line(*offset).unwrap() && tape.line_of(*end - 1).unwrap() == *offset);
        }
        assert!(!tape.is_line(1).unwrap() && !tape.is_line(tape.size() + 1).unwrap());
    }

    #[test]
    fn a_line_that_is_too_long_is_known_by_its_place() {
        let mut text = b"{}\n".to_vec();
        text.extend(vec![b'z'; LONGEST_LINE + 5]);
        text.extend(b"\n{}\n");
        let tape = tape(&text);
        let lines = forth(&tape, 0);
        let places: Vec<_> = lines.iter().map(|line| (line.0, line.2.is_none())).collect();
        assert_eq!(places, [(0, false), (3, true), (3 + LONGEST_LINE as u64 + 6, false)]);
        assert_eq!(lines, back(&tape, tape.size()));
    }

    #[test]
    fn the_end_of_a_busy_writers_line_is_waited_for() {
        let lines = |text: &str| {
            (forth(&tape(text.as_bytes()), 0).len(), back(&tape(text.as_bytes()), u64::MAX).len())
        };
        assert_eq!(lines("{}\n{\"a\":"), (1, 1));
        assert_eq!(lines("{}\n{\"a\":1}"), (2, 2));
        assert_eq!(lines(""), (0, 0));
    }
}
