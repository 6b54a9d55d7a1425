//! The wasm32 target: installed, from rustup, or from Debian's packages, whichever works first.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Result, bail};

use super::debian;
use crate::places::Places;
use crate::shell::{command, found, output, say};

const TARGET: &str = "wasm32-unknown-unknown";

/// The toolchain that builds for the target; `None` means the one in use.
pub fn target(places: &Places) -> Result<Option<OsString>> {
    if installed(places) {
        return Ok(None);
    }
    if let Some(toolchain) = debian::toolchain(places) {
        return Ok(Some(toolchain.into()));
    }
    if found(places, "rustup").is_some() {
        say(format!("rustup target add {TARGET}"));
        match output(command(places, "rustup").args(["target", "add", TARGET]).env("RUST_BACKTRACE", "0")) {
            Ok(_) if installed(places) => return Ok(None),
            Ok(_) => say("rustup added the target to another toolchain than the one in use"),
            Err(error) => say(format!("not to be had from rustup ({error:#})")),
        }
    }
    if Path::new("/etc/debian_version").exists() && found(places, "apt-get").is_some() {
        return Ok(Some(debian::compose(places)?.into()));
    }
    bail!("the page needs Rust's {TARGET} target: install it with `rustup target add {TARGET}`");
}

fn installed(places: &Places) -> bool {
    let arguments = ["--print", "target-libdir", "--target", TARGET];
    output(command(places, "rustc").args(arguments)).is_ok_and(|dir| Path::new(&dir).is_dir())
}
