//! The lock file beside a SQLite database: one server at a time.

use super::StoreError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
};

/// Held as long as it lives; the operating system lets go of it with the process, however that ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock, or says who has it.
pub(super) fn take(path: &Path) -> Result<Lock, StoreError> {
    let reason = |error: io::Error| StoreError::Unwritable { reason: format!("{}: {error}", path.display()) };
    let mut file = open_private(path).map_err(reason)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { by: holder(&mut file) }),
        Err(TryLockError::Error(error)) => return Err(reason(error)),
    }
    let sign = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "process {}", std::process::id())
    };
    sign(&mut file).map_err(reason)?;
    Ok(Lock { _file: file })
}

/// Who has the lock, if anybody has.
pub(super) fn held_by(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(holder(&mut file)),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// Where the lock of a database file lies.
pub(super) fn beside(database: &Path) -> PathBuf {
    database.with_added_extension("lock")
}

/// Opens a file for reading and writing that only its owner may look into; makes it where there is none.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn holder(file: &mut File) -> String {
    let mut name = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut name));
    match read {
        Ok(_) if !name.trim().is_empty() => name.trim().chars().take(80).collect(),
        _ => "another server".to_owned(),
    }
}
