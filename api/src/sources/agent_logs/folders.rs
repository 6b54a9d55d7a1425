//! Folders of agent logs on disk: finding them, telling which changed, and reading them whole: they are small.

use super::{NAME, taking::Told};
use crate::{
    apart::apart,
    sources::{
        files::{Seen, open_plain},
        intake::{Intake, Taken, Tense},
    },
    store::{FileRow, StoreError},
};
use jiff::{civil::DateTime, tz::TimeZone};
use orchestrator::{
    agent_logs::{FILES, Folder, Log},
    transcripts::{lines::Lines, session::is_whole},
};
use quarterdeck_shared::Timestamp;
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    io::{self, Read as _, Take},
    path::{Path, PathBuf},
};

/// Folders within folders that are looked into.
const DEPTH: usize = 6;
/// Bytes of a prompt or a text that are read.
const TEXT_BYTES: u64 = 32 << 20;
/// Folders that are taken in at a time.
const GROUP: usize = 200;
/// What the folder of all logs is called where nobody called it otherwise.
const ROOT: &str = "agent_logs";

/// A folder that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What its name says.
    pub folder: Folder,
    /// The task whose folder it lies in.
    pub task: Option<String>,
    files: Vec<Seen>,
}

impl Found {
    /// One folder, where it is one of an agent; `roots` hold folders of tasks.
    fn at(path: &Path, roots: &[PathBuf]) -> Option<Self> {
        let folder = Folder::parse(path.file_name()?.to_str()?)?;
        let files: Vec<_> = FILES.iter().filter_map(|name| Seen::any(&path.join(name))).collect();
        if files.is_empty() {
            return None;
        }
        let parent = path.parent()?;
        let is_root = |path: &Path| path.file_name().is_some_and(|name| name == ROOT);
        let within = parent.parent().is_some_and(is_root) || !roots.iter().any(|root| root == parent);
        let task = parent.file_name().filter(|_| within && !is_root(parent) && path != parent);
        let task = task
            .map(|name| name.to_string_lossy().into_owned())
            .filter(|_| !roots.contains(&path.to_owned()) || parent.parent().is_some_and(is_root));
        Some(Self { path: path.to_owned(), folder, task, files })
    }

    /// Bytes of its files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// One of its files, as much of it as was found.
    fn open(&self, name: &str) -> io::Result<Take<fs::File>> {
        let path = self.path.join(name);
        let seen = self.files.iter().find(|seen| seen.path == path).ok_or(io::ErrorKind::NotFound)?;
        Ok(open_plain(&path)?.0.take(seen.size))
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// Whether a path is one of the files of an agent's folder.
pub fn is_log(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    path.file_name().is_some_and(|name| FILES.iter().any(|file| name == *file))
        && folder.is_some_and(|name| Folder::parse(name).is_some())
}

/// Every folder of an agent at or below these places, or of which one of them is a file; the oldest first.
pub fn find(places: &[PathBuf]) -> Vec<Found> {
    let mut found = Vec::new();
    for place in places {
        let folder = place.parent().filter(|_| is_log(place)).unwrap_or(place);
        walk(folder, DEPTH, places, &mut found);
    }
    found.sort_by(|a, b| (&a.folder.made, &a.path).cmp(&(&b.folder.made, &b.path)));
    found.dedup_by(|a, b| a.path == b.path);
    found
}

fn walk(folder: &Path, depth: usize, roots: &[PathBuf], found: &mut Vec<Found>) {
    if let Some(one) = Found::at(folder, roots) {
        return found.push(one);
    }
    let Ok(entries) = fs::read_dir(folder) else { return };
    // What a link points at lies somewhere else.
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    for entry in entries.flatten().filter(is_folder).filter(|_| depth > 0) {
        walk(&entry.path(), depth - 1, roots, found);
    }
}

/// The folders these paths lie in, or are.
pub fn at(paths: &BTreeSet<PathBuf>, roots: &[PathBuf]) -> Vec<Found> {
    let mut found: Vec<_> = Vec::new();
    for path in paths {
        match path.parent().filter(|_| is_log(path)) {
            Some(folder) => found.extend(Found::at(folder, roots)),
            None if path.is_dir() => walk(path, DEPTH, roots, &mut found),
            None => {}
        }
    }
    found.dedup_by(|a, b| a.path == b.path);
    found
}

/// The folders that are known, by their files.
#[derive(Debug, Default)]
pub struct Logs {
    known: HashMap<String, FileRow>,
    /// Folders whose agents are at work: their files as they were read, and when these have been quiet for too long.
    at_work: HashMap<PathBuf, (Vec<Seen>, Timestamp)>,
    zone: Option<TimeZone>,
}

impl Logs {
    /// What is remembered of them; times are those of this zone.
    pub async fn recall(intake: &Intake, zone: TimeZone) -> Result<Self, StoreError> {
        let known = intake.store().source_files(NAME).await?;
        let known = known.into_iter().map(|file| (file.path.clone(), file)).collect();
        Ok(Self { known, at_work: HashMap::new(), zone: Some(zone) })
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        let folders: BTreeSet<_> = self.known.keys().filter_map(|path| Path::new(path).parent()).collect();
        folders.len() as u64
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Lines of all of them that could not be read.
    pub fn unread_lines(&self) -> u64 {
        self.known.values().map(|file| file.broken).sum()
    }

    /// Those that are not as they were when they were read, or whose agent was at work then and may be no more.
    pub fn changed(&self, found: Vec<Found>, now: Timestamp) -> Vec<Found> {
        let unchanged = |seen: &Seen| {
            self.known.get(&*seen.path.to_string_lossy()).is_some_and(|known| seen.is_unchanged(known))
        };
        let works = |found: &Found| {
            self.at_work.get(&found.path).is_some_and(|(files, until)| *files == found.files && now < *until)
        };
        found.into_iter().filter(|found| !works(found) && !found.files.iter().all(unchanged)).collect()
    }

    /// Reads these folders and takes them in.
    pub async fn take_in(
        &mut self,
        changed: Vec<Found>,
        intake: &Intake,
        tense: Tense,
    ) -> Result<Taken, StoreError> {
        let mut taken = Taken::default();
        let zone = self.zone.clone().unwrap_or_else(TimeZone::system);
        let mut waiting = changed;
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(GROUP));
            let (zone, now) = (zone.clone(), intake.now());
            let read = move || {
                let read = |found: Found| read(&found, &zone, now).map(|told| (told, found));
                waiting.into_iter().filter_map(read).unzip::<_, _, Vec<_>, Vec<_>>()
            };
            let (told, read) = apart(read).await?;
            waiting = rest;
            let quiet_at: Vec<_> = told.iter().map(Told::quiet_at).collect();
            let rows = told.iter().flat_map(|told| &told.rows);
            let rows: Vec<_> = rows.map(|row| (row.path.clone(), row.clone())).collect();
            taken.add(intake.take_logs(told, tense).await?);
            self.known.extend(rows);
            for (found, quiet_at) in read.into_iter().zip(quiet_at) {
                match quiet_at {
                    Some(quiet_at) => self.at_work.insert(found.path, (found.files, quiet_at)),
                    None => self.at_work.remove(&found.path),
                };
            }
        }
        Ok(taken)
    }
}

/// What a folder says; nothing where it is gone again, or too young to say whose it is.
fn read(found: &Found, zone: &TimeZone, now: Timestamp) -> Option<Told> {
    let on_the_wall = |text: &str| moment(text, zone);
    let mut log = Log::default();
    let [prompt, text, tools, summary] = FILES.map(|name| found.open(name));
    let mut say = |error: io::Error| {
        if error.kind() != io::ErrorKind::NotFound {
            tracing::debug!(%error, path = %found.path.display(), "an agent's log is not read whole");
        }
    };
    lines(summary, |line| log.take_summary(line, &on_the_wall)).unwrap_or_else(&mut say);
    lines(tools, |line| log.take_tool(line, &on_the_wall)).unwrap_or_else(&mut say);
    match start(text) {
        Ok(text) => log.take_text(text.as_bytes(), &on_the_wall),
        Err(error) => say(error),
    }
    let prompt = start(prompt).map_err(say).ok().filter(|prompt| !prompt.trim().is_empty());
    let made_at = found.folder.made_at(&on_the_wall).unwrap_or(now).min(now);
    let mut told = Told::new(found, log, prompt, made_at, now);
    for file in &found.files {
        let is_last = Some(file) == found.files.last();
        let (lines, broken) = if is_last { (told.log.lines, told.log.broken) } else { (0, 0) };
        // A folder whose agent is at work is read again in time, whether it grows or not.
        let (size, modified_ns) = if told.is_settled() { (file.size, file.modified_ns) } else { (0, 0) };
        told.rows.push(FileRow {
            path: file.path.to_string_lossy().into_owned(),
            source: NAME.to_owned(),
            device: file.device,
            inode: file.inode,
            size,
            modified_ns,
            read_bytes: file.size,
            // By this, a file is found again by its agent.
            session_id: told.place(),
            lines,
            broken,
            read_at: now,
            ..FileRow::default()
        });
    }
    Some(told)
}

fn lines(
    file: io::Result<Take<fs::File>>,
    mut take: impl FnMut(orchestrator::transcripts::lines::Line<'_>),
) -> io::Result<()> {
    let mut file = file?;
    let mut lines = Lines::from(0);
    let mut chunk = vec![0; 64 << 10];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            read => lines.push(&chunk[..read], &mut take),
        }
    }
    lines.finish(is_whole, take);
    Ok(())
}

fn start(file: io::Result<Take<fs::File>>) -> io::Result<String> {
    let mut bytes = Vec::new();
    file?.take(TEXT_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The moment a clock on the wall showed this.
pub fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let shown: DateTime = text.parse().ok()?;
    let moment = shown.to_zoned(zone.clone()).ok()?.timestamp();
    Some(Timestamp(moment.as_microsecond()))
}
