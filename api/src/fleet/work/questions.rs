//! Questions an agent asked: open ones, and answers that were given and not yet heard by it.

use crate::fleet::runtime::Verdict;
use quarterdeck_shared::{
    ApprovalId,
    approvals::{Approval, Decision, NewAnswer},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an agent is told that was denied without a word.
const DENIED: &str = "The operator denied this. Go on without it, or say what you would need.";

/// The questions of one agent.
#[derive(Debug, Default)]
pub struct Questions {
    open: Vec<Open>,
    given: Vec<Given>,
}

#[derive(Debug)]
struct Open {
    approval: Approval,
    /// By which the running process knows it; nothing where another process asked.
    request_id: Option<String>,
}

/// An answer the agent has not heard, since its process had ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// The tool it asked for.
    pub tool: String,
    /// What it would call it with.
    pub input: Value,
    /// The answer.
    pub answer: NewAnswer,
}

/// What a question is, on second sight.
#[derive(Debug, PartialEq)]
pub enum Known {
    /// It was answered before the agent could hear it: this is the answer.
    Answered(Verdict),
    /// It waits already, under this id.
    Waits(ApprovalId),
    /// Nobody asked it before.
    No,
}

impl Questions {
    /// Questions as an earlier process left them.
    pub fn restore(waiting: Vec<Approval>, given: Vec<Given>) -> Self {
        let open = waiting.into_iter().map(|approval| Open { approval, request_id: None }).collect();
        Self { open, given }
    }

    /// The running process asks for this tool with this input.
    pub fn asked(&mut self, request_id: &str, tool: &str, input: &Value) -> Known {
        let is_same = |given: &Given| given.tool == tool && given.input == *input;
        if let Some(at) = self.given.iter().position(is_same) {
            return Known::Answered(verdict(&self.given.remove(at).answer));
        }
        let same = |open: &&mut Open| {
            open.request_id.is_none() && open.approval.tool == tool && open.approval.input == *input
        };
        match self.open.iter_mut().find(same) {
            Some(open) => {
                open.request_id = Some(request_id.to_owned());
                Known::Waits(open.approval.id)
            }
            None => Known::No,
        }
    }

    /// A new question of the running process.
    pub fn open(&mut self, request_id: String, approval: Approval) {
        self.open.push(Open { approval, request_id: Some(request_id) });
    }

    /// Closes a question. With its request id where the running process waits for the answer; without one the answer
    /// is kept until the same is asked again.
    pub fn answer(&mut self, id: ApprovalId, answer: &NewAnswer) -> Option<(Approval, Option<String>)> {
        let at = self.open.iter().position(|open| open.approval.id == id)?;
        let Open { approval, request_id } = self.open.remove(at);
        let (tool, input) = (approval.tool.clone(), approval.input.clone());
        self.given.push(Given { tool, input, answer: answer.clone() });
        Some((approval, request_id))
    }

    /// The running process heard the answer to this.
    pub fn heard(&mut self, tool: &str, input: &Value) {
        let is_it = |given: &Given| given.tool == tool && given.input == *input;
        if let Some(at) = self.given.iter().position(is_it) {
            self.given.remove(at);
        }
    }

    /// The running process withdrew this.
    pub fn withdrawn(&mut self, request_id: &str) -> Option<Approval> {
        let at = self.open.iter().position(|open| open.request_id.as_deref() == Some(request_id))?;
        Some(self.open.remove(at).approval)
    }

    /// Takes every open question away.
    pub fn take_all(&mut self) -> Vec<Approval> {
        self.open.drain(..).map(|open| open.approval).collect()
    }

    /// The process is gone: what it asked, it no longer waits for.
    pub fn process_ended(&mut self) {
        self.open.iter_mut().for_each(|open| open.request_id = None);
    }

    /// Whether the running process waits for an answer.
    pub fn is_waiting(&self) -> bool {
        self.open.iter().any(|open| open.request_id.is_some())
    }

    /// Answers the agent has not heard.
    pub fn given(&self) -> &[Given] {
        &self.given
    }
}

/// What the runtime is told.
pub fn verdict(answer: &NewAnswer) -> Verdict {
    match answer.decision {
        Decision::Allow => Verdict::Allow(answer.updated_input.clone()),
        Decision::Deny => Verdict::Deny(answer.message.clone().unwrap_or_else(|| DENIED.to_owned())),
    }
}

/// An answer on its way to the running process.
#[derive(Debug)]
pub struct Delivery {
    /// By which the process knows the question.
    pub request_id: String,
    /// The tool.
    pub tool: String,
    /// The input it was asked with.
    pub input: Value,
    /// The answer.
    pub verdict: Verdict,
}
