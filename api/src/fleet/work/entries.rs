//! What a running agent does, entry by entry.

use super::{Ending, News, Work, questions::Known, scribe};
use crate::{
    fleet::runtime::{Order, Signal},
    store::Row,
};
use orchestrator::{
    figures,
    monitor::Alarm,
    transcripts::{self, Block, Entry, TurnResult},
};
use quarterdeck_shared::{
    ApprovalId, Payload, Timestamp,
    agents::AgentStatus,
    approvals::{Approval, ApprovalStatus},
};
use serde_json::Value;
use uuid::Uuid;

impl Work {
    pub(super) fn take(&mut self, signal: Signal) {
        let steady = self.fleet.clock().steady();
        self.heard_at = Some(self.fleet.clock().now());
        if self.monitor.heard(steady) {
            self.me.agent.status_evidence = self.evidence(&self.alive(), self.process);
            self.changed.row = true;
        }
        match signal {
            Signal::Process(process) => {
                self.process = Some(process);
                self.works(&self.alive());
            }
            Signal::Line(line) => {
                if self.process.is_none() {
                    self.works(&self.alive());
                }
                self.ledger.next_line();
                for entry in transcripts::read(&line) {
                    self.entry(&entry, steady);
                }
            }
            Signal::Oversize(bytes) => {
                let notice =
                    self.scribe.notice(format!("a line of {bytes} bytes was too long and is left out"));
                self.event(Payload::AgentActivity(notice));
            }
            Signal::Exited(_) => {}
        }
    }

    /// Time went by.
    pub(super) fn tick(&mut self) {
        let steady = self.fleet.clock().steady();
        if self.scribe.due_in(steady).is_some_and(|due| due.is_zero())
            && let Some(activity) = self.scribe.flush(steady)
        {
            self.event(Payload::AgentActivity(activity));
        }
        if self.deadline.is_some_and(|due| due <= steady) {
            self.deadline = None;
            self.waited();
        }
        self.looked_at = steady;
        let alarm = self.monitor.tick(self.me.agent.status, steady);
        self.alarm(alarm);
    }

    /// What was waited for did not come.
    fn waited(&mut self) {
        if self.closing || self.ending.is_some() {
            self.orders.push(Order::Stop);
        } else {
            // No turn begins for its other messages: the last one has answered them too.
            self.changed.note |= self.unheard.all_answered();
            self.close_session();
        }
    }

    pub(super) fn alarm(&mut self, alarm: Option<Alarm>) {
        match alarm {
            Some(Alarm::ContextHigh(context)) => self.event(Payload::AgentContextHigh { context }),
            Some(Alarm::Stalled { seconds }) => {
                let silence = format!("nothing was heard for {} or more", figures::duration(seconds));
                let reason = match self.process {
                    Some(_) => format!("{}, but {silence}", self.alive()),
                    None => silence,
                };
                self.me.agent.status_evidence = self.evidence(&reason, self.process);
                self.changed.row = true;
                self.event(Payload::AgentStalled { seconds });
            }
            None => {}
        }
    }

    /// Why it is believed to run.
    fn alive(&self) -> String {
        self.process.map_or_else(|| "it speaks".into(), |process| format!("process {process} is alive"))
    }

    fn entry(&mut self, entry: &Entry, steady: Timestamp) {
        let now = self.fleet.clock().now();
        for activity in self.scribe.observe(entry, steady) {
            self.event(Payload::AgentActivity(activity));
        }
        if self.ending.is_none()
            && let Some(phrase) = scribe::phrase(entry)
            && phrase != self.me.agent.activity
        {
            self.me.agent.activity = phrase;
            self.changed.row = true;
        }
        if let Some(grown) = self.ledger.observe(entry, now) {
            self.spend([grown]);
        }
        if self.tally.observe(entry, now) {
            self.me.agent.tool_calls = self.tally.tool_calls();
            self.changed.row = true;
            self.changed.tally = true;
        }
        match entry {
            Entry::Init { session_id, model, .. } => self.initiated(session_id, model),
            Entry::TakenUp { message_id } => self.unheard.take_up(message_id),
            Entry::MessageStart { model, parent: None, .. } => {
                self.opened();
                self.answered_by(model);
            }
            Entry::Assistant { blocks, parent: None, error: None, .. } => {
                self.opened();
                self.remember_words(blocks);
            }
            Entry::Asked { request_id, tool, input, reason, .. } => {
                self.asked(request_id, tool, input, reason.as_deref(), now);
            }
            Entry::Withdrawn { request_id } => self.withdrawn(request_id),
            Entry::Wanted { request_id, subtype } => self.orders.push(Order::Decline {
                request_id: request_id.clone(),
                reason: format!("Quarterdeck does not do `{subtype}`"),
            }),
            Entry::Retry { status: Some(status @ (401 | 403)), .. } => {
                self.wind_down(Ending::failed(format!(
                    "the API refused the key ({status}); check ANTHROPIC_API_KEY, or log in with `claude` once"
                )));
            }
            Entry::Taken { cost, models } => self.ledger.goes_on_from(*cost, models),
            Entry::Finished(result) => self.finished(result, now),
            _ => {}
        }
    }

    fn initiated(&mut self, session_id: &str, model: &str) {
        (self.begun, self.opening) = (true, true);
        if !self.closing && self.ending.is_none() {
            self.deadline = None;
        }
        if !session_id.is_empty() && self.me.agent.session_id.as_deref() != Some(session_id) {
            self.me.agent.session_id = Some(session_id.to_owned());
            self.changed.row = true;
        }
        self.answered_by(model);
    }

    /// The model answers: what the turn began with is in the runtime's own memory of the session.
    fn opened(&mut self) {
        if std::mem::take(&mut self.opening) {
            self.changed.note |= self.unheard.begin();
        }
    }

    fn answered_by(&mut self, model: &str) {
        if !model.is_empty() && self.me.agent.model.as_deref() != Some(model) {
            self.me.agent.model = Some(model.to_owned());
            self.changed.row = true;
        }
    }

    fn remember_words(&mut self, blocks: &[Block]) {
        let words = blocks.iter().filter_map(|block| match block {
            Block::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let words: String = words.collect();
        if !words.trim().is_empty() {
            self.said = words;
        }
    }

    fn asked(&mut self, request_id: &str, tool: &str, input: &Value, reason: Option<&str>, now: Timestamp) {
        if self.ending.is_some() {
            return; // It is being stopped; the question goes with it.
        }
        match self.questions.asked(request_id, tool, input) {
            Known::Answered(verdict) => {
                let request_id = request_id.to_owned();
                self.orders.push(Order::Answer { request_id, verdict });
                self.changed.note = true;
                let notice = self.scribe.notice(format!("the answer given before is applied: {tool}"));
                self.event(Payload::AgentActivity(notice));
                return;
            }
            Known::Waits(_) => {}
            Known::No => {
                let agent = &self.me.agent;
                let approval = Approval {
                    id: ApprovalId(Uuid::now_v7()),
                    agent_id: agent.id,
                    agent_name: agent.name.clone(),
                    task_id: agent.task_id,
                    tool: tool.to_owned(),
                    input: input.clone(),
                    reason: reason.map(str::to_owned),
                    working_directory: agent.working_directory.clone(),
                    status: ApprovalStatus::Pending,
                    message: None,
                    asked_at: now,
                    answered_at: None,
                };
                self.batch.rows.push(Row::Approval(Box::new(approval.clone())));
                self.event(Payload::ApprovalAsked { approval: approval.clone() });
                self.questions.open(request_id.to_owned(), approval);
            }
        }
        self.me.agent.activity = format!("waits for an answer: {tool}");
        self.changed.row = true;
        self.turn(AgentStatus::Waiting, &format!("it asks whether it may use {tool}"));
    }

    fn withdrawn(&mut self, request_id: &str) {
        let Some(mut approval) = self.questions.withdrawn(request_id) else { return };
        approval.status = ApprovalStatus::Withdrawn;
        self.close(approval);
        self.goes_on();
    }

    /// The agent works: it does, unless a question waits.
    pub(super) fn works(&mut self, reason: &str) {
        if self.ending.is_none() && !self.questions.is_waiting() && self.turn(AgentStatus::Running, reason) {
            self.news.push(News::Works);
        }
    }

    /// The agent goes on after its last open question.
    pub(super) fn goes_on(&mut self) {
        if self.me.agent.status == AgentStatus::Waiting
            && !self.questions.is_waiting()
            && self.ending.is_none()
        {
            self.me.agent.activity = "goes on".into();
            self.works("its questions are answered");
        }
    }

    fn finished(&mut self, result: &TurnResult, now: Timestamp) {
        let unseen = self.ledger.turned(result, now);
        self.spend(unseen);
        if let Some(cost) = self.ledger.reported(result) {
            let all = self.me.agent.reported_cost_usd.unwrap_or_default() + cost;
            self.me.agent.reported_cost_usd = Some(all);
            self.changed.said = true;
        }
        if let Some(text) = &result.text {
            self.me.result = Some(text.clone());
        }
        self.changed.detail = true;
        self.result = Some(result.clone());
        self.changed.note |= self.unheard.answered();
        match (self.unheard.owes_results(), self.ending.is_some()) {
            (false, _) => self.close_session(),
            (true, false) => self.within(self.fleet.rules.close_grace),
            // Closed, it would still answer the rest.
            (true, true) => self.orders.push(Order::Stop),
        }
    }

    fn close_session(&mut self) {
        self.closing = true;
        self.orders.push(Order::Close);
        self.within(self.fleet.rules.close_grace);
    }
}
