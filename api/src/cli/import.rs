//! `quarterdeck import`: takes in session files, agent logs and the Python orchestrator's database, at once and once.

use super::{
    CliError, Common, End,
    output::{Output, say},
};
use crate::{
    config::Config,
    fleet::clock::Clock,
    prices::Prices,
    sources::{
        Intake, Taken, Tense,
        agent_logs::{
            self, Logs,
            database::{Layout, Read, Refusal},
        },
        import::{Files, Progress, find, places},
    },
    store::{Store, is_database},
};
use clap::Args;
use jiff::tz::TimeZone;
use orchestrator::figures;
use serde::Serialize;
use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
    time::{Duration, Instant},
};

/// How often it is said how far an import is.
const SAY: Duration = Duration::from_millis(200);

/// Takes in Claude Code's session files, and the Python orchestrator's agent logs and database.
#[derive(Args, Debug)]
pub struct Import {
    #[command(flatten)]
    common: Common,
    /// Session files, agent logs, or folders of them, or an `orchestrator.db`; Claude Code's own folders and `agent_logs` of the settings where
    /// none is named.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    progress: Progress,
    #[serde(flatten)]
    taken: Taken,
    /// Folders of agent logs that were read.
    log_folders: u64,
    /// Databases of the Python orchestrator.
    databases: Vec<Read>,
    /// Files whose session an agent works in now: they are read when it has ended.
    held_back: usize,
    /// Lines of all files that cannot be read, and lines that are too long.
    unread_lines: u64,
}

impl Import {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let config = self.common.config()?;
        let paths = match &self.paths[..] {
            [] => usual(&config),
            paths => {
                places(paths).map_err(|error| CliError::NotFound(format!("{}: {error}", shown(paths))))?
            }
        };
        let (store, output) = (self.common.writing_store().await?, self.common.output());
        let answer = import(&config, &store, &paths).await?;
        store.close().await;
        if output.json {
            output.value(&answer)?;
        } else {
            tell(output, &answer)?;
        }
        Ok(End::Well)
    }
}

/// Where sessions and agent logs lie by the settings.
pub(super) fn usual(config: &Config) -> Vec<PathBuf> {
    let sessions = config.claude_folders.iter().map(|folder| folder.join("projects"));
    sessions.chain(config.log_folders.iter().cloned()).collect()
}

/// Takes in what of these places is not read yet, saying on standard error how far that is.
pub(super) async fn take_in(config: &Config, store: &Store, paths: &[PathBuf]) -> Result<(), CliError> {
    import(config, store, paths).await.map(drop)
}

async fn import(config: &Config, store: &Store, paths: &[PathBuf]) -> Result<Answer, CliError> {
    let prices = Prices::load(store, config.own_prices.as_deref()).await?;
    let intake = Intake::new(store.clone(), Clock::system()).with_prices(prices);
    let (databases, paths): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(|path| is_database(path));
    let paths = &paths[..];
    // Whatever is refused is refused before anything else is taken in.
    let mut read = Vec::new();
    let mut of_databases = Taken::default();
    for database in &databases {
        let (one, taken) = intake.take_database(database).await.map_err(refused)?;
        of_databases.add(taken);
        read.push(one);
    }
    let mut files = Files::recall(&intake).await?;
    let changed = files.changed(find(paths));
    let watched = std::io::stderr().is_terminal();
    let mut said = Instant::now();
    let mut last = Progress { files: changed.len() as u64, ..Progress::default() };
    let taken = files
        .take_in(changed, &intake, Tense::History, |progress, taken| {
            last = progress;
            if said.elapsed() > SAY {
                said = Instant::now();
                report(progress, taken, watched);
            }
            true
        })
        .await?;
    if watched && last.files > 0 {
        // The line that was written over and over.
        let _ = write!(std::io::stderr(), "\r\u{1b}[K");
    }
    let mut taken = taken;
    taken.add(of_databases);
    let mut logs = Logs::recall(&intake, TimeZone::system()).await?;
    let folders = logs.changed(agent_logs::find(paths), intake.now());
    let log_folders = folders.len() as u64;
    taken.add(logs.take_in(folders, &intake, Tense::History).await?);
    let held_back = taken.held_back.len();
    let unread_lines = files.unread_lines() + logs.unread_lines();
    Ok(Answer { progress: last, taken, log_folders, databases: read, held_back, unread_lines })
}

fn refused(refusal: Refusal) -> CliError {
    match refusal {
        Refusal::Store(error) => error.into(),
        other => CliError::NotFound(other.to_string()),
    }
}

fn report(progress: Progress, taken: &Taken, watched: bool) {
    let share = progress.bytes_done.checked_mul(100).and_then(|done| done.checked_div(progress.bytes));
    let words = format!(
        "{}%: {} of {} files, {} responses",
        share.unwrap_or(100).min(100),
        progress.files_done,
        progress.files,
        taken.new_records
    );
    // Nobody watching is no failure.
    let _ = if watched {
        write!(std::io::stderr(), "\r\u{1b}[K{words}")
    } else {
        say(&words).map_err(std::io::Error::other)
    };
}

fn tell(output: Output, answer: &Answer) -> Result<(), CliError> {
    let Answer { progress, taken, log_folders, databases, held_back, unread_lines } = answer;
    output.line(&format!(
        "{} files read ({} bytes): {} responses are new, {} grew, {} were known; {} sessions and sub-agents are new",
        progress.files_done,
        figures::tokens(progress.bytes_done),
        taken.new_records,
        taken.grown_records,
        taken.known_records,
        taken.new_agents
    ))?;
    if *log_folders > 0 {
        output.line(&format!("{log_folders} folders of agent logs read"))?;
    }
    for Read { path, layout, agents, agents_without_cost, tasks, unread_rows } in databases {
        let program = match layout {
            Layout::CommandLine => "command line",
            Layout::Dashboard => "dashboard",
        };
        output.line(&format!(
            "{path}, of the Python orchestrator's {program}: {agents} agents and {tasks} tasks"
        ))?;
        if *agents_without_cost > 0 {
            output.line(&format!(
                "what {agents_without_cost} of its agents cost is unknown: it does not say"
            ))?;
        }
        if *unread_rows > 0 {
            output.line(&format!("{unread_rows} of its rows have no id and are not read"))?;
        }
    }
    if *unread_lines > 0 {
        output.line(&format!("{unread_lines} lines in all files cannot be read"))?;
    }
    if *held_back > 0 {
        output.line(&format!(
            "{held_back} files belong to agents at work here; they are read when those have ended"
        ))?;
    }
    Ok(())
}

fn shown(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
