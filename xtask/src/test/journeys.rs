//! The browser journeys of e2e: its packages, the browsers, the debug binary, then its scripts, counted.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::tally::{self, Tally};
use crate::page;
use crate::places::Places;
use crate::setup;
use crate::shell::{Report, command, run as finish, say, watch};

/// Where e2e/playwright.config.mjs has the counts written.
const REPORT: &str = "test-results/journeys.json";

/// Runs every `test:*` script of e2e/package.json by node's runner, then `journeys` by Playwright.
pub fn run(places: &Places) -> Result<Tally> {
    let folder = places.root.join("e2e");
    let Some(scripts) = scripts(&folder)? else {
        say("e2e: no package.json, so there are no journeys yet");
        return Ok(Tally::default());
    };
    setup::packages_of(places, &folder)?;
    page::build(places)?;
    // The same units as nextest builds, so that nothing is compiled twice.
    finish(command(places, "cargo").args(["build", "--workspace", "--bins", "--tests"]))?;
    let browsers = [setup::CHROMIUM, setup::FIREFOX]
        .map(|browser| browser.find(places).map(|program| (browser.setting, program)));
    let browsers = browsers.into_iter().collect::<Result<Vec<_>>>()?;
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
