//! The wasm32 target where only package registries can be reached: Debian's compiler and its source, one toolchain.
//!
//! Debian packages rustc and the source of its standard library, not the library built for wasm32. It is built
//! once, and composed with what is there into a folder that rustup takes for a toolchain.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::packages::{self, Package};
use crate::places::Places;
use crate::shell::{command, output, run, say};

const RUSTC: &str = "/usr/bin/rustc";
const NEEDED: [Package; 2] = [
    Package { name: "rustc-web", holds: "/usr/bin/rustc" },
    Package { name: "rust-web-src", holds: "/usr/lib/rustlib/src/rust/library/std/Cargo.toml" },
];

/// The composed toolchain, if it was made for the packages installed now.
pub fn toolchain(places: &Places) -> Option<PathBuf> {
    folder(places).ok().filter(|dir| dir.join("bin/rustc").is_file())
}

/// Installs the packages, builds the standard library and composes the toolchain; about two minutes.
pub fn compose(places: &Places) -> Result<PathBuf> {
    packages::bring(places, &NEEDED)?;
    let toolchain = folder(places)?;
    say(format!("building the wasm32 standard library into {}", toolchain.display()));
    fs::create_dir_all(&places.cache)?;
    let work = tempfile::tempdir_in(&places.cache)?;
    let library = standard_library(places, work.path())?;
    let made = work.path().join("toolchain");
    lay_out(places, &library, &made, &toolchain)?;
    if toolchain.exists() {
        fs::remove_dir_all(&toolchain)?;
    }
    fs::rename(&made, &toolchain)?;
    link(places, &toolchain);
    Ok(toolchain)
}

/// The folder is named by the packages' version: another version is another toolchain.
fn folder(places: &Places) -> Result<PathBuf> {
    let arguments = ["-W", "-f", "${Version}", "rust-web-src"];
    let version = output(command(places, "dpkg-query").args(arguments))?;
    Ok(places.cache.join(format!("wasm-toolchain-{version}")))
}

/// Builds std for wasm32 as the dependency of an empty crate; returns the folder with its parts.
///
/// The target folder must be fresh: two builds in one leave each part twice (E0464). The bitcode is for LTO.
fn standard_library(places: &Places, work: &Path) -> Result<PathBuf> {
    fs::create_dir_all(work.join("src"))?;
    let manifest =
        "[package]\nname = \"hollow\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[lib]\n\n[workspace]\n";
    fs::write(work.join("Cargo.toml"), manifest)?;
    fs::write(work.join("src/lib.rs"), "#![no_std]\n")?;
    let target = work.join("target");
    run(command(places, "cargo")
        .args(["build", "--release", "--target", "wasm32-unknown-unknown"])
        .arg("-Zbuild-std=std,panic_abort,proc_macro,test")
        .current_dir(work)
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Cembed-bitcode=yes"))?;
    Ok(target.join("wasm32-unknown-unknown/release/deps"))
}

/// Lays the toolchain out in `made`, to be moved to `home` when whole.
fn lay_out(places: &Places, library: &Path, made: &Path, home: &Path) -> Result<()> {
    let sysroot = PathBuf::from(output(command(places, "rustc").args(["--print", "sysroot"]))?);
    let debian = PathBuf::from(output(command(places, RUSTC).args(["--print", "sysroot"]))?);
    let host = &super::host(places, RUSTC)?;
    let rustlib = made.join("lib/rustlib");
    let wasm = rustlib.join("wasm32-unknown-unknown/lib");
    let native = rustlib.join(host);
    for dir in [&wasm, &native.join("bin"), &made.join("bin")] {
        fs::create_dir_all(dir)?;
    }
    for entry in fs::read_dir(library)? {
        let part = entry?;
        let name = part.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libhollow-") {
            fs::copy(part.path(), wasm.join(name))?;
        }
    }
    symlink(debian.join("lib/rustlib").join(host).join("lib"), native.join("lib"))?;
    symlink(sysroot.join("lib/rustlib").join(host).join("bin/rust-lld"), native.join("bin/rust-lld"))?;
    symlink(sysroot.join("bin/cargo"), made.join("bin/cargo"))?;
    for tool in ["rustc", "rustdoc"] {
        let script = format!("#!/bin/sh\nexec /usr/bin/{tool} --sysroot \"{}\" \"$@\"\n", home.display());
        let file = made.join("bin").join(tool);
        fs::write(&file, script)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// A name for typing `RUSTUP_TOOLCHAIN=wasm-local trunk serve`; xtask itself goes by the path.
fn link(places: &Places, toolchain: &Path) {
    let mut rustup = command(places, "rustup");
    if let Err(error) = output(rustup.args(["toolchain", "link", "wasm-local"]).arg(toolchain)) {
        say(format!("not linked as wasm-local ({error:#}); the page builds all the same"));
    }
}
