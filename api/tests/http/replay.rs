//! The past over HTTP: told from what was known then, summed from the records until then.

use super::desk::Desk;
use crate::{
    sources::{append, helped, import, prompt, response},
    support::rows,
};
use quarterdeck::{
    sources::Tense,
    store::{Batch, Channel, Draft, Row},
};
use quarterdeck_shared::{
    Payload,
    agents::AgentStatus,
    tasks::{StepStatus, TaskStatus},
};
use serde_json::{Value, json};

fn at(mut line: Value, moment: &str) -> Value {
    line["timestamp"] = moment.into();
    line
}

#[rocket::async_test]
async fn a_session_is_seen_as_it_stood_at_any_moment() {
    let desk = Desk::new().await;
    let folder = desk.folder.path().join("elsewhere");
    append(
        &folder.join("s1.jsonl"),
        &[
            at(prompt("s1", "Mend the roof"), "2026-11-22T11:00:00Z"),
            at(response("s1", "m1", 1_000), "2026-11-22T11:10:00Z"),
            at(response("s1", "m2", 1_000), "2026-11-22T11:50:00Z"),
        ],
    );
    append(
        &folder.join("s1/subagents/agent-a1.jsonl"),
        &[at(helped("s1", "a1", "m3", 10), "2026-11-22T11:30:00Z")],
    );
    import(desk.store(), &folder, Tense::History).await;
    let agents = desk.get("/api/v1/agents?sort=created_at").await.json();
    let main =
        agents["items"].as_array().unwrap().iter().find(|it| it["parent_id"].is_null()).unwrap().clone();
    let (agent, task) = (main["id"].as_str().unwrap(), main["task_id"].as_str().unwrap());

    let stood = |moment: &str| format!("/api/v1/replay?task_id={task}&at={moment}");
    let early = desk.get(&stood("2026-11-22T11:20:00Z")).await.json();
    assert_eq!((&early["status"], early["agents"].as_array().unwrap().len()), (&json!("running"), 1));
    assert_eq!((&early["tokens"]["output"], &early["cost_usd"]), (&json!(1_000), &json!("0.0102")));
    assert_eq!(early["agents"][0]["moment"]["all_requests"], json!(2));
    let end = desk.get(&stood("2030-01-01T00:00:00Z")).await.json();
    assert_eq!((&end["status"], &end["at"]), (&json!("completed"), &end["to"]), "not beyond its end");
    assert_eq!((end["agents"].as_array().unwrap().len(), &end["tokens"]["output"]), (2, &json!(2_010)));
    let begin = desk.get(&stood("2000-01-01T00:00:00Z")).await.json();
    assert_eq!(
        (&begin["at"], &begin["cost_usd"], &begin["cost_basis"]),
        (&begin["from"], &json!("0"), &json!(null))
    );

    let alone = desk.get(&format!("/api/v1/replay?agent_id={agent}&outline=true")).await.json();
    assert_eq!((&alone["status"], &alone["tokens"]["output"]), (&json!(null), &json!(2_000)));
    let requests: Vec<_> =
        alone["outline"]["requests"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    assert_eq!((requests.len(), requests.iter().sum::<u64>()), (160, 2));
    assert_eq!((requests[31], requests[159]), (1, 1), "each where it lies");
    for wrong in ["at=soon", "outline=perhaps", "moment=1", "task_id=1", &format!("task_id={task}")] {
        let reply = desk.get(&format!("/api/v1/replay?agent_id={agent}&{wrong}")).await;
        assert_eq!(reply.status, 422, "{wrong}: {reply:?}");
    }
    assert_eq!(desk.get("/api/v1/replay").await.status, 422);
    assert_eq!(desk.get(&format!("/api/v1/replay?task_id={agent}")).await.status, 404);
}

#[rocket::async_test]
async fn a_task_is_seen_as_its_events_told_it() {
    let desk = Desk::new().await;
    let mut task = rows::task(1);
    task.status = TaskStatus::Running;
    let draft = |payload| Draft { agent_id: None, task_id: Some(task.id), payload };
    let mut step = task.workflow[0].clone();
    step.status = StepStatus::Running;
    let batch = Batch::new()
        .row(Row::Task(Box::new(task.clone())))
        .event(draft(Payload::TaskCreated { task: task.clone() }));
    desk.store().commit(batch).await.unwrap();
    desk.store()
        .commit(Batch::new().event(draft(Payload::TaskStepStarted { step: step.clone() })))
        .await
        .unwrap();
    step.status = StepStatus::Failed;
    desk.store().commit(Batch::new().event(draft(Payload::TaskStepFinished { step }))).await.unwrap();
    let told = desk.store().events(0, Channel::Task(task.id), 10).await.unwrap();
    let mut seen = Vec::new();
    for event in &told {
        let reply = desk.get(&format!("/api/v1/replay?task_id={}&at={}", task.id, event.at)).await.json();
        seen.push(reply["steps"][0]["status"].clone());
    }
    assert_eq!(seen, [json!(task.workflow[0].status), json!("running"), json!("failed")]);
    let whole = desk.get(&format!("/api/v1/replay?task_id={}&outline=true", task.id)).await.json();
    let marks: Vec<_> =
        whole["outline"]["marks"].as_array().unwrap().iter().map(|mark| mark["kind"].clone()).collect();
    assert_eq!((marks, &whole["is_live"]), (vec![json!("began"), json!("failed")], &json!(true)));
}

#[rocket::async_test]
async fn a_session_that_was_cut_off_and_deleted_was_cut_off_then() {
    let desk = Desk::new().await;
    let folder = desk.folder.path().join("elsewhere");
    let mut cut = response("s1", "m1", 10);
    cut["message"]["stop_reason"] = "tool_use".into();
    append(&folder.join("s1.jsonl"), &[prompt("s1", "Mend the roof"), cut]);
    import(desk.store(), &folder, Tense::History).await;
    let agents = desk.get("/api/v1/agents").await.json();
    let (agent, task) = (agents["items"][0]["id"].clone(), agents["items"][0]["task_id"].clone());
    let (agent, task) = (agent.as_str().unwrap(), task.as_str().unwrap());
    assert_eq!(agents["items"][0]["status"], "interrupted");
    assert!(desk.delete(&format!("/api/v1/agents/{agent}")).await.status < 300);
    for whose in [format!("agent_id={agent}"), format!("task_id={task}")] {
        let end = desk.get(&format!("/api/v1/replay?{whose}&at=2026-11-22T12:00:00Z")).await.json();
        assert_eq!(end["agents"][0]["status"], "interrupted", "{whose}");
    }
}

#[rocket::async_test]
async fn what_deleted_agents_and_those_beyond_the_table_took_stays_in_the_past() {
    let desk = Desk::new().await;
    let mut task = rows::task(1);
    task.status = TaskStatus::Completed;
    task.finished_at = Some(rows::MORNING.plus_seconds(900));
    let mut batch = Batch::new().row(Row::Task(Box::new(task.clone())));
    let mut oldest = None;
    for number in 1..=203 {
        let (mut agent, mut record) = (rows::agent(number), rows::record(number));
        (agent.task_id, agent.status, agent.requests) = (Some(task.id), AgentStatus::Completed, 1);
        (agent.started_at, agent.finished_at) = (Some(agent.created_at), Some(record.at));
        (record.agent_id, record.task_id) = (agent.id, Some(task.id));
        oldest.get_or_insert(agent.id);
        batch = batch.row(Row::Agent(Box::new(agent))).row(Row::Usage(record.into()));
    }
    desk.store().commit(batch).await.unwrap();
    let oldest = oldest.unwrap();
    assert!(desk.delete(&format!("/api/v1/agents/{oldest}")).await.status < 300);
    let end = desk.get(&format!("/api/v1/replay?task_id={}", task.id)).await.json();
    assert_eq!((&end["cost_usd"], &end["tokens"]["input"]), (&json!("0.203"), &json!(2_030)));
    assert_eq!((end["agents"].as_array().unwrap().len(), &end["left_out"]), (200, &json!(3)));
    let first = &end["agents"][0];
    assert_eq!((&first["agent_id"], &first["status"]), (&json!(oldest), &json!("completed")));
    assert_eq!((&first["moment"]["cost_usd"], &first["moment"]["requests"]), (&json!("0.001"), &json!(1)));
    let early = rows::MORNING.plus_seconds(2);
    let early = desk.get(&format!("/api/v1/replay?task_id={}&at={early}", task.id)).await.json();
    assert_eq!((&early["cost_usd"], &early["left_out"]), (&json!("0.002"), &Value::Null));
    let alone =
        desk.get(&format!("/api/v1/replay?agent_id={oldest}&at={}", rows::MORNING.plus_seconds(5))).await;
    assert_eq!(alone.json()["agents"][0]["status"], json!("completed"), "long before it was deleted");
}
