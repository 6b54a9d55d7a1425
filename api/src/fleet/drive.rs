//! The driver of a task: core decides what comes next, the driver does it and reports back.

mod changes;
mod hire;
mod hours;
mod pause;
mod planning;

pub use changes::{changes, limit_reached};
pub use pause::{go_on, take_up};

use super::{
    Inner,
    case::{Case, State},
    desks::Mail,
    work::{Ending, News, Start, Work},
};
use crate::store::{Batch, Draft, Row, StoreError};
use changes::{agent_of, put, turn};
use futures::FutureExt as _;
use orchestrator::{
    plans::PLANNING,
    workflows::{Action, CANCELLED, Input, Run, Why},
};
use quarterdeck_shared::{AgentId, StepId, agents::AgentDetail};
use std::{
    collections::{HashMap, VecDeque},
    panic::AssertUnwindSafe,
    sync::Arc,
    time::Duration,
};
use tokio::sync::mpsc;

/// What a driver hears.
#[derive(Debug)]
pub enum Word {
    /// The agent of a step has news.
    Agent {
        /// The step.
        step: StepId,
        /// Which agent: an earlier one of the step counts no more.
        agent: AgentId,
        /// The news.
        news: News,
    },
    /// What its agents took has reached a limit of the task.
    Spent,
    /// The wait before another attempt is over.
    RetryDue(StepId),
    /// The time a step may work is over, if it has worked without a break since.
    TimedOut(StepId, u64),
    /// Somebody wants the task stopped.
    Cancel,
    /// The server stops; the next one goes on.
    Pause,
}

/// Why an agent is stopped whose task took more than it may.
pub const AT_LIMIT: &str = "its task reached a limit";

/// Drives one task.
pub struct Driver {
    fleet: Arc<Inner>,
    case: Arc<Case>,
    run: Run,
    words: mpsc::UnboundedSender<Word>,
    inbox: mpsc::UnboundedReceiver<Word>,
    clocks: HashMap<StepId, hours::StepClock>,
    limited: bool,
    over: bool,
}

/// What is done once the decisions are durable.
enum Effect {
    Employ(Box<AgentDetail>),
    Stop(StepId, AgentId, Why),
    RetryAfter(StepId, Duration),
}

/// What else changes of a task with its steps.
#[derive(Default)]
pub struct Also {
    /// Who laid the steps out, and how.
    pub planned: Option<planning::Planned>,
}

impl Driver {
    /// Begins to drive a task, from its start or from where it stands. What is done in `first` comes before
    /// everything else.
    pub fn begin(fleet: &Arc<Inner>, case: Arc<Case>, run: Run, first: Vec<Word>) {
        let (words, inbox) = mpsc::unbounded_channel();
        case.driven_by(words.clone());
        let driver = Self {
            fleet: Arc::clone(fleet),
            case: Arc::clone(&case),
            run,
            words,
            inbox,
            clocks: HashMap::new(),
            limited: false,
            over: false,
        };
        let fleet = Arc::clone(fleet);
        tokio::spawn(async move {
            let outcome = AssertUnwindSafe(driver.drive(first)).catch_unwind().await;
            let fault = match outcome {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(format!("its course could not be stored: {error}")),
                Err(_) => {
                    Some("this program had a fault while it drove the task; the log says more".to_owned())
                }
            };
            if let Some(fault) = fault {
                fleet.give_up_task(&case, &fault).await;
            }
            case.close();
        });
    }

    async fn drive(mut self, first: Vec<Word>) -> Result<(), StoreError> {
        self.apply(Input::Begin).await?;
        for word in first {
            self.hear(word).await?;
        }
        while !self.over {
            let Some(word) = self.inbox.recv().await else { return Ok(()) };
            self.hear(word).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, word: Word) -> Result<(), StoreError> {
        match word {
            Word::Agent { step, agent, news } if self.is_at(&step, agent) => self.hear_news(step, news).await,
            Word::Agent { .. } => Ok(()),
            Word::Spent => self.check_limits().await,
            Word::RetryDue(step) => self.apply(Input::RetryDue { step }).await,
            Word::TimedOut(step, round) => self.timed_out(step, round).await,
            Word::Cancel => self.apply(Input::CancelAsked).await,
            Word::Pause => self.pause().await,
        }
    }

    fn is_at(&self, step: &StepId, agent: AgentId) -> bool {
        self.run.steps().iter().any(|known| known.plan.id == *step && known.agent_id == Some(agent))
    }

    async fn hear_news(&mut self, step: StepId, news: News) -> Result<(), StoreError> {
        match news {
            News::Works => {
                self.start_clock(&step).await?;
                self.apply(Input::GoesOn { step }).await
            }
            News::Waits => {
                self.stop_clock(&step);
                self.apply(Input::Waiting { step }).await
            }
            News::Ended(ending) => {
                self.clocks.remove(&step);
                self.ended(step, ending).await
            }
        }
    }

    async fn ended(&mut self, step: StepId, ending: Ending) -> Result<(), StoreError> {
        let is_planning = step.0 == PLANNING;
        match ending {
            Ending::Completed(words) if is_planning => self.planned(step, Ok(words)).await,
            Ending::Failed { error, retry: None } if is_planning && !self.is_stopping(&step) => {
                self.planned(step, Err(error)).await
            }
            Ending::Completed(handover) => self.apply(Input::Finished { step, handover }).await,
            Ending::Failed { error, retry } => self.apply(Input::Failed { step, error, retry }).await,
            Ending::Cancelled(error) => self.apply(Input::Failed { step, error, retry: None }).await,
            Ending::Interrupted(cause) => self.apply(Input::Interrupted { step, cause }).await,
            Ending::Paused => self.pause().await,
        }
    }

    /// Whether core has asked to stop this step.
    fn is_stopping(&self, step: &StepId) -> bool {
        self.error_of(step).is_some()
    }

    fn error_of(&self, step: &StepId) -> Option<&str> {
        self.run.steps().iter().find(|known| known.plan.id == *step)?.error.as_deref()
    }

    async fn apply(&mut self, input: Input) -> Result<(), StoreError> {
        let actions = self.run.apply(input, self.fleet.clock().now());
        self.carry_out(actions, Also::default()).await
    }

    /// Makes core's decisions durable, in one commit, then does what they ask for.
    async fn carry_out(&mut self, actions: Vec<Action>, also: Also) -> Result<(), StoreError> {
        if actions.is_empty() && also.planned.is_none() {
            return Ok(());
        }
        let case = Arc::clone(&self.case);
        let mut state = self.fleet.opened(&case).await?;
        let Some(State { task, .. }) = state.as_mut() else { return Ok(()) };
        let now = self.fleet.clock().now();
        let before = task.clone();
        let mut batch = Batch::new();
        let mut effects = Vec::new();
        if let Some(planned) = also.planned {
            planned.put_into(task);
        }
        let mut actions = VecDeque::from(actions);
        while let Some(action) = actions.pop_front() {
            match action {
                Action::Changed(step) => put(task, step),
                Action::Start { step, .. } => {
                    let Some(me) = self.hire(task, &step, now) else { continue };
                    batch = hire::put_into(batch, &me);
                    let started = Input::Started { step, agent: me.agent.id };
                    actions.extend(self.run.apply(started, now));
                    effects.push(Effect::Employ(Box::new(me)));
                }
                Action::Stop { step, why } => {
                    let at_work = self.run.steps().iter().find(|known| known.plan.id == step);
                    if let Some(agent) = at_work.and_then(|known| known.agent_id) {
                        effects.push(Effect::Stop(step, agent, why));
                    }
                }
                Action::RetryAfter { step, seconds } => {
                    effects.push(Effect::RetryAfter(step, Duration::from_secs(seconds)));
                }
                Action::Finish { result, error, .. } => {
                    (task.result, task.error) = (result, error);
                    self.over = true;
                }
            }
        }
        task.updated_at = now;
        let mut events = changes(&before, task);
        turn(task, self.run.status(), now, &mut events);
        batch.rows.insert(0, Row::Task(Box::new(task.clone())));
        let about = |payload| Draft { agent_id: agent_of(&payload), task_id: Some(before.id), payload };
        batch.events.extend(events.into_iter().map(about));
        self.fleet.persist(batch).await?;
        drop(state);
        for effect in effects {
            self.perform(effect).await?;
        }
        Ok(())
    }

    async fn perform(&mut self, effect: Effect) -> Result<(), StoreError> {
        match effect {
            Effect::Employ(me) => {
                let desk = self.fleet.desks.get(me.agent.id, Default::default);
                Work::begin(&self.fleet, desk, *me, Start::New, Some(Arc::clone(&self.case)));
            }
            Effect::RetryAfter(step, wait) => self.later(wait, Word::RetryDue(step)),
            Effect::Stop(step, agent, why) => self.stop(step, agent, why).await?,
        }
        Ok(())
    }

    async fn stop(&mut self, step: StepId, agent: AgentId, why: Why) -> Result<(), StoreError> {
        let mail = match why {
            Why::Cancelled => Mail::Cancel("its task was cancelled".into()),
            Why::Limit => Mail::Cancel(AT_LIMIT.into()),
            Why::TimedOut => Mail::Fail(self.error_of(&step).unwrap_or("it took too long").into()),
        };
        let desk = self.fleet.desks.get(agent, Default::default);
        if let Some(live) = desk.live() {
            // An agent that ended meanwhile reports that itself.
            tokio::spawn(async move { live.mail.send(mail).await });
            return Ok(());
        }
        let ending = Ending::Cancelled(CANCELLED.into());
        self.fleet.end_idle(agent, &ending).await?;
        let news = News::Ended(ending);
        // Its receiver is this driver itself.
        let _ = self.words.send(Word::Agent { step, agent, news });
        Ok(())
    }

    async fn check_limits(&mut self) -> Result<(), StoreError> {
        if self.limited {
            return Ok(());
        }
        let reached = {
            let state = self.fleet.opened(&self.case).await?;
            state.as_ref().and_then(|state| limit_reached(&state.task))
        };
        let Some(what) = reached else { return Ok(()) };
        self.limited = true;
        self.apply(Input::LimitReached { what }).await
    }
}
