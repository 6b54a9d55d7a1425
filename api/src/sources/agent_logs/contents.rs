//! What the folder of an agent holds: the entries of its files in their places, and the files as they are.
//!
//! Which files these are was remembered when they were taken in; nothing a client says becomes part of a path.

use super::moment;
use crate::sources::files::open_plain;
use jiff::tz::TimeZone;
use orchestrator::{
    agent_logs::{Entry, FILES, Folder, entries},
    conversations::Piece,
    logs::{Place, Places},
    transcripts::lines::LONGEST_LINE,
};
use quarterdeck_shared::{Timestamp, logs::LogFile};
use std::{
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

/// Bytes of a file's end that are read.
const BYTES: u64 = 32 << 20;
/// Bytes of a file that are handed out.
const WHOLE: u64 = 256 << 20;
/// Bytes of a block of text that are read back.
const BLOCK: u64 = 1 << 20;

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// Its entries, file by file.
    pub entries: Vec<(Place, Entry)>,
    /// Its files.
    pub files: Vec<LogFile>,
    /// What cannot be shown, and why.
    pub missing: Vec<String>,
}

impl Contents {
    /// Reads the files of a folder whose agent began then.
    pub fn read(paths: &[String], began: Timestamp) -> Self {
        let mut contents = Self::default();
        for name in FILES {
            let Some(path) = path_of(paths, name) else { continue };
            match read(&path, began) {
                Ok(Part { entries, begin, size }) => {
                    contents.entries.extend(entries);
                    contents.files.push(LogFile { name: name.to_owned(), bytes: size });
                    if begin > 0 {
                        let words = format!("{name} is long: its first {begin} bytes are left out");
                        contents.missing.push(words);
                    }
                }
                Err(error) => contents.missing.push(format!("{name} cannot be read: {error}")),
            }
        }
        contents
    }

    /// The pieces of a conversation among them, in their order.
    pub fn into_pieces(self) -> Vec<(Place, Piece)> {
        let piece = |(place, entry): (Place, Entry)| Some((place, entry.piece(place.at)?));
        let mut pieces: Vec<_> = self.entries.into_iter().filter_map(piece).collect();
        pieces.sort_by_key(|(place, _)| *place);
        pieces
    }
}

/// The pieces of one file of a folder, with the bytes before each.
pub fn pieces(path: &Path) -> io::Result<Vec<(u64, Piece)>> {
    let zone = TimeZone::system();
    let folder = path.parent().and_then(Path::file_name).and_then(|name| Folder::parse(name.to_str()?));
    let began = folder.and_then(|folder| folder.made_at(&|text| moment(text, &zone)));
    let Part { entries, .. } = read(path, began.unwrap_or_default())?;
    let piece = |(place, entry): (Place, Entry)| Some((place.offset, entry.piece(place.at)?));
    Ok(entries.into_iter().filter_map(piece).collect())
}

/// The piece that stands behind so many bytes of a file of a folder; of a long block its first words.
pub fn piece_at(path: &Path, offset: u64) -> io::Result<Option<Piece>> {
    let (mut file, _) = open_plain(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let (number, mut bytes) = (number_of(path)?, Vec::new());
    match FILES[number].ends_with(".jsonl") {
        true => BufReader::new(file).take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut bytes)?,
        false => file.take(BLOCK).read_to_end(&mut bytes)?,
    };
    let zone = TimeZone::system();
    let first = entries(number, &bytes, offset, &|text| moment(text, &zone)).into_iter().next();
    let first = first.filter(|(place, _)| *place == offset);
    Ok(first.and_then(|(_, entry)| {
        let at = entry.at().unwrap_or_default();
        entry.piece(at)
    }))
}

/// The bytes of a file of a folder from one place to another or to its end, and the file's path.
pub fn stretch(paths: &[String], number: u8, from: u64, to: Option<u64>) -> io::Result<(PathBuf, Vec<u8>)> {
    let name = FILES.get(usize::from(number)).copied().unwrap_or_default();
    let path = path_of(paths, name).ok_or(io::ErrorKind::NotFound)?;
    let (mut file, _) = open_plain(&path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(to.map_or(BYTES, |to| to.saturating_sub(from))).read_to_end(&mut bytes)?;
    Ok((path, bytes))
}

/// A file as it is.
pub fn file(paths: &[String], name: &str) -> Option<Vec<u8>> {
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

fn number_of(path: &Path) -> io::Result<usize> {
    let name = path.file_name();
    let number = FILES.iter().position(|known| name.is_some_and(|name| name == *known));
    number.ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// What was read of a file: its end, where that begins, and how long the file is.
struct Part {
    entries: Vec<(Place, Entry)>,
    begin: u64,
    size: u64,
}

fn read(path: &Path, began: Timestamp) -> io::Result<Part> {
    let number = number_of(path)?;
    let (mut file, metadata) = open_plain(path)?;
    let size = metadata.len();
    let mut begin = size.saturating_sub(BYTES);
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes)?;
    if begin > 0 {
        // Where a file is read from its middle, the first line is half a line.
        let half = memchr::memchr(b'\n', &bytes).map_or(bytes.len(), |end| end + 1);
        bytes.drain(..half);
        begin += half as u64;
    }
    let (zone, mut places) = (TimeZone::system(), Places::from(began));
    let placed = |(offset, entry): (u64, Entry)| {
        (places.next(u8::try_from(number).unwrap_or_default(), offset, entry.at()), entry)
    };
    let entries = entries(number, &bytes, begin, &|text| moment(text, &zone));
    Ok(Part { entries: entries.into_iter().map(placed).collect(), begin, size })
}
