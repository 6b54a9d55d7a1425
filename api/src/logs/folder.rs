//! The folder of an agent that the Python orchestrator ran: its actions, and its files as they are.
//!
//! Which files these are was remembered when they were taken in; nothing a client says becomes part of a path.

use crate::sources::{agent_logs::moment, files::open_plain};
use jiff::tz::TimeZone;
use orchestrator::{
    agent_logs::{FILES, summary, text_blocks, tool},
    logs::{Actions, Placed},
    transcripts::lines::{Line, Lines, Text},
};
use quarterdeck_shared::{Timestamp, logs::LogFile};
use std::{
    io::{self, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

/// Bytes of a file's end that are read.
const BYTES: u64 = 32 << 20;
/// Bytes of a file that are handed out.
const WHOLE: u64 = 256 << 20;

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub actions: Vec<Placed>,
    pub files: Vec<LogFile>,
    pub missing: Vec<String>,
}

/// Reads the files of an agent's folder.
pub(super) fn read(paths: &[String], began: Timestamp, zone: &TimeZone) -> Folder {
    let mut folder = Folder::default();
    let mut actions = Actions::from(began);
    let on_the_wall = |text: &str| moment(text, zone);
    for (number, name) in FILES.iter().enumerate() {
        let Some(path) = path_of(paths, name) else { continue };
        let number = u8::try_from(number).unwrap_or_default();
        match tail(&path) {
            Ok((bytes, begin, size)) => {
                folder.files.push(LogFile { name: (*name).to_owned(), bytes: size });
                if begin > 0 {
                    folder.missing.push(format!("{name} is long: its first {begin} bytes are left out"));
                }
                match number {
                    0 => actions.prompt(String::from_utf8_lossy(&bytes).trim(), began),
                    1 => text_blocks(&String::from_utf8_lossy(&bytes), &on_the_wall)
                        .into_iter()
                        .for_each(|block| actions.block(block)),
                    2 => lines(&bytes, begin, |line, at| match tool(line, &on_the_wall) {
                        Some(line) => actions.tool(line, at),
                        None => actions.unreadable(number, at),
                    }),
                    _ => lines(&bytes, begin, |line, at| match summary(line, &on_the_wall) {
                        Some(line) => actions.summary(line, at),
                        None => actions.unreadable(number, at),
                    }),
                }
            }
            Err(error) => folder.missing.push(format!("{name} cannot be read: {error}")),
        }
    }
    folder.actions = actions.sorted();
    folder
}

fn lines(bytes: &[u8], begin: u64, mut take: impl FnMut(&[u8], u64)) {
    let mut lines = Lines::from(begin);
    let mut is_cut = begin > 0;
    let mut give = |line: Line<'_>| {
        // Where a file is read from its middle, the first line is half a line.
        if std::mem::take(&mut is_cut) {
            return;
        }
        match line.text {
            Text::Whole(text) => take(text, line.offset),
            Text::Oversize(_) => take(b"", line.offset),
        }
    };
    lines.push(bytes, &mut give);
    lines.finish(orchestrator::transcripts::session::is_whole, give);
}

/// A file as it is.
pub(super) fn file(paths: &[String], name: &str) -> Option<Vec<u8>> {
    let name = FILES.iter().find(|known| **known == name)?;
    let (file, metadata) = open_plain(&path_of(paths, name)?).ok()?;
    let mut bytes = Vec::with_capacity(metadata.len().min(WHOLE) as usize);
    file.take(WHOLE).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn path_of(paths: &[String], name: &str) -> Option<PathBuf> {
    let named = |path: &&String| Path::new(path).file_name().is_some_and(|of_path| of_path == name);
    paths.iter().find(named).map(PathBuf::from)
}

/// The end of a file, where that begins, and how long the file is.
fn tail(path: &Path) -> io::Result<(Vec<u8>, u64, u64)> {
    let (mut file, metadata) = open_plain(path)?;
    let size = metadata.len();
    let begin = size.saturating_sub(BYTES);
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes)?;
    Ok((bytes, begin, size))
}
