//! The browser journeys of e2e: its packages, the browsers, the debug binary, then its scripts, counted.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::tally::{self, Tally};
use crate::page;
use crate::places::Places;
use crate::setup::packages;
use crate::shell::{Report, command, found, run as finish, say, watch};

/// Where e2e/playwright.config.mjs has the counts written.
const REPORT: &str = "test-results/journeys.json";

/// A browser: where journeys look for it, what they are told of it, and the package it comes with.
struct Browser {
    names: &'static [&'static str],
    setting: &'static str,
    package: &'static str,
}

const BROWSERS: [Browser; 2] = [
    Browser {
        names: &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        ],
        setting: "QUARTERDECK_CHROMIUM",
        package: "chromium",
    },
    Browser {
        names: &["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
        setting: "QUARTERDECK_FIREFOX",
        package: "firefox-esr",
    },
];

/// Runs every `test:*` script of e2e/package.json by node's runner, then `journeys` by Playwright.
pub fn run(places: &Places) -> Result<Tally> {
    let folder = places.root.join("e2e");
    let Some(scripts) = scripts(&folder)? else {
        say("e2e: no package.json, so there are no journeys yet");
        return Ok(Tally::default());
    };
    packages_of(places, &folder)?;
    page::build(places)?;
    // The same units as nextest builds, so that nothing is compiled twice.
    finish(command(places, "cargo").args(["build", "--workspace", "--bins", "--tests"]))?;
    let browsers = BROWSERS
        .iter()
        .map(|browser| Ok((browser.setting, find(places, browser)?)))
        .collect::<Result<Vec<_>>>()?;
    let script = |name: &str| {
        let mut npm = command(places, "npm");
        npm.args(["run", "--silent", name])
            .current_dir(&folder)
            .env("QUARTERDECK_BIN", places.target.join("debug/quarterdeck"))
            .envs(browsers.iter().map(|(setting, program)| (setting, program)));
        npm
    };
    let mut tally = Tally::default();
    for name in scripts.keys().filter(|name| name.starts_with("test:")) {
        let (succeeded, lines) = watch(&mut script(name), Report::Stdout)?;
        tally = tally.plus(&tally::node(succeeded, &lines)?);
    }
    if scripts.contains_key("journeys") && folder.join("playwright.config.mjs").is_file() {
        let report = folder.join(REPORT);
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let (succeeded, _) = watch(&mut script("journeys"), Report::Stdout)?;
        let words =
            fs::read_to_string(&report).context("Playwright left no report: the journeys were not run")?;
        let report = serde_json::from_str(&words).context("Playwright's report is not JSON")?;
        tally = tally.plus(&tally::playwright(succeeded, &report)?);
    } else {
        say("e2e: no Playwright configuration, so there are no journeys yet");
    }
    Ok(tally)
}

fn scripts(folder: &Path) -> Result<Option<BTreeMap<String, String>>> {
    let file = folder.join("package.json");
    if !file.is_file() {
        return Ok(None);
    }
    let manifest: Value = serde_json::from_slice(&fs::read(file)?).context("e2e/package.json is not JSON")?;
    let scripts = manifest.get("scripts").cloned().context("e2e/package.json has no scripts")?;
    Ok(Some(serde_json::from_value(scripts)?))
}

/// `npm ci`, unless node_modules was made from this very lock file.
fn packages_of(places: &Places, folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("e2e/package-lock.json is missing")?;
    let mut hasher = DefaultHasher::new();
    (lock, fs::read(folder.join("package.json"))?).hash(&mut hasher);
    let made_of = format!("{:016x}\n", hasher.finish());
    let stamp = folder.join("node_modules/.made-of");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == made_of) {
        return Ok(());
    }
    let mut npm = command(places, "npm");
    npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(folder);
    finish(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    Ok(fs::write(stamp, made_of)?)
}

fn find(places: &Places, browser: &Browser) -> Result<PathBuf> {
    let look = || {
        browser.names.iter().find_map(|name| {
            if name.starts_with('/') {
                Some(PathBuf::from(name)).filter(|f| f.is_file())
            } else {
                found(places, name)
            }
        })
    };
    if let Some(program) = look() {
        return Ok(program);
    }
    packages::install(places, &[browser.package])?;
    look().with_context(|| format!("{} was installed, but is not on PATH", browser.package))
}
