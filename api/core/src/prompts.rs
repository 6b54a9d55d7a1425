//! Prompts: what each role is told, what a step is told, and how context passes on.

use quarterdeck_shared::{
    agents::Role,
    tasks::{Complexity, PlannedStep},
};

/// What an ANALYST looks at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Focus {
    Refactoring,
    Investigation,
    Feature,
    Review,
    Testing,
    Documentation,
    Simple,
    General,
}

impl Focus {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refactoring => "refactoring",
            Self::Investigation => "investigation",
            Self::Feature => "feature",
            Self::Review => "review",
            Self::Testing => "testing",
            Self::Documentation => "documentation",
            Self::Simple => "simple",
            Self::General => "general",
        }
    }

    /// What the ANALYST is told of it.
    pub fn prompt(self) -> &'static str {
        unimplemented!()
    }
}

/// Whom a system prompt is for.
#[derive(Clone, Copy, Debug)]
pub struct Brief<'a> {
    /// The role.
    pub role: Role,
    /// The variant.
    pub complexity: Complexity,
    /// The task in the user's words, where there is one: an ANALYST gets its focus from it.
    pub task: Option<&'a str>,
    /// What it is told beyond its role.
    pub custom_instructions: Option<&'a str>,
}

/// The role's own prompt, with the hand-over it asks for.
pub fn role_prompt(role: Role, complexity: Complexity) -> String {
    let _ = (role, complexity);
    unimplemented!()
}

/// What an ANALYST of this task looks at first.
pub fn analyst_focus(task: &str) -> Focus {
    let _ = task;
    unimplemented!()
}

/// All that is added to an agent's system prompt.
pub fn system_prompt(brief: &Brief<'_>) -> String {
    let _ = brief;
    unimplemented!()
}

/// The first message of a step: what came before, what it is told, and last the task in the user's words.
pub fn step_prompt(task: &str, step: &PlannedStep, before: &[(Role, String)]) -> String {
    let _ = (task, step, before);
    unimplemented!()
}

/// The first message of a PLANNER that lays the steps out.
pub fn planner_prompt(task: &str) -> String {
    let _ = task;
    unimplemented!()
}

/// The message that lets an agent go on after it was cut off.
pub fn resume_prompt(cause: &str) -> String {
    let _ = cause;
    unimplemented!()
}
