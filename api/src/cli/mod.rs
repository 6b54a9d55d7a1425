//! Commands: arguments in, words out. They read the database directly, whether a server has it or not.

mod agents;
mod completions;
mod connect;
mod costs;
mod doctor;
mod import;
mod migrate;
mod output;
mod prices;
mod status;
mod tail;
mod tasks;
mod token;

use crate::{
    config::{Config, ConfigError},
    fleet::clock::Clock,
    http::{self, access::OpenError},
    prices::PricesError,
    store::{Store, StoreError, WriterRules},
};
use clap::{Args, Subcommand};
pub use output::is_coloured;

use output::Output;
use quarterdeck_shared::Timestamp;
use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    process::ExitCode,
};

/// Every command but `serve`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show the fleet in figures.
    Status(status::Status),
    /// List agents.
    Agents(agents::Agents),
    /// List tasks.
    Tasks(tasks::Tasks),
    /// Show what was spent, by day, week, month, session or block.
    Costs(costs::Costs),
    /// Take in Claude Code's session files.
    Import(import::Import),
    /// Show the prices in effect, take over newer ones, price history anew.
    Prices(prices::Prices),
    /// Let Claude Code's sessions tell here what they do.
    Connect(connect::Connect),
    /// Show what happened, newest last.
    Tail(tail::Tail),
    /// Make, list and revoke access tokens.
    Token(token::Token),
    /// Bring the database's schema up to date.
    Migrate(migrate::Migrate),
    /// Look for whatever is wrong and say what to do.
    Doctor(doctor::Doctor),
    /// Write completions for a shell.
    Completions(completions::Completions),
}

/// What every command takes.
#[derive(Args, Debug)]
pub struct Common {
    /// Folder of the database and the key; the XDG data folder where unset.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// Write JSON for programs instead of a table for people.
    #[arg(long)]
    json: bool,
}

impl Common {
    fn config(&self) -> Result<Config, CliError> {
        let flags = self.data_dir.iter().map(|folder| ("data_dir", folder.clone()));
        Ok(Config::load(flags.collect::<BTreeMap<_, _>>())?)
    }

    async fn store(&self) -> Result<Store, CliError> {
        Ok(Store::open_reader(&http::location(&self.config()?)).await?)
    }

    /// The database with nobody else in it; made where there is none.
    async fn open(&self) -> Result<Store, CliError> {
        Ok(Store::open(&http::location(&self.config()?), WriterRules::default()).await?)
    }

    /// The same, or beside the server that has it.
    async fn writing_store(&self) -> Result<Store, CliError> {
        match self.open().await {
            Err(CliError::Store(StoreError::InUse { .. })) => self.store().await,
            opened => opened,
        }
    }

    fn now(&self) -> Timestamp {
        Clock::system().now()
    }

    fn output(&self) -> Output {
        Output::to_stdout(self.json)
    }
}

/// Says that what is shown as running does not run, where no server is there to run it.
async fn say_if_left(store: &Store, shows_running: bool) -> Result<(), CliError> {
    if shows_running && store.server().await?.is_none() {
        output::say(
            "no server runs: what is shown as running was cut off, and goes on with `quarterdeck serve`",
        )?;
    }
    Ok(())
}

/// Why a command did not do it.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Prices(#[from] PricesError),
    #[error("nothing can be written to the output: {0}")]
    Output(#[from] io::Error),
    #[error("an answer has no JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    NotFound(String),
}

/// How a command ended that did what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// All is well.
    Well,
    /// What was looked at is not well.
    Ill,
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// Carries a command out. `program` is the whole command line, for completions.
pub fn run(command: Command, program: clap::Command) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return said(&error, 1),
    };
    let ended = runtime.block_on(async {
        match command {
            Command::Status(status) => status.run().await,
            Command::Agents(agents) => agents.run().await,
            Command::Tasks(tasks) => tasks.run().await,
            Command::Costs(costs) => costs.run().await,
            Command::Import(import) => import.run().await,
            Command::Prices(prices) => prices.run().await,
            Command::Connect(connect) => connect.run().await,
            Command::Tail(tail) => tail.run().await,
            Command::Token(token) => token.run().await,
            Command::Migrate(migrate) => migrate.run().await,
            Command::Doctor(doctor) => doctor.run().await,
            Command::Completions(completions) => completions.run(program),
        }
    });
    match ended {
        Ok(End::Well) => ExitCode::SUCCESS,
        Ok(End::Ill) => ExitCode::FAILURE,
        Ok(End::Interrupted) => ExitCode::from(130),
        // Whoever reads has read enough.
        Err(CliError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error @ (CliError::Usage(_) | CliError::Config(_))) => said(&error, 2),
        Err(error @ CliError::Store(StoreError::Invalid { .. } | StoreError::BadCursor)) => said(&error, 2),
        Err(error) => said(&error, 1),
    }
}

fn said(error: &dyn std::error::Error, code: u8) -> ExitCode {
    // Where even standard error is gone the code has to say it alone.
    let _ = writeln!(io::stderr(), "quarterdeck: {error}");
    ExitCode::from(code)
}
