//! Session files on disk: finding them, telling which they are, and reading on where they grew.

use super::{agent_logs::is_log, crew::About, intake::Found};
use crate::store::FileRow;
use nix::{errno::Errno, fcntl::OFlag};
use orchestrator::transcripts::{
    lines::Lines,
    reading::{Reading, Thread},
    session::is_whole,
};
use quarterdeck_shared::Timestamp;
use sha2::{Digest, Sha256};
use std::{
    fmt::Write as _,
    fs::{self, File, Metadata},
    io::{self, Read as _, Seek as _, SeekFrom},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

/// Bytes at the beginning by which a file is known again.
const HEAD_BYTES: usize = 4 << 10;
/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 256 << 10;
/// A stretch of a file that is taken in at a time: so many bytes or responses.
const STRETCH_BYTES: u64 = 16 << 20;
const STRETCH_RESPONSES: usize = 4_000;
/// Lines at a file's beginning among which a title is looked for.
const TITLE_LINES: u64 = 200;
/// Folders within folders that are looked into.
const DEPTH: usize = 8;

/// A file that was found, as the system describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub path: PathBuf,
    pub device: u64,
    pub inode: u64,
    pub size: u64,
    pub modified_ns: i64,
}

impl Seen {
    fn of(path: PathBuf, metadata: &Metadata) -> Self {
        let modified_ns =
            metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec());
        Self { path, device: metadata.dev(), inode: metadata.ino(), size: metadata.size(), modified_ns }
    }

    /// One file, where it is one that holds a session. A link is none, as where folders are walked.
    pub fn at(path: &Path) -> Option<Self> {
        Self::any(path).filter(|_| is_session(path))
    }

    /// One file, whatever it holds.
    pub fn any(path: &Path) -> Option<Self> {
        let metadata = fs::symlink_metadata(path).ok().filter(Metadata::is_file)?;
        Some(Self::of(path.to_owned(), &metadata))
    }

    /// When it was written last.
    fn written_at(&self) -> Timestamp {
        Timestamp(self.modified_ns / 1_000)
    }

    /// Whether it is as it was when it was read last.
    pub fn is_unchanged(&self, known: &FileRow) -> bool {
        (self.device, self.inode, self.size, self.modified_ns)
            == (known.device, known.inode, known.size, known.modified_ns)
    }
}

/// Opens a file that is one, and nothing else that took its place: a link that points elsewhere is not followed, a pipe
/// not waited for. The folders it lies in may be links.
pub fn open_plain(path: &Path) -> io::Result<(File, Metadata)> {
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK;
    let opened = File::options().read(true).custom_flags(flags.bits()).open(path);
    let file = opened.map_err(|error| match error.raw_os_error() {
        Some(number) if number == Errno::ELOOP as i32 => {
            io::Error::other("it has become a link to elsewhere")
        }
        _ => error,
    })?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(io::Error::other("it is no file")) }
}

/// Every session file below these folders, and these files themselves; the oldest first, so that what a fork copied
/// belongs to whom it was copied from, also where its lines do not say of whom that is.
pub fn find(places: &[PathBuf]) -> Vec<Seen> {
    let mut found = Vec::new();
    for place in places {
        match fs::metadata(place) {
            // Agent logs are no sessions, whoever names them.
            Ok(metadata) if metadata.is_file() && is_log(place) => {}
            // Somebody who names a link means the file, and that is where its words are read from later.
            Ok(metadata) if metadata.is_file() => {
                let is_link = fs::symlink_metadata(place).is_ok_and(|named| named.is_symlink());
                let real = Some(place).filter(|_| is_link).and_then(|place| fs::canonicalize(place).ok());
                found.push(Seen::of(real.unwrap_or_else(|| place.clone()), &metadata));
            }
            Ok(_) => walk(place, DEPTH, &mut found),
            Err(_) => {}
        }
    }
    found.sort_by(|a, b| (a.modified_ns, &a.path).cmp(&(b.modified_ns, &b.path)));
    found.dedup_by(|a, b| a.path == b.path);
    found
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<Seen>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => walk(&path, depth - 1, found),
            Ok(kind) if kind.is_file() && is_session(&path) => {
                if let Ok(metadata) = entry.metadata() {
                    found.push(Seen::of(path, &metadata));
                }
            }
            _ => {}
        }
    }
}

/// Workflows keep a journal beside their agents' files, which tells what those tell; agent logs are no sessions.
fn is_session(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "jsonl")
        && !is_log(path)
        && path.file_name().is_some_and(|name| name != "journal.jsonl" && name != "history.jsonl")
}

/// Whose a file is by its name: `<session>.jsonl`, or `<session>/subagents/…/agent-<id>.jsonl`.
fn thread_of(path: &Path) -> Thread {
    let text = |part: &std::ffi::OsStr| part.to_string_lossy().into_owned();
    let stem = path.file_stem().map(text).unwrap_or_default();
    let Some(agent) = stem.strip_prefix("agent-") else {
        return Thread { session_id: stem, agent_id: String::new() };
    };
    let folders: Vec<_> = path.iter().map(text).collect();
    let within = folders.iter().position(|folder| folder == "subagents").and_then(|at| at.checked_sub(1));
    let session_id = within.and_then(|at| folders.get(at).cloned()).unwrap_or_default();
    Thread { session_id, agent_id: agent.to_owned() }
}

fn about(path: &Path) -> Option<About> {
    let text = fs::read_to_string(path.with_extension("meta.json")).ok()?;
    serde_json::from_str(&text).ok()
}

/// Reads on in a file, a stretch of it; whether there is more.
///
/// It is the file it was where device, inode and first bytes are the same and it has not shrunk; another one in its
/// place is read from its beginning, and what of it is known already counts for nothing.
pub fn read_on(
    seen: &Seen,
    known: Option<&FileRow>,
    source: &str,
    now: Timestamp,
) -> io::Result<(Found, bool)> {
    let (mut file, metadata) = open_plain(&seen.path)?;
    let seen = Seen::of(seen.path.clone(), &metadata);
    let mut head = vec![0; HEAD_BYTES];
    let filled = read_full(&mut file, &mut head)?;
    head.truncate(filled);
    let same = known.filter(|known| {
        (known.device, known.inode) == (seen.device, seen.inode)
            && known.read_bytes <= seen.size
            && head.get(..known.head_bytes as usize).is_some_and(|begin| hash(begin) == known.head)
    });
    let path = seen.path.to_string_lossy().into_owned();
    let mut row = same.cloned().unwrap_or_else(|| {
        let Thread { session_id, agent_id } = thread_of(&seen.path);
        FileRow { path, source: source.to_owned(), session_id, thread_id: agent_id, ..FileRow::default() }
    });
    let thread = Thread { session_id: row.session_id.clone(), agent_id: row.thread_id.clone() };
    let mut reading = Reading::of(thread, row.lines < TITLE_LINES);
    let mut lines = Lines::from(row.read_bytes);
    let began = row.read_bytes;
    file.seek(SeekFrom::Start(began))?;
    let mut chunk = vec![0; CHUNK_BYTES.min((seen.size - began) as usize + 1)];
    let mut all = began;
    let more = loop {
        let read = file.read(&mut chunk)?;
        all += read as u64;
        if read == 0 {
            break false;
        }
        lines.push(&chunk[..read], |line| reading.take(line));
        let is_stretch = all - began >= STRETCH_BYTES || reading.size() >= STRETCH_RESPONSES;
        if is_stretch && lines.settled() > began {
            break true;
        }
    };
    if !more {
        lines.finish(is_whole, |line| reading.take(line));
    }
    let tally = reading.tally();
    row.lines += tally.lines;
    row.response_lines += tally.response_lines;
    row.echoes += tally.echoes;
    row.broken += tally.broken;
    row.oversize.extend(&tally.oversize);
    row.oversize.truncate(100);
    (row.session_id, row.thread_id) =
        (reading.thread().session_id.clone(), reading.thread().agent_id.clone());
    row.read_bytes = lines.settled();
    row.head_bytes = row.read_bytes.min(head.len() as u64);
    row.head = hash(&head[..row.head_bytes as usize]);
    (row.device, row.inode) = (seen.device, seen.inode);
    // A stretch is not the whole file: the next start must not take it for read.
    (row.size, row.modified_ns) = if more { (0, 0) } else { (all.max(seen.size), seen.modified_ns) };
    row.read_at = now;
    let again = known.is_some() && same.is_none();
    let about = if row.thread_id.is_empty() { None } else { about(&seen.path) };
    let written_at = seen.written_at();
    Ok((Found { file: row, reading, about, again, written_at }, more))
}

fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

fn hash(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing into a text does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use nix::{sys::stat::Mode, unistd::mkfifo};
    use std::os::unix::fs::symlink;

    #[test]
    fn what_is_no_plain_file_is_not_opened_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("real")).unwrap();
        fs::write(path("real/a.jsonl"), "{}\n").unwrap();
        symlink(path("real"), path("folder")).unwrap();
        symlink(path("real/a.jsonl"), path("link.jsonl")).unwrap();
        mkfifo(&path("pipe.jsonl"), Mode::S_IRWXU).unwrap();
        assert_eq!(open_plain(&path("folder/a.jsonl")).unwrap().1.len(), 3, "its folder may be a link");
        let refused = |name: &str| open_plain(&path(name)).unwrap_err();
        assert_eq!(refused("none").kind(), io::ErrorKind::NotFound);
        assert!(refused("link.jsonl").to_string().contains("link"));
        assert!(refused("pipe.jsonl").to_string().contains("no file"));
        assert!(refused("real").to_string().contains("no file"));
        assert_eq!(Seen::at(&path("link.jsonl")), None);
        let named = find(&[path("link.jsonl")]);
        assert!(named[0].path.ends_with("real/a.jsonl"), "{named:?}");
    }
}
