//! Sessions outside of the fleet that are answered from within it: what they ask while they wait for the answer.

use super::{FleetError, Inner, agents::notice, desks::hold};
use crate::store::{Batch, Row, Turn};
use orchestrator::{
    agents::{TURN_ENDED, UNHOOKED},
    hooks::course::Course,
};
use quarterdeck_shared::{
    AgentId, ApprovalId,
    agents::AgentDetail,
    approvals::{Approval, NewAnswer},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;

/// Notes of where sessions stand begin so; the session's id follows.
pub const STATES: &str = "hooks/state/";

/// An answer on its way to whoever holds the question.
#[derive(Debug)]
pub struct Word {
    /// The answer.
    pub answer: NewAnswer,
    /// The question as it is then.
    pub reply: oneshot::Sender<Result<Approval, FleetError>>,
}

/// How a question ended: with this answer, or because nobody needs one any more.
pub type Outcome = Option<NewAnswer>;

#[derive(Debug)]
struct Open {
    approval: Approval,
    words: mpsc::Sender<Word>,
    outcome: watch::Sender<Option<Outcome>>,
}

/// Questions that are held open. Cheap to clone; every clone is the same ones.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    open: Arc<Mutex<HashMap<ApprovalId, Open>>>,
}

impl Outside {
    /// Holds a question open; answers come out here.
    pub fn ask(&self, approval: Approval) -> mpsc::Receiver<Word> {
        let (words, heard) = mpsc::channel(8);
        let open = Open { words, outcome: watch::Sender::new(None), approval };
        hold(&self.open).insert(open.approval.id, open);
        heard
    }

    /// The questions of an agent that are open.
    pub fn of(&self, agent: AgentId) -> Vec<Approval> {
        let open = hold(&self.open);
        open.values().map(|open| &open.approval).filter(|asked| asked.agent_id == agent).cloned().collect()
    }

    /// Whether the question is open.
    pub fn holds(&self, id: ApprovalId) -> bool {
        hold(&self.open).contains_key(&id)
    }

    /// How the question ends; nothing where it is not open.
    pub fn outcome(&self, id: ApprovalId) -> Option<watch::Receiver<Option<Outcome>>> {
        hold(&self.open).get(&id).map(|open| open.outcome.subscribe())
    }

    /// The question has ended.
    pub fn close(&self, id: ApprovalId, outcome: Outcome) {
        if let Some(open) = hold(&self.open).remove(&id) {
            open.outcome.send_replace(Some(outcome));
        }
    }

    /// Answers a question that is open; nothing where it is not.
    pub async fn answer(&self, id: ApprovalId, answer: NewAnswer) -> Option<Result<Approval, FleetError>> {
        let words = hold(&self.open).get(&id).map(|open| open.words.clone())?;
        let (reply, heard) = oneshot::channel();
        words.send(Word { answer, reply }).await.ok()?;
        heard.await.ok()
    }
}

/// Instructions for an agent begin so among the notes.
pub fn instructions(agent: AgentId) -> String {
    format!("hooks/next/{agent}/")
}

/// Where the next instruction for an agent is noted: behind those before.
fn instruction(agent: AgentId) -> String {
    format!("{}{}", instructions(agent), Uuid::now_v7())
}

impl Inner {
    /// Keeps words for an agent that works elsewhere until it asks what to do next: at the end of its turn, which no
    /// hook tells of while this has the store's.
    pub(super) async fn instruct(
        &self,
        me: AgentDetail,
        prompt: String,
        _turn: Turn,
    ) -> Result<AgentDetail, FleetError> {
        let id = me.agent.id;
        let session = me.agent.session_id.as_deref().filter(|_| me.agent.parent_id.is_none());
        let course = match session {
            Some(session) => self.store.noted::<Course>(&format!("{STATES}{session}")).await?,
            None => None,
        };
        let Some(course) = course else {
            return Err(FleetError::Conflict(format!("agent {id} {UNHOOKED}")));
        };
        if course.has_stopped() {
            return Err(FleetError::Conflict(format!("agent {id} {TURN_ENDED}")));
        }
        let key = instruction(id);
        let notice = notice(&me.agent, key.clone(), "an instruction waits for the end of its turn");
        let note = Row::Note { key, json: Some(serde_json::Value::String(prompt).to_string()) };
        self.store.commit(Batch::new().row(note).event(notice)).await?;
        Ok(me)
    }
}
