//! What an agent at work is told by commands, its driver and the server.

use super::{Ending, Work, questions};
use crate::{
    fleet::{FleetError, desks::Mail, runtime::Order},
    store::{Row, StoreError},
};
use quarterdeck_shared::{
    ApprovalId, Payload,
    agents::{AgentDetail, AgentStatus},
    approvals::{Approval, ApprovalStatus, Decision, NewAnswer},
};
use tokio::sync::oneshot;

/// An answer that is given once what it tells of is durable.
pub enum Reply {
    /// The agent.
    Agent(oneshot::Sender<Result<AgentDetail, FleetError>>),
    /// A question.
    Approval(Box<Approval>, oneshot::Sender<Result<Approval, FleetError>>),
}

impl Reply {
    /// Gives the answer. Whoever asked may have gone away.
    pub fn give(self, me: &AgentDetail, stored: &Result<(), StoreError>) {
        match self {
            Self::Agent(reply) => {
                let _ = reply.send(stored.clone().map(|()| me.clone()).map_err(FleetError::from));
            }
            Self::Approval(approval, reply) => {
                let _ = reply.send(stored.clone().map(|()| *approval).map_err(FleetError::from));
            }
        }
    }
}

impl Work {
    pub(super) fn hear(&mut self, mail: Option<Mail>) {
        match mail {
            Some(Mail::Prompt { text, reply }) => self.hear_prompt(text, reply),
            Some(Mail::Answer { id, answer, reply }) => self.hear_answer(id, answer, reply),
            Some(Mail::Cancel(reason)) => self.wind_down(Ending::Cancelled(reason)),
            Some(Mail::Fail(error)) => self.wind_down(Ending::failed(error)),
            Some(Mail::Pause) | None => self.pause(),
        }
    }

    fn hear_prompt(&mut self, text: String, reply: oneshot::Sender<Result<AgentDetail, FleetError>>) {
        if self.closing || self.ending.is_some() {
            return; // Without an answer it is asked again once this has ended.
        }
        self.event(Payload::AgentPrompted { prompt: text.clone() });
        self.me.prompt = Some(text.clone());
        self.changed.detail = true;
        self.changed.note = true;
        if self.launched {
            let message = self.unheard.send(text);
            self.orders.push(Order::Say(message));
        } else {
            self.unheard.wait(text);
        }
        self.replies.push(Reply::Agent(reply));
    }

    fn hear_answer(
        &mut self,
        id: ApprovalId,
        answer: NewAnswer,
        reply: oneshot::Sender<Result<Approval, FleetError>>,
    ) {
        let Some((mut approval, request_id)) = self.questions.answer(id, &answer) else {
            let refused = FleetError::Conflict(format!("approval {id} needs no answer any more"));
            // Whoever asked may have gone away.
            let _ = reply.send(Err(refused));
            return;
        };
        approval.status = match answer.decision {
            Decision::Allow => ApprovalStatus::Allowed,
            Decision::Deny => ApprovalStatus::Denied,
        };
        approval.message.clone_from(&answer.message);
        self.close(approval.clone());
        self.changed.note = true;
        if let Some(request_id) = request_id {
            self.deliveries.push(questions::Delivery {
                request_id,
                tool: approval.tool.clone(),
                input: approval.input.clone(),
                verdict: questions::verdict(&answer),
            });
        }
        approval.answered_at = Some(self.fleet.clock().now());
        self.replies.push(Reply::Approval(Box::new(approval), reply));
    }

    /// Stores that a question needs no answer any more, by the status it has now.
    pub(super) fn close(&mut self, mut approval: Approval) {
        approval.answered_at = Some(self.fleet.clock().now());
        let (approval_id, status) = (approval.id, approval.status);
        self.batch.rows.push(Row::Approval(Box::new(approval)));
        self.event(Payload::ApprovalAnswered { approval_id, status });
    }

    /// Asks the agent to stop; if it does not within its grace, it is ended.
    pub(super) fn wind_down(&mut self, ending: Ending) {
        if self.ending.is_some() {
            return;
        }
        let is_done = self.closing && self.result.as_ref().is_some_and(|result| !result.is_error);
        if is_done {
            self.orders.push(Order::Stop);
            return;
        }
        self.me.agent.activity = "is being stopped".into();
        self.changed.row = true;
        self.ending = Some(ending);
        self.orders.push(Order::Interrupt);
        self.within(self.fleet.rules.interrupt_grace);
    }

    /// Ends at once, so that the next server goes on from here.
    fn pause(&mut self) {
        self.ending = Some(Ending::Paused);
        const REASON: &str = "the server stopped; the session goes on at its next start";
        match self.me.agent.status {
            AgentStatus::Waiting => {
                self.me.agent.status_evidence = self.evidence(REASON, None);
                self.changed.row = true;
            }
            AgentStatus::Running => {
                self.process = None;
                self.turn(AgentStatus::Interrupted, REASON);
            }
            _ => {}
        }
        self.orders.push(Order::Stop);
    }
}
