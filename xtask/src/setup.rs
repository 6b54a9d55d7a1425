//! Bringing a machine to where it can build and test: each step looks first, and does nothing when done.

mod browser;
pub mod debian;
pub mod packages;
mod tools;
mod wasm;

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result};

use crate::places::Places;
use crate::shell::{command, output, say};

pub use browser::{CHROMIUM, FIREFOX, packages_of};
pub use tools::nextest;

/// What the page is built with on this machine.
pub struct PageTools {
    toolchain: Option<OsString>,
    versions: String,
}

impl PageTools {
    /// Makes cargo, under this command, use the toolchain that has the wasm target.
    pub fn apply(&self, command: &mut Command) {
        if let Some(toolchain) = &self.toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
    }

    /// One line naming compiler and tools, for knowing when the page must be built anew.
    pub fn versions(&self) -> &str {
        &self.versions
    }
}

/// All that building and testing need, and the pre-commit hook where the user has no hooks of their own.
pub fn everything(places: &Places) -> Result<()> {
    let page = page_tools(places)?;
    nextest(places)?;
    hooks(places)?;
    say(format!("ready: {}", page.versions()));
    Ok(())
}

/// The wasm target, trunk, wasm-bindgen and wasm-opt.
pub fn page_tools(places: &Places) -> Result<PageTools> {
    let toolchain = wasm::target(places)?;
    let mut rustc = command(places, "rustc");
    if let Some(toolchain) = &toolchain {
        rustc.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    let versions = [
        output(rustc.arg("--version"))?,
        tools::trunk(places)?,
        tools::wasm_bindgen(places)?,
        tools::wasm_opt(places)?,
    ];
    Ok(PageTools { toolchain, versions: versions.join(", ") })
}

/// The target that this compiler is built for.
pub fn host(places: &Places, rustc: &str) -> Result<String> {
    let words = output(command(places, rustc).arg("-vV"))?;
    let host = words.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.with_context(|| format!("{rustc} -vV names no host"))?.to_string())
}

fn hooks(places: &Places) -> Result<()> {
    let git = |arguments: &[&str]| output(command(places, "git").args(arguments));
    match git(&["config", "core.hooksPath"]) {
        Ok(chosen) => say(format!("git hooks: {chosen}, as configured")),
        Err(_) => {
            git(&["config", "core.hooksPath", ".githooks"])?;
            say("git hooks: .githooks (fmt and tidy before each commit)");
        }
    }
    Ok(())
}
