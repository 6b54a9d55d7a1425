//! The quick checks one runs before a commit.

use std::process::ExitCode;

use anyhow::Result;

use crate::places::Places;
use crate::shell::{command, found, run, say};
use crate::{page, tidy};

/// Formatting, the house's rules, clippy, and licences where cargo-deny is installed. Runs all, then judges.
pub fn all(places: &Places) -> Result<ExitCode> {
    let mut failures = Vec::new();
    let mut note = |outcome: Result<()>| failures.extend(outcome.err());
    note(format(places));
    note(tidy::hold(&places.root).map(drop));
    note(page::build(places).and_then(|()| clippy(places)));
    if found(places, "cargo-deny").is_some() {
        note(run(command(places, "cargo").args(["deny", "check"])));
    } else {
        say("cargo-deny is not installed: licences and advisories are left to CI");
    }
    for failure in &failures {
        eprintln!("error: {failure:#}");
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every file is as rustfmt writes it.
pub fn format(places: &Places) -> Result<()> {
    run(command(places, "cargo").args(["fmt", "--all", "--check"]))
}

/// No warning anywhere, in tests and examples neither.
pub fn clippy(places: &Places) -> Result<()> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run(command(places, "cargo").args(arguments))
}
