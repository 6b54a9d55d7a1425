//! `quarterdeck tail`: what happened, newest last, and what happens from now on.

use super::{
    CliError, Common, End,
    output::{Output, moment, plain},
};
use crate::store::{Channel, Committed, Store};
use clap::Args;
use orchestrator::figures;
use quarterdeck_shared::{Payload, TaskId};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// Events that are read at a time.
const PAGE: u32 = 500;
/// How often it is looked for new events.
const GLANCE: Duration = Duration::from_millis(250);

/// Shows what happened, newest last.
#[derive(Args, Debug)]
pub struct Tail {
    #[command(flatten)]
    common: Common,
    /// One task's events alone.
    #[arg(long, value_name = "ID")]
    task: Option<TaskId>,
    /// How many events.
    #[arg(short = 'n', long, default_value_t = 20)]
    lines: u32,
    /// Everything behind this event instead.
    #[arg(long, value_name = "SEQ", conflicts_with = "lines")]
    after: Option<i64>,
    /// Go on with what happens from now on, until Ctrl-C.
    #[arg(short, long)]
    follow: bool,
}

impl Tail {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let (store, output) = (self.common.store().await?, self.common.output());
        if let Some(task) = self.task
            && store.task(task).await?.is_none()
        {
            return Err(CliError::NotFound(format!(
                "there is no task {task}; `quarterdeck tasks` lists them"
            )));
        }
        let channel = self.task.map_or(Channel::Fleet, Channel::Task);
        let mut last = match self.after {
            Some(after) => after,
            None => {
                let newest = store.newest_events(channel, self.lines).await?;
                show(output, &newest)?;
                newest.last().map_or(store.seq(), |event| event.seq)
            }
        };
        let catching_up = async {
            catch_up(&store, output, channel, &mut last).await?;
            if !self.follow {
                return Ok(End::Well);
            }
            let mut glance = interval(GLANCE);
            glance.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                glance.tick().await;
                catch_up(&store, output, channel, &mut last).await?;
            }
        };
        tokio::select! {
            end = catching_up => end,
            interrupted = tokio::signal::ctrl_c() => Ok(interrupted.map(|()| End::Interrupted)?),
        }
    }
}

async fn catch_up(store: &Store, output: Output, channel: Channel, last: &mut i64) -> Result<(), CliError> {
    loop {
        let events = store.events(*last, channel, PAGE).await?;
        show(output, &events)?;
        match events.last() {
            Some(event) => *last = event.seq,
            None => return Ok(()),
        }
    }
}

fn show(output: Output, events: &[Committed]) -> Result<(), CliError> {
    for event in events {
        if output.json {
            output.line(&event.json)?;
            continue;
        }
        let subject = event.subject().map(|id| id.simple().to_string().split_off(26)).unwrap_or_default();
        let head = format!("{:>8}  {}  {subject:6}", event.seq, moment(event.at));
        let words = match event.event() {
            Ok(event) => words(&event.payload),
            Err(error) => error.to_string(),
        };
        let words = plain(&words);
        output.line(&format!("{}  {:20}  {words}", output.paint("90", &head), event.kind))?;
    }
    Ok(())
}

/// What an event says, in a few words.
fn words(payload: &Payload) -> String {
    match payload {
        Payload::AgentCreated { agent } => format!("{} {}", agent.role, agent.name),
        Payload::AgentStatusChanged { from, to, evidence, .. } => {
            format!("{from} → {to}: {}", evidence.reason)
        }
        Payload::AgentChanged { agent } => agent.name.clone(),
        Payload::AgentDeleted {} | Payload::TaskDeleted {} => String::new(),
        Payload::AgentActivity(activity) => {
            let tool = activity.tool.as_deref().map(|tool| format!(" {tool}")).unwrap_or_default();
            format!("{}{tool}: {}", activity.kind, figures::cut(&activity.text, 160))
        }
        Payload::AgentPrompted { prompt } => figures::cut(prompt, 160).into_owned(),
        Payload::AgentContextHigh { context } => format!("{}% of {} tokens", context.percent, context.window),
        Payload::AgentStalled { seconds } => format!("silent for {}", figures::duration(*seconds)),
        Payload::UsageRecorded { record, .. } => {
            let tokens = figures::tokens(record.tokens.total());
            format!(
                "{tokens} tokens of {}, {} {}",
                record.model,
                record.cost_usd.display(),
                record.cost_basis
            )
        }
        Payload::TaskCreated { task } | Payload::TaskPlanned { task } => {
            format!("{} steps: {}", task.workflow.len(), task.title)
        }
        Payload::TaskStatusChanged { from, to, .. } => format!("{from} → {to}"),
        Payload::TaskStepStarted { step }
        | Payload::TaskStepChanged { step }
        | Payload::TaskStepFinished { step } => {
            format!("{} {} is {}", step.plan.id, step.plan.role, step.status)
        }
        Payload::ApprovalAsked { approval } => {
            format!("{} wants to use {}: {}", approval.agent_name, approval.tool, approval.input)
        }
        Payload::ApprovalAnswered { status, .. } => status.to_string(),
    }
}
