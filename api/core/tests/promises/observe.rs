//! What the core does in each area of the cases, as JSON to compare.

use crate::{story, words};
use orchestrator::{figures, monitor, planner, plans, prompts, transcripts, workflows::Run};
use quarterdeck_shared::{
    Usd,
    agents::{Context, Role},
    tasks::{Complexity, ExecutionMode, IncludeAnalyst, PlannedStep, StepStatus, TaskType},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// What is seen in an area, given this.
pub fn observe(area: &str, given: &Value) -> Value {
    match area {
        "complexity" => json!({"complexity": estimate(given).complexity}),
        "suggestion" => suggestion(given),
        "detection" => json!({"task_type": planner::detect(text(given, "prompt"))}),
        "workflow" => workflow(given),
        "side_by_side" => side_by_side(given),
        "preview" => preview(given),
        "plan" => plan(text(given, "answer")),
        "role_prompt" => words::role_prompt(given),
        "analyst_variant" => words::analyst_variant(given),
        "focus" => words::focus(text(given, "task")),
        "handover" => words::handover(given),
        "forward" => words::forward(given),
        "context" => context(given),
        "tools" => story::tools(&given["calls"]),
        "cut" => cut(given),
        "figure" => figure(given),
        "outcome" => story::outcome(&given["results"]),
        "run" => story::run(read(given, "mode"), &given["agents"]),
        "dependencies" => dependencies(&given["dependencies"]),
        "reported_cost" => reported_cost(given),
        "restart" => story::restart(read(given, "steps")),
        _ => panic!("no such area: {area}"),
    }
}

pub fn read<T: DeserializeOwned>(given: &Value, field: &str) -> T {
    T::deserialize(&given[field]).unwrap_or_else(|error| panic!("{field} of {given}: {error}"))
}

pub fn text<'a>(given: &'a Value, field: &str) -> &'a str {
    given[field].as_str().unwrap_or_else(|| panic!("{field} of {given} is no text"))
}

fn prompt(given: &Value) -> String {
    let words = given["words"].as_u64().unwrap_or_default() as usize;
    let ending = given["ending"].as_str().or(given["prompt"].as_str()).unwrap_or_default();
    format!("{}{ending}", "word ".repeat(words))
}

fn estimate(given: &Value) -> quarterdeck_shared::tasks::Estimate {
    planner::estimate(&prompt(given), TaskType::Auto, IncludeAnalyst::Auto)
}

fn suggestion(given: &Value) -> Value {
    let found = planner::suggest(&prompt(given));
    let unwanted = given["unwanted"].as_str().map(|role| role.parse::<Role>().unwrap());
    json!({
        "complexity": found.complexity,
        "agents": found.agents,
        "roles": found.roles,
        "names_unwanted": unwanted.is_some_and(|role| found.roles.contains(&role)),
    })
}

fn workflow(given: &Value) -> Value {
    let Ok(task_type) = text(given, "task_type").parse::<TaskType>() else { return json!({"refused": true}) };
    let task = text(given, "prompt");
    let made = planner::estimate(task, task_type, IncludeAnalyst::Auto);
    let told = |step: &PlannedStep| prompts::step_prompt(task, step, &[]).ends_with(task);
    let run = Run::new(made.workflow.clone(), story::RULES).unwrap();
    json!({
        "roles": made.workflow.iter().map(|step| step.role).collect::<Vec<_>>(),
        "include_analyst": made.include_analyst,
        "step_prompts_end_with_task": made.workflow.iter().all(told),
        "untouched": run.steps().iter().all(|step| step.status == StepStatus::Pending && step.agent_id.is_none()),
    })
}

fn side_by_side(given: &Value) -> Value {
    let steps = plans::arrange(planner::chain(&read::<Vec<Role>>(given, "roles")), ExecutionMode::Parallel);
    let roles: Vec<Role> = steps.iter().map(|step| step.role).collect();
    json!({"roles": roles, "all_parallel": steps.iter().all(|step| step.depends_on.is_empty())})
}

fn preview(given: &Value) -> Value {
    let (task_type, include) = (read(given, "task_type"), read(given, "include_analyst"));
    let complexity: Complexity = read(given, "complexity");
    let task = if complexity == Complexity::Simple { "Change the label" } else { "Change the system" };
    let previewed = planner::recommend(task_type, complexity, include);
    let estimated = planner::estimate(task, task_type, include);
    let run = Run::new(estimated.workflow.clone(), story::RULES).unwrap();
    let runs: Vec<PlannedStep> = run.steps().iter().map(|step| step.plan.clone()).collect();
    let same = previewed.workflow == runs && estimated.complexity == complexity;
    let honoured =
        include == IncludeAnalyst::Auto || previewed.include_analyst == (include == IncludeAnalyst::Always);
    json!({"preview_is_what_runs": same && honoured && previewed.include_analyst == estimated.include_analyst})
}

fn plan(answer: &str) -> Value {
    match plans::read(answer) {
        Ok(plan) => json!({
            "ok": true,
            "roles": plan.steps.iter().map(|step| step.role).collect::<Vec<_>>(),
            "complexity": plan.complexity,
        }),
        Err(error) => {
            json!({"ok": false, "error": error.kind(), "field": error.field(), "step": error.step()})
        }
    }
}

fn context(given: &Value) -> Value {
    let turns: Vec<u64> = read(given, "turns");
    let context = Context::of(*turns.last().unwrap(), read(given, "window")).unwrap();
    json!({
        "percent": context.percent,
        "within_the_window": context.percent <= 100.0,
        "remaining": monitor::remaining(&context),
        "warns": monitor::is_context_high(&context),
    })
}

fn cut(given: &Value) -> Value {
    let text = "☃".repeat(read(given, "characters"));
    let kept = figures::cut(&text, figures::TOOL_RESULT_CHARS);
    let left_out: u64 = kept.split(['(', ' ']).find_map(|word| word.parse().ok()).unwrap_or_default();
    json!({"kept": kept.matches('☃').count(), "left_out": left_out, "marked": kept.ends_with("characters left out)")})
}

fn figure(given: &Value) -> Value {
    json!({"text": match text(given, "kind") {
        "cost" => read::<Usd>(given, "usd").display(),
        "tokens" => figures::tokens(read(given, "value")),
        "duration" => figures::duration(given["seconds"].as_i64()),
        other => panic!("no such figure: {other}"),
    }})
}

fn dependencies(given: &Value) -> Value {
    let steps = given.as_object().unwrap().iter().map(|(id, on)| PlannedStep {
        id: quarterdeck_shared::StepId(id.clone()),
        role: Role::Builder,
        name: None,
        depends_on: Deserialize::deserialize(on).unwrap(),
        instructions: None,
    });
    json!({"refused": Run::new(steps.collect(), story::RULES).unwrap_err().kind()})
}

fn reported_cost(given: &Value) -> Value {
    let line =
        json!({"type": "result", "subtype": "success", "total_cost_usd": given["cost_usd"]}).to_string();
    match transcripts::read(line.as_bytes()).as_slice() {
        [transcripts::Entry::Finished(result)] => json!({"cost_usd": result.cost}),
        other => panic!("{other:?}"),
    }
}
