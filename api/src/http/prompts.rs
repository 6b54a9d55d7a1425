//! Prompts over HTTP: what each role is told.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
    body::Body,
};
use crate::error::ApiError;
use orchestrator::{
    planner,
    prompts::{self, Brief},
};
use quarterdeck_shared::{
    StepId,
    agents::Role,
    endpoints::{CreatePreview, GetAnalystPrompt, GetPreview, GetRolePrompt},
    prompts::{NewPreview, Preview, RolePrompt},
    tasks::{Complexity, IncludeAnalyst, PlannedStep, TaskType},
};
use rocket::{Route, get, post, routes};

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![role, analyst, preview, preview_posted]
}

#[get("/prompts/role/<role>")]
async fn role(ask: Ask<GetRolePrompt>, role: &str) -> Reply<GetRolePrompt> {
    let role: Role = role.parse().map_err(|error| ApiError::invalid("role", format!("{error}")))?;
    let complexity = ask.query.complexity.unwrap_or(Complexity::Complex);
    let focus = (role == Role::Analyst).then(|| prompts::analyst_focus("").as_str().to_owned());
    Answer::of(&RolePrompt { role, complexity, focus, prompt: prompts::role_prompt(role, complexity) })
}

#[get("/prompts/analyst")]
async fn analyst(ask: Ask<GetAnalystPrompt>) -> Reply<GetAnalystPrompt> {
    let task = ask.query.task.as_deref();
    let complexity = complexity(ask.query.complexity, task);
    let brief = Brief { role: Role::Analyst, complexity, task, custom_instructions: None };
    Answer::of(&RolePrompt {
        role: Role::Analyst,
        complexity,
        focus: Some(prompts::analyst_focus(task.unwrap_or_default()).as_str().to_owned()),
        prompt: prompts::system_prompt(&brief),
    })
}

#[get("/prompts/preview")]
async fn preview(ask: Ask<GetPreview>) -> Reply<GetPreview> {
    Answer::of(&previewed(&ask.query))
}

#[post("/prompts/preview", data = "<new>")]
async fn preview_posted(_ask: Ask<CreatePreview>, new: Body<NewPreview>) -> Reply<CreatePreview> {
    Answer::of(&previewed(&new.0))
}

/// What an agent would be told: as the first of its task, or as one of its own.
fn previewed(new: &NewPreview) -> Preview {
    let task = new.task.as_deref().filter(|task| !task.trim().is_empty());
    let complexity = complexity(new.complexity, task);
    let custom_instructions = new.custom_instructions.as_deref();
    let system_prompt =
        prompts::system_prompt(&Brief { role: new.role, complexity, task, custom_instructions });
    let step = PlannedStep::new(StepId::at(0), new.role);
    let prompt = task.map(|task| prompts::step_prompt(task, &step, &[]));
    let characters =
        system_prompt.chars().count() + prompt.as_deref().map_or(0, |prompt| prompt.chars().count());
    Preview { role: new.role, complexity, system_prompt, prompt, characters }
}

fn complexity(wanted: Option<Complexity>, task: Option<&str>) -> Complexity {
    let estimated = |task| planner::estimate(task, TaskType::Auto, IncludeAnalyst::Auto).complexity;
    wanted.or_else(|| task.map(estimated)).unwrap_or(Complexity::Complex)
}
