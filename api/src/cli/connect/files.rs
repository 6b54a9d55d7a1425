//! The files of `connect`: the settings it changes, the backup beside them and the record of what it wrote.

use super::{super::CliError, settings::Entry};
use crate::config::Config;
use quarterdeck_shared::TokenId;
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// Who may read what holds a key: its owner alone.
const PRIVATE: u32 = 0o600;

/// What was written into one settings file, so that exactly this can be taken out again. It holds the key, so nobody
/// else may read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The settings' path. Where none is said, they are those that hold the key.
    #[serde(default)]
    pub settings: Option<PathBuf>,
    /// The key's id.
    pub token_id: TokenId,
    /// The key.
    pub secret: String,
    /// The settings as they were; none where there were none.
    pub before: Option<String>,
    /// Who might read them then.
    #[serde(default)]
    pub mode: Option<u32>,
    /// The settings as they were written.
    pub after: String,
    /// What was put in.
    pub entries: Vec<Entry>,
}

/// What the file holds: a record for each settings file, or the only one by itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Each(Vec<Record>),
    Only(Box<Record>),
}

impl Record {
    /// What earlier runs wrote.
    pub fn all(config: &Config) -> Result<Vec<Self>, CliError> {
        Self::at(&place(config))
    }

    fn at(place: &Path) -> Result<Vec<Self>, CliError> {
        Ok(match read(place)?.map(|text| serde_json::from_str(&text)).transpose()? {
            None => Vec::new(),
            Some(Kept::Each(records)) => records,
            Some(Kept::Only(record)) => vec![*record],
        })
    }

    /// Whether it tells of these settings.
    fn is_of(&self, settings: &Path, text: Option<&str>) -> bool {
        match &self.settings {
            Some(named) => named == settings,
            None => text.is_some_and(|text| text.contains(&self.secret)),
        }
    }
}

/// Where they are kept.
fn place(config: &Config) -> PathBuf {
    config.data_dir.join("connect.json")
}

impl Default for Record {
    fn default() -> Self {
        let token_id = TokenId(uuid::Uuid::nil());
        let (settings, secret, before, mode) = (None, String::new(), None, None);
        Self { settings, token_id, secret, before, mode, after: String::new(), entries: Vec::new() }
    }
}

/// Where all this is.
pub struct Target {
    /// The settings' path.
    pub settings: PathBuf,
    record: PathBuf,
}

impl Target {
    /// The user's own settings.
    pub fn of(config: &Config) -> Result<Self, CliError> {
        let Some(folder) = config.claude_folders.first() else {
            return Err(CliError::Usage("there is no home; say where with CLAUDE_CONFIG_DIR".to_owned()));
        };
        // A link stays a link: what it leads to is written.
        Ok(Self { settings: real(&folder.join("settings.json")), record: place(config) })
    }

    /// The settings' path, for people.
    pub fn shown(&self) -> String {
        self.settings.display().to_string()
    }

    /// The settings as they are; none where there are none.
    pub fn text(&self) -> Result<Option<String>, CliError> {
        read(&self.settings)
    }

    /// What an earlier run wrote into these settings, which are this text.
    pub fn record(&self, text: Option<&str>) -> Result<Option<Record>, CliError> {
        Ok(Record::at(&self.record)?.into_iter().find(|record| record.is_of(&self.settings, text)))
    }

    /// Who may read the settings; none where there are none.
    pub fn mode(&self) -> Result<Option<u32>, CliError> {
        match fs::metadata(&self.settings) {
            Ok(found) => Ok(Some(found.permissions().mode() & 0o777)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&self.settings, "read", &error)),
        }
    }

    /// Keeps what is being written, in place of what an earlier run wrote into the same settings.
    pub fn remember(&self, record: &Record, earlier: Option<&Record>) -> Result<(), CliError> {
        self.keep(earlier, Some(record))
    }

    /// Of these settings nothing is kept any more.
    pub fn forget(&self, earlier: &Record) -> Result<(), CliError> {
        self.keep(Some(earlier), None)
    }

    /// What was written into other settings meanwhile stays.
    fn keep(&self, earlier: Option<&Record>, record: Option<&Record>) -> Result<(), CliError> {
        let mut records = Record::at(&self.record)?;
        let is_earlier = |one: &Record| earlier.is_some_and(|earlier| earlier.token_id == one.token_id);
        records.retain(|one| !is_earlier(one) && one.settings.as_ref() != Some(&self.settings));
        records.extend(record.cloned());
        match records.is_empty() {
            true => remove(&self.record),
            false => replace(&self.record, &serde_json::to_string_pretty(&records)?, PRIVATE),
        }
    }

    /// The copy beside the settings.
    pub fn copy(&self) -> PathBuf {
        self.settings.with_extension("json.before-quarterdeck")
    }

    /// Keeps the settings as they are without us beside themselves.
    pub fn back_up(&self, without: Option<&str>) -> Result<(), CliError> {
        without.map_or(Ok(()), |text| replace(&self.copy(), text, PRIVATE))
    }

    /// Takes the copy away.
    pub fn drop_copy(&self) -> Result<(), CliError> {
        remove(&self.copy())
    }

    /// Puts other settings in place, with a key in them.
    pub fn write(&self, text: &str) -> Result<(), CliError> {
        replace(&self.settings, text, PRIVATE)
    }

    /// Puts settings without a key in place, for whoever might read them before; none takes the file away.
    pub fn give_back(&self, text: Option<&str>, mode: Option<u32>) -> Result<(), CliError> {
        match text {
            Some(text) => replace(&self.settings, text, mode.unwrap_or(PRIVATE)),
            None => remove(&self.settings),
        }
    }

    /// The settings cannot be read as what they should be.
    pub fn broken(&self, why: &str) -> CliError {
        CliError::Usage(format!("{} {why}; mend it first, nothing was written", self.shown()))
    }
}

/// A path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    match (fs::canonicalize(path), path.parent(), path.file_name()) {
        (Ok(found), ..) => found,
        (Err(_), Some(folder), Some(name)) => real(folder).join(name),
        (Err(_), ..) => path.to_owned(),
    }
}

fn read(path: &Path) -> Result<Option<String>, CliError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "read", &error)),
    }
}

/// Writes a file beside the other, whole and for these readers, and puts it in its place at once.
fn replace(path: &Path, text: &str, mode: u32) -> Result<(), CliError> {
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(fs::Permissions::from_mode(mode))?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| {
        // The first error is the one that matters.
        let _ = fs::remove_file(&beside);
        failed(path, "written", &error)
    })
}

fn remove(path: &Path) -> Result<(), CliError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(path, "removed", &error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, what: &str, error: &io::Error) -> CliError {
    CliError::NotFound(format!("{} cannot be {what}: {error}", path.display()))
}
