//! Reading: a file that was taken in, stretch by stretch, into words that can be searched and deeds done to files.

use crate::{
    sources::{agent_logs::contents, files::open_plain},
    store::{Behind, IndexedFile},
};
use memchr::{memchr, memmem, memrchr};
use orchestrator::{
    conversations::{Piece, Said, read},
    files::{Deed, deed},
    search::{folded, spoken},
    transcripts::{
        lines::{Line, Lines, Text},
        reading::Thread,
    },
};
use quarterdeck_shared::{Timestamp, search::HitKind};
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    os::unix::fs::{FileExt as _, MetadataExt as _},
    path::Path,
};

/// Bytes of a piece's words that can be searched.
pub const WORDS: usize = 64 << 10;
/// Bytes that are read at a time.
const CHUNK: u64 = 256 << 10;
/// Pieces of an agent's log that one stretch holds.
const PIECES: usize = 1_000;
/// Calls whose answers are awaited at most.
pub const CALLS: usize = 4_096;
/// Bytes before the place a file is read on from in which the call of an answer is looked for, and places in them that
/// are looked at.
const EARLIER: u64 = 2 << 20;
const MENTIONS: usize = 8;

/// A piece that can be searched or tells of a file.
#[derive(Debug)]
pub struct Saying {
    pub thread: Thread,
    pub place: u64,
    pub piece: u64,
    pub at: Timestamp,
    pub document: Option<(HitKind, Option<String>, String)>,
    pub deed: Option<Deed>,
}

/// What was read of a file, and how far.
#[derive(Debug)]
pub struct Stretch {
    pub said: Vec<Saying>,
    /// The file as it is from now on; its number is that of what was known of it, or 0.
    pub file: IndexedFile,
    /// What was known of it is of another file that stood in its place.
    pub again: bool,
    pub bytes: u64,
}

/// A file that is being read.
pub struct Reader {
    file: File,
    behind: Behind,
    mark: IndexedFile,
    again: bool,
    lines: Lines,
    read: u64,
    pieces: Pieces,
}

/// What of a file's lines goes over to the next.
struct Pieces {
    thread: Thread,
    at: Timestamp,
    calls: HashMap<String, String>,
    earlier: Option<Earlier>,
    said: Vec<Saying>,
}

/// What stands before the place a file is read on from.
struct Earlier {
    file: File,
    end: u64,
    /// As far as it was needed.
    bytes: Option<Vec<u8>>,
}

impl Reader {
    /// Opens a file where it was left; `None` where it is not the one that was taken in, and will be taken in anew.
    pub fn open(behind: Behind) -> io::Result<Option<Self>> {
        let (mut file, metadata) = open_plain(Path::new(&behind.path))?;
        let mut head = vec![0; behind.head_bytes as usize];
        let is_taken = (metadata.dev(), metadata.ino()) == (behind.device, behind.inode)
            && metadata.size() >= behind.read_bytes
            && file.read_exact(&mut head).is_ok()
            && hash(&head) == behind.head;
        if !is_taken {
            return Ok(None);
        }
        let same = behind.known.as_ref().filter(|known| {
            (known.device, known.inode) == (behind.device, behind.inode)
                && known.indexed_bytes <= behind.read_bytes
                && head.get(..known.head_bytes as usize).is_some_and(|begin| hash(begin) == known.head)
        });
        let from = same.map_or(0, |known| known.indexed_bytes);
        let again = behind.known.is_some() && same.is_none();
        let id = behind.known.as_ref().map_or(0, |known| known.id);
        let mark = done_with(&behind, id, from);
        file.seek(SeekFrom::Start(from))?;
        let earlier = Some(Earlier { file: file.try_clone()?, end: from, bytes: None });
        let (session_id, agent_id) = behind.thread.clone();
        let pieces = Pieces {
            thread: Thread { session_id, agent_id },
            at: Timestamp(metadata.mtime() * 1_000_000),
            calls: HashMap::new(),
            earlier: earlier.filter(|earlier| earlier.end > 0),
            said: Vec::new(),
        };
        Ok(Some(Self { file, behind, mark, again, lines: Lines::from(from), read: from, pieces }))
    }

    /// Reads on for about so many bytes; says whether there is more.
    pub fn stretch(&mut self, most: u64) -> io::Result<(Stretch, bool)> {
        let began = self.read;
        let mut chunk = vec![0; CHUNK as usize];
        let Self { file, lines, read, pieces, behind, .. } = self;
        while *read < behind.read_bytes && *read - began < most {
            let wanted = CHUNK.min(behind.read_bytes - *read) as usize;
            let got = file.read(&mut chunk[..wanted])?;
            if got == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            *read += got as u64;
            lines.push(&chunk[..got], |line| pieces.take(line));
        }
        let more = *read < behind.read_bytes;
        if !more {
            // What was taken in ends with a whole line, if without its end.
            lines.finish(|_| true, |line| pieces.take(line));
        }
        self.mark.indexed_bytes = if more { self.lines.settled() } else { self.behind.read_bytes };
        let stretch = Stretch {
            said: std::mem::take(&mut self.pieces.said),
            file: self.mark.clone(),
            again: std::mem::take(&mut self.again),
            bytes: self.read - began,
        };
        Ok((stretch, more))
    }
}

/// Reads a file of an agent's log: each time all of it, for they are small. Nothing is read of one whose agent has a
/// session file, which tells the same; nothing is said of one that is not the one that was taken in.
pub fn log(behind: Behind) -> io::Result<Vec<Stretch>> {
    let path = Path::new(&behind.path);
    let (_, metadata) = open_plain(path)?;
    let is_taken = (metadata.dev(), metadata.ino()) == (behind.device, behind.inode)
        && metadata.size() >= behind.read_bytes;
    if !is_taken {
        return Ok(Vec::new());
    }
    let (session_id, agent_id) = behind.thread.clone();
    let mut pieces = Pieces {
        thread: Thread { session_id, agent_id },
        at: Timestamp(metadata.mtime() * 1_000_000),
        calls: HashMap::new(),
        earlier: None,
        said: Vec::new(),
    };
    if !behind.is_told_by_session {
        contents::pieces(path)?.into_iter().for_each(|(place, piece)| pieces.note(place, piece));
    }
    let id = behind.known.as_ref().map_or(0, |known| known.id);
    let mut said = pieces.said.into_iter().peekable();
    let (mut stretches, mut from) = (Vec::new(), 0);
    while stretches.is_empty() || said.peek().is_some() {
        let some = said.by_ref().take(PIECES).collect();
        let upto = said.peek().map_or(behind.read_bytes, |next| next.place.min(behind.read_bytes));
        let again = stretches.is_empty() && behind.known.is_some();
        let file = done_with(&behind, id, upto);
        stretches.push(Stretch { said: some, file, again, bytes: upto.saturating_sub(from) });
        from = upto;
    }
    Ok(stretches)
}

/// A file as it was taken in, read for the search up to here.
pub fn done_with(behind: &Behind, id: i64, indexed_bytes: u64) -> IndexedFile {
    IndexedFile {
        id,
        path: behind.path.clone(),
        device: behind.device,
        inode: behind.inode,
        head: behind.head.clone(),
        head_bytes: behind.head_bytes,
        indexed_bytes,
    }
}

impl Pieces {
    fn take(&mut self, line: Line<'_>) {
        let Text::Whole(bytes) = line.text else { return };
        for piece in read(bytes) {
            self.note(line.offset, piece);
        }
    }

    fn note(&mut self, place: u64, piece: Piece) {
        if !piece.thread.session_id.is_empty() {
            self.thread = piece.thread.clone();
        }
        self.at = piece.at.unwrap_or(self.at);
        let tool = match &piece.said {
            Said::Call { id, tool, .. } => {
                if self.calls.len() >= CALLS {
                    self.calls.clear();
                }
                self.calls.insert(id.clone(), tool.clone());
                Some(tool.clone())
            }
            Said::Result(outcome) => {
                let known = self.calls.get(&outcome.tool_use_id).cloned();
                known.or_else(|| self.earlier.as_mut()?.tool(&outcome.tool_use_id))
            }
            _ => None,
        };
        let words = spoken(&piece).map(|(kind, words)| (kind, tool, folded(&words, WORDS)));
        let document = words.filter(|(.., words)| !words.is_empty());
        let deed = if piece.is_echo { None } else { deed(&piece) };
        if document.is_some() || deed.is_some() {
            let thread = self.thread.clone();
            self.said.push(Saying { thread, place, piece: piece.index as u64, at: self.at, document, deed });
        }
    }
}

impl Earlier {
    /// The tool of a call that was made there.
    fn tool(&mut self, call: &str) -> Option<String> {
        let Self { file, end, bytes } = self;
        let bytes: &[u8] = bytes.get_or_insert_with(|| tail(file, *end));
        let quoted = format!("\"{call}\"");
        let mentions = memmem::find_iter(bytes, &quoted).take(MENTIONS);
        let line = |at: usize| {
            let begin = memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
            let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            &bytes[begin..end]
        };
        mentions.flat_map(|at| read(line(at))).find_map(|piece| match piece.said {
            Said::Call { id, tool, .. } if id == call => Some(tool),
            _ => None,
        })
    }
}

/// The last bytes before a place of a file; none where they cannot be read.
fn tail(file: &File, end: u64) -> Vec<u8> {
    let mut bytes = vec![0; end.min(EARLIER) as usize];
    match file.read_exact_at(&mut bytes, end - end.min(EARLIER)) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

fn hash(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing into a text does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
