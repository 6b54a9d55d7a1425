//! `quarterdeck completions`: what a shell needs to complete the command line.

use super::{CliError, Common, End};
use clap::{Args, ValueEnum as _};
use clap_complete::Shell;
use serde_json::json;
use std::io::{self, Write as _};

/// Writes completions for a shell.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell.
    shell: Shell,
    #[command(flatten)]
    common: Common,
}

impl Completions {
    pub(super) fn run(self, mut program: clap::Command) -> Result<End, CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "quarterdeck", &mut script);
        if self.common.json {
            let shell = self.shell.to_possible_value().map(|value| value.get_name().to_owned());
            let script = String::from_utf8_lossy(&script);
            self.common.output().value(&json!({ "shell": shell, "script": script }))?;
        } else {
            io::stdout().lock().write_all(&script)?;
        }
        Ok(End::Well)
    }
}
