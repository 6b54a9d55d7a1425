//! One agent at work: its session is followed, its words and figures stored, its questions asked, its end judged.

mod ending;
mod entries;
mod launch;
mod ledger;
mod mail;
mod memory;
mod questions;
mod record;
mod scribe;
mod unheard;

pub use ending::Ending;
pub use launch::{WAITS, waits_for_a_place};
pub use ledger::{Grown, Said};
pub use memory::{IN_FLIGHT, InFlight, Memory, in_flight, in_flight_key, in_flight_row, said_key};
pub use questions::Given;

use super::{
    Inner,
    case::Case,
    desks::{Desk, Mail},
    runtime::{Exit, Order, Runtime, Session, Signal, environment},
};
use crate::store::{Batch, StoreError};
use futures::FutureExt as _;
use ledger::Ledger;
use mail::Reply;
use orchestrator::{metrics::Tally, monitor::Monitor, transcripts::TurnResult};
use quarterdeck_shared::{
    Timestamp,
    agents::{AgentDetail, AgentStatus, FileTouch, ToolCount},
};
use questions::Questions;
use scribe::Scribe;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::sync::{mpsc, watch};
use unheard::Unheard;

/// Signals that are taken together before they are stored.
const TOGETHER: usize = 128;

/// Where an agent begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// With its first prompt.
    New,
    /// With a further prompt, after it had ended its turn.
    Again,
    /// In the middle of its turn, where an earlier process was cut off.
    CutOff {
        /// By what.
        cause: String,
    },
}

/// What an agent's driver hears of it.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Its process works.
    Works,
    /// It waits for a person.
    Waits,
    /// It has ended, and that is durable.
    Ended(Ending),
}

/// One agent at work.
pub struct Work {
    fleet: Arc<Inner>,
    me: AgentDetail,
    runtime: Arc<dyn Runtime>,
    case: Option<Arc<Case>>,
    mailbox: mpsc::Receiver<Mail>,

    ledger: Ledger,
    tally: Tally,
    scribe: Scribe,
    monitor: Monitor,
    questions: Questions,

    /// What is to be stored next.
    batch: Batch,
    spent: Vec<Grown>,
    changed: record::Changed,
    tools_stored: Vec<ToolCount>,
    files_stored: Vec<FileTouch>,
    /// What is to be done once that is durable.
    orders: Vec<Order>,
    deliveries: Vec<questions::Delivery>,
    replies: Vec<Reply>,
    news: Vec<News>,

    heard_at: Option<Timestamp>,
    /// Since when it works or waits this time, and the seconds before that.
    worked: (Option<Timestamp>, i64),
    process: Option<u32>,
    /// Prompts it has not heard.
    unheard: Unheard,
    /// Whether there is a session that hears orders.
    launched: bool,
    begun: bool,
    /// A turn has begun and the model has not answered yet.
    opening: bool,
    closing: bool,
    result: Option<TurnResult>,
    said: String,
    ending: Option<Ending>,
    deadline: Option<Timestamp>,
    /// When it was last looked what is due.
    looked_at: Timestamp,
}

impl Work {
    /// Puts an agent to work at its desk. Its end is made durable in any case, even if this program has a fault.
    pub fn begin(
        fleet: &Arc<Inner>,
        desk: Arc<Desk>,
        me: AgentDetail,
        start: Start,
        case: Option<Arc<Case>>,
    ) {
        let (mail, mailbox) = mpsc::channel(32);
        let (ended, ending) = watch::channel(false);
        desk.set(Some(super::desks::Live { mail, ended: ending }));
        let fleet = Arc::clone(fleet);
        tokio::spawn(async move {
            let (id, step) = (me.agent.id, me.agent.step_id.clone());
            let working = Self::run(Arc::clone(&fleet), me, start, case.clone(), mailbox);
            let outcome = AssertUnwindSafe(working).catch_unwind().await;
            let ending = match outcome {
                Ok(Ok(ending)) => ending,
                Ok(Err(error)) => {
                    fleet.give_up(id, &format!("its work could not be recorded: {error}")).await
                }
                Err(_) => {
                    fleet.give_up(id, "this program had a fault while it worked; the log says more").await
                }
            };
            desk.set(None);
            if let (Some(case), Some(step)) = (case, step) {
                case.tell(super::drive::Word::Agent { step, agent: id, news: News::Ended(ending) });
            }
            ended.send_replace(true);
        });
    }

    async fn run(
        fleet: Arc<Inner>,
        me: AgentDetail,
        start: Start,
        case: Option<Arc<Case>>,
        mailbox: mpsc::Receiver<Mail>,
    ) -> Result<Ending, StoreError> {
        let memory = fleet.recall(&me, &start).await?;
        let Some(runtime) = fleet.runtime(&me.agent.runtime) else {
            let cause = format!("this server has no runtime `{}`", me.agent.runtime);
            return Ok(fleet.give_up(me.agent.id, &cause).await);
        };
        let mut work = Self::new(fleet, me, runtime, case, mailbox, memory);
        let ending = match work.place(&start).await {
            Ok(_place) => work.live(start).await,
            Err(ending) => ending,
        };
        let runtimes = &work.fleet.rules.runtimes;
        let ending = ending.masked(&environment::secrets(&runtimes.environment, &runtimes.pass_environment));
        work.finish(&ending).await?;
        Ok(ending)
    }

    fn new(
        fleet: Arc<Inner>,
        me: AgentDetail,
        runtime: Arc<dyn Runtime>,
        case: Option<Arc<Case>>,
        mailbox: mpsc::Receiver<Mail>,
        memory: Memory,
    ) -> Self {
        let rules = &fleet.rules;
        let steady = fleet.clock().steady();
        let seconds = me.seconds;
        let stall_seconds = i64::try_from(rules.stall_seconds).unwrap_or(i64::MAX);
        Self {
            ledger: Ledger::new(
                &me.agent,
                !runtime.counts(),
                memory.records,
                memory.said,
                rules.prices.clone(),
            ),
            tally: Tally::restore(&me.tool_breakdown, &me.files),
            scribe: Scribe::new(me.agent.step_id.clone(), rules.activity_window),
            monitor: Monitor::new(stall_seconds, steady),
            questions: Questions::restore(memory.waiting, memory.given),
            tools_stored: me.tool_breakdown.clone(),
            files_stored: me.files.clone(),
            fleet,
            me,
            runtime,
            case,
            mailbox,
            batch: Batch::new(),
            spent: Vec::new(),
            changed: record::Changed::default(),
            orders: Vec::new(),
            deliveries: Vec::new(),
            replies: Vec::new(),
            news: Vec::new(),
            heard_at: None,
            worked: (None, seconds),
            process: None,
            unheard: Unheard::restore(memory.prompts),
            launched: false,
            begun: false,
            opening: false,
            closing: false,
            result: None,
            said: String::new(),
            ending: None,
            deadline: None,
            looked_at: steady,
        }
    }

    /// Follows a session until its process is gone.
    async fn follow(&mut self, session: Session) -> Exit {
        let Session { mut signals, orders } = session;
        loop {
            let wake = self.wake();
            let mut exit = None;
            tokio::select! {
                biased;
                mail = self.mailbox.recv() => self.hear(mail),
                signal = signals.recv() => {
                    let mut next = signal.or_else(|| Some(Signal::Exited(Exit::default())));
                    for _ in 0..TOGETHER {
                        match next.take() {
                            Some(Signal::Exited(gone)) => exit = Some(gone),
                            Some(signal) => {
                                self.take(signal);
                                next = signals.try_recv().ok();
                            }
                            None => break,
                        }
                    }
                    if let Some(signal) = next {
                        self.take_last(signal, &mut exit);
                    }
                }
                () = wake => {}
            }
            self.tick();
            self.settle(Some(&orders)).await;
            if let Some(exit) = exit {
                (self.process, self.launched) = (None, false);
                self.questions.process_ended();
                return exit;
            }
        }
    }

    fn take_last(&mut self, signal: Signal, exit: &mut Option<Exit>) {
        match signal {
            Signal::Exited(gone) => *exit = Some(gone),
            signal => self.take(signal),
        }
    }

    /// When something is due though nothing happens.
    fn wake(&self) -> impl Future<Output = ()> + Send + use<> {
        let clock = self.fleet.clock();
        let steady = clock.steady();
        let until = |due: Timestamp| Duration::from_micros(u64::try_from(due.0 - steady.0).unwrap_or(0));
        // One that was past at the last look has been said.
        let check = Some(self.monitor.next_check()).filter(|check| *check > self.looked_at);
        let stall = check.filter(|_| self.me.agent.status == AgentStatus::Running).map(until);
        let due = [self.scribe.due_in(steady), self.deadline.map(until), stall].into_iter().flatten().min();
        let after = due.map(|due| clock.after(due));
        async move {
            match after {
                Some(after) => after.await,
                None => std::future::pending().await,
            }
        }
    }
}
