//! The server's figures: api/benches measures them on a release binary that has the page inside.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::{Measured, said};
use crate::page;
use crate::places::Places;
use crate::shell::{command, run, say, shown};

/// Has a group of api/benches measured; says each outcome as it comes.
pub fn measure(places: &Places, group: &str, each: &mut dyn FnMut(Measured) -> Result<()>) -> Result<()> {
    page::build(places)?;
    listen(benches(places).arg(group), each)
}

/// Fills a data folder with so many agents.
pub fn seed(places: &Places, data_dir: &Path, agents: u64) -> Result<()> {
    run(benches(places).arg("seed").arg(data_dir).arg(agents.to_string()))
}

/// Runs a program that measures, and hands on each line it prints.
pub fn listen(program: &mut Command, each: &mut dyn FnMut(Measured) -> Result<()>) -> Result<()> {
    say(shown(program));
    let mut child = program.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let out = child.stdout.take().context("the program has no output")?;
    let heard = BufReader::new(out).lines().try_for_each(|line| each(said(&line?)?));
    let status = child.wait()?;
    heard?;
    if !status.success() {
        bail!("{} ended with {status}", shown(program));
    }
    Ok(())
}

fn benches(places: &Places) -> Command {
    let mut cargo = command(places, "cargo");
    cargo.args(["bench", "--quiet", "--package", "quarterdeck", "--bench", "figures", "--"]);
    cargo
}
