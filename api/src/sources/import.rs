//! Importing: reading files on, stretch by stretch, and taking in many of them at once.

use super::{
    files::{Seen, read_on},
    intake::{Found, Intake, Taken, Tense},
};
use crate::{
    apart::apart,
    store::{FileRow, StoreError},
};
use quarterdeck_shared::Timestamp;
use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
};

pub use super::{claude_sessions::NAME, files::find};

/// What one transaction takes in: about so many responses, bytes or files.
const GROUP_RESPONSES: usize = 8_000;
const GROUP_BYTES: u64 = 96 << 20;
const GROUP_FILES: usize = 256;

/// The files of a source, those that are known by path.
#[derive(Debug, Default)]
pub struct Files {
    known: HashMap<String, FileRow>,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Progress {
    /// Files that were to be read.
    pub files: u64,
    /// Those that are read.
    pub files_done: u64,
    /// Bytes that were to be read.
    pub bytes: u64,
    /// Those that are read.
    pub bytes_done: u64,
}

impl Files {
    /// What is remembered of a source's files.
    pub async fn recall(intake: &Intake) -> Result<Self, StoreError> {
        let known = intake.store().source_files(NAME).await?;
        Ok(Self { known: known.into_iter().map(|file| (file.path.clone(), file)).collect() })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Lines of all of them that could not be read.
    pub fn unread_lines(&self) -> u64 {
        self.known.values().map(|file| file.broken + file.oversize.len() as u64).sum()
    }

    /// Those that are not as they were when they were read.
    pub fn changed(&self, seen: Vec<Seen>) -> Vec<Seen> {
        let unchanged = |seen: &Seen| {
            self.known.get(&*seen.path.to_string_lossy()).is_some_and(|known| seen.is_unchanged(known))
        };
        seen.into_iter().filter(|seen| !unchanged(seen)).collect()
    }

    /// Bytes of these files that are not read.
    pub fn behind_all(&self, changed: &[Seen]) -> u64 {
        changed.iter().map(|seen| self.behind(seen)).sum()
    }

    fn behind(&self, seen: &Seen) -> u64 {
        let known = self.known.get(&*seen.path.to_string_lossy());
        known.map_or(seen.size, |known| seen.size.saturating_sub(known.read_bytes))
    }

    /// Reads these files on to their ends and takes them in; says how far that is after each group, and stops where
    /// that answers false.
    pub async fn take_in(
        &mut self,
        changed: Vec<Seen>,
        intake: &Intake,
        tense: Tense,
        mut say: impl FnMut(Progress, &Taken) -> bool,
    ) -> Result<Taken, StoreError> {
        let bytes = self.behind_all(&changed);
        let mut progress = Progress { files: changed.len() as u64, bytes, ..Progress::default() };
        let mut taken = Taken::default();
        let mut waiting: VecDeque<(Seen, Option<FileRow>)> = changed
            .into_iter()
            .map(|seen| {
                let known = self.known.get(&*seen.path.to_string_lossy()).cloned();
                (seen, known)
            })
            .collect();
        while !waiting.is_empty() {
            let now = intake.now();
            let (group, rest) = apart(move || read_group(waiting, now)).await?;
            waiting = rest;
            progress.bytes_done += group.bytes;
            progress.files_done = progress.files - waiting.len() as u64;
            let rows: Vec<_> = group.found.iter().map(|found| found.file.clone()).collect();
            let of_group = intake.take(group.found, tense).await?;
            waiting
                .retain(|(seen, _)| !of_group.held_back.contains(&seen.path.to_string_lossy().into_owned()));
            for row in rows {
                if !of_group.held_back.contains(&row.path) {
                    self.known.insert(row.path.clone(), row);
                }
            }
            taken.add(of_group);
            if !say(progress, &taken) {
                break;
            }
        }
        Ok(taken)
    }
}

struct Group {
    found: Vec<Found>,
    bytes: u64,
}

type Waiting = VecDeque<(Seen, Option<FileRow>)>;

fn read_group(mut waiting: Waiting, now: Timestamp) -> (Group, Waiting) {
    let mut group = Group { found: Vec::new(), bytes: 0 };
    let mut responses = 0;
    while responses < GROUP_RESPONSES && group.bytes < GROUP_BYTES && group.found.len() < GROUP_FILES {
        let Some((seen, known)) = waiting.pop_front() else { break };
        match read_on(&seen, known.as_ref(), NAME, now) {
            Ok((found, more)) => {
                let before = known.as_ref().filter(|_| !found.again).map_or(0, |known| known.read_bytes);
                group.bytes += found.file.read_bytes.saturating_sub(before);
                responses += found.reading.size();
                if more {
                    // The next stretch is read when this one is durable.
                    waiting.push_front((seen, Some(found.file.clone())));
                    group.found.push(found);
                    break;
                }
                group.found.push(found);
            }
            // Gone again, or not ours to read: it is looked at once more the next time.
            Err(error) => tracing::debug!(%error, path = %seen.path.display(), "a session file is not read"),
        }
    }
    (group, waiting)
}

/// Paths as they are known: absolute, without links.
pub fn places(paths: &[PathBuf]) -> std::io::Result<Vec<PathBuf>> {
    paths.iter().map(std::fs::canonicalize).collect()
}
