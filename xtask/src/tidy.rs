//! The rules of the house that a compiler does not know, held over every tracked file.

mod map;
mod paths;
mod rooms;
mod styles;
mod texts;
mod tokens;

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

/// A place where a rule is not kept.
#[derive(Debug, PartialEq, Eq)]
pub struct Violation {
    file: String,
    line: usize,
    what: String,
    why: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} ({})", self.file, self.line, self.what, self.why)
    }
}

/// A file of the repository, its path with `/` and relative to the root.
struct File {
    path: String,
    text: String,
}

/// What in one file breaks a rule.
type Rule = fn(&File) -> Vec<Violation>;

const RULES: [Rule; 6] =
    [texts::first_line, texts::machines, texts::registries, rooms::imports, rooms::markup, styles::colours];

/// The rules above, and that Markdown leads only to what exists.
const COUNT: usize = RULES.len() + 1;

/// All violations in the repository, one line each on stdout.
pub fn run(root: &Path) -> Result<ExitCode> {
    let broken = violations(root)?;
    for violation in &broken {
        println!("{violation}");
    }
    eprintln!("tidy: {} rules, {} violations", COUNT, broken.len());
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Fails unless every rule holds; returns how many there are.
pub fn hold(root: &Path) -> Result<u64> {
    let broken = violations(root)?;
    if !broken.is_empty() {
        let lines = broken.iter().map(|violation| format!("\n  {violation}")).collect::<String>();
        bail!("the tree is not tidy:{lines}");
    }
    Ok(COUNT as u64)
}

/// Every place where a rule is not kept, in the order of the files.
pub fn violations(root: &Path) -> Result<Vec<Violation>> {
    let paths = tracked(root)?;
    let exists = |wanted: &str| {
        let within = format!("{wanted}/");
        paths.iter().any(|path| path == wanted || path.starts_with(&within))
    };
    let mut broken = Vec::new();
    for path in &paths {
        let bytes = fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
        // What is no text (pictures, fonts, recordings cut in mid-letter) has no lines to judge.
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let file = File { path: path.clone(), text };
        broken.extend(RULES.iter().flat_map(|rule| rule(&file)));
        broken.extend(map::dead_ends(&file, exists));
    }
    Ok(broken)
}

/// Files that git knows, or would take if asked; not those that were deleted and not yet committed.
fn tracked(root: &Path) -> Result<Vec<String>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(list).current_dir(root).output().context("cannot start git")?;
    if !output.status.success() {
        bail!("git cannot list the files: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let names = String::from_utf8_lossy(&output.stdout);
    let mut paths =
        names.split('\0').filter(|path| root.join(path).is_file()).map(str::to_string).collect::<Vec<_>>();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let broken = violations(root).unwrap();
        let lines = broken.iter().map(|violation| format!("\n{violation}")).collect::<String>();
        assert!(broken.is_empty(), "{lines}");
    }

    #[test]
    fn a_violation_says_where_what_and_why() {
        let dir = tempfile::tempdir().unwrap();
        let git = Command::new("git").args(["init", "-q"]).current_dir(dir.path()).status().unwrap();
        assert!(git.success());
        fs::write(dir.path().join("a.rs"), "fn f() {}\n").unwrap();
        fs::write(dir.path().join("b.md"), "[c](c.md)\n").unwrap();
        let lines = violations(dir.path()).unwrap().iter().map(Violation::to_string).collect::<Vec<_>>();
        assert_eq!(
            lines,
            [
                "a.rs:1: does not begin with a `//!` line (a file's first line says what it is)",
                "b.md:1: c.md does not exist (a map that leads nowhere is worse than none)",
            ]
        );
    }
}
