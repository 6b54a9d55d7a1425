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

/// The arguments for a launch whose system prompt lies in a file, if there is one.
pub fn of(launch: &Launch, system_prompt: Option<&Path>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ALWAYS.iter().map(OsString::from).collect();
    let mut add = |flag: &str, value: OsString| arguments.extend([flag.into(), value]);
    add("--permission-mode", launch.permission_mode.as_str().into());
    match &launch.conversation {
        Conversation::New(id) => add("--session-id", id.into()),
        Conversation::Resumed { session_id, .. } => add("--resume", session_id.into()),
    }
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
