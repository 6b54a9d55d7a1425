//! What drives a real browser: e2e's packages from npm, a Chromium and a Firefox.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::packages;
use crate::places::Places;
use crate::shell::{command, found, run};

/// A browser: where it is looked for, what scripts are told of it, and the package it comes with.
#[derive(Clone, Copy)]
pub struct Browser {
    names: &'static [&'static str],
    /// The environment variable by which e2e knows it.
    pub setting: &'static str,
    package: &'static str,
}

/// Chromium, or a browser made of it.
pub const CHROMIUM: Browser = Browser {
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ],
    setting: "QUARTERDECK_CHROMIUM",
    package: "chromium",
};

/// Firefox.
pub const FIREFOX: Browser = Browser {
    names: &["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
    setting: "QUARTERDECK_FIREFOX",
    package: "firefox-esr",
};

/// `npm ci`, unless node_modules was made from this very lock file.
pub fn packages_of(places: &Places, folder: &Path) -> Result<()> {
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
    run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    Ok(fs::write(stamp, made_of)?)
}

impl Browser {
    /// The one that is installed, else the distribution's, installed now.
    pub fn find(self, places: &Places) -> Result<PathBuf> {
        if let Some(program) = self.look(places) {
            return Ok(program);
        }
        packages::install(places, &[self.package])?;
        self.look(places).with_context(|| format!("{} was installed, but is not on PATH", self.package))
    }

    fn look(self, places: &Places) -> Option<PathBuf> {
        self.names.iter().find_map(|name| {
            if name.starts_with('/') {
                Some(PathBuf::from(name)).filter(|file| file.is_file())
            } else {
                found(places, name)
            }
        })
    }
}
