//! Finds the user's `claude`, asks its version once, and waits for what an earlier server left behind.

use super::arguments;
use crate::fleet::runtime::{RuntimeRules, environment, keeper};
use futures::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    collections::HashMap,
    ffi::OsStr,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant, SystemTime},
};
use tokio::{process::Command, sync::Mutex};

/// How long whoever wants to know a version waits for it.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a program may take to say its version.
const MOST: Duration = Duration::from_secs(10);

/// The program to run, or what to do so that there is one.
pub fn find(rules: &RuntimeRules) -> Result<PathBuf, String> {
    const INSTALL: &str = "install Claude Code (`npm install -g @anthropic-ai/claude-code`) or name its program with \
                           QUARTERDECK_CLAUDE_BIN";
    let wanted = rules.claude_bin.as_deref().unwrap_or(Path::new("claude"));
    if wanted.components().count() > 1 {
        let whole = std::path::absolute(wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
        return match runs(&whole) {
            true => Ok(whole),
            false => Err(format!("{} is no program that can be run; {INSTALL}", whole.display())),
        };
    }
    let paths = rules.environment.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_os_str());
    std::env::split_paths(paths.unwrap_or(OsStr::new("")))
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(wanted))
        .find(|file| runs(file))
        .ok_or_else(|| format!("no `{}` was found on the PATH; {INSTALL}", wanted.display()))
}

fn runs(file: &Path) -> bool {
    file.metadata().is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

/// Versions that were asked for, by program and its last change.
#[derive(Default)]
pub struct Versions(Mutex<HashMap<PathBuf, Known>>);

/// The file's last change, and what it says.
type Known = (Option<SystemTime>, Answer);
type Answer = Shared<BoxFuture<'static, Result<String, String>>>;

impl Versions {
    /// The version `program` says; asked again only once the file has changed or where it said none. One that is slow
    /// is waited for no longer than a moment, and may be known the next time.
    pub async fn of(&self, program: &Path, rules: &RuntimeRules) -> Result<String, String> {
        let changed = program.metadata().and_then(|about| about.modified()).ok();
        let answer = {
            let mut known = self.0.lock().await;
            let holds = |(at, answer): &&Known| *at == changed && !matches!(answer.peek(), Some(Err(_)));
            match known.get(program).filter(holds) {
                Some((_, answer)) => answer.clone(),
                None => {
                    let answer = ask(program, rules);
                    known.insert(program.to_owned(), (changed, answer.clone()));
                    answer
                }
            }
        };
        let late = |_| Err(format!("its version was not told within {} s", PATIENCE.as_secs()));
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(late)
    }
}

fn ask(program: &Path, rules: &RuntimeRules) -> Answer {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .env_clear()
        .envs(environment::allowed(&rules.environment, &rules.pass_environment))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let asked = tokio::spawn(version(command));
    let answer = async { asked.await.unwrap_or_else(|error| Err(format!("it could not be asked: {error}"))) };
    answer.boxed().shared()
}

async fn version(mut command: Command) -> Result<String, String> {
    let output = tokio::time::timeout(MOST, command.output())
        .await
        .map_err(|_| format!("`--version` did not answer within {} seconds", MOST.as_secs()))?
        .map_err(|error| format!("`--version` could not be asked: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let version = said.lines().next().unwrap_or_default().trim();
    match output.status.success() && !version.is_empty() {
        true => Ok(version.chars().take(80).collect()),
        false => Err(format!("`--version` failed ({})", output.status)),
    }
}

/// Waits until no keeper of this session is left; tells it to end at once, and kills it after `limit`.
///
/// Only a keeper whose arguments name the session is meant: whatever else has a number of old is left alone.
pub async fn wait_for_end(session_id: &str, limit: Duration) {
    const ROUND: Duration = Duration::from_millis(20);
    let begun = Instant::now();
    let mut told = false;
    while let Some(keeper) = keeper_of(session_id) {
        let late = begun.elapsed() >= limit;
        if late || !told {
            // It may have ended since it was looked at.
            let _ = kill(keeper, if late { Signal::SIGKILL } else { Signal::SIGTERM });
        }
        if late {
            return;
        }
        told = true;
        tokio::time::sleep(ROUND).await;
    }
}

/// The first keeper of the session while it lives, then the one within.
fn keeper_of(session_id: &str) -> Option<Pid> {
    let is_within = |process: i32| {
        let arguments = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        let mut arguments = arguments.split(|&byte| byte == 0).skip(1);
        let is_keeper = arguments.next() == Some(keeper::COMMAND.as_bytes());
        let is_within = arguments.next() != Some(b"--parent");
        (is_keeper && arguments.any(|one| arguments::is_session(one, session_id))).then_some(is_within)
    };
    let processes = std::fs::read_dir("/proc").ok()?;
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let keepers = numbers.filter_map(|process| Some((is_within(process)?, process)));
    keepers.min().map(|(_, process)| Pid::from_raw(process))
}
