//! The release binary with the page inside, and starting it.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::page;
use crate::places::Places;
use crate::shell::{command, run as finish, say};

/// Builds `target/release/quarterdeck`; returns its path.
pub fn release(places: &Places) -> Result<PathBuf> {
    page::build(places)?;
    finish(command(places, "cargo").args(["build", "--release", "--package", "quarterdeck"]))?;
    Ok(places.target.join("release/quarterdeck"))
}

/// Builds, and becomes `quarterdeck serve` with these arguments.
pub fn run(places: &Places, serve: &[OsString]) -> Result<()> {
    let binary = release(places)?;
    say(format!("{} serve", binary.display()));
    let error = command(places, &binary).arg("serve").args(serve).exec();
    Err(error).with_context(|| format!("cannot start {}", binary.display()))
}
