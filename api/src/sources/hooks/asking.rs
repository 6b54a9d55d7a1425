//! Asking: a question is held until somebody answers it here, the terminal does, time runs out or the server stops.

use super::{Hooks, telling};
use crate::{
    fleet::{
        FleetError,
        outside::{Outcome, Word},
    },
    sources::{
        crew::{HOOK, from_elsewhere},
        intake::{Tense, write},
    },
    store::{Batch, Draft, Row, StoreError},
};
use orchestrator::{
    hooks::{Call, Event, Hook},
    ledger::Book,
};
use quarterdeck_shared::{
    ApprovalId, Payload,
    agents::{Agent, AgentStatus},
    approvals::{Approval, ApprovalQuery, ApprovalStatus, Decision, NewAnswer},
};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};
use uuid::Uuid;

impl Hooks {
    /// The question of a hook: a new one with where its answers come out, or the same that waits already.
    pub(super) fn ask(
        &self,
        agent: &Agent,
        hook: &Hook,
        batch: &mut Batch,
    ) -> (Approval, Option<mpsc::Receiver<Word>>) {
        let (tool, input) = match &hook.event {
            Event::Asks(call) | Event::ToolStarts(call) => (call.tool.clone(), call.input.clone()),
            _ => Default::default(),
        };
        let open = self.outside.of(agent.id);
        if let Some(same) = open.into_iter().find(|open| open.tool == tool && open.input == input) {
            return (same, None);
        }
        let approval = Approval {
            id: ApprovalId(Uuid::now_v7()),
            agent_id: agent.id,
            agent_name: agent.name.clone(),
            task_id: agent.task_id,
            tool,
            input,
            reason: Some(format!(
                "its hook {} asks; its terminal asks too where nobody answers here",
                hook.name
            )),
            working_directory: agent.working_directory.clone(),
            status: ApprovalStatus::Pending,
            message: None,
            asked_at: self.intake.now(),
            answered_at: None,
        };
        batch.rows.push(Row::Approval(Box::new(approval.clone())));
        let payload = Payload::ApprovalAsked { approval: approval.clone() };
        batch.events.push(Draft { agent_id: Some(agent.id), task_id: agent.task_id, payload });
        let words = self.outside.ask(approval.clone());
        (approval, Some(words))
    }

    /// Holds a question until it ends one way or another.
    pub(super) async fn wait(
        &self,
        approval: Approval,
        words: Option<mpsc::Receiver<Word>>,
        hook: &Hook,
    ) -> Outcome {
        let until = Instant::now() + self.rules.hold;
        let mut outcome = self.outside.outcome(approval.id)?;
        let Some(mut words) = words else {
            // The same was asked twice: both are told the same.
            let ended = timeout_at(until, outcome.wait_for(Option::is_some)).await;
            return ended.ok().and_then(Result::ok).and_then(|ended| ended.clone().flatten());
        };
        let mut stop = self.stop.clone();
        let why = loop {
            let heard = tokio::select! {
                // Whatever was said in time counts.
                biased;
                Some(word) = words.recv() => Ok(word),
                _ = async { outcome.wait_for(Option::is_some).await.is_ok() } => {
                    return outcome.borrow().clone().flatten();
                }
                _ = async { stop.wait_for(|stop| *stop).await.is_ok() } => Err("the server stopped; its terminal asks"),
                () = tokio::time::sleep_until(until) => Err("nobody answered here in time; its terminal asks"),
            };
            let Word { answer, reply } = match heard {
                Ok(word) => word,
                Err(why) => break why,
            };
            let answered = self.answered(&approval, &answer, hook).await;
            let done = answered.is_ok();
            // Who answered may be gone; the answer is durable all the same.
            let _ = reply.send(answered);
            if done {
                self.outside.close(approval.id, Some(answer.clone()));
                return Some(answer);
            }
        };
        self.outside.close(approval.id, None);
        let withdrawn = withdrawn(approval, why, self.intake.now());
        if let Err(error) = self.intake.store().commit(told(withdrawn)).await {
            tracing::warn!(%error, "a question could not be withdrawn; the next start withdraws it");
        }
        None
    }

    /// Makes an answer durable, and that the agent works again.
    async fn answered(
        &self,
        approval: &Approval,
        answer: &NewAnswer,
        hook: &Hook,
    ) -> Result<Approval, FleetError> {
        let _turn = self.intake.turn().await?;
        if !self.outside.holds(approval.id) {
            let why = format!("approval {} was answered in its terminal already", approval.id);
            return Err(FleetError::Conflict(why));
        }
        let now = self.intake.now();
        let status = match answer.decision {
            Decision::Allow => ApprovalStatus::Allowed,
            Decision::Deny => ApprovalStatus::Denied,
        };
        let approval =
            Approval { status, message: answer.message.clone(), answered_at: Some(now), ..approval.clone() };
        let mut batch = told(approval.clone());
        let mut crew =
            self.intake.crew(std::slice::from_ref(&hook.session_id), &[], &Book::default()).await?;
        if let Some(member) = crew.members.get_mut(&approval.agent_id) {
            let reason =
                format!("{HOOK}{}: its question about {} was answered: {status}", hook.name, approval.tool);
            if member.me.agent.status == AgentStatus::Waiting {
                member.touched = true;
                telling::stand(&mut member.me.agent, AgentStatus::Running, &reason, now);
            }
        }
        crew.settle();
        write(&mut crew, Tense::Live, &mut batch);
        self.intake.store().commit(batch).await?;
        Ok(approval)
    }

    /// Questions that a hook shows to be answered in the terminal.
    fn answered_elsewhere(&self, agent: &Agent, hook: &Hook) -> Vec<Approval> {
        let ended = |call: &Call, open: &Approval| open.tool == call.tool && open.input == call.input;
        let mut open = self.outside.of(agent.id);
        match &hook.event {
            Event::ToolEnded { call, .. } => open.retain(|open| ended(call, open)),
            Event::Prompted { .. }
            | Event::Stopped { .. }
            | Event::StopFailed { .. }
            | Event::SubStopped { .. }
            | Event::SessionEnded { .. } => {}
            _ => open.clear(),
        }
        open
    }

    /// Withdraws them in the batch and lets go whoever waits.
    pub(super) fn withdraw_answered_elsewhere(&self, agent: &Agent, hook: &Hook, batch: &mut Batch) {
        for approval in self.answered_elsewhere(agent, hook) {
            self.outside.close(approval.id, None);
            let Batch { rows, events } =
                told(withdrawn(approval, "it was answered in its terminal", self.intake.now()));
            batch.rows.extend(rows);
            batch.events.extend(events);
        }
    }

    /// Questions that an earlier server held: nobody waits for an answer any more.
    pub(super) async fn withdraw_left_over(&self) -> Result<(), StoreError> {
        let store = self.intake.store();
        let mut query = ApprovalQuery { limit: Some(200), ..ApprovalQuery::default() };
        loop {
            let page = store.approvals(&query).await?;
            for approval in page.items {
                let agent = store.agent(approval.agent_id).await?;
                let elsewhere = agent.is_some_and(|me| from_elsewhere(&me.agent.source));
                if elsewhere && !self.outside.holds(approval.id) {
                    let why = "the server stopped; its terminal asked";
                    store.commit(told(withdrawn(approval, why, self.intake.now()))).await?;
                }
            }
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => return Ok(()),
            }
        }
    }
}

fn withdrawn(approval: Approval, why: &str, now: quarterdeck_shared::Timestamp) -> Approval {
    let message = Some(why.to_owned());
    Approval { status: ApprovalStatus::Withdrawn, message, answered_at: Some(now), ..approval }
}

/// A question as it ended, with the event that tells of it.
fn told(approval: Approval) -> Batch {
    let payload = Payload::ApprovalAnswered { approval_id: approval.id, status: approval.status };
    let draft = Draft { agent_id: Some(approval.agent_id), task_id: approval.task_id, payload };
    Batch::new().row(Row::Approval(Box::new(approval))).event(draft)
}
