//! The lock file beside a SQLite database: one server at a time.

use super::StoreError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long a server that has been killed may take to let go.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two looks.
const ROUND: Duration = Duration::from_millis(10);
/// Looks that must find the holder alive before it is believed: one that is being killed looks alive for a moment.
const LOOKS: u32 = 3;

/// Held as long as it lives; the operating system lets go of it with the process, however that ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// Takes the lock, or says who has it. Waits for a holder that is about to end, as one is that was killed just now.
pub(super) async fn take(path: &Path) -> Result<Lock, StoreError> {
    let reason = |error: io::Error| StoreError::Unwritable { reason: format!("{}: {error}", path.display()) };
    let mut file = open_private(path).map_err(reason)?;
    let (begun, mut alive) = (Instant::now(), 0);
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(reason(error)),
        }
        let by = holder(&mut file);
        alive = if lives(&by) { alive + 1 } else { 0 };
        if alive >= LOOKS || begun.elapsed() >= PATIENCE {
            return Err(StoreError::InUse { by });
        }
        sleep(ROUND).await;
    }
    let sign = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "{SIGNED}{}", std::process::id())
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

const SIGNED: &str = "process ";

fn holder(file: &mut File) -> String {
    let mut name = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut name));
    match read {
        Ok(_) if !name.trim().is_empty() => name.trim().chars().take(80).collect(),
        _ => "another server".to_owned(),
    }
}

/// Whether the holder is a process that lives and is not about to end. What cannot be known is not believed.
fn lives(holder: &str) -> bool {
    let Some(process) = holder.strip_prefix(SIGNED).and_then(|id| id.parse::<u32>().ok()) else {
        return false;
    };
    let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) else { return false };
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim()
    };
    /// The ninth bit: a SIGKILL that is on its way.
    const KILLED: u64 = 1 << 8;
    let killed = |name: &str| u64::from_str_radix(field(name), 16).is_ok_and(|mask| mask & KILLED != 0);
    !field("State").starts_with(['Z', 'X']) && !killed("SigPnd") && !killed("ShdPnd")
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::poll;
    use std::{pin::pin, process::Command, task::Poll};

    /// A lock that is held, signed by somebody.
    fn held(path: &Path, by: &str) -> File {
        std::fs::write(path, by).unwrap();
        let file = open_private(path).unwrap();
        file.try_lock().unwrap();
        file
    }

    #[tokio::test]
    async fn a_holder_that_was_killed_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let mut ended = Command::new("true").spawn().unwrap();
        let process = format!("{SIGNED}{}", ended.id());
        ended.wait().unwrap();
        for by in [process.as_str(), "", "nonsense"] {
            let holder = held(&path, by);
            let mut taking = pin!(take(&path));
            assert!(matches!(poll!(&mut taking), Poll::Pending), "{by:?}");
            drop(holder);
            taking.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_process_that_ended_without_being_buried_does_not_live() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let process = format!("{SIGNED}{}", child.id());
        assert!(lives(&process));
        child.kill().unwrap();
        while lives(&process) {
            tokio::task::yield_now().await;
        }
        child.wait().unwrap();
        assert!(!lives(&process));
    }

    #[tokio::test]
    async fn a_holder_that_lives_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.lock");
        let own = format!("{SIGNED}{}", std::process::id());
        let _holder = held(&path, &own);
        assert_eq!(take(&path).await.expect_err("it is held"), StoreError::InUse { by: own });
    }
}
