//! `cargo xtask`: sets a machine up, builds, runs, checks, tests and measures Quarterdeck.

mod bench;
mod build;
mod check;
mod fuzz;
mod generate;
mod page;
mod places;
mod setup;
mod shell;
mod test;
mod tidy;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use places::Places;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "Sets up, builds, runs, checks, tests and measures Quarterdeck")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Bring the tools that the page is built with, in their pinned versions; quick when all are there
    Setup,
    /// Build everything and start it on loopback with SQLite; prints a login link
    Run {
        /// Arguments for `quarterdeck serve`, after `--`
        #[arg(last = true)]
        serve: Vec<OsString>,
    },
    /// Build target/release/quarterdeck with the page inside
    Build,
    /// Build the page into web/dist, compressed; does nothing when nothing changed
    Page,
    /// The quick checks: fmt, tidy, clippy, and cargo-deny where it is installed
    Check,
    /// Everything that must hold; or only the named suites
    Test {
        /// Suites to run; all of them if none is named
        #[arg(value_enum)]
        suites: Vec<test::Suite>,
        /// Arguments for `cargo nextest run` of the unit suite, after `--`
        #[arg(last = true)]
        nextest: Vec<OsString>,
    },
    /// Measure the release binary: one JSON object a line
    Bench {
        /// Figures to measure; all of them if none is named
        figures: Vec<String>,
    },
    /// Give random bytes to every reader, guided by what they reach; what breaks one is kept and named in the end
    Fuzz {
        /// Targets to run; all of them if none is named
        targets: Vec<String>,
        /// For how long each
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Make data from a number
    Generate {
        #[command(subcommand)]
        data: generate::Data,
    },
    /// Hold the tree to the rules of the house
    Tidy,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<ExitCode> {
    let places = Places::find()?;
    match task {
        Task::Setup => setup::everything(&places)?,
        Task::Run { serve } => build::run(&places, &serve)?,
        Task::Build => build::release(&places).map(|binary| println!("{}", binary.display()))?,
        Task::Page => page::build(&places)?,
        Task::Check => return check::all(&places),
        Task::Test { suites, nextest } => return test::run(&places, &suites, &nextest),
        Task::Bench { figures } => return bench::run(&places, &figures),
        Task::Fuzz { targets, seconds } => return fuzz::all(&places, seconds, &targets),
        Task::Generate { data } => generate::run(&data)?,
        Task::Tidy => return tidy::run(&places.root),
    }
    Ok(ExitCode::SUCCESS)
}
