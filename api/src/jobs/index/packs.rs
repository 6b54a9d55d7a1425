//! Packs: what is read of files, as much as one transaction takes in.

use super::reading::{Reader, Stretch};
use crate::store::Behind;
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
    let mut pack: Vec<Read> = Vec::new();
    let mut bytes = 0;
    for behind in files {
        let path = behind.path.clone();
        let mut reader = match Reader::open(behind.clone()) {
            Ok(Some(reader)) => reader,
            Ok(None) => continue,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                pack.push(Read::Gone(behind));
                continue;
            }
            Err(error) => {
                tracing::debug!(%error, path, "a session file is not read for the search");
                continue;
            }
        };
        loop {
            let more = match reader.stretch(PACK_BYTES - bytes) {
                Ok((stretch, more)) => {
                    bytes += stretch.bytes;
                    pack.push(Read::Stretch(stretch));
                    more
                }
                Err(error) => {
                    tracing::debug!(%error, path, "a session file is not read further for the search");
                    false
                }
            };
            if bytes >= PACK_BYTES || pack.len() >= PACK_FILES {
                bytes = 0;
                if packs.blocking_send(std::mem::take(&mut pack)).is_err() {
                    return;
                }
            }
            if !more {
                break;
            }
        }
    }
    if !pack.is_empty() {
        // Whoever does not listen any more has stopped.
        let _ = packs.blocking_send(pack);
    }
}
