//! Plans: read from a PLANNER's answer, checked, and laid out one after the other or side by side.

mod answer;
mod error;

pub use error::PlanError;

use quarterdeck_shared::{
    StepId,
    agents::Role,
    tasks::{Complexity, ExecutionMode, PlannedStep},
};
use std::collections::{BTreeMap, BTreeSet};

/// Steps a plan may have.
pub const MAX_STEPS: usize = 50;

/// The name of the step in which a PLANNER lays out the others.
pub const PLANNING: &str = "plan";

/// What a PLANNER answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How hard it finds the task.
    pub complexity: Complexity,
    /// Why it plans like this.
    pub rationale: String,
    /// The steps.
    pub steps: Vec<PlannedStep>,
}

/// The plan in a PLANNER's answer: JSON, alone, inside a fence or among prose.
pub fn read(text: &str) -> Result<Plan, PlanError> {
    let plan = answer::read(text)?;
    validate(&plan.steps)?;
    Ok(plan)
}

/// The steps of the plan in a PLANNER's answer.
pub fn parse(text: &str) -> Result<Vec<PlannedStep>, PlanError> {
    read(text).map(|plan| plan.steps)
}

/// Refuses steps that cannot be carried out: none, too many, sharing names, waiting for what never comes.
pub fn validate(steps: &[PlannedStep]) -> Result<(), PlanError> {
    if steps.is_empty() {
        return Err(PlanError::EmptyWorkflow);
    }
    if steps.len() > MAX_STEPS {
        return Err(PlanError::TooManySteps { count: steps.len() });
    }
    let mut ids = BTreeSet::new();
    for (index, step) in steps.iter().enumerate() {
        if step.id.0.trim().is_empty() {
            let reason = "a step needs a name".to_owned();
            return Err(PlanError::StepBadField { step: index, field: "id", reason });
        }
        if !ids.insert(&step.id) {
            return Err(PlanError::DuplicateStep { id: step.id.clone() });
        }
    }
    for step in steps {
        if let Some(on) = step.depends_on.iter().find(|on| !ids.contains(on)) {
            return Err(PlanError::UnknownDependency { step: step.id.clone(), on: on.clone() });
        }
    }
    let circle = in_a_circle(steps);
    if circle.is_empty() { Ok(()) } else { Err(PlanError::DependencyCycle { steps: circle }) }
}

/// The steps that are never reached when steps are taken away as soon as nothing holds them back.
fn in_a_circle(steps: &[PlannedStep]) -> Vec<StepId> {
    let mut held: BTreeMap<&StepId, usize> =
        steps.iter().map(|step| (&step.id, step.depends_on.iter().collect::<BTreeSet<_>>().len())).collect();
    let mut free: Vec<&StepId> = held.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    while let Some(done) = free.pop() {
        held.remove(done);
        for step in steps.iter().filter(|step| step.depends_on.contains(done)) {
            if let Some(count) = held.get_mut(&step.id) {
                *count -= 1;
                if *count == 0 {
                    free.push(&step.id);
                }
            }
        }
    }
    steps.iter().filter(|step| held.contains_key(&step.id)).map(|step| step.id.clone()).collect()
}

/// Lays steps out as asked: by their dependencies, one after the other, or all at once.
pub fn arrange(mut steps: Vec<PlannedStep>, mode: ExecutionMode) -> Vec<PlannedStep> {
    let mut before: Option<StepId> = None;
    for step in &mut steps {
        match mode {
            ExecutionMode::Auto => {}
            ExecutionMode::Parallel => step.depends_on.clear(),
            ExecutionMode::Sequential => {
                step.depends_on = before.replace(step.id.clone()).into_iter().collect()
            }
        }
    }
    steps
}

/// The one step in which a PLANNER lays out the others; [`crate::workflows::Run::replan`] takes its answer.
pub fn planning() -> Vec<PlannedStep> {
    let plan = PlannedStep::new(StepId(PLANNING.to_owned()), Role::Planner);
    vec![PlannedStep { name: Some("Lay out the steps".to_owned()), ..plan }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planner::chain;

    fn step(id: &str, depends_on: &[&str]) -> PlannedStep {
        let depends_on = depends_on.iter().map(|on| StepId((*on).to_owned())).collect();
        PlannedStep {
            id: StepId(id.to_owned()),
            role: Role::Builder,
            name: None,
            depends_on,
            instructions: None,
        }
    }

    fn refused(steps: &[PlannedStep], kind: &str, says: &str) {
        let error = validate(steps).unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(says), "{error}");
    }

    #[test]
    fn a_plan_that_cannot_end_is_refused() {
        refused(&[], "empty_workflow", "no step");
        refused(&[step("a", &["b"]), step("b", &["a"]), step("c", &[])], "dependency_cycle", "a → b");
        refused(&[step("a", &["a"])], "dependency_cycle", "a");
        refused(&[step("a", &["z"])], "unknown_dependency", "z");
        refused(&[step("a", &[]), step("a", &[])], "duplicate_step", "a");
        refused(&[step(" ", &[])], "step_bad_field", "name");
        refused(&vec![step("a", &[]); MAX_STEPS + 1], "too_many_steps", "51");
    }

    #[test]
    fn a_dependency_named_twice_is_one() {
        assert_eq!(validate(&[step("a", &[]), step("b", &["a", "a"])]), Ok(()));
    }

    #[test]
    fn steps_are_laid_out_as_asked() {
        let by = |mode| -> Vec<usize> {
            arrange(chain(&[Role::Analyst, Role::Builder]), mode)
                .iter()
                .map(|step| step.depends_on.len())
                .collect()
        };
        assert_eq!(by(ExecutionMode::Auto), [0, 1]);
        assert_eq!(by(ExecutionMode::Parallel), [0, 0]);
        let sequential = arrange(vec![step("a", &["b"]), step("b", &[])], ExecutionMode::Sequential);
        assert_eq!(sequential, [step("a", &[]), step("b", &["a"])]);
    }
}
