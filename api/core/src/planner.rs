//! The planner: how hard a task looks, whether an ANALYST goes first, and which roles follow in which order.

use quarterdeck_shared::{
    agents::Role,
    tasks::{Complexity, Estimate, IncludeAnalyst, PlannedStep, TaskType},
    workflows::Recommendation,
};

/// What is made of a prompt, without a forecast: that needs history.
pub fn estimate(prompt: &str, task_type: TaskType, include: IncludeAnalyst) -> Estimate {
    let _ = (prompt, task_type, include);
    unimplemented!()
}

/// The workflow for a kind of task whose words are not known.
pub fn recommend(task_type: TaskType, complexity: Complexity, include: IncludeAnalyst) -> Recommendation {
    let _ = (task_type, complexity, include);
    unimplemented!()
}

/// The kind of work a prompt asks for; never `auto` or `custom`.
pub fn detect(prompt: &str) -> TaskType {
    let _ = prompt;
    unimplemented!()
}

/// What a prompt's words ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// How hard it looks.
    pub complexity: Complexity,
    /// How many agents such a task keeps busy.
    pub agents: usize,
    /// The roles its words name; a trio for everything where they name none.
    pub roles: Vec<Role>,
}

/// The roles a prompt's words name.
pub fn suggest(prompt: &str) -> Suggestion {
    let _ = prompt;
    unimplemented!()
}

/// Steps for these roles, each after the one before.
pub fn chain(roles: &[Role]) -> Vec<PlannedStep> {
    let _ = roles;
    unimplemented!()
}
