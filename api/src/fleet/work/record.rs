//! What becomes durable of an agent's work, and what is done once it is.

use super::{Ending, Grown, InFlight, News, Work, in_flight_key, said_key};
use crate::{
    fleet::{
        drive::{AT_LIMIT, Word, limit_reached},
        runtime::Order,
    },
    store::{Batch, Draft, Row, StoreError},
};
use quarterdeck_shared::{
    Payload,
    agents::{AgentStatus, FileTouch, StatusEvidence},
    approvals::ApprovalStatus,
    usage::UsageRecord,
};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// What of an agent is no more as it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// What lists show.
    pub row: bool,
    /// Its configuration or last words.
    pub detail: bool,
    /// Its tools and files.
    pub tally: bool,
    /// The answers and prompts it has not heard.
    pub note: bool,
    /// What its runtime said it took.
    pub said: bool,
}

impl Work {
    /// Tells of a change, with the next commit.
    pub(super) fn event(&mut self, payload: Payload) {
        let (agent_id, task_id) = (Some(self.me.agent.id), self.me.agent.task_id);
        self.batch.events.push(Draft { agent_id, task_id, payload });
    }

    /// Takes records that are new or grew.
    pub(super) fn spend(&mut self, grown: impl IntoIterator<Item = Grown>) {
        for one in grown {
            self.ledger.put_into(&mut self.me.agent);
            self.changed.row = true;
            self.batch.rows.push(Row::Usage(Arc::clone(&one.record)));
            let (record, agent) = (UsageRecord::clone(&one.record), self.me.agent.clone());
            self.event(Payload::UsageRecorded { record, agent, task_cost_usd: None });
            self.spent.push(one);
            let alarm = self.monitor.context(self.me.agent.context);
            self.alarm(alarm);
        }
    }

    /// Why the status is believed.
    pub(super) fn evidence(&self, reason: &str, process: Option<u32>) -> StatusEvidence {
        StatusEvidence { reason: reason.to_owned(), process, last_event_at: self.heard_at }
    }

    /// Goes over to another status; false where it has it already.
    pub(super) fn turn(&mut self, to: AgentStatus, reason: &str) -> bool {
        let from = self.me.agent.status;
        let now = self.fleet.clock().now();
        self.me.agent.status_evidence = self.evidence(reason, self.process);
        self.changed.row = true;
        if to == AgentStatus::Running {
            // Also where a prompt made it `running` before it had a process.
            self.me.agent.started_at.get_or_insert(now);
            self.worked.0.get_or_insert(self.fleet.clock().steady());
            self.me.agent.finished_at = None;
        }
        if from == to {
            return false;
        }
        self.me.agent.status = to;
        self.me.agent.updated_at = now;
        if to == AgentStatus::Waiting {
            self.news.push(News::Waits);
        }
        let (evidence, agent) = (self.me.agent.status_evidence.clone(), self.me.agent.clone());
        self.event(Payload::AgentStatusChanged { from, to, evidence, agent });
        true
    }

    /// Gives what is to come this time: the next turn, or the process's end.
    pub(super) fn within(&mut self, grace: Duration) {
        let micros = i64::try_from(grace.as_micros()).unwrap_or(i64::MAX);
        let due = self.fleet.clock().steady().0.saturating_add(micros);
        self.deadline = Some(quarterdeck_shared::Timestamp(due));
    }

    /// Makes durable what happened, then does what follows from it.
    pub(super) async fn settle(&mut self, orders: Option<&mpsc::Sender<Order>>) {
        let stored = self.save().await;
        if let Err(error) = &stored {
            tracing::error!(agent.id = %self.me.agent.id, %error, "an agent's work could not be stored");
            self.ending = Some(Ending::failed(format!("its work could not be stored: {error}")));
            self.orders.push(Order::Stop);
        }
        for reply in std::mem::take(&mut self.replies) {
            reply.give(&self.me, &stored);
        }
        for delivery in std::mem::take(&mut self.deliveries) {
            let verdict = delivery.verdict;
            self.orders.push(Order::Answer { request_id: delivery.request_id, verdict });
            self.questions.heard(&delivery.tool, &delivery.input);
            self.changed.note = true;
        }
        for order in std::mem::take(&mut self.orders) {
            if let Some(orders) = orders {
                // A process that hears no more has ended, which is heard next.
                let _ = orders.send(order).await;
            }
        }
        self.goes_on();
        if self.changed.note || !self.batch.events.is_empty() {
            // Failing again it ends the agent at the next round.
            let _ = self.save().await;
        }
        self.tell();
    }

    fn tell(&mut self) {
        let news = std::mem::take(&mut self.news);
        if let (Some(case), Some(step)) = (&self.case, &self.me.agent.step_id) {
            for news in news {
                case.tell(Word::Agent { step: step.clone(), agent: self.me.agent.id, news });
            }
        }
    }

    /// Stores what changed. Waits while nothing can be written; the agent then waits too.
    async fn save(&mut self) -> Result<(), StoreError> {
        let mut batch = self.collect();
        if batch.rows.is_empty() && batch.events.is_empty() {
            return Ok(());
        }
        let spent = std::mem::take(&mut self.spent);
        match &self.case {
            Some(case) if !spent.is_empty() => {
                let mut state = self.fleet.opened(case).await?;
                let reached = state.as_mut().and_then(|state| {
                    state.spend(&spent);
                    state.put_into(&mut batch, self.fleet.clock().now());
                    limit_reached(&state.task)
                });
                self.fleet.persist(batch).await?;
                drop(state);
                if reached.is_some() {
                    case.tell(Word::Spent);
                    // Nobody else stops an agent that joined the task and is none of its steps.
                    self.wind_down(Ending::Cancelled(AT_LIMIT.into()));
                }
                Ok(())
            }
            _ => self.fleet.persist(batch).await.map(drop),
        }
    }

    fn collect(&mut self) -> Batch {
        let changed = std::mem::take(&mut self.changed);
        let id = self.me.agent.id;
        let mut batch = std::mem::take(&mut self.batch);
        let mut rows = Vec::new();
        if changed.row || changed.detail {
            self.me.agent.updated_at = self.fleet.clock().now();
        }
        if let (Some(since), before) = self.worked {
            self.me.seconds = before + self.fleet.clock().steady().seconds_since(since);
        }
        if changed.detail {
            rows.push(Row::AgentDetail(Box::new(self.me.clone())));
        } else if changed.row {
            rows.push(Row::Agent(Box::new(self.me.agent.clone())));
        }
        if changed.tally {
            let (tools, files) = (self.tally.tools(), self.tally.files());
            let new_tools = tools.iter().filter(|tool| !self.tools_stored.contains(tool)).cloned().collect();
            let mark = |file: &FileTouch| (file.path.clone(), file.file_use, file.times);
            let stored: HashSet<_> = self.files_stored.iter().map(mark).collect();
            let new_files = files.iter().filter(|file| !stored.contains(&mark(file))).cloned().collect();
            rows.push(Row::Tools { agent_id: id, tools: new_tools });
            rows.push(Row::Files { agent_id: id, files: new_files });
            (self.tools_stored, self.files_stored) = (tools, files);
        }
        if changed.note {
            let in_flight =
                InFlight { answers: self.questions.given().to_vec(), prompts: self.unheard.all() };
            rows.push(Row::Note { key: in_flight_key(id), json: serde_json::to_string(&in_flight).ok() });
        }
        if changed.said {
            rows.push(Row::Note { key: said_key(id), json: serde_json::to_string(self.ledger.said()).ok() });
        }
        rows.append(&mut batch.rows);
        Batch { rows, events: batch.events }
    }

    /// Makes the end durable.
    pub(super) async fn finish(&mut self, ending: &Ending) -> Result<(), StoreError> {
        let steady = self.fleet.clock().steady();
        if let Some(activity) = self.scribe.flush(steady) {
            self.event(Payload::AgentActivity(activity));
        }
        self.me.agent.activity = String::new();
        self.changed.row = true;
        if *ending == Ending::Paused {
            return self.save().await;
        }
        for mut approval in self.questions.take_all() {
            approval.status = ApprovalStatus::Withdrawn;
            self.close(approval);
        }
        let reason = match ending {
            Ending::Completed(words) => {
                self.me.result = Some(words.clone());
                "it ended well"
            }
            Ending::Failed { error, .. } => error,
            Ending::Cancelled(reason) | Ending::Interrupted(reason) => reason,
            Ending::Paused => "",
        };
        self.me.error = match ending {
            Ending::Failed { error, .. } | Ending::Interrupted(error) => Some(error.clone()),
            _ => None,
        };
        self.me.agent.finished_at = Some(self.fleet.clock().now());
        self.changed.detail = true;
        self.turn(ending.status(), reason);
        self.batch.rows.push(Row::Note { key: in_flight_key(self.me.agent.id), json: None });
        self.save().await
    }
}
