//! Words of the wire as people say them, where a label needs more than the word itself.

use quarterdeck_shared::AgentId;
use quarterdeck_shared::tasks::{ExecutionMode, PermissionMode, TaskType};

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

/// The last part of a path: a project's name as people say it. A folder made for one agent or task is named by an id.
pub fn folder(path: &str) -> &str {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    if name.parse::<AgentId>().is_ok() { "its own folder" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_its_own_is_called_so() {
        assert_eq!(folder("/home/me/checkout/"), "checkout");
        assert_eq!(folder("/data/work/0192f0c1-2b3c-7d4e-8f50-00000000000a"), "its own folder");
    }
}
