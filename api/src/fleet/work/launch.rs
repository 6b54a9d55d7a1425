//! How an agent is started: once there is a place, in a new conversation or an old one.

use super::{Ending, Start, Work};
use crate::fleet::runtime::{Conversation, Launch, Message, Order, Session};
use orchestrator::prompts;
use quarterdeck_shared::{Payload, agents::AgentStatus};
use std::{path::Path, sync::Arc};
use tokio::sync::OwnedSemaphorePermit;

/// What an agent does that is to work as soon as another ends.
pub const WAITS: &str = "waits for a place";

/// Why it has not begun.
pub fn waits_for_a_place(most: usize) -> String {
    format!("{WAITS}: {most} agents are at work, which is the most (max_agents)")
}

impl Work {
    /// Waits for one of the places that agents share, and until no earlier process works on the session.
    pub(super) async fn place(&mut self, start: &Start) -> Result<OwnedSemaphorePermit, Ending> {
        let places = Arc::clone(&self.fleet.places);
        let runtime = Arc::clone(&self.runtime);
        let session = self.me.agent.session_id.clone().unwrap_or_default();
        let is_cut_off = matches!(start, Start::CutOff { .. });
        let mut stopping = self.fleet.stopping.subscribe();
        if places.available_permits() == 0 {
            self.queue();
            self.settle(None).await;
        }
        let mut waiting = Box::pin(async move {
            let place = places.acquire_owned().await;
            if is_cut_off {
                runtime.settled(&session).await;
            }
            place
        });
        loop {
            tokio::select! {
                place = &mut waiting => return place.map_err(|_| Ending::Paused),
                mail = self.mailbox.recv() => self.hear(mail),
                // The server's own sender lives as long as this.
                _ = stopping.wait_for(|stopping| *stopping) => return Err(Ending::Paused),
            }
            self.settle(None).await;
            if let Some(ending) = self.ending.take() {
                return Err(ending);
            }
        }
    }

    /// Says that all places are taken. Nothing runs that has no process.
    fn queue(&mut self) {
        let reason = waits_for_a_place(self.fleet.rules.max_agents);
        self.me.agent.activity = WAITS.into();
        match self.me.agent.status {
            AgentStatus::Running => drop(self.turn(AgentStatus::Created, &reason)),
            _ => self.me.agent.status_evidence = self.evidence(&reason, None),
        }
        self.changed.row = true;
    }

    /// Launches the agent and follows it to its end.
    pub(super) async fn live(&mut self, start: Start) -> Ending {
        let session_id = self.me.agent.session_id.clone().unwrap_or_default();
        let requests = self.me.agent.requests;
        let afresh = Conversation::New(session_id.clone());
        let resumed = |cut_off| Conversation::Resumed { session_id, requests, cut_off };
        let mut next = Some(match &start {
            Start::New => afresh.clone(),
            Start::Again => resumed(false),
            Start::CutOff { .. } => resumed(true),
        });
        if let Start::CutOff { cause } = &start {
            let notice =
                self.scribe.notice(format!("it was cut off ({cause}) and goes on in the same session"));
            self.event(Payload::AgentActivity(notice));
        }
        while let Some(conversation) = next.take() {
            let may_be_missing = matches!(conversation, Conversation::Resumed { .. });
            let messages = match &start {
                Start::CutOff { cause } if may_be_missing => {
                    vec![self.unheard.together(|words| prompts::resume_prompt(cause, words))]
                }
                _ => self.words(),
            };
            let session = match self.launch(conversation, messages).await {
                Ok(session) => session,
                Err(error) if matches!(start, Start::CutOff { .. }) => return Ending::Interrupted(error),
                Err(error) => return Ending::failed(error),
            };
            let exit = self.follow(session).await;
            if may_be_missing && self.has_no_conversation(&exit) {
                next = Some(afresh.clone());
                continue;
            }
            return self.judge(&exit);
        }
        Ending::failed("it was never started")
    }

    /// What it is told at the beginning of a conversation or a further turn.
    fn words(&mut self) -> Vec<Message> {
        if self.unheard.is_empty() {
            // It had heard everything, in a conversation that is gone.
            self.unheard.wait(self.me.prompt.clone().unwrap_or_default());
        }
        self.unheard.one_by_one()
    }

    /// Launches with the first of these messages; the others follow it.
    async fn launch(
        &mut self,
        conversation: Conversation,
        messages: Vec<Message>,
    ) -> Result<Session, String> {
        let mut messages = messages.into_iter();
        let prompt = messages.next().ok_or("there is nothing to tell it")?;
        let agent = &self.me.agent;
        let folder = Path::new(&agent.working_directory);
        let directory = self.fleet.workspace.enter(folder).map_err(|error| error.to_string())?;
        let launch = Launch {
            agent_id: agent.id,
            role: agent.role,
            prompt,
            system_prompt: self.me.system_prompt.clone(),
            model: agent.model.clone(),
            tools: self.me.tools.clone(),
            permission_mode: agent.permission_mode,
            directory,
            conversation,
        };
        let session = self.runtime.launch(launch).await.map_err(|error| error.to_string())?;
        self.ledger.relaunched();
        self.monitor.heard(self.fleet.clock().steady());
        (self.begun, self.closing, self.result, self.deadline) = (false, false, None, None);
        self.launched = true;
        self.orders.extend(messages.map(Order::Say));
        Ok(session)
    }
}
