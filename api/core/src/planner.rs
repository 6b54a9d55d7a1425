//! The planner: how hard a task looks, whether an ANALYST goes first, and which roles follow in which order.

mod complexity;
mod kinds;
pub(crate) mod words;

use quarterdeck_shared::{
    StepId,
    agents::Role,
    tasks::{Complexity, Estimate, IncludeAnalyst, PlannedStep, TaskType},
    workflows::Recommendation,
};

/// Why a simple task has no ANALYST.
pub const SKIPPED: &str = "Simple task - skipping ANALYST ✓";

/// What is made of a prompt, without a forecast: that needs history.
pub fn estimate(prompt: &str, task_type: TaskType, include: IncludeAnalyst) -> Estimate {
    let weight = complexity::weigh(prompt);
    let case = match task_type {
        TaskType::Auto => Case { kind: kinds::detect(prompt), chosen: false, named: Vec::new() },
        TaskType::Custom => Case { kind: task_type, chosen: true, named: kinds::named_roles(prompt) },
        _ => Case { kind: task_type, chosen: true, named: Vec::new() },
    };
    let row = case.row(weight.complexity, include);
    Estimate {
        complexity: weight.complexity,
        reasons: weight.reasons,
        weighty_words: weight.words,
        task_type: case.kind,
        include_analyst: row.include_analyst,
        analyst_reason: row.analyst_reason,
        workflow: steps(case.kind, &row.roles),
        forecast: None,
    }
}

/// The workflow for a kind of task whose words are not known.
pub fn recommend(task_type: TaskType, complexity: Complexity, include: IncludeAnalyst) -> Recommendation {
    let kind = if task_type == TaskType::Auto { TaskType::FeatureImplementation } else { task_type };
    let row = Case { kind, chosen: true, named: Vec::new() }.row(complexity, include);
    Recommendation {
        task_type: kind,
        complexity,
        include_analyst: row.include_analyst,
        analyst_reason: row.analyst_reason,
        workflow: steps(kind, &row.roles),
        roles: row.roles,
    }
}

/// The kind of work a prompt asks for; never `auto` or `custom`.
pub fn detect(prompt: &str) -> TaskType {
    kinds::detect(prompt)
}

/// What a prompt's words ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// How hard it looks.
    pub complexity: Complexity,
    /// How many agents such a task keeps busy.
    pub agents: usize,
    /// The roles its words name; where they name none, those that fit its complexity.
    pub roles: Vec<Role>,
}

/// The roles a prompt's words name.
pub fn suggest(prompt: &str) -> Suggestion {
    let complexity = complexity::weigh(prompt).complexity;
    let complex = complexity == Complexity::Complex;
    let roles = match kinds::named_roles(prompt) {
        named if !named.is_empty() => named,
        _ if complex => vec![Role::Analyst, Role::Planner, Role::Builder],
        _ => vec![Role::Builder, Role::Tester],
    };
    let agents = if complex { 3 } else { 1 };
    Suggestion { complexity, agents, roles }
}

/// Steps for these roles, each after the one before.
pub fn chain(roles: &[Role]) -> Vec<PlannedStep> {
    let step = |(index, role): (usize, &Role)| PlannedStep {
        depends_on: index.checked_sub(1).map(StepId::at).into_iter().collect(),
        ..PlannedStep::new(StepId::at(index), *role)
    };
    roles.iter().enumerate().map(step).collect()
}

fn steps(kind: TaskType, roles: &[Role]) -> Vec<PlannedStep> {
    let mut steps = chain(roles);
    for step in &mut steps {
        step.instructions = instructions(kind, step.role).map(str::to_owned);
    }
    steps
}

/// What is known of a task when its row of roles is chosen.
struct Case {
    kind: TaskType,
    /// Whether somebody chose the kind, rather than its words.
    chosen: bool,
    /// The roles its words name, for a custom task.
    named: Vec<Role>,
}

struct Row {
    roles: Vec<Role>,
    include_analyst: bool,
    analyst_reason: String,
}

impl Case {
    fn row(&self, complexity: Complexity, include: IncludeAnalyst) -> Row {
        let (include_analyst, reason) = self.analyst(complexity, include);
        let mut roles = self.without_analyst(complexity);
        if include_analyst {
            roles.insert(0, Role::Analyst);
        } else if roles.is_empty() {
            roles.push(Role::Reviewer);
        }
        Row { roles, include_analyst, analyst_reason: reason.to_owned() }
    }

    fn analyst(&self, complexity: Complexity, include: IncludeAnalyst) -> (bool, &'static str) {
        match (include, self.kind) {
            (IncludeAnalyst::Always, _) => (true, "ANALYST goes first, as asked"),
            (IncludeAnalyst::Never, _) => (false, "No ANALYST, as asked"),
            (_, TaskType::Investigation) => (true, "An investigation is the ANALYST's own work"),
            (_, TaskType::CodeReview) if self.chosen => {
                (true, "A review starts with ANALYST, whatever its size")
            }
            (_, TaskType::Documentation) if self.chosen => {
                (true, "Documentation starts with ANALYST, whatever its size")
            }
            _ if self.named.contains(&Role::Analyst) => (true, "The words of the task ask for an ANALYST"),
            _ if complexity == Complexity::Complex => (true, "Complex task - starting with ANALYST"),
            _ => (false, SKIPPED),
        }
    }

    fn without_analyst(&self, complexity: Complexity) -> Vec<Role> {
        use Role::{Builder, Documenter, Planner, Reviewer, Tester};
        let complex = complexity == Complexity::Complex;
        let thorough = complex || self.chosen;
        match self.kind {
            TaskType::CodeReview if thorough => vec![Planner, Reviewer, Tester],
            TaskType::CodeReview => vec![Reviewer, Tester],
            TaskType::Documentation if thorough => vec![Planner, Documenter, Reviewer],
            TaskType::Documentation => vec![Documenter, Reviewer],
            TaskType::Testing if complex => vec![Planner, Tester, Reviewer],
            TaskType::Testing => vec![Tester],
            TaskType::Investigation if complex => vec![Reviewer, Documenter],
            TaskType::Investigation => Vec::new(),
            TaskType::Custom if !self.named.is_empty() => in_working_order(&self.named),
            TaskType::Custom if complex => vec![Planner, Builder],
            _ if complex => vec![Planner, Builder, Tester, Reviewer],
            _ => vec![Builder, Tester],
        }
    }
}

/// The named roles but the ANALYST, in the order in which they can build on each other.
fn in_working_order(named: &[Role]) -> Vec<Role> {
    let order = [Role::Planner, Role::Builder, Role::Tester, Role::Reviewer, Role::Documenter];
    order.into_iter().filter(|role| named.contains(role)).collect()
}

/// What a role does in this kind of task.
fn instructions(kind: TaskType, role: Role) -> Option<&'static str> {
    use TaskType::{BugFix, CodeReview, Documentation, Investigation, Refactoring, Testing};
    Some(match (kind, role) {
        (BugFix, Role::Analyst) => "Find the root cause and the shortest way to see it happen.",
        (BugFix, Role::Builder) => "Mend the cause, not the symptom, and touch nothing else.",
        (BugFix, Role::Tester) => "Prove that the fault is gone and guard it with a regression test.",
        (CodeReview, Role::Analyst) => "Map what changed and what depends on it.",
        (CodeReview, Role::Planner) => "Lay out what to look at first, and by which measure.",
        (CodeReview, Role::Reviewer) => "Judge it by that plan. Change nothing.",
        (CodeReview, Role::Tester) => "Say what the tests cover and what they leave open. Change nothing.",
        (Refactoring, Role::Builder) => "Change the shape and keep the behaviour.",
        (Refactoring, Role::Tester) => "Prove that the behaviour is what it was.",
        (Documentation, Role::Analyst) => {
            "Find out how it behaves today, from the code and not from older words."
        }
        (Documentation, Role::Planner) => "Lay out what is to be written, for whom, and in which order.",
        (Documentation, Role::Reviewer) => "Check each statement against the code.",
        (Testing, Role::Tester) => "Write the tests that are missing, run them all, and say what they show.",
        (Testing, Role::Reviewer) => "Judge whether these tests would notice a fault.",
        (Investigation, Role::Analyst) => "Answer the question with evidence. Change nothing.",
        (Investigation, Role::Reviewer) => "Try to refute the answer. Change nothing.",
        (Investigation, Role::Documenter) => {
            "Write the answer down in your last words, with its evidence. Change nothing."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
