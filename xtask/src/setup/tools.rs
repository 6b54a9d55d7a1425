//! trunk, wasm-bindgen, wasm-opt and nextest: used where installed in the right version, else brought into the cache.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::places::Places;
use crate::shell::{command, found, output, run, say};

const TRUNK: &str = "0.22.1";
const BINARYEN: &str = "132.0.0";
const NEXTEST: &str = "0.9.143";

/// Quick to compile rather than quick to run: trunk's own release profile takes half an hour.
const HASTE: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
];

/// Each of these returns the tool's name and version.
pub fn trunk(places: &Places) -> Result<String> {
    // trunk declares a newer compiler than it needs.
    cargo_tool(places, "trunk", "trunk", TRUNK, &["--locked", "--ignore-rust-version"])
}

/// In exactly the version of the library, whose output it must understand.
pub fn wasm_bindgen(places: &Places) -> Result<String> {
    // Its own lock file does not build.
    cargo_tool(places, "wasm-bindgen-cli", "wasm-bindgen", &pinned(places, "wasm-bindgen")?, &[])
}

/// Any nextest serves; where there is none, the pinned one is built.
pub fn nextest(places: &Places) -> Result<()> {
    if found(places, "cargo-nextest").is_none() {
        cargo_tool(places, "cargo-nextest", "cargo-nextest", NEXTEST, &["--locked"])?;
    }
    Ok(())
}

/// From npm's binaryen; distributions' own are often too old for today's wasm.
pub fn wasm_opt(places: &Places) -> Result<String> {
    let tools = places.tools();
    let installed = || -> Option<String> {
        let manifest = fs::read(tools.join("node_modules/binaryen/package.json")).ok()?;
        let manifest: Value = serde_json::from_slice(&manifest).ok()?;
        Some(manifest.get("version")?.as_str()?.to_string())
    };
    if installed().as_deref() != Some(BINARYEN) {
        fs::create_dir_all(&tools)?;
        fs::write(tools.join("package.json"), "{\"private\": true}\n")?;
        let wanted = format!("binaryen@{BINARYEN}");
        let arguments = ["install", "--no-audit", "--no-fund", "--save-exact", &wanted];
        run(npm(places)?.args(arguments).current_dir(&tools))?;
    }
    Ok(format!("wasm-opt {BINARYEN}"))
}

/// npm, or a sentence saying that Node is missing.
pub fn npm(places: &Places) -> Result<std::process::Command> {
    if found(places, "npm").is_none() {
        bail!("Node.js 20 or newer with npm is needed and not installed");
    }
    Ok(command(places, "npm"))
}

fn cargo_tool(places: &Places, package: &str, program: &str, version: &str, more: &[&str]) -> Result<String> {
    let right = || -> bool {
        found(places, program)
            .and_then(|file| output(command(places, file).arg("--version")).ok())
            .is_some_and(|words| words.split_whitespace().any(|word| word == version))
    };
    if !right() {
        say(format!("installing {package} {version}, once; this takes some minutes"));
        fs::create_dir_all(&places.cache)?;
        let work = tempfile::tempdir_in(&places.cache)?;
        run(command(places, "cargo")
            .args(["install", "--root"])
            .arg(places.tools())
            .arg(format!("{package}@{version}"))
            .args(more)
            .current_dir(work.path())
            .env("CARGO_TARGET_DIR", work.path().join("target"))
            .envs(HASTE))?;
    }
    if !right() {
        bail!("{package} {version} was installed, but `{program} --version` does not say so");
    }
    Ok(format!("{program} {version}"))
}

/// The version that the workspace pins a dependency to.
fn pinned(places: &Places, package: &str) -> Result<String> {
    let manifest = fs::read_to_string(places.root.join("Cargo.toml"))?;
    pin(&manifest, package).with_context(|| format!("Cargo.toml does not pin {package} = \"=…\""))
}

fn pin(manifest: &str, package: &str) -> Option<String> {
    let value =
        manifest.lines().find_map(|line| line.strip_prefix(package)?.trim_start().strip_prefix('='))?;
    let (_, rest) = value.split_once("\"=")?;
    rest.split_once('"').map(|(version, _)| version.to_string())
}

#[cfg(test)]
mod tests {
    use super::pin;

    #[test]
    fn a_pin_is_read_and_a_range_is_none() {
        let manifest =
            "wasm-bindgen-futures = \"=0.4.1\"\nwasm-bindgen = { version = \"=0.2.130\" }\ngloo = \"0.12\"\n";
        assert_eq!(pin(manifest, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(pin(manifest, "gloo"), None);
    }
}
