//! `quarterdeck completions`: what a shell needs to complete the command line.

use super::{CliError, End};
use clap::Args;
use clap_complete::Shell;
use std::io::{self, Write as _};

/// Writes completions for a shell.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, mut program: clap::Command) -> Result<End, CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "quarterdeck", &mut script);
        io::stdout().lock().write_all(&script)?;
        Ok(End::Well)
    }
}
