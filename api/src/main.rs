//! The one binary.

use quarterdeck::fleet::runtime::keeper;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        Some(command) if command == keeper::COMMAND => keeper::run(arguments),
        _ => ExitCode::SUCCESS,
    }
}
