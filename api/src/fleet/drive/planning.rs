//! Planning by a PLANNER: its plan is followed if it can be, else the template, and the reason is said.

use super::{Also, Driver};
use crate::store::StoreError;
use orchestrator::{planner, plans};
use quarterdeck_shared::{
    StepId,
    agents::Role,
    tasks::{Complexity, IncludeAnalyst, PlannedStep, Task},
};

/// What a plan changes of its task beside the steps.
pub struct Planned {
    complexity: Complexity,
    include_analyst: bool,
    analyst_reason: String,
    reason: String,
}

impl Planned {
    /// Puts it into the task.
    pub fn put_into(self, task: &mut Task) {
        task.complexity = self.complexity;
        task.include_analyst = self.include_analyst;
        task.analyst_reason = self.analyst_reason;
        task.reasons.push(self.reason);
    }
}

impl Driver {
    /// The PLANNER has answered, or failed with this error.
    pub(super) async fn planned(
        &mut self,
        step: StepId,
        answer: Result<String, String>,
    ) -> Result<(), StoreError> {
        let Some(task) = self.fleet.opened(&self.case).await?.as_ref().map(|state| state.task.clone()) else {
            return Ok(());
        };
        let now = self.fleet.clock().now();
        let refused = match answer {
            Err(error) => format!("the PLANNER failed: {error}"),
            Ok(words) => match plans::read(&words) {
                Err(error) => format!("the PLANNER's plan cannot be followed: {error}"),
                Ok(plan) => {
                    let planned = of_planner(&plan);
                    let steps = plans::arrange(plan.steps, task.execution_mode);
                    match self.run.replan(&step, words, steps, now) {
                        Ok(actions) => return self.carry_out(actions, Also { planned: Some(planned) }).await,
                        Err(error) => format!("the PLANNER's plan cannot be followed: {error}"),
                    }
                }
            },
        };
        let reason = format!("{refused}; the steps follow the template");
        let (planned, steps) = of_template(&task, reason.clone());
        match self.run.replan(&step, reason, steps, now) {
            Ok(actions) => self.carry_out(actions, Also { planned: Some(planned) }).await,
            Err(error) => {
                let error = format!("{refused}; nor can the template: {error}");
                self.apply(orchestrator::workflows::Input::Failed { step, error, retry: None }).await
            }
        }
    }
}

fn of_planner(plan: &plans::Plan) -> Planned {
    let include_analyst = plan.steps.iter().any(|step| step.role == Role::Analyst);
    let reason = match plan.rationale.trim() {
        "" => "the PLANNER laid the steps out".to_owned(),
        rationale => format!("the PLANNER laid the steps out: {rationale}"),
    };
    let analyst_reason = match include_analyst {
        true => "the PLANNER's plan has an ANALYST".to_owned(),
        false => "the PLANNER's plan has no ANALYST".to_owned(),
    };
    Planned { complexity: plan.complexity, include_analyst, analyst_reason, reason }
}

fn of_template(task: &Task, reason: String) -> (Planned, Vec<PlannedStep>) {
    let include = if task.include_analyst { IncludeAnalyst::Always } else { IncludeAnalyst::Never };
    let estimate = planner::estimate(&task.prompt, task.task_type, include);
    let planned = Planned {
        complexity: task.complexity,
        include_analyst: task.include_analyst,
        analyst_reason: task.analyst_reason.clone(),
        reason,
    };
    (planned, plans::arrange(estimate.workflow, task.execution_mode))
}
