//! Any run, whatever happens to it: order, ends, cancelling, restarts.

use orchestrator::workflows::{Action, Input, Retry, Rules, Run, TIMED_OUT, Why};
use proptest::prelude::*;
use quarterdeck_shared::{
    AgentId, StepId, Timestamp,
    agents::Role,
    tasks::{PlannedStep, Step, StepStatus, TaskStatus},
};
use std::collections::BTreeSet;
use uuid::Uuid;

const AGENT: AgentId = AgentId(Uuid::from_u128(7));

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
        13 => Input::TimedOut { step, limit: "1 second".to_owned() },
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
            let timed_out = watch.run.steps().iter().filter_map(|step| step.error.as_deref()).any(|error| error.starts_with(TIMED_OUT));
            prop_assert!(watch.run.status() == TaskStatus::Cancelled || timed_out, "{:?}", watch.run);
        }
    }
}
