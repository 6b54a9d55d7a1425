//! Small stories: runs that go as told, and tools that are called.

use crate::observe::read;
use orchestrator::{
    metrics::Tally,
    planner, plans,
    transcripts::{Block, Entry, Usage},
    workflows::{Action, Input, Rules, Run},
};
use quarterdeck_shared::{
    AgentId, StepId, Timestamp,
    agents::{FileUse, Role},
    tasks::{ExecutionMode, StepStatus},
};
use serde_json::{Value, json};
use uuid::Uuid;

pub const RULES: Rules = Rules { concurrency: 4, max_attempts: 1 };
const NOW: Timestamp = Timestamp(1_000_000);

/// Runs steps whose agents end as told, each as soon as it is started.
fn play(mode: ExecutionMode, ends: &[Result<String, String>]) -> (Run, Vec<bool>) {
    let steps = plans::arrange(planner::chain(&vec![Role::Builder; ends.len()]), mode);
    let mut run = Run::new(steps, RULES).unwrap();
    let mut started = vec![false; ends.len()];
    let mut to_do = run.apply(Input::Begin, NOW);
    while !to_do.is_empty() {
        let action = to_do.remove(0);
        let Action::Start { step, .. } = action else { continue };
        let index = (0..ends.len()).find(|index| StepId::at(*index) == step).unwrap();
        started[index] = true;
        let agent = AgentId(Uuid::from_u128(index as u128));
        to_do.extend(run.apply(Input::Started { step: step.clone(), agent }, NOW));
        let end = match &ends[index] {
            Ok(words) => Input::Finished { step, handover: words.clone() },
            Err(error) => Input::Failed { step, error: error.clone(), retry: None },
        };
        to_do.extend(run.apply(end, NOW));
    }
    (run, started)
}

/// A task of agents that do well or fail.
pub fn run(mode: ExecutionMode, agents: &Value) -> Value {
    let of = |agent: &Value| if agent == "ok" { Ok("done".to_owned()) } else { Err("broke".to_owned()) };
    let ends: Vec<_> = agents.as_array().unwrap().iter().map(of).collect();
    if ends.is_empty() {
        let refused = Run::new(Vec::new(), RULES).unwrap_err().kind();
        return json!({"refused": refused, "status": Run::restore(Vec::new(), RULES).status()});
    }
    let (run, started) = play(mode, &ends);
    let results: Vec<StepStatus> = run.steps().iter().map(|step| step.status).collect();
    json!({"started": started, "results": results, "status": run.status()})
}

/// A task whose agents ended with these results, side by side.
pub fn outcome(results: &Value) -> Value {
    let results = results.as_array().unwrap();
    let of = |result: &Value| match result["ok"] == true {
        true => Ok(result["words"].as_str().unwrap_or_default().to_owned()),
        false => Err("broke".to_owned()),
    };
    let ends: Vec<_> = results.iter().map(of).collect();
    let success = !ends.is_empty() && play(ExecutionMode::Parallel, &ends).0.status().as_str() == "completed";
    json!({"success": success, "words": ends.iter().filter(|end| end.is_ok()).count()})
}

/// A server that starts again while a step worked that cannot be resumed.
pub fn restart(steps: usize) -> Value {
    let mut run = Run::new(planner::chain(&vec![Role::Builder; steps]), RULES).unwrap();
    run.apply(Input::Begin, NOW);
    let agent = AgentId(Uuid::from_u128(1));
    run.apply(Input::Started { step: StepId::at(0), agent }, NOW);
    let mut again = Run::restore(run.steps().to_vec(), RULES);
    let mut actions = again.apply(Input::Begin, NOW);
    let cause = "the server was killed".to_owned();
    actions.extend(again.apply(Input::Interrupted { step: StepId::at(0), cause }, NOW));
    let ends = actions.iter().any(|action| matches!(action, Action::Finish { .. }));
    json!({"ends": ends, "status": again.status()})
}

/// Tools that are called, and the files they name.
pub fn tools(calls: &Value) -> Value {
    let mut tally = Tally::default();
    for (index, call) in calls.as_array().unwrap().iter().enumerate() {
        let block =
            Block::ToolUse { id: index.to_string(), name: read(call, "tool"), input: call["input"].clone() };
        let entry = Entry::Assistant {
            message_id: "m".to_owned(),
            request_id: None,
            model: String::new(),
            blocks: vec![block],
            usage: Usage::default(),
            stop_reason: None,
            parent: None,
            error: None,
        };
        tally.observe(&entry, NOW);
    }
    let paths = |file_use| {
        let of = tally.files().into_iter().filter(move |touch| touch.file_use == file_use);
        of.map(|touch| touch.path).collect::<Vec<_>>()
    };
    let calls = tally.tool_calls();
    json!({"tool_calls": calls, "read": paths(FileUse::Consumed), "written": paths(FileUse::Produced)})
}
