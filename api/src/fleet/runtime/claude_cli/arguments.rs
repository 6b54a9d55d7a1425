//! The argument list of a `claude`: an array, never a shell; no prompt text, no secret.

use crate::fleet::runtime::{Conversation, Launch};
use std::{ffi::OsString, path::Path};

const ALWAYS: &[&str] = &[
    "-p",
    "--input-format",
    "stream-json",
    "--output-format",
    "stream-json",
    "--verbose",
    "--include-partial-messages",
    "--permission-prompt-tool",
    "stdio",
];

/// What stands before the id of a new session, and of one that goes on.
const NEW: &str = "--session-id=";
const OLD: &str = "--resume=";

/// The arguments for a launch whose system prompt lies in a file, if there is one.
pub fn of(launch: &Launch, system_prompt: Option<&Path>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ALWAYS.iter().map(OsString::from).collect();
    arguments.push(session(&launch.conversation).into());
    let mut add = |flag: &str, value: OsString| arguments.extend([flag.into(), value]);
    add("--permission-mode", launch.permission_mode.as_str().into());
    if let Some(model) = &launch.model {
        add("--model", model.into());
    }
    if let Some(tools) = &launch.tools {
        add("--tools", tools.join(",").into());
    }
    if let Some(file) = system_prompt {
        add("--append-system-prompt-file", file.into());
    }
    arguments
}

/// What says which session. Its id may be of others' choice: in one argument with its flag it is none of its own.
fn session(conversation: &Conversation) -> String {
    match conversation {
        Conversation::New(id) => format!("{NEW}{id}"),
        Conversation::Resumed { session_id, .. } => format!("{OLD}{session_id}"),
    }
}

/// Whether an argument of those says that it is this session.
pub fn is_session(argument: &[u8], id: &str) -> bool {
    let of = |flag: &str| argument.strip_prefix(flag.as_bytes()) == Some(id.as_bytes());
    of(NEW) || of(OLD)
}
