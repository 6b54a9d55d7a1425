//! Submits a task and follows it to its end; exits 1 unless it ended well.
//!
//! `QUARTERDECK_API_KEY=… cargo run -p quarterdeck-shared --features client --example submit_and_follow -- "Fix it"`
//! with an optional second argument for the runtime: `replay` needs no `claude`.

use futures::StreamExt;
use quarterdeck_shared::{
    NoQuery, Payload,
    client::{Client, ClientError},
    endpoints::CreateTask,
    live::Frame,
    tasks::{NewTask, TaskStatus},
};
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, ClientError> {
    let server = std::env::var("QUARTERDECK_URL").unwrap_or("http://127.0.0.1:8000".into());
    let key = std::env::var("QUARTERDECK_API_KEY").unwrap_or_default();
    let mut arguments = std::env::args().skip(1);
    let prompt = arguments.next().unwrap_or("Fix the failing test".into());

    let client = Client::new(server, key);
    let body = NewTask { prompt, runtime: arguments.next(), ..NewTask::default() };
    let task = client.call(CreateTask { query: NoQuery {}, body }).await?;
    println!("task {} is {}, {} steps", task.id, task.status, task.workflow.len());

    let mut frames = client.follow(task.id);
    while let Some(frame) = frames.next().await {
        let tasks = match frame? {
            Frame::Snapshot { tasks, .. } => tasks,
            Frame::Event { event, .. } => match event.payload {
                Payload::AgentActivity(activity) => {
                    println!("  {}: {}", activity.kind, activity.text);
                    continue;
                }
                Payload::ApprovalAsked { approval } => {
                    println!(
                        "{} wants to use {}: answer in the page, or call AnswerApproval",
                        approval.agent_name, approval.tool
                    );
                    continue;
                }
                Payload::TaskStepFinished { step } => {
                    println!("{} {} is {}", step.plan.id, step.plan.role, step.status);
                    continue;
                }
                Payload::TaskStatusChanged { task, .. } => vec![task],
                _ => continue,
            },
            Frame::Gap { .. } | Frame::Pong => continue,
        };
        if let Some(task) = tasks.iter().find(|task| task.has_ended()) {
            println!("task {} is {} and cost {}", task.id, task.status, task.cost_usd.display());
            let is_well = task.status == TaskStatus::Completed;
            return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
    Ok(ExitCode::FAILURE)
}
