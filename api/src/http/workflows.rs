//! Workflows over HTTP: which roles the planner takes for which kind of work.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
};
use orchestrator::planner;
use quarterdeck_shared::{
    Page, Total,
    endpoints::RecommendWorkflow,
    tasks::{Complexity, TaskType},
};
use rocket::{Route, get, routes};

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![recommend]
}

#[get("/workflows/recommend")]
async fn recommend(ask: Ask<RecommendWorkflow>) -> Reply<RecommendWorkflow> {
    let complexity = ask.query.complexity.unwrap_or(Complexity::Complex);
    let include = ask.query.include_analyst.unwrap_or_default();
    let kinds = TaskType::ALL.iter().copied().filter(|kind| match ask.query.task_type {
        Some(wanted) => *kind == wanted,
        None => *kind != TaskType::Auto,
    });
    let items: Vec<_> = kinds.map(|kind| planner::recommend(kind, complexity, include)).collect();
    Answer::of(&Page { total: Total::Exact(items.len() as u64), items, next_cursor: None, seq: 0 })
}
