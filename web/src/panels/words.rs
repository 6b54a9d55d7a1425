//! Words of the wire as people say them, where a label needs more than the word itself.

use quarterdeck_shared::AgentId;
use quarterdeck_shared::tasks::{ExecutionMode, PermissionMode, TaskType};

use super::deed::visible;
use crate::format::lasting;

/// A kind of work: `feature`, `bug fix`.
pub const fn task_type(kind: TaskType) -> &'static str {
    match kind {
        TaskType::Auto => "auto",
        TaskType::FeatureImplementation => "feature",
        TaskType::BugFix => "bug fix",
        TaskType::CodeReview => "code review",
        TaskType::Refactoring => "refactoring",
        TaskType::Testing => "testing",
        TaskType::Documentation => "documentation",
        TaskType::Investigation => "investigation",
        TaskType::Custom => "custom",
    }
}

/// What agents may do unasked: `asks before each tool`.
pub const fn permission_mode(mode: PermissionMode) -> &'static str {
    match mode {
        PermissionMode::Default => "asks before each tool",
        PermissionMode::AcceptEdits => "edits files unasked",
        PermissionMode::Plan => "plans only",
        PermissionMode::BypassPermissions => "never asks",
    }
}

/// How steps follow each other: `side by side`.
pub const fn execution_mode(mode: ExecutionMode) -> &'static str {
    match mode {
        ExecutionMode::Auto => "steps by what they need",
        ExecutionMode::Sequential => "steps one by one",
        ExecutionMode::Parallel => "steps all at once",
    }
}

/// A word with a capital: `Bug fix`.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The program's word as words: `compact_summary` is `compact summary`.
pub fn spaced(what: &str) -> String {
    visible(what).replace(['_', '-'], " ")
}

/// What the program noted beside its word: of a turn how long it took, and not the word once more.
pub fn noted(what: &str, text: &str) -> String {
    let took = text.parse::<i64>().ok().filter(|_| what == "turn_duration");
    match took {
        Some(ms) => lasting(ms.saturating_mul(1_000)),
        None if text == what => String::new(),
        None => visible(text),
    }
}

/// What the program noted down, in a sentence.
pub fn notice(what: &str, text: &str) -> String {
    let noted = noted(what, text);
    match what {
        "turn_duration" => format!("The turn took {noted}"),
        "interrupted" => "Interrupted by the person".to_owned(),
        "command" => noted,
        what if noted.is_empty() => capital(&spaced(what)),
        what => format!("{}: {noted}", capital(&spaced(what))),
    }
}

/// The last part of a path: a project's name as people say it. A folder made for one agent or task is named by an id.
pub fn folder(path: &str) -> &str {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    if name.parse::<AgentId>().is_ok() { "its own folder" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_told_in_words() {
        for (what, text, expected) in [
            ("turn_duration", "198827", "The turn took 3:18"),
            ("compact_summary", "compact_summary", "Compact summary"),
            ("stop_hook_summary", "", "Stop hook summary"),
            ("api-error", "Overloaded", "Api error: Overloaded"),
        ] {
            assert_eq!(notice(what, text), expected);
        }
    }

    #[test]
    fn a_folder_of_its_own_is_called_so() {
        assert_eq!(folder("/home/me/checkout/"), "checkout");
        assert_eq!(folder("/data/work/0192f0c1-2b3c-7d4e-8f50-00000000000a"), "its own folder");
    }
}
