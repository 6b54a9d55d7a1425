//! A PLANNER's answer: the JSON in it, field by field.
//!
//! The shape is `{complexity, rationale, workflow: [{agent_role, scope, constraints, execution_mode}]}`; a step may
//! also have an `id`, a `name` and `depends_on`, a list of ids. Without `depends_on` a sequential step waits for
//! all parallel ones before it, and parallel ones in a row for the same step before them.

use super::{Plan, PlanError};
use quarterdeck_shared::{
    StepId,
    agents::Role,
    tasks::{Complexity, PlannedStep},
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Characters a text of a plan may have.
const MAX_TEXT: usize = 20_000;
/// Places in prose where a plan is looked for.
const MAX_TRIES: usize = 64;

pub(super) fn read(text: &str) -> Result<Plan, PlanError> {
    let Value::Object(plan) = find(text)? else { return Err(PlanError::NotObject) };
    let complexity = complexity(&plan)?;
    let rationale = match plan.get("rationale") {
        None => return Err(PlanError::MissingField { field: "rationale" }),
        Some(Value::String(words)) if words.len() <= MAX_TEXT => words.clone(),
        Some(_) => {
            return Err(PlanError::BadField {
                field: "rationale",
                reason: "must be a short text".to_owned(),
            });
        }
    };
    let workflow = match plan.get("workflow") {
        None => return Err(PlanError::MissingField { field: "workflow" }),
        Some(Value::Array(steps)) if steps.is_empty() => return Err(PlanError::EmptyWorkflow),
        Some(Value::Array(steps)) if steps.len() > super::MAX_STEPS => {
            return Err(PlanError::TooManySteps { count: steps.len() });
        }
        Some(Value::Array(steps)) => steps,
        Some(_) => return Err(PlanError::WorkflowNotList),
    };
    let drafts = workflow.iter().enumerate().map(|(index, step)| draft(index, step));
    Ok(Plan { complexity, rationale, steps: link(drafts.collect::<Result<_, _>>()?) })
}

/// The JSON of an answer: all of it, what a fence holds, or the first object of the prose that looks like a plan.
fn find(text: &str) -> Result<Value, PlanError> {
    let whole = match serde_json::from_str(text.trim()) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let fenced = text.split("```").skip(1).step_by(2).filter_map(|fence| {
        let body = fence.strip_prefix("json").or_else(|| fence.strip_prefix("JSON")).unwrap_or(fence);
        serde_json::from_str(body.trim()).ok()
    });
    let among_prose = text.match_indices('{').take(MAX_TRIES).filter_map(|(at, _)| {
        let mut values = serde_json::Deserializer::from_str(text.get(at..)?).into_iter::<Value>();
        values.next()?.ok()
    });
    let mut first = None;
    for value in fenced.chain(among_prose) {
        if value.get("workflow").is_some() {
            return Ok(value);
        }
        first.get_or_insert(value);
    }
    first.ok_or_else(|| PlanError::InvalidJson { reason: whole.to_string() })
}

fn complexity(plan: &Map<String, Value>) -> Result<Complexity, PlanError> {
    let field = "complexity";
    match plan.get(field).ok_or(PlanError::MissingField { field })?.as_str() {
        Some("simple") => Ok(Complexity::Simple),
        Some("medium" | "complex") => Ok(Complexity::Complex),
        _ => {
            let message = "must be `simple`, `medium` or `complex`".to_owned();
            Err(PlanError::BadWord { step: None, field, message })
        }
    }
}

/// One step before its dependencies are known.
struct Draft {
    step: PlannedStep,
    depends_on: Option<Vec<StepId>>,
    parallel: bool,
}

/// One step of the list, read field by field.
struct Fields<'a> {
    index: usize,
    step: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    fn get(&self, field: &'static str) -> Result<&'a Value, PlanError> {
        self.step.get(field).ok_or(PlanError::StepMissingField { step: self.index, field })
    }

    fn bad(&self, field: &'static str, reason: &str) -> PlanError {
        PlanError::StepBadField { step: self.index, field, reason: reason.to_owned() }
    }

    fn text(&self, field: &'static str) -> Result<Option<String>, PlanError> {
        match self.step.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() <= MAX_TEXT => Ok(Some(text.clone())),
            Some(Value::String(_)) => Err(self.bad(field, "is too long")),
            Some(_) => Err(self.bad(field, "must be a text")),
        }
    }

    fn texts(&self, field: &'static str, value: &Value) -> Result<Vec<String>, PlanError> {
        let texts = value.as_array().ok_or_else(|| self.bad(field, "must be a list of texts"))?;
        texts
            .iter()
            .map(|text| {
                text.as_str().map(str::to_owned).ok_or_else(|| self.bad(field, "must be a list of texts"))
            })
            .collect()
    }
}

fn draft(index: usize, step: &Value) -> Result<Draft, PlanError> {
    let Value::Object(step) = step else {
        let reason = "must be an object".to_owned();
        return Err(PlanError::StepBadField { step: index, field: "workflow", reason });
    };
    let fields = Fields { index, step };
    let role = fields.get("agent_role")?;
    let role: Role = role
        .as_str()
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| PlanError::UnknownRole { step: index, found: shown(role) })?;
    fields.get("scope")?;
    let scope = fields.text("scope")?.filter(|scope| !scope.trim().is_empty());
    let scope = scope.ok_or_else(|| fields.bad("scope", "must say what to do"))?;
    let constraints = fields.texts("constraints", fields.get("constraints")?)?;
    let mode = fields.get("execution_mode")?.as_str();
    let parallel = match mode {
        Some("sequential") => false,
        Some("parallel") => true,
        _ => {
            let message = "must be `sequential` or `parallel`".to_owned();
            return Err(PlanError::BadWord { step: Some(index), field: "execution_mode", message });
        }
    };
    let ids = |ids: Vec<String>| ids.into_iter().map(StepId).collect();
    let depends_on = match step.get("depends_on") {
        None | Some(Value::Null) => None,
        Some(list) => Some(ids(fields.texts("depends_on", list)?)),
    };
    let id = fields.text("id")?.map_or_else(|| StepId::at(index), StepId);
    let name = fields.text("name")?;
    let instructions = Some(told(&scope, &constraints));
    let step = PlannedStep { id, role, name, depends_on: Vec::new(), instructions };
    Ok(Draft { step, depends_on, parallel })
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned).chars().take(40).collect()
}

/// Scope and constraints as the agent reads them.
fn told(scope: &str, constraints: &[String]) -> String {
    constraints
        .iter()
        .fold(scope.trim().to_owned(), |text, constraint| format!("{text}\n- {}", constraint.trim()))
}

/// Gives steps without dependencies of their own those that follow from their place. An empty list says nothing:
/// only a plan that names some dependency means it.
fn link(drafts: Vec<Draft>) -> Vec<PlannedStep> {
    let named = drafts.iter().any(|draft| draft.depends_on.as_ref().is_some_and(|on| !on.is_empty()));
    let (mut group, mut before_group) = (Vec::<StepId>::new(), Vec::<StepId>::new());
    let mut group_is_parallel = false;
    let mut steps = Vec::with_capacity(drafts.len());
    for Draft { mut step, depends_on, parallel } in drafts {
        if !(parallel && group_is_parallel) {
            before_group = std::mem::take(&mut group);
        }
        group_is_parallel = parallel;
        step.depends_on = match depends_on {
            Some(on) if named => on.into_iter().collect::<BTreeSet<_>>().into_iter().collect(),
            _ => before_group.clone(),
        };
        group.push(step.id.clone());
        steps.push(step);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(steps: &str) -> Plan {
        read(&format!(r#"{{"complexity":"medium","rationale":"r","workflow":[{steps}]}}"#)).unwrap()
    }

    fn step(mode: &str, more: &str) -> String {
        format!(r#"{{"agent_role":"builder","scope":"do","constraints":[],"execution_mode":"{mode}"{more}}}"#)
    }

    fn waits(plan: &Plan) -> Vec<String> {
        let ids = |step: &PlannedStep| {
            step.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
        };
        plan.steps.iter().map(ids).collect()
    }

    #[test]
    fn places_give_dependencies_where_the_plan_names_none() {
        let steps = ["sequential", "parallel", "parallel", "sequential"].map(|mode| step(mode, "")).join(",");
        assert_eq!(waits(&plan(&steps)), ["", "s1", "s1", "s2+s3"]);
    }

    #[test]
    fn named_dependencies_hold_and_an_empty_list_beside_them_means_none() {
        let steps = [
            step("sequential", r#","id":"a","depends_on":[]"#),
            step("sequential", r#","id":"b","depends_on":[]"#),
            step("sequential", r#","id":"c","depends_on":["b","a","b"]"#),
        ];
        assert_eq!(waits(&plan(&steps.join(","))), ["", "", "a+b"]);
    }

    #[test]
    fn empty_lists_alone_mean_one_after_the_other() {
        let steps = [step("sequential", r#","depends_on":[]"#), step("sequential", r#","depends_on":[]"#)];
        assert_eq!(waits(&plan(&steps.join(","))), ["", "s1"]);
    }

    #[test]
    fn a_plan_is_found_among_braces_of_prose() {
        let text = format!("Use {{placeholders}} like {{\"a\":1}}. Then:\n{}\nDone {{.", {
            let steps = step("sequential", "");
            format!(r#"{{"complexity":"simple","rationale":"r","workflow":[{steps}]}}"#)
        });
        assert_eq!(read(&text).unwrap().steps.len(), 1);
        assert_eq!(read("no plan at all { here").unwrap_err().kind(), "invalid_json");
        assert_eq!(read("").unwrap_err().kind(), "invalid_json");
    }

    #[test]
    fn an_agent_is_told_scope_and_constraints() {
        assert_eq!(told(" Do it. ", &["one file".to_owned()]), "Do it.\n- one file");
    }
}
