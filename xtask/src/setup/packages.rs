//! Packages of the distribution: installed where that is ours to do, else named in one command.

use std::path::Path;

use anyhow::{Result, bail};

use crate::places::Places;
use crate::shell::{command, found, output, run};

/// A package, and the file by which one sees that it (or another's build of it) is there.
pub struct Package {
    /// Debian's name.
    pub name: &'static str,
    /// A path, or a program's name.
    pub holds: &'static str,
}

/// Sees to it that all are there; refuses, naming the command, where it may not install them.
pub fn bring(places: &Places, packages: &[Package]) -> Result<()> {
    let absent = packages.iter().filter(|package| !present(places, package));
    install(places, &absent.map(|package| package.name).collect::<Vec<_>>())
}

/// Installs these by apt; refuses, naming the command, where it may not.
pub fn install(places: &Places, names: &[&str]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let wanted = names.join(" ");
    if found(places, "apt-get").is_none() {
        bail!("please install {wanted} (Debian's names), then try again");
    }
    if output(command(places, "id").arg("-u"))? != "0" {
        bail!("please run `sudo apt-get install --no-install-recommends {wanted}`, then try again");
    }
    let apt = || {
        let mut apt = command(places, "apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    run(apt().args(["-q", "update"]))?;
    run(apt().args(["-q", "-y", "--no-install-recommends", "install"]).args(names))
}

fn present(places: &Places, package: &Package) -> bool {
    Path::new(package.holds).is_file() || found(places, package.holds).is_some()
}
