//! The files of one thread, read as if they were one: pieces with their places, forwards and backwards.

use super::tape::{Line, Tape};
use crate::store::ThreadFile;
use memchr::memmem;
use orchestrator::{
    conversations::{Piece, Said, read, window::Placed},
    transcripts::reading::Thread,
};
use quarterdeck_shared::Timestamp;
use std::{cell::Cell, io, ops::ControlFlow, path::Path};

/// Bytes that are looked through around a place, for the call of an answer or the answer of a call.
const NEAR: u64 = 4 << 20;
/// Bytes that are looked through where most of them are of other threads.
const FAR: u64 = 64 << 20;
/// Stretches of a file between which a moment is looked for by its bytes.
const NARROW: u64 = 64 << 10;

/// A place: which file, and where a line begins in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub file: usize,
    pub offset: u64,
}

/// A line's pieces, and where the line ends.
pub(super) struct Told {
    pub place: Place,
    pub end: Place,
    pub bytes: u64,
    pub pieces: Vec<Piece>,
}

/// The files, opened.
pub(super) struct Files {
    pub tapes: Vec<(String, Tape)>,
    pub missing: Vec<String>,
    thread: Thread,
}

impl Place {
    /// The cursor of a piece of the line here.
    pub(super) fn cursor(self, index: usize) -> String {
        format!("{}.{}.{index}", self.file, self.offset)
    }

    /// The place and the piece of a cursor.
    pub(super) fn parse(cursor: &str) -> Option<(Self, usize)> {
        let mut numbers = cursor.split('.');
        let place = Self { file: numbers.next()?.parse().ok()?, offset: numbers.next()?.parse().ok()? };
        let index = numbers.next().unwrap_or("0").parse().ok()?;
        numbers.next().is_none().then_some((place, index))
    }
}

impl Files {
    /// Opens what can be opened; what cannot is said.
    pub(super) fn open(known: &[ThreadFile], thread: Thread) -> Self {
        let (mut tapes, mut missing) = (Vec::new(), Vec::new());
        for file in known {
            match Tape::open(Path::new(&file.path)) {
                Ok(tape) => {
                    if file.read_bytes.is_some_and(|read| tape.size() < read) {
                        missing
                            .push(format!("{} is shorter than it was: something was cut off it", file.path));
                    }
                    tapes.push((file.path.clone(), tape));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    missing
                        .push(format!("{} is gone: the words that stood in it cannot be shown", file.path));
                }
                Err(error) => missing.push(format!("{} cannot be read: {error}", file.path)),
            }
        }
        Self { tapes, missing, thread }
    }

    /// Where everything ends.
    pub(super) fn end(&self) -> Place {
        let file = self.tapes.len().saturating_sub(1);
        Place { file, offset: self.tapes.get(file).map_or(0, |(_, tape)| tape.size()) }
    }

    /// All their bytes.
    pub(super) fn size(&self) -> u64 {
        self.tapes.iter().map(|(_, tape)| tape.size()).sum()
    }

    /// The share of the whole that stands before a place.
    pub(super) fn share(&self, place: Place) -> f64 {
        let sizes = self.tapes.iter().map(|(_, tape)| tape.size());
        let (all, before) = (self.size(), sizes.take(place.file).sum::<u64>() + place.offset);
        if all == 0 { 1.0 } else { (before as f64 / all as f64).min(1.0) }
    }

    /// Where this byte of the whole is.
    pub(super) fn byte(&self, byte: u64) -> Place {
        let mut left = byte;
        for (file, (_, tape)) in self.tapes.iter().enumerate() {
            if left < tape.size() {
                return Place { file, offset: left };
            }
            left -= tape.size();
        }
        self.end()
    }

    /// Where the line begins that holds a place.
    pub(super) fn line_of(&self, place: Place) -> io::Result<Place> {
        let Some((_, tape)) = self.tapes.get(place.file) else { return Ok(place) };
        Ok(Place { offset: tape.line_of(place.offset)?, ..place })
    }

    /// The line at this share of the whole.
    pub(super) fn at_share(&self, share: f64) -> io::Result<Place> {
        let place = self.byte((self.size() as f64 * share.clamp(0.0, 1.0)) as u64);
        if place == self.end() { Ok(place) } else { self.line_of(place) }
    }

    /// Whether a line of these files begins here.
    pub(super) fn is_line(&self, place: Place) -> io::Result<bool> {
        self.tapes.get(place.file).map_or(Ok(false), |(_, tape)| tape.is_line(place.offset))
    }

    /// Whether a piece is of this thread. What does not say whose it is belongs to the file's.
    fn is_ours(&self, piece: &Piece) -> bool {
        let Thread { session_id, agent_id } = &piece.thread;
        let says_nothing = session_id.is_empty() && agent_id.is_empty();
        says_nothing
            || ((session_id.is_empty() || *session_id == self.thread.session_id)
                && *agent_id == self.thread.agent_id)
    }

    fn told(&self, file: usize, line: &Line<'_>) -> Told {
        let bytes = line.end - line.offset;
        let mut pieces = match line.text {
            Some(text) => read(text),
            None => vec![oversize(bytes)],
        };
        pieces.retain(|piece| self.is_ours(piece));
        let end = Place { file, offset: line.end };
        Told { place: Place { file, offset: line.offset }, end, bytes, pieces }
    }

    fn told_if(&self, file: usize, line: &Line<'_>, wanted: impl Fn(&[u8]) -> bool) -> Told {
        if line.text.is_none_or(wanted) { self.told(file, line) } else { passed(file, line) }
    }

    /// Gives the lines from a place on that `wanted` lets through by their bytes; every line moves on.
    pub(super) fn forward(
        &self,
        from: Place,
        wanted: impl Fn(&[u8]) -> bool,
        mut give: impl FnMut(Told) -> ControlFlow<()>,
    ) -> io::Result<()> {
        for (file, (_, tape)) in self.tapes.iter().enumerate().skip(from.file) {
            let offset = if file == from.file { from.offset } else { 0 };
            if tape.forward(offset, |line| give(self.told_if(file, &line, &wanted)))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The same before a place, the last line first.
    pub(super) fn backward(
        &self,
        before: Place,
        wanted: impl Fn(&[u8]) -> bool,
        mut give: impl FnMut(Told) -> ControlFlow<()>,
    ) -> io::Result<()> {
        for (file, (_, tape)) in self.tapes.iter().enumerate().take(before.file + 1).rev() {
            let offset = if file == before.file { before.offset } else { tape.size() };
            if tape.backward(offset, |line| give(self.told_if(file, &line, &wanted)))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The line at a place and its length, without what ends it; none where no line begins there. Of one that is too
    /// long, the beginning.
    pub(super) fn line(&self, place: Place) -> io::Result<Option<(Vec<u8>, u64)>> {
        let Some((_, tape)) = self.tapes.get(place.file) else { return Ok(None) };
        if !tape.is_line(place.offset)? {
            return Ok(None);
        }
        let mut found = None;
        let _ = tape.forward(place.offset, |line| {
            let bytes = line.text.map_or(line.end - line.offset - 1, |text| text.len() as u64);
            found = Some((line.text.map(<[u8]>::to_vec), bytes));
            ControlFlow::Break(())
        })?;
        let Some((text, bytes)) = found else { return Ok(None) };
        let text = text.map_or_else(|| tape.read(place.offset, NEAR as usize), Ok)?;
        Ok(Some((text, bytes)))
    }

    /// The pieces of the line at a place.
    pub(super) fn pieces(&self, place: Place) -> io::Result<Vec<Piece>> {
        let line = self.line(place)?;
        Ok(line.map(|(line, _)| read(&line)).unwrap_or_default())
    }

    /// The bytes that stand a little before a place.
    pub(super) fn near_before(&self, place: Place) -> io::Result<Vec<u8>> {
        let Some((_, tape)) = self.tapes.get(place.file) else { return Ok(Vec::new()) };
        let from = place.offset.saturating_sub(NEAR);
        tape.read(from, (place.offset - from) as usize)
    }

    /// The pieces a little behind a place, of lines that `wanted` lets through, until it is enough. Lines of other
    /// threads that stand between make it no farther, up to a bound of their own.
    pub(super) fn near_after(
        &self,
        place: Place,
        wanted: impl Fn(&[u8]) -> bool,
        mut enough: impl FnMut(Placed) -> bool,
    ) -> io::Result<()> {
        let (ours, mut looked, mut seen) = (Cell::new(true), 0, 0);
        let wanted = |line: &[u8]| {
            ours.set(self.may_be_ours(line));
            ours.get() && wanted(line)
        };
        self.forward(place, wanted, |told| {
            looked += told.bytes;
            seen += if ours.replace(true) { told.bytes } else { 0 };
            let is_over = placed(told).into_iter().any(&mut enough);
            if is_over || seen > NEAR || looked > FAR {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    }

    /// Whether a line may be of this thread, by its bytes: within a text these quotes would be escaped. That a line
    /// names a sub-agent alone does not say that it is one's: its caller's answer does so, too.
    fn may_be_ours(&self, line: &[u8]) -> bool {
        let has = |bytes: &[u8]| memmem::find(line, bytes).is_some();
        let names = has(b"\"agentId\":\"");
        let thread = self.thread.agent_id.as_bytes();
        if thread.is_empty() { !(names && has(b"\"isSidechain\":true")) } else { !names || has(thread) }
    }

    /// The first line at or after a moment, by halving: lines are in order of time but for a few.
    pub(super) fn at_moment(&self, at: Timestamp) -> io::Result<Place> {
        let begins_before = |file: usize| {
            let first = self.moment_from(Place { file, offset: 0 })?;
            Ok::<_, io::Error>(first.is_some_and(|first| first < at))
        };
        let mut file = 0;
        for next in 1..self.tapes.len() {
            if begins_before(next)? {
                file = next;
            }
        }
        let Some((_, tape)) = self.tapes.get(file) else { return Ok(self.end()) };
        let (mut low, mut high) = (0, tape.size());
        while high - low > NARROW {
            let middle = tape.line_of(low + (high - low) / 2)?;
            if middle <= low {
                break;
            }
            match self.moment_from(Place { file, offset: middle })? {
                Some(found) if found < at => low = middle,
                _ => high = middle,
            }
        }
        let mut found = self.end();
        self.forward(
            Place { file, offset: low },
            |_| true,
            |told| {
                if told.pieces.iter().any(|piece| piece.at.is_some_and(|its| its >= at)) {
                    found = told.place;
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            },
        )?;
        Ok(found)
    }

    /// The first moment that is said from a place on, within a little.
    pub(super) fn moment_from(&self, place: Place) -> io::Result<Option<Timestamp>> {
        let mut found = None;
        self.near_after(
            place,
            |_| true,
            |placed| {
                found = placed.piece.at;
                found.is_some()
            },
        )?;
        Ok(found)
    }
}

fn passed(file: usize, line: &Line<'_>) -> Told {
    let end = Place { file, offset: line.end };
    let place = Place { file, offset: line.offset };
    Told { place, end, bytes: line.end - line.offset, pieces: Vec::new() }
}

/// The pieces of a line with their cursors.
pub(super) fn placed(told: Told) -> Vec<Placed> {
    let place = told.place;
    let with_cursor = |piece: Piece| Placed { cursor: place.cursor(piece.index), piece };
    told.pieces.into_iter().map(with_cursor).collect()
}

fn oversize(bytes: u64) -> Piece {
    let text = format!("this line has {bytes} bytes, more than are read at a time");
    Piece::alone(Said::Notice { what: "oversize".to_owned(), text }, None)
}
