//! Starting other programs: in the repository's root, with an echo, and an error that says which one failed.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::places::Places;

/// What the outer `cargo run` told this program about itself, and no inner cargo may take for its own.
const OF_THE_OUTER_CARGO: [&str; 6] =
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_", "OUT_DIR"];

/// A program to be run in the repository's root, with the installed tools first on its PATH.
pub fn command(places: &Places, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&places.root).env_remove("CARGO").env("PATH", path(places));
    for (name, _) in env::vars_os() {
        if OF_THE_OUTER_CARGO.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
}

/// Says one line about what is being done, apart from what the programs print.
pub fn say(text: impl AsRef<str>) {
    eprintln!("\u{25b8} {}", text.as_ref());
}

/// Runs to the end with the terminal's output; a failure names the command.
pub fn run(command: &mut Command) -> Result<()> {
    say(shown(command));
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs quietly and returns what it printed on stdout; a failure carries its stderr.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", shown(command), output.status, words.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// Which stream of a program carries its report.
pub enum Report {
    /// cargo nextest.
    Stderr,
    /// cargo test, node --test.
    Stdout,
}

/// Runs to the end, showing its output as it comes; returns whether it succeeded and the report's lines without colours.
pub fn watch(command: &mut Command, report: Report) -> Result<(bool, Vec<String>)> {
    say(shown(command));
    match report {
        Report::Stderr => command.stderr(Stdio::piped()),
        Report::Stdout => command.stdout(Stdio::piped()),
    };
    if std::io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always").env("FORCE_COLOR", "1");
    }
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let mut lines = Vec::new();
    let stream: Option<Box<dyn std::io::Read>> = match report {
        Report::Stderr => child.stderr.take().map(|s| Box::new(s) as _),
        Report::Stdout => child.stdout.take().map(|s| Box::new(s) as _),
    };
    for line in BufReader::new(stream.context("the program has no output")?).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        eprintln!("{line}");
        lines.push(plain(&line));
    }
    Ok((child.wait()?.success(), lines))
}

/// The program's file, if it is in the tools of `setup` or on PATH.
pub fn found(places: &Places, program: &str) -> Option<PathBuf> {
    env::split_paths(&path(places)).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn path(places: &Places) -> std::ffi::OsString {
    let own = [places.tools().join("bin"), places.tools().join("node_modules/.bin")];
    let given = env::var_os("PATH").unwrap_or_default();
    let all = own.into_iter().chain(env::split_paths(&given));
    env::join_paths(all).unwrap_or(given)
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}; is it installed?", command.get_program().to_string_lossy())
}

/// The line without terminal colours.
fn plain(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            letters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            kept.push(letter);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_do_not_hide_a_report() {
        assert_eq!(plain("\u{1b}[32;1m     Summary\u{1b}[0m [0.1s]"), "     Summary [0.1s]");
    }
}
