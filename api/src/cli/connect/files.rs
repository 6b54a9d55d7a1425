//! The files of `connect`: the settings it changes, the backup beside them and the record of what it wrote.

use super::{super::CliError, settings::Entry};
use crate::config::Config;
use quarterdeck_shared::TokenId;
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// What was written, so that exactly this can be taken out again. It holds the key, so nobody else may read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The key's id.
    pub token_id: TokenId,
    /// The key.
    pub secret: String,
    /// The settings as they were; none where there were none.
    pub before: Option<String>,
    /// The settings as they were written.
    pub after: String,
    /// What was put in.
    pub entries: Vec<Entry>,
}

impl Record {
    /// What an earlier run wrote.
    pub fn of(config: &Config) -> Result<Option<Self>, CliError> {
        let Some(text) = read(&place(config))? else { return Ok(None) };
        Ok(Some(serde_json::from_str(&text)?))
    }
}

/// Where it is kept.
fn place(config: &Config) -> PathBuf {
    config.data_dir.join("connect.json")
}

impl Default for Record {
    fn default() -> Self {
        let token_id = TokenId(uuid::Uuid::nil());
        Self { token_id, secret: String::new(), before: None, after: String::new(), entries: Vec::new() }
    }
}

/// Where all this is.
pub struct Target {
    settings: PathBuf,
    record: PathBuf,
}

impl Target {
    /// The user's own settings.
    pub fn of(config: &Config) -> Result<Self, CliError> {
        let Some(folder) = config.claude_folders.first() else {
            return Err(CliError::Usage("there is no home; say where with CLAUDE_CONFIG_DIR".to_owned()));
        };
        let named = folder.join("settings.json");
        // A link stays a link: what it leads to is written.
        let settings = fs::canonicalize(&named).unwrap_or(named);
        Ok(Self { settings, record: place(config) })
    }

    /// The settings' path, for people.
    pub fn shown(&self) -> String {
        self.settings.display().to_string()
    }

    /// The settings as they are; none where there are none.
    pub fn text(&self) -> Result<Option<String>, CliError> {
        read(&self.settings)
    }

    /// Keeps what is being written.
    pub fn remember(&self, record: &Record) -> Result<(), CliError> {
        replace(&self.record, &serde_json::to_string_pretty(record)?)
    }

    /// Nothing is written any more.
    pub fn forget(&self) -> Result<(), CliError> {
        remove(&self.record)
    }

    /// Keeps the settings as they are without us beside themselves.
    pub fn back_up(&self, without: Option<&str>) -> Result<(), CliError> {
        match without {
            Some(text) => replace(&self.settings.with_extension("json.before-quarterdeck"), text),
            None => Ok(()),
        }
    }

    /// Puts other settings in place, at once and whole; none takes the file away.
    pub fn write(&self, text: Option<&str>) -> Result<(), CliError> {
        match text {
            Some(text) => replace(&self.settings, text),
            None => remove(&self.settings),
        }
    }

    /// The settings cannot be read as what they should be.
    pub fn broken(&self, why: &str) -> CliError {
        CliError::Usage(format!("{} {why}; mend it first, nothing was written", self.shown()))
    }
}

fn read(path: &Path) -> Result<Option<String>, CliError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "read", &error)),
    }
}

/// Writes a file that nobody else may read beside the other and puts it in its place.
fn replace(path: &Path, text: &str) -> Result<(), CliError> {
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
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
