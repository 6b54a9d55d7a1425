//! The page: trunk builds it into web/dist, then each file is compressed beside itself; skipped when nothing changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::places::Places;
use crate::setup::{self, PageTools};
use crate::shell::{command, output, run, say};

/// All that the page is made of.
const INPUTS: [&str; 8] = [
    "web",
    "shared",
    "api/core",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "xtask/src/page",
    "xtask/src/setup",
];

/// Files and folders within the inputs that are made, not written.
const MADE: [&str; 4] = ["dist", "target", "node_modules", "page.css"];

/// What each file gets beside it: brotli and gzip at their best, made once here instead of per request.
const COMPRESS: &str = include_str!("page/compress.mjs");

/// Builds the page into web/dist unless it stands there already, made of the same inputs. One build at a time: who
/// comes while another builds waits, and then finds it done.
pub fn build(places: &Places) -> Result<()> {
    fs::create_dir_all(&places.target)?;
    let turn = fs::File::create(places.target.join("page.lock"))?;
    turn.lock().context("cannot wait for another build of the page")?;
    let sources = fingerprint(places)?;
    let stamp = places.target.join("page.stamp");
    if let Ok(made) = fs::read_to_string(&stamp)
        && made == stamped(&sources, &places.dist())?
    {
        say("page: unchanged");
        return Ok(());
    }
    let tools = setup::page_tools(places)?;
    trunk(places, &tools)?;
    compress(places)?;
    fs::write(&stamp, stamped(&sources, &places.dist())?)?;
    Ok(())
}

/// The files of the built page, without their compressed twins.
pub fn files(dist: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    walk(dist, &mut all)?;
    all.retain(|file| !file.extension().is_some_and(|end| end == "br" || end == "gz"));
    Ok(all)
}

fn trunk(places: &Places, tools: &PageTools) -> Result<()> {
    if !places.root.join("web/index.html").is_file() {
        bail!("web/index.html is missing: there is no page to build");
    }
    // Fetched before, so that trunk can be told to stay offline: then it takes our tools or says which one is amiss.
    let mut fetch = command(places, "cargo");
    tools.apply(&mut fetch);
    let host = setup::host(places, "rustc")?;
    run(fetch.args(["fetch", "--quiet", "--target", "wasm32-unknown-unknown", "--target", &host]))?;
    let mut trunk = command(places, "trunk");
    tools.apply(&mut trunk);
    // trunk reads NO_COLOR=1 as the value of a flag that wants true or false.
    run(trunk
        .args(["build", "--release", "--offline"])
        .env_remove("NO_COLOR")
        .env("RUST_BACKTRACE", "0")
        .current_dir(places.root.join("web")))?;
    // trunk's own lock, of no use to a browser.
    match fs::remove_file(places.dist().join(".trunk-lock")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context("cannot remove trunk's lock")
        }
        _ => Ok(()),
    }
}

/// Node has brotli's original encoder; a page takes it a second.
fn compress(places: &Places) -> Result<()> {
    let files = files(&places.dist())?;
    say(format!("compressing {} files of the page", files.len()));
    let arguments = ["--input-type=module", "--eval", COMPRESS, "--"];
    output(command(places, "node").args(arguments).args(files)).map(drop)
}

/// What the stamp says when these inputs made the files that lie in dist.
fn stamped(sources: &str, dist: &Path) -> Result<String> {
    let mut files = Vec::new();
    if dist.is_dir() {
        walk(dist, &mut files)?;
    }
    let mut text = format!("inputs {sources}\n");
    for file in files {
        text += &format!("{} {}\n", file.display(), file.metadata()?.len());
    }
    Ok(text)
}

fn fingerprint(places: &Places) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for input in INPUTS {
        let path = places.root.join(input);
        let mut files = Vec::new();
        if path.is_dir() {
            walk(&path, &mut files)?;
        } else if path.is_file() {
            files.push(path);
        }
        for file in files {
            file.strip_prefix(&places.root)?.hash(&mut hasher);
            fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The files below, in a settled order, leaving out what is made.
fn walk(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))?;
    let mut paths = entries.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    paths.retain(|path| !path.file_name().is_some_and(|name| MADE.iter().any(|made| name == *made)));
    for path in paths {
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(root: &Path) -> Places {
        Places { root: root.into(), target: root.join("target"), cache: root.join("cache") }
    }

    #[test]
    fn the_fingerprint_follows_the_inputs_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let places = places(dir.path());
        fs::create_dir_all(dir.path().join("web/dist")).unwrap();
        fs::write(dir.path().join("web/index.html"), "a").unwrap();
        let first = fingerprint(&places).unwrap();
        fs::write(dir.path().join("web/dist/made.js"), "b").unwrap();
        fs::write(dir.path().join("README.md"), "c").unwrap();
        assert_eq!(fingerprint(&places).unwrap(), first);
        fs::write(dir.path().join("web/index.html"), "d").unwrap();
        assert_ne!(fingerprint(&places).unwrap(), first);
    }

    #[test]
    fn a_file_changed_or_missing_in_dist_makes_the_stamp_old() {
        let dir = tempfile::tempdir().unwrap();
        let none = stamped("x", &dir.path().join("absent")).unwrap();
        fs::write(dir.path().join("index.html"), "page").unwrap();
        let one = stamped("x", dir.path()).unwrap();
        assert_ne!(one, none);
        fs::write(dir.path().join("index.html"), "another page").unwrap();
        assert_ne!(stamped("x", dir.path()).unwrap(), one);
    }
}
