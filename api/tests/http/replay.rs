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
