//! A run, whatever happens to it: order, ends, cancelling, restarts.

use orchestrator::workflows::{Action, CANCELLED, Input, Retry, Rules, Run, TIMED_OUT, Why};
use proptest::prelude::*;
use quarterdeck_shared::{
    AgentId, StepId, Timestamp,
    agents::Role,
    tasks::{PlannedStep, Step, StepStatus, TaskStatus},
};
use std::collections::BTreeSet;
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
    assert_eq!(orders(&mut run, finished("d")), ["finish failed a BUILDER: it broke"]);
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
    assert_eq!(orders(&mut run, failed("a", Some(5))), ["finish failed a BUILDER: it broke"]);
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
    assert_eq!(orders(&mut run, Input::TimedOut { step: id("a") }), ["stop a TimedOut"]);
    assert_eq!(orders(&mut run, failed("a", Some(1))), [format!("finish failed a BUILDER: {TIMED_OUT}")]);
}

#[test]
fn a_limit_stops_the_task_and_says_which() {
    let what = || "the cost limit of $1.00 is reached".to_owned();
    let mut run = run(&[step("a", &[]), step("b", &["a"])], 1);
    orders(&mut run, Input::Begin);
    orders(&mut run, started("a"));
    assert_eq!(orders(&mut run, Input::LimitReached { what: what() }), ["stop a Limit"]);
    assert_eq!(run.steps()[1].status, StepStatus::Skipped);
    assert_eq!(orders(&mut run, finished("a")), [format!("finish failed b BUILDER: {}", what())]);
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
    assert_eq!(orders(&mut run, cut_off), ["finish interrupted a BUILDER: the session is gone"]);
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
    assert_eq!(run.steps()[1].plan.depends_on, [plan.clone()]);
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

/// Steps that depend only on earlier ones.
fn a_plan() -> impl Strategy<Value = Vec<PlannedStep>> {
    prop::collection::vec(any::<u16>(), 1..8).prop_map(|masks| {
        let of = |(index, mask): (usize, &u16)| {
            let depends_on = (0..index).filter(|before| mask & (1 << before) != 0).map(StepId::at).collect();
            PlannedStep {
                id: StepId::at(index),
                role: Role::Tester,
                name: None,
                depends_on,
                instructions: None,
            }
        };
        masks.iter().enumerate().map(of).collect()
    })
}

/// What may happen, to the step that the number points at.
fn an_input(kind: u8, step: StepId) -> Input {
    let text = || "words".to_owned();
    match kind {
        0..=5 => Input::Finished { step, handover: text() },
        6 => Input::Failed { step, error: text(), retry: None },
        7..=8 => Input::Failed { step, error: text(), retry: Some(Retry { after_seconds: 1 }) },
        9..=10 => Input::Waiting { step },
        11..=12 => Input::GoesOn { step },
        13 => Input::TimedOut { step },
        14 => Input::Interrupted { step, cause: text() },
        15..=17 => Input::Started { step, agent: AGENT },
        18 => Input::LimitReached { what: text() },
        19 => Input::CancelAsked,
        _ => Input::RetryDue { step },
    }
}

/// A driver that believes nothing and writes down what it sees.
struct Watch {
    run: Run,
    rules: Rules,
    at_work: BTreeSet<StepId>,
    finishes: usize,
    cancelled: bool,
}

impl Watch {
    fn apply(&mut self, input: Input) -> Result<(), TestCaseError> {
        self.cancelled |= input == Input::CancelAsked;
        let before = self.run.steps().to_vec();
        let actions = self.run.apply(input, Timestamp(9));
        let find =
            |step: &StepId| self.run.steps().iter().find(|known| known.plan.id == *step).unwrap().clone();
        let mut stored = before.clone();
        for action in &actions {
            match action {
                Action::Changed(step) => {
                    let place = stored.iter_mut().find(|known| known.plan.id == step.plan.id).unwrap();
                    *place = step.clone();
                }
                Action::Start { step, .. } => {
                    prop_assert!(!self.cancelled, "{step} started after a cancel");
                    prop_assert!(self.at_work.insert(step.clone()), "{step} started twice");
                    let ended = |on: &StepId| find(on).status == StepStatus::Completed;
                    prop_assert!(find(step).plan.depends_on.iter().all(ended), "{step} started too early");
                }
                Action::Stop { step, why } => {
                    prop_assert!(self.at_work.contains(step));
                    prop_assert!(*why != Why::Cancelled || self.cancelled);
                }
                Action::RetryAfter { step, .. } => drop(find(step)),
                Action::Finish { status, .. } => {
                    self.finishes += 1;
                    prop_assert!(status.is_final());
                }
            }
        }
        let run = &self.run;
        let is_active = |step: &Step| matches!(step.status, StepStatus::Running | StepStatus::Waiting);
        self.at_work.retain(|id| run.steps().iter().any(|step| step.plan.id == *id && is_active(step)));
        prop_assert!(self.at_work.len() <= self.rules.concurrency);
        prop_assert_eq!(&stored, self.run.steps(), "what changed was said");
        prop_assert_eq!(&Run::restore(self.run.steps().to_vec(), self.rules), &self.run);
        prop_assert_eq!(self.run.status().is_final(), self.finishes == 1);
        Ok(())
    }

    fn pick(&self, number: u8, active: bool) -> Option<StepId> {
        let ids: Vec<&StepId> = match active {
            true => self.at_work.iter().collect(),
            false => self.run.steps().iter().map(|step| &step.plan.id).collect(),
        };
        (!ids.is_empty()).then(|| ids[usize::from(number) % ids.len()].clone())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_run_keeps_its_order_and_always_ends(
        plan in a_plan(),
        concurrency in 1..4_usize,
        events in prop::collection::vec((0..24_u8, any::<u8>(), any::<bool>()), 0..60),
    ) {
        let rules = Rules { concurrency, max_attempts: 2 };
        let run = Run::new(plan, rules).unwrap();
        let mut watch = Watch { run, rules, at_work: BTreeSet::new(), finishes: 0, cancelled: false };
        watch.apply(Input::Begin)?;
        for (kind, number, active) in events {
            if let Some(step) = watch.pick(number, active) {
                watch.apply(an_input(kind, step))?;
            }
        }
        for _ in 0..100 {
            if watch.run.status().is_final() {
                break;
            }
            let next = match watch.pick(0, true) {
                Some(step) => Input::Finished { step, handover: "done".to_owned() },
                None => {
                    let held = watch.run.steps().iter().find(|step| step.status == StepStatus::Pending);
                    Input::RetryDue { step: held.unwrap().plan.id.clone() }
                }
            };
            watch.apply(next)?;
        }
        prop_assert!(watch.run.status().is_final(), "{:?}", watch.run);
    }

    #[test]
    fn a_cancel_ends_everything_once_the_agents_are_gone(
        plan in a_plan(),
        events in prop::collection::vec((0..18_u8, any::<u8>()), 0..30),
    ) {
        let rules = Rules { concurrency: 3, max_attempts: 2 };
        let run = Run::new(plan, rules).unwrap();
        let mut watch = Watch { run, rules, at_work: BTreeSet::new(), finishes: 0, cancelled: false };
        watch.apply(Input::Begin)?;
        for (kind, number) in events {
            if let Some(step) = watch.pick(number, true) {
                watch.apply(an_input(kind, step))?;
            }
        }
        let unfinished = !watch.run.status().is_final();
        watch.apply(Input::CancelAsked)?;
        while let Some(step) = watch.pick(0, true) {
            watch.apply(Input::Failed { step, error: "stopped".to_owned(), retry: Some(Retry { after_seconds: 1 }) })?;
        }
        prop_assert!(watch.run.status().is_final());
        if unfinished {
            let timed_out = watch.run.steps().iter().any(|step| step.error.as_deref() == Some(TIMED_OUT));
            prop_assert!(watch.run.status() == TaskStatus::Cancelled || timed_out, "{:?}", watch.run);
        }
    }
}
