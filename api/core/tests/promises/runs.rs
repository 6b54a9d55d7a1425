//! A run, story by story: failing, waiting, trying again, stopping, going on after a restart.

use orchestrator::workflows::{Action, CANCELLED, Input, Retry, Rules, Run};
use quarterdeck_shared::{
    AgentId, StepId, Timestamp,
    agents::Role,
    tasks::{PlannedStep, StepStatus, TaskStatus},
};
use uuid::Uuid;

const AGENT: AgentId = AgentId(Uuid::from_u128(7));

fn id(name: &str) -> StepId {
    StepId(name.to_owned())
}

fn step(name: &str, depends_on: &[&str]) -> PlannedStep {
    let depends_on = depends_on.iter().map(|on| id(on)).collect();
    PlannedStep { id: id(name), role: Role::Builder, name: None, depends_on, instructions: None }
}

fn run(steps: &[PlannedStep], concurrency: usize) -> Run {
    Run::new(steps.to_vec(), Rules { concurrency, max_attempts: 3 }).unwrap()
}

/// Applies an input and returns its orders as words; changes are left out.
fn orders(run: &mut Run, input: Input) -> Vec<String> {
    let actions = run.apply(input, Timestamp(5));
    let order = |action: Action| match action {
        Action::Changed(_) => None,
        Action::Start { step, attempt } => Some(format!("start {step} {attempt}")),
        Action::Stop { step, why } => Some(format!("stop {step} {why:?}")),
        Action::RetryAfter { step, seconds } => Some(format!("retry {step} {seconds}")),
        Action::Finish { status, error, .. } => {
            Some(format!("finish {status} {}", error.unwrap_or_default()))
        }
    };
    actions.into_iter().filter_map(order).collect()
}

fn started(step: &str) -> Input {
    Input::Started { step: id(step), agent: AGENT }
}

fn finished(step: &str) -> Input {
    Input::Finished { step: id(step), handover: format!("{step} is done") }
}

fn failed(step: &str, retry: Option<u64>) -> Input {
    let retry = retry.map(|after_seconds| Retry { after_seconds });
    Input::Failed { step: id(step), error: "it broke".to_owned(), retry }
}

#[test]
fn a_failure_stops_its_branch_and_no_other() {
    let mut run = run(&[step("a", &[]), step("b", &["a"]), step("c", &[]), step("d", &["c"])], 9);
    assert_eq!(orders(&mut run, Input::Begin), ["start a 1", "start c 1"]);
    assert_eq!(orders(&mut run, failed("a", None)), Vec::<String>::new());
    assert_eq!(run.steps()[1].status, StepStatus::Skipped);
    assert_eq!(run.steps()[1].error.as_deref(), Some("never begun: `a` did not end well"));
    assert_eq!(orders(&mut run, finished("c")), ["start d 1"]);
    assert_eq!(orders(&mut run, finished("d")), ["finish failed step 1, BUILDER: it broke"]);
}

#[test]
fn no_more_steps_are_at_work_than_allowed_and_waiting_ones_count() {
    let mut run = run(&[step("a", &[]), step("b", &[]), step("c", &[])], 2);
    assert_eq!(orders(&mut run, Input::Begin), ["start a 1", "start b 1"]);
    for step in ["a", "b"] {
        orders(&mut run, started(step));
        assert_eq!(orders(&mut run, Input::Waiting { step: id(step) }), Vec::<String>::new());
    }
    assert_eq!(run.status(), TaskStatus::Waiting);
    orders(&mut run, Input::GoesOn { step: id("a") });
    assert_eq!(run.status(), TaskStatus::Running);
    assert_eq!(orders(&mut run, finished("a")), ["start c 1"]);
}

#[test]
fn an_attempt_is_repeated_with_growing_waits_and_only_so_often() {
    let mut run = run(&[step("a", &[])], 1);
    orders(&mut run, Input::Begin);
    assert_eq!(orders(&mut run, failed("a", Some(5))), ["retry a 5"]);
    assert_eq!(run.status(), TaskStatus::Running);
    assert_eq!(orders(&mut run, Input::RetryDue { step: id("a") }), ["start a 2"]);
    assert_eq!(orders(&mut run, failed("a", Some(5))), ["retry a 10"]);
    assert_eq!(orders(&mut run, Input::RetryDue { step: id("a") }), ["start a 3"]);
    assert_eq!(orders(&mut run, Input::RetryDue { step: id("a") }), Vec::<String>::new());
    assert_eq!(orders(&mut run, failed("a", Some(5))), ["finish failed step 1, BUILDER: it broke"]);
}

#[test]
fn cancelling_stops_what_works_and_forgets_what_has_not_begun() {
    let mut run = run(&[step("a", &[]), step("b", &["a"])], 1);
    orders(&mut run, Input::Begin);
    assert_eq!(orders(&mut run, Input::CancelAsked), ["stop a Cancelled"]);
    assert_eq!(orders(&mut run, Input::CancelAsked), Vec::<String>::new());
    assert_eq!(run.status(), TaskStatus::Running, "its agent still lives");
    assert_eq!(orders(&mut run, started("a")), ["stop a Cancelled"], "it came after the stop");
    assert_eq!(orders(&mut run, failed("a", Some(1))), [format!("finish cancelled {CANCELLED}")]);
    assert_eq!(orders(&mut run, finished("a")), Vec::<String>::new());
}

#[test]
fn a_step_that_takes_too_long_fails_with_that_reason() {
    let mut run = run(&[step("a", &[])], 1);
    orders(&mut run, Input::Begin);
    orders(&mut run, started("a"));
    assert_eq!(
        orders(&mut run, Input::TimedOut { step: id("a"), limit: "4 seconds".into() }),
        ["stop a TimedOut"]
    );
    assert_eq!(orders(&mut run, started("a")), ["stop a TimedOut"], "it came after the stop");
    let finish = "finish failed step 1, BUILDER: stopped: it took longer than 4 seconds";
    assert_eq!(orders(&mut run, failed("a", Some(1))), [finish]);
}

#[test]
fn a_limit_stops_the_task_and_says_which() {
    let what = || "the cost limit of $1.00 is reached".to_owned();
    let mut run = run(&[step("a", &[]), step("b", &["a"])], 1);
    orders(&mut run, Input::Begin);
    orders(&mut run, started("a"));
    assert_eq!(orders(&mut run, Input::LimitReached { what: what() }), ["stop a Limit"]);
    assert_eq!(run.steps()[1].status, StepStatus::Skipped);
    assert_eq!(orders(&mut run, finished("a")), [format!("finish failed step 2, BUILDER: {}", what())]);
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let rules = Rules { concurrency: 9, max_attempts: 3 };
    let mut run = run(&[step("a", &[]), step("b", &[]), step("c", &[])], 9);
    orders(&mut run, Input::Begin);
    orders(&mut run, started("a"));
    orders(&mut run, failed("c", Some(60)));
    let mut again = Run::restore(run.steps().to_vec(), rules);
    assert_eq!(orders(&mut again, Input::Begin), ["start b 1", "start c 2"], "a has its agent");
    let mut stopping = Run::restore(run.steps().to_vec(), rules);
    orders(&mut stopping, Input::CancelAsked);
    let mut after = Run::restore(stopping.steps().to_vec(), rules);
    assert_eq!(orders(&mut after, Input::Begin), [format!("finish cancelled {CANCELLED}")]);
    assert_eq!(
        orders(&mut after, Input::Begin),
        [format!("finish cancelled {CANCELLED}")],
        "told again, if asked"
    );
}

#[test]
fn an_interrupted_step_leaves_the_task_interrupted() {
    let mut run = run(&[step("a", &[]), step("b", &["a"])], 1);
    orders(&mut run, Input::Begin);
    let cut_off = Input::Interrupted { step: id("a"), cause: "the session is gone".to_owned() };
    assert_eq!(orders(&mut run, cut_off), ["finish interrupted step 1, BUILDER: the session is gone"]);
}

#[test]
fn a_planner_lays_out_the_steps_behind_its_own() {
    let mut run =
        Run::new(orchestrator::plans::planning(), Rules { concurrency: 1, max_attempts: 1 }).unwrap();
    assert_eq!(orders(&mut run, Input::Begin), ["start plan 1"]);
    let plan = id("plan");
    let replan = |run: &mut Run, steps: &[PlannedStep]| {
        run.replan(&plan, "{}".to_owned(), steps.to_vec(), Timestamp(6))
    };
    assert_eq!(replan(&mut run, &[]).unwrap_err().kind(), "empty_workflow");
    assert_eq!(replan(&mut run, &[step("plan", &[])]).unwrap_err().kind(), "duplicate_step");
    assert_eq!(run.steps().len(), 1);
    let actions = replan(&mut run, &[step("a", &[]), step("b", &["a"])]).unwrap();
    assert_eq!(actions.iter().filter(|action| matches!(action, Action::Changed(_))).count(), 3);
    assert!(actions.contains(&Action::Start { step: id("a"), attempt: 1 }));
    assert_eq!(run.steps()[1].plan.depends_on, std::slice::from_ref(&plan));
    orders(&mut run, finished("a"));
    assert_eq!(orders(&mut run, finished("b")), ["finish completed "]);
}

#[test]
fn a_planner_that_is_being_stopped_lays_out_nothing() {
    let mut run =
        Run::new(orchestrator::plans::planning(), Rules { concurrency: 1, max_attempts: 1 }).unwrap();
    orders(&mut run, Input::Begin);
    orders(&mut run, Input::CancelAsked);
    run.replan(&id("plan"), "{}".to_owned(), vec![step("a", &[])], Timestamp(6)).unwrap();
    assert_eq!((run.steps().len(), run.status()), (1, TaskStatus::Cancelled));
}
