//! Packs: what is read of files, as much as one transaction takes in.

use super::reading::{Reader, Stretch, log};
use crate::{sources::agent_logs::is_log, store::Behind};
use std::{io, path::Path};
use tokio::sync::mpsc;

/// What one transaction takes in: about so many bytes of files, or so many files. Live work waits for no more.
const PACK_BYTES: u64 = 2 << 20;
const PACK_FILES: usize = 64;

/// What was read of one file.
pub enum Read {
    Stretch(Stretch),
    /// It is not there any more.
    Gone(Behind),
}

impl Read {
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Stretch(stretch) => stretch.bytes,
            Self::Gone(behind) => behind.read_bytes.saturating_sub(behind.indexed_bytes()),
        }
    }

    /// The file, and up to where it is read then.
    pub fn reached(&self) -> (String, u64) {
        match self {
            Self::Stretch(stretch) => (stretch.file.path.clone(), stretch.file.indexed_bytes),
            Self::Gone(behind) => (behind.path.clone(), behind.read_bytes),
        }
    }
}

/// Reads files to their ends, and hands over packs until nobody takes them.
pub fn read_all(files: Vec<Behind>, packs: &mpsc::Sender<Vec<Read>>) {
    let mut pack = Pack { packs, reads: Vec::new(), bytes: 0 };
    let is_done = files.into_iter().all(|behind| pack.read(behind));
    if is_done && !pack.reads.is_empty() {
        pack.hand_over();
    }
}

/// A pack that is being filled.
struct Pack<'a> {
    packs: &'a mpsc::Sender<Vec<Read>>,
    reads: Vec<Read>,
    bytes: u64,
}

impl Pack<'_> {
    /// Reads a file to its end; says whether anybody takes what is read.
    fn read(&mut self, behind: Behind) -> bool {
        match self.read_on(behind.clone()) {
            Ok(goes_on) => goes_on,
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.push(Read::Gone(behind)),
            Err(error) => {
                tracing::debug!(%error, path = behind.path, "a file is not read to its end for the search");
                true
            }
        }
    }

    fn read_on(&mut self, behind: Behind) -> io::Result<bool> {
        if is_log(Path::new(&behind.path)) {
            return Ok(log(behind)?.into_iter().all(|stretch| self.take(stretch)));
        }
        let Some(mut reader) = Reader::open(behind)? else { return Ok(true) };
        loop {
            let (stretch, more) = reader.stretch(PACK_BYTES - self.bytes)?;
            if !self.take(stretch) {
                return Ok(false);
            }
            if !more {
                return Ok(true);
            }
        }
    }

    fn take(&mut self, stretch: Stretch) -> bool {
        self.bytes += stretch.bytes;
        self.push(Read::Stretch(stretch))
    }

    /// Takes it in; a pack that is full goes to whoever writes it.
    fn push(&mut self, read: Read) -> bool {
        self.reads.push(read);
        (self.bytes < PACK_BYTES && self.reads.len() < PACK_FILES) || self.hand_over()
    }

    /// Whoever does not listen any more has stopped.
    fn hand_over(&mut self) -> bool {
        self.bytes = 0;
        self.packs.blocking_send(std::mem::take(&mut self.reads)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_gone_fill_packs_as_others_do() {
        let gone = |number| Behind {
            path: format!("/nowhere/{number}.jsonl"),
            device: 1,
            inode: number,
            head: String::new(),
            head_bytes: 0,
            read_bytes: 9,
            thread: Default::default(),
            is_told_by_session: false,
            known: None,
        };
        let (packs, mut read) = mpsc::channel(8);
        read_all((1..=200).map(gone).collect(), &packs);
        drop(packs);
        let sizes: Vec<_> = std::iter::from_fn(|| read.blocking_recv()).map(|pack| pack.len()).collect();
        assert_eq!(sizes, [64, 64, 64, 8]);
    }
}
