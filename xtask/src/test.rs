//! `cargo xtask test`: every suite in turn, counted; a suite that leaves a test out has failed.

mod journeys;
mod postgres;
mod tally;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;

use crate::places::Places;
use crate::shell::{Report, command, say, watch};
use crate::{check, page, setup, tidy};
use tally::Tally;

/// What can be run by name; the order is that of a whole run, the quick ones first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// rustfmt changes nothing
    Fmt,
    /// the rules of the house
    Tidy,
    /// the page builds
    Page,
    /// clippy warns of nothing
    Clippy,
    /// cargo nextest over the workspace, on SQLite and on a PostgreSQL of its own
    Unit,
    /// the examples in the documentation
    Doc,
    /// journeys through the running product in a real browser
    E2e,
}

/// Runs the named suites, or all; prints what was executed and skipped, and a closing line to be read by machines.
pub fn run(places: &Places, named: &[Suite], nextest: &[OsString]) -> Result<ExitCode> {
    let chosen = Suite::value_variants().iter().filter(|suite| named.is_empty() || named.contains(suite));
    let mut rows = Vec::new();
    for suite in chosen {
        let name = suite.to_possible_value().map_or_else(String::new, |value| value.get_name().to_string());
        say(format!("suite {name}"));
        let start = Instant::now();
        let tally = perform(places, *suite, nextest).unwrap_or_else(|error| {
            eprintln!("error: {name}: {error:#}");
            Tally::failure()
        });
        rows.push((name, tally, start.elapsed().as_secs()));
    }
    println!("\n{:<8}{:>10}{:>8}{:>8}{:>9}", "suite", "executed", "failed", "skipped", "seconds");
    for (name, tally, seconds) in &rows {
        println!("{name:<8}{:>10}{:>8}{:>8}{seconds:>9}", tally.executed(), tally.failed, tally.skipped);
    }
    let total = rows.iter().fold(Tally::default(), |sum, (_, tally, _)| sum.plus(tally));
    if total.skipped > 0 {
        println!(
            "\n{} skipped: a test that does not run proves nothing, so this run has failed",
            total.skipped
        );
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    Ok(if total.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn perform(places: &Places, suite: Suite, nextest: &[OsString]) -> Result<Tally> {
    match suite {
        Suite::Fmt => check::format(places).map(|()| Tally::one()),
        Suite::Tidy => tidy::hold(&places.root).map(|rules| Tally { passed: rules, ..Tally::default() }),
        Suite::Page => page::build(places).map(|()| Tally::one()),
        Suite::Clippy => page::build(places).and_then(|()| check::clippy(places)).map(|()| Tally::one()),
        Suite::Unit => unit(places, nextest),
        Suite::Doc => documentation(places),
        Suite::E2e => journeys::run(places),
    }
}

/// One nextest run for the whole workspace, so that everything is compiled with one set of features.
fn unit(places: &Places, more: &[OsString]) -> Result<Tally> {
    setup::nextest(places)?;
    page::build(places)?;
    let database = postgres::Cluster::start(places)?;
    let profile = if std::env::var_os("CI").is_some() { "ci" } else { "default" };
    let mut cargo = command(places, "cargo");
    cargo.args(["nextest", "run", "--workspace", "--profile", profile]).args(more);
    cargo.env("QUARTERDECK_TEST_POSTGRES", database.url());
    let (succeeded, lines) = watch(&mut cargo, Report::Stderr)?;
    database.stop()?;
    tally::nextest(succeeded, &lines)
}

fn documentation(places: &Places) -> Result<Tally> {
    let mut cargo = command(places, "cargo");
    cargo.args(["test", "--quiet", "--workspace", "--doc"]);
    let (succeeded, lines) = watch(&mut cargo, Report::Stdout)?;
    tally::cargo_test(succeeded, &lines)
}
