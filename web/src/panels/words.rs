//! Words of the wire as people say them, where a label needs more than the word itself.

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
