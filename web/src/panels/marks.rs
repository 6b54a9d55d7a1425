//! The words of the field with their marks: roles as letters, statuses as shapes, costs with how they are known.

use orchestrator::figures;
use quarterdeck_shared::Usd;
use quarterdeck_shared::agents::{AgentStatus, Role};
use quarterdeck_shared::conversations::TodoStatus;
use quarterdeck_shared::tasks::{StepStatus, TaskStatus};
use quarterdeck_shared::usage::CostBasis;
use yew::prelude::*;

use crate::components::{Icon, Letter, Status};

/// The hue of a role: a class such as `is-builder`.
pub const fn role_class(role: Role) -> &'static str {
    match role {
        Role::Orchestrator => "is-orchestrator",
        Role::Planner => "is-planner",
        Role::Builder => "is-builder",
        Role::Reviewer => "is-reviewer",
        Role::Analyst => "is-analyst",
        Role::Tester => "is-tester",
        Role::Documenter => "is-documenter",
        Role::Custom => "is-custom",
    }
}

/// The token of a role's hue, for charts.
pub const fn role_token(role: Role) -> &'static str {
    match role {
        Role::Orchestrator => "role-orchestrator",
        Role::Planner => "role-planner",
        Role::Builder => "role-builder",
        Role::Reviewer => "role-reviewer",
        Role::Analyst => "role-analyst",
        Role::Tester => "role-tester",
        Role::Documenter => "role-documenter",
        Role::Custom => "role-custom",
    }
}

/// The letter of a role.
pub fn role_letter(role: Role) -> char {
    role.as_str().chars().next().unwrap_or('?')
}

/// A role as people write it: `Builder`.
pub fn role_title(role: Role) -> String {
    let word = role.as_str();
    format!("{}{}", &word[..1], word[1..].to_lowercase())
}

/// A role as a boxed letter and its word; short, the word is for the pointer and screen readers.
pub fn role_mark(role: Role, short: bool) -> Html {
    html! { <Letter letter={role_letter(role)} word={role.as_str()} class={role_class(role)} {short} /> }
}

/// A status of an agent, a task or a step: its word, shape and colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The word on the wire.
    pub word: &'static str,
    /// Its shape.
    pub shape: Icon,
    /// Its colour: a class such as `is-running`.
    pub class: &'static str,
}

impl Standing {
    const fn new(word: &'static str, shape: Icon, class: &'static str) -> Self {
        Self { word, shape, class }
    }
}

impl From<AgentStatus> for Standing {
    fn from(status: AgentStatus) -> Self {
        let (shape, class) = match status {
            AgentStatus::Created => (Icon::Created, "is-created"),
            AgentStatus::Running => (Icon::Running, "is-running"),
            AgentStatus::Waiting => (Icon::Waiting, "is-waiting"),
            AgentStatus::Completed => (Icon::Completed, "is-completed"),
            AgentStatus::Failed => (Icon::Failed, "is-failed"),
            AgentStatus::Cancelled | AgentStatus::Deleted => (Icon::Cancelled, "is-cancelled"),
            AgentStatus::Interrupted => (Icon::Interrupted, "is-interrupted"),
        };
        Self::new(status.as_str(), shape, class)
    }
}

impl From<TaskStatus> for Standing {
    fn from(status: TaskStatus) -> Self {
        let (shape, class) = match status {
            TaskStatus::Pending => (Icon::Created, "is-created"),
            TaskStatus::Running => (Icon::Running, "is-running"),
            TaskStatus::Waiting => (Icon::Waiting, "is-waiting"),
            TaskStatus::Completed => (Icon::Completed, "is-completed"),
            TaskStatus::Failed => (Icon::Failed, "is-failed"),
            TaskStatus::Cancelled => (Icon::Cancelled, "is-cancelled"),
            TaskStatus::Interrupted => (Icon::Interrupted, "is-interrupted"),
        };
        Self::new(status.as_str(), shape, class)
    }
}

impl From<StepStatus> for Standing {
    fn from(status: StepStatus) -> Self {
        let (shape, class) = match status {
            StepStatus::Pending => (Icon::Created, "is-created"),
            StepStatus::Running => (Icon::Running, "is-running"),
            StepStatus::Waiting => (Icon::Waiting, "is-waiting"),
            StepStatus::Completed => (Icon::Completed, "is-completed"),
            StepStatus::Failed => (Icon::Failed, "is-failed"),
            StepStatus::Cancelled | StepStatus::Skipped => (Icon::Cancelled, "is-cancelled"),
            StepStatus::Interrupted => (Icon::Interrupted, "is-interrupted"),
        };
        Self::new(status.as_str(), shape, class)
    }
}

impl From<TodoStatus> for Standing {
    fn from(status: TodoStatus) -> Self {
        match status {
            TodoStatus::Pending => Self::new("not begun", Icon::Created, "is-created"),
            TodoStatus::InProgress => Self::new("under way", Icon::Running, "is-running"),
            TodoStatus::Completed => Self::new("done", Icon::Completed, "is-completed"),
        }
    }
}

/// A status with colour, shape and word.
pub fn status_mark(status: impl Into<Standing>, test_id: Option<&'static str>) -> Html {
    let Standing { word, shape, class } = status.into();
    html! { <Status {shape} {word} {class} test_id={test_id.map(AttrValue::Static)} /> }
}

/// A status for a tight row: the shape alone is seen, the word is read.
pub fn status_shape(status: impl Into<Standing>) -> Html {
    let Standing { word, shape, class } = status.into();
    html! { <Status {shape} {word} {class} short=true /> }
}

/// A cost as people read it: a dash before the first record, `no price`, `≥ $0.23`, `$0.23`.
pub fn cost_text(cost: Usd, basis: Option<CostBasis>) -> String {
    figures::cost(cost, basis, "no price")
}

/// All digits of a cost and how it is known, for hovering.
pub fn cost_title(cost: Usd, basis: Option<CostBasis>) -> String {
    match basis {
        None => "no request yet".to_owned(),
        Some(CostBasis::Reported) => format!("${cost}, as reported"),
        Some(CostBasis::Computed) => format!("${cost}, computed from tokens and the price table"),
        Some(CostBasis::LowerBound) => format!("at least ${cost}: not every figure was told"),
        Some(CostBasis::Unknown) => format!("${cost} is known; some of its requests have no price"),
    }
}

/// A cost with its exact value on hover.
pub fn cost(cost: Usd, basis: Option<CostBasis>) -> Html {
    html! { <span class="num" title={cost_title(cost, basis)}>{ cost_text(cost, basis) }</span> }
}

/// Says that a run is a recording played again; in a narrow list only its first letters are seen.
pub fn recording() -> Html {
    html! { <span class="tag" data-testid="recording" title="Played from a recording: its usage is in no total">{ "rec" }<span class="rest">{ "ording" }</span></span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn every_status_has_its_word_shape_and_colour() {
        let html = drawn(
            html! { <>{ for TaskStatus::ALL.iter().map(|status| status_mark(*status, Some("task-status"))) }</> },
        );
        for status in TaskStatus::ALL {
            holds(&html, &[&format!("data-testid=\"task-status\" class=\"word\">{status}<")]);
        }
        holds(&html, &["#i-s-waiting", "is-interrupted"]);
    }

    #[test]
    fn what_is_not_known_is_never_nothing() {
        let cost = |nanos, basis| cost_text(Usd::from_nanos(nanos), basis);
        assert_eq!(cost(0, None), "–");
        assert_eq!(cost(0, Some(CostBasis::Unknown)), "no price");
        assert_eq!(cost(230_000_000, Some(CostBasis::Unknown)), "≥ $0.23");
        assert_eq!(cost(230_000_000, Some(CostBasis::LowerBound)), "≥ $0.23");
        assert_eq!(cost(230_000_000, Some(CostBasis::Computed)), "$0.23");
    }

    #[test]
    fn a_role_is_written_as_people_write_it() {
        assert_eq!((role_title(Role::Builder).as_str(), role_letter(Role::Analyst)), ("Builder", 'A'));
    }
}
