//! Approvals on command: a question is answered once; its agent hears the answer now, or when it is resumed.

use super::{
    Fleet, FleetError, Inner, OWN,
    desks::{Desk, Mail},
    work::{self, Given, InFlight, Start},
};
use crate::store::{Batch, Draft, Row};
use quarterdeck_shared::{
    ApprovalId, Payload,
    agents::AgentStatus,
    approvals::{Approval, ApprovalStatus, Decision, NewAnswer},
};
use std::sync::Arc;
use tokio::sync::oneshot;

const CAUSE: &str = "the server was restarted while you waited for an answer";

impl Fleet {
    /// Answers a question, once.
    pub async fn answer(&self, id: ApprovalId, answer: NewAnswer) -> Result<Approval, FleetError> {
        let fleet = self.working()?;
        if answer.decision == Decision::Deny && answer.updated_input.is_some() {
            let message = "another input goes with `allow` only; leave updated_input out";
            return Err(FleetError::invalid("updated_input", message));
        }
        if answer.updated_input.as_ref().is_some_and(|input| !input.is_object()) {
            return Err(FleetError::invalid("updated_input", "a tool's input is a JSON object"));
        }
        let approval = fleet.pending(id).await?;
        if let Some(answered) = fleet.outside.answer(id, answer.clone()).await {
            return answered;
        }
        let desk = fleet.desks.get(approval.agent_id, Default::default);
        let _turn = desk.lock.lock().await;
        while let Some(live) = desk.live() {
            let (reply, heard) = oneshot::channel();
            if live.mail.send(Mail::Answer { id, answer: answer.clone(), reply }).await.is_ok()
                && let Ok(heard) = heard.await
            {
                return heard;
            }
            live.wait().await;
        }
        fleet.answer_for_later(&desk, id, answer).await
    }
}

impl Inner {
    async fn pending(&self, id: ApprovalId) -> Result<Approval, FleetError> {
        let approval = self.store.approval(id).await?.ok_or_else(|| FleetError::not_found("approval", id))?;
        match approval.status {
            ApprovalStatus::Pending => Ok(approval),
            status => {
                Err(FleetError::Conflict(format!("approval {id} is {status} already; nothing waits for it")))
            }
        }
    }

    /// Stores an answer for an agent whose process is gone and resumes its session.
    async fn answer_for_later(
        self: &Arc<Self>,
        desk: &Arc<Desk>,
        id: ApprovalId,
        answer: NewAnswer,
    ) -> Result<Approval, FleetError> {
        let mut approval = self.pending(id).await?;
        let me = self.agent(approval.agent_id).await?;
        if me.agent.source != OWN {
            let (agent, tool) = (me.agent.id, &approval.tool);
            return Err(FleetError::Conflict(format!(
                "agent {agent} does not wait here for its answer about {tool} any more; answer it in its terminal"
            )));
        }
        if me.agent.status != AgentStatus::Waiting {
            let (agent, status) = (me.agent.id, me.agent.status);
            return Err(FleetError::Conflict(format!(
                "agent {agent} is {status}; it needs no answer any more"
            )));
        }
        let key = work::in_flight_key(me.agent.id);
        let mut in_flight: InFlight = self.store.noted(&key).await?.unwrap_or_default();
        in_flight.answers.push(Given {
            tool: approval.tool.clone(),
            input: approval.input.clone(),
            answer: answer.clone(),
        });
        approval.status = match answer.decision {
            Decision::Allow => ApprovalStatus::Allowed,
            Decision::Deny => ApprovalStatus::Denied,
        };
        approval.message = answer.message;
        approval.answered_at = Some(self.clock().now());
        let payload = Payload::ApprovalAnswered { approval_id: id, status: approval.status };
        let draft = Draft { agent_id: Some(me.agent.id), task_id: approval.task_id, payload };
        let note = Row::Note { key, json: serde_json::to_string(&in_flight).ok() };
        let batch = Batch::new().row(Row::Approval(Box::new(approval.clone()))).row(note).event(draft);
        self.store.commit(batch).await?;
        self.employ(desk, me, Start::CutOff { cause: CAUSE.into() });
        Ok(approval)
    }
}
