//! The key's file: made at random on the first start, readable by its owner alone.

use super::secret;
use crate::config::Config;
use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The folder or file cannot be used.
    #[error("cannot use {}: {reason}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file holds no key.
    #[error("{} holds no key of 8 to 256 visible characters; remove it and start again for a new one", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
    },
    /// No randomness.
    #[error(transparent)]
    NoChance(#[from] secret::NoChance),
}

/// Makes the data folder and shuts it to others.
pub fn prepare(data_dir: &Path) -> Result<(), KeyError> {
    let failed = |error: io::Error| KeyError::Io { path: data_dir.to_owned(), reason: error.to_string() };
    DirBuilder::new().recursive(true).mode(0o700).create(data_dir).map_err(failed)?;
    let mode = fs::metadata(data_dir).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(data_dir, fs::Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}

/// The key: the configured one, else the file's, else a new one that is kept there.
pub fn key(config: &Config) -> Result<String, KeyError> {
    if let Some(key) = &config.api_key {
        return Ok(key.clone());
    }
    let path = config.data_dir.join("api_key");
    match fs::read_to_string(&path) {
        Ok(text) => {
            let key = text.trim().to_owned();
            let sound = crate::config::checks::api_key(&key).is_ok() && !key.is_empty();
            if sound { shut(&path).map(|()| key) } else { Err(KeyError::Broken { path }) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path),
        Err(error) => Err(failed(&path, error)),
    }
}

fn make(path: &Path) -> Result<String, KeyError> {
    let key = secret::random()?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| failed(path, error))?;
    writeln!(file, "{key}").and_then(|()| file.sync_all()).map_err(|error| failed(path, error))?;
    Ok(key)
}

fn shut(path: &Path) -> Result<(), KeyError> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(|error| failed(path, error))
}

fn failed(path: &Path, error: io::Error) -> KeyError {
    KeyError::Io { path: path.to_owned(), reason: error.to_string() }
}
