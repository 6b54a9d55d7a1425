//! What a browser shows of the release binary: programs of e2e, which are given a folder with a thousand agents.

use std::fs;

use anyhow::Result;

use super::{Measured, server};
use crate::page;
use crate::places::Places;
use crate::setup;
use crate::shell::command;

const AGENTS: u64 = 1_000;

/// Has the program measure.
pub fn measure(places: &Places, program: &str, each: &mut dyn FnMut(Measured) -> Result<()>) -> Result<()> {
    let e2e = places.root.join("e2e");
    page::build(places)?;
    setup::packages_of(places, &e2e)?;
    let browser = setup::CHROMIUM.find(places)?;
    fs::create_dir_all(&places.target)?;
    let folder = tempfile::tempdir_in(&places.target)?;
    // What fills the folder is built together with the release binary.
    server::seed(places, &folder.path().join("data"), AGENTS)?;
    let mut npm = command(places, "npm");
    npm.args(["run", "--silent", program, "--"]).arg(folder.path()).current_dir(e2e);
    npm.env("QUARTERDECK_BIN", places.target.join("release/quarterdeck"))
        .env("QUARTERDECK_CHROMIUM", browser);
    server::listen(&mut npm, each)
}
