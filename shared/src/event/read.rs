//! Reading events. All kinds share one flat form, in which each noun is read in one place: derived readers of tagged
//! and flattened enums read each of them twice, and a page would carry both.

use super::{Activity, ActivityKind, Event, Payload};
use crate::{
    AgentId, ApprovalId, StepId, TaskId, Timestamp, Usd,
    agents::{Agent, Context, StatusEvidence},
    approvals::Approval,
    tasks::{Step, Task},
    usage::UsageRecord,
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;
use std::str::FromStr;

#[derive(Deserialize)]
struct Told {
    seq: i64,
    at: Timestamp,
    agent_id: Option<AgentId>,
    task_id: Option<TaskId>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Data,
}

/// What any kind of event can hold.
#[derive(Default, Deserialize)]
struct Data {
    agent: Option<Agent>,
    from: Option<String>,
    to: Option<String>,
    evidence: Option<StatusEvidence>,
    prompt: Option<String>,
    context: Option<Context>,
    seconds: Option<i64>,
    record: Option<UsageRecord>,
    task_cost_usd: Option<Usd>,
    task: Option<Task>,
    step: Option<Step>,
    approval: Option<Approval>,
    approval_id: Option<ApprovalId>,
    status: Option<String>,
    kind: Option<ActivityKind>,
    key: Option<String>,
    text: Option<String>,
    tool: Option<String>,
    input: Option<Value>,
    is_error: Option<bool>,
    step_id: Option<StepId>,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Told { seq, at, agent_id, task_id, kind, data } = Told::deserialize(deserializer)?;
        Ok(Self { seq, at, agent_id, task_id, payload: data.payload(&kind)? })
    }
}

impl Data {
    fn payload<E: Error>(self, kind: &str) -> Result<Payload, E> {
        Ok(match kind {
            "agent.created" => Payload::AgentCreated { agent: has("agent", self.agent)? },
            "agent.status_changed" => Payload::AgentStatusChanged {
                from: word("from", self.from)?,
                to: word("to", self.to)?,
                evidence: has("evidence", self.evidence)?,
                agent: has("agent", self.agent)?,
            },
            "agent.changed" => Payload::AgentChanged { agent: has("agent", self.agent)? },
            "agent.deleted" => Payload::AgentDeleted {},
            "agent.activity" => Payload::AgentActivity(Activity {
                kind: has("kind", self.kind)?,
                key: has("key", self.key)?,
                text: has("text", self.text)?,
                tool: self.tool,
                input: self.input,
                is_error: self.is_error,
                step_id: self.step_id,
            }),
            "agent.prompted" => Payload::AgentPrompted { prompt: has("prompt", self.prompt)? },
            "agent.context_high" => Payload::AgentContextHigh { context: has("context", self.context)? },
            "agent.stalled" => Payload::AgentStalled { seconds: has("seconds", self.seconds)? },
            "usage.recorded" => Payload::UsageRecorded {
                record: has("record", self.record)?,
                agent: has("agent", self.agent)?,
                task_cost_usd: self.task_cost_usd,
            },
            "task.created" => Payload::TaskCreated { task: has("task", self.task)? },
            "task.planned" => Payload::TaskPlanned { task: has("task", self.task)? },
            "task.status_changed" => Payload::TaskStatusChanged {
                from: word("from", self.from)?,
                to: word("to", self.to)?,
                task: has("task", self.task)?,
            },
            "task.step_started" => Payload::TaskStepStarted { step: has("step", self.step)? },
            "task.step_changed" => Payload::TaskStepChanged { step: has("step", self.step)? },
            "task.step_finished" => Payload::TaskStepFinished { step: has("step", self.step)? },
            "task.deleted" => Payload::TaskDeleted {},
            "approval.asked" => Payload::ApprovalAsked { approval: has("approval", self.approval)? },
            "approval.answered" => Payload::ApprovalAnswered {
                approval_id: has("approval_id", self.approval_id)?,
                status: word("status", self.status)?,
            },
            _ => return Err(E::custom(format_args!("`{kind}` is no kind of event"))),
        })
    }
}

fn has<T, E: Error>(name: &'static str, field: Option<T>) -> Result<T, E> {
    field.ok_or_else(|| E::missing_field(name))
}

fn word<T: FromStr<Err = crate::words::UnknownWord>, E: Error>(
    name: &'static str,
    field: Option<String>,
) -> Result<T, E> {
    has::<_, E>(name, field)?.parse().map_err(E::custom)
}
