//! What the planner makes of a prompt while it is typed: how hard it looks and why, and which agents it takes.

use orchestrator::plans::arrange;
use quarterdeck_shared::agents::Role;
use quarterdeck_shared::tasks::{Complexity, Estimate, ExecutionMode, PlannedStep};
use quarterdeck_shared::workflows::Recommendation;
use yew::prelude::*;

use super::graph::Graph;
use super::marks::role_mark;
use super::words;
use crate::components::{Empty, Icon, Section, icon};

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct TaskReadsProps {
    /// What is made of the prompt; `None` while there is none.
    pub estimate: Option<Estimate>,
    /// The workflow it would get if it looked as hard as it does not.
    pub other: Option<Recommendation>,
    /// How the steps follow each other.
    pub mode: ExecutionMode,
    /// Whether a PLANNER agent lays the steps out instead.
    pub by_agent: bool,
}

/// The verdict, its reasons, and the workflow.
#[component]
pub fn TaskReads(props: &TaskReadsProps) -> Html {
    let Some(estimate) = &props.estimate else {
        return html! { <Empty words="Say what shall be done." then="How hard it looks, which agents it takes and what such tasks cost stands here as you type." /> };
    };
    html! {
        <>
            <section aria-label="How hard it looks">
                <p class="verdict" data-testid="verdict">{ verdict(estimate) }</p>
                <ul class="reasons dashes small">
                    { for estimate.reasons.iter().map(|reason| html! { <li>{ reason }</li> }) }
                    if verdict(estimate) != estimate.analyst_reason { <li class="quiet">{ &estimate.analyst_reason }</li> }
                </ul>
            </section>
            { workflow(props, estimate) }
        </>
    }
}

/// `Complex, with ANALYST`; a simple task that goes without one says so in the planner's own words.
fn verdict(estimate: &Estimate) -> String {
    let skipped = estimate.analyst_reason == orchestrator::planner::SKIPPED;
    match (estimate.complexity, estimate.include_analyst) {
        (_, false) if skipped => estimate.analyst_reason.clone(),
        (complexity, true) => format!("{}, with ANALYST", words::capital(complexity.as_str())),
        (complexity, false) => format!("{}, without ANALYST", words::capital(complexity.as_str())),
    }
}

fn workflow(props: &TaskReadsProps, estimate: &Estimate) -> Html {
    let steps = arrange(estimate.workflow.clone(), props.mode);
    let roles: Vec<Role> = steps.iter().map(|step| step.role).collect();
    let other = props.other.as_ref().filter(|other| other.roles != roles && !props.by_agent);
    let chosen = if props.by_agent { by_agent() } else { chain(&steps) };
    html! {
        <Section title="Workflow" id="planned-workflow">
            <div class="versus">
                <span class="strong">{ "Chosen" }</span>{ chosen }
                if let Some(other) = other {
                    <span class="off">{ words::capital(other.complexity.as_str()) }</span>{ chain(&arrange(other.workflow.clone(), props.mode)) }
                }
            </div>
            <p class="small quiet why" data-testid="planned-agents">{ told(&roles, props, estimate.complexity) }</p>
        </Section>
    }
}

fn told(roles: &[Role], props: &TaskReadsProps, complexity: Complexity) -> String {
    if props.by_agent {
        return "A PLANNER reads the code and lays the steps out; they appear when it is done.".to_owned();
    }
    let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let agents = if roles.len() == 1 { "1 agent".to_owned() } else { format!("{} agents", roles.len()) };
    let how = match props.mode {
        _ if roles.len() == 1 => "",
        ExecutionMode::Parallel => ", all at once",
        ExecutionMode::Auto | ExecutionMode::Sequential => ", one after the other",
    };
    format!("{agents}{how}: {}. Prompts of the {complexity} kind.", names.join(", "))
}

/// The roles in order; those side by side stand in one frame.
fn chain(steps: &[PlannedStep]) -> Html {
    let graph = Graph::of(steps.iter().map(|step| (&step.id, step.depends_on.as_slice())));
    let letter = |at: usize| steps.get(at).map(|step| role_mark(step.role, true));
    let rows = graph.rows().into_iter().enumerate().map(|(layer, row)| {
        let beside = row.len() > 1;
        let letters = html! { <>{ for row.into_iter().filter_map(letter) }</> };
        html! {
            <>
                if layer > 0 { { icon(Icon::Right) } }
                if beside { <span class="par">{ letters }</span> } else { { letters } }
            </>
        }
    });
    html! { <span class="chain">{ for rows }</span> }
}

fn by_agent() -> Html {
    html! { <span class="chain">{ role_mark(Role::Planner, true) }{ icon(Icon::Right) }<span class="quiet">{ "its plan" }</span></span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use orchestrator::planner::{estimate, recommend};
    use quarterdeck_shared::tasks::{IncludeAnalyst, TaskType};

    const HARD: &str = "Refactor the whole payment architecture, migrate the database schema, add tests and document the API";

    fn shown(prompt: &str, include: IncludeAnalyst, mode: ExecutionMode, by_agent: bool) -> String {
        let estimate = Some(estimate(prompt, TaskType::Auto, include));
        let other = Some(recommend(TaskType::Auto, Complexity::Simple, include));
        drawn(html! { <TaskReads {estimate} {other} {mode} {by_agent} /> })
    }

    #[test]
    fn a_simple_task_says_that_it_skips_the_analyst() {
        let html = shown("Fix the typo in README", IncludeAnalyst::Auto, ExecutionMode::Auto, false);
        holds(&html, &["Simple task - skipping ANALYST ✓", "BUILDER", "TESTER"]);
    }

    #[test]
    fn a_complex_task_says_why_and_shows_what_a_simple_one_would_take() {
        let html = shown(HARD, IncludeAnalyst::Auto, ExecutionMode::Auto, false);
        holds(
            &html,
            &[
                "Complex, with ANALYST",
                "<li>",
                "Chosen",
                "Simple</span>",
                "5 agents, one after the other: ANALYST, PLANNER",
            ],
        );
    }

    #[test]
    fn what_is_forced_is_said_and_side_by_side_is_framed() {
        let html = shown("Fix the typo in README", IncludeAnalyst::Always, ExecutionMode::Parallel, false);
        holds(&html, &["Simple, with ANALYST", "class=\"par\"", "all at once"]);
        holds(
            &shown(HARD, IncludeAnalyst::Never, ExecutionMode::Auto, false),
            &["Complex, without ANALYST", "as asked"],
        );
    }

    #[test]
    fn a_plan_by_an_agent_is_announced_and_an_empty_prompt_asks_for_words() {
        holds(
            &shown(HARD, IncludeAnalyst::Auto, ExecutionMode::Auto, true),
            &["its plan", "A PLANNER reads the code"],
        );
        let html = drawn(
            html! { <TaskReads estimate={None::<Estimate>} other={None::<Recommendation>} mode={ExecutionMode::Auto} by_agent=false /> },
        );
        holds(&html, &["Say what shall be done."]);
    }
}
