//! Behaviours of the cases kept as data, over HTTP.

use super::desk::{Desk, KEY, NOBODY, Reply, bearer, json_type};
use crate::support::rows;
use quarterdeck::store::Row;
use quarterdeck_shared::{Timestamp, Usd, agents::AgentStatus, tasks::TaskStatus};
use rocket::http::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, os::unix::fs::symlink};

fn ids(page: &Value) -> BTreeSet<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[rocket::async_test]
async fn what_the_cases_refuse_is_refused() {
    let desk = Desk::new().await;
    let nobody = format!("/api/v1/agents/{NOBODY}");
    let joins = format!(r#"{{"role":"BUILDER","runtime":"replay","task_id":"{NOBODY}"}}"#);
    for (method, path, body, status) in [
        (Method::Post, "/api/v1/agents", joins.as_str(), 422),
        (Method::Post, "/api/v1/agents", r#"{"role":"WIZARD"}"#, 422),
        (Method::Post, "/api/v1/tasks", r#"{"prompt":"x","include_analyst":"banana"}"#, 422),
        (Method::Post, "/api/v1/tasks", r#"{"prompt":" "}"#, 422),
        (Method::Get, "/api/v1/tasks?sort=unknown", "", 422),
        (Method::Get, "/api/v1/agents?sort=unknown", "", 422),
        (Method::Get, "/api/v1/tasks?from=zzz", "", 422),
        (Method::Get, "/api/v1/tasks?to=2025-02-30", "", 422),
        (Method::Get, "/api/v1/tasks?cost_min=-1", "", 422),
        (Method::Get, "/api/v1/tasks?cost_max=-0.01", "", 422),
        (Method::Get, "/api/v1/agents?status=bogus", "", 422),
        (Method::Get, "/api/v1/tasks?status=bogus", "", 422),
        (Method::Delete, nobody.as_str(), "", 404),
        (Method::Get, nobody.as_str(), "", 404),
    ] {
        let request = desk.bare(method, path).header(bearer(KEY));
        let request = if method == Method::Post { request.header(json_type()).body(body) } else { request };
        let reply = Reply::of(request.dispatch().await).await;
        assert_eq!(reply.status, status, "{method} {path} {body} {reply:?}");
        assert!(reply.json()["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
}

#[rocket::async_test]
async fn a_deleted_agent_is_in_no_list_and_takes_no_command() {
    let desk = Desk::new().await;
    let made = desk.post("/api/v1/agents", r#"{"role":"PLANNER","runtime":"replay"}"#).await.json();
    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/agents/{id}");
    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(ids(&desk.get("/api/v1/agents").await.json()), BTreeSet::new());
    assert_eq!(desk.delete(&path).await.status, 404);
    assert_eq!(desk.post(&format!("{path}/prompt"), r#"{"prompt":"go"}"#).await.status, 404);
    assert_eq!(desk.post(&format!("{path}/cancel"), "{}").await.status, 404);
    let kept = desk.get("/api/v1/agents?status=deleted").await.json();
    assert_eq!(ids(&kept), BTreeSet::from([id.to_owned()]));
    assert_eq!(
        desk.get(&path).await.json()["status"],
        "deleted",
        "whoever has its address learns what became of it"
    );
}

#[rocket::async_test]
async fn a_removed_task_leaves_the_lists_and_its_agents_with_it() {
    let desk = Desk::new().await;
    let mut task = rows::task(1);
    task.status = TaskStatus::Completed;
    let path = format!("/api/v1/tasks/{}", task.id);
    let agents = (0..3).map(|number| {
        let mut agent = rows::agent(number);
        (agent.status, agent.task_id) = (AgentStatus::Completed, Some(task.id));
        Row::Agent(Box::new(agent))
    });
    desk.store().commit(rows::rows(agents).row(Row::Task(Box::new(task.clone())))).await.unwrap();
    assert_eq!(desk.get(&path).await.status, 200);
    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(desk.delete(&path).await.status, 404);
    for list in ["tasks", "agents"] {
        assert_eq!(ids(&desk.get(&format!("/api/v1/{list}")).await.json()), BTreeSet::new(), "{list}");
    }
    assert_eq!(ids(&desk.get("/api/v1/agents?status=deleted").await.json()).len(), 3);
    let removed = desk.get("/api/v1/tasks?status=deleted").await.json();
    assert_eq!(ids(&removed), BTreeSet::from([task.id.to_string()]));
}

#[rocket::async_test]
async fn lists_are_narrowed_by_role_status_day_and_words() {
    let desk = Desk::new().await;
    for role in ["planner", "BUILDER"] {
        desk.post("/api/v1/agents", &format!(r#"{{"role":"{role}","runtime":"replay"}}"#)).await;
    }
    let planners = desk.get("/api/v1/agents?role=planner").await.json();
    assert_eq!(
        (planners["total"].as_u64(), planners["items"][0]["role"].as_str()),
        (Some(1), Some("PLANNER"))
    );

    use TaskStatus::{Completed, Failed, Running};
    let late: Timestamp = "2025-11-08T23:59:58Z".parse().unwrap();
    let tasks = [Running, Completed, Running, Failed].into_iter().zip(0..).map(|(status, number)| {
        let mut task = rows::task(number);
        (task.status, task.prompt) = (status, format!("fix page {number}"));
        task.created_at = late.plus_seconds(86_400 * number as i64);
        if number == 0 {
            task.prompt = "fix login page".into();
        }
        Row::Task(Box::new(task))
    });
    desk.store().commit(rows::rows(tasks)).await.unwrap();
    let found = async |query: &str| ids(&desk.get(&format!("/api/v1/tasks?{query}")).await.json());
    let first = BTreeSet::from([rows::task_id(0).to_string()]);
    assert_eq!(found("status=running").await.len(), 2);
    assert_eq!(found("q=LOGIN").await, first);
    assert_eq!(found("to=2025-11-08").await, first, "all of that day");
    assert_eq!(found("from=2025-11-08&to=2025-11-08").await, first);
    assert_eq!(found("to=2025-11-07").await, BTreeSet::new());
    assert_eq!(found("to=2025-11-08T23:59:57Z").await, BTreeSet::new());
    assert_eq!(found("from=2025-11-09").await.len(), 3);
}

#[rocket::async_test]
async fn a_small_fix_is_simple() {
    let desk = Desk::new().await;
    let estimate = desk.post("/api/v1/tasks/estimate", r#"{"prompt":"Fix bug","task_type":"bug_fix"}"#).await;
    assert_eq!(estimate.json()["complexity"], "simple");
}

#[rocket::async_test]
async fn a_sum_of_costs_is_exact() {
    let desk = Desk::new().await;
    let costs = ["0.1", "0.25", "0.05", "0.15"].map(|cost| cost.parse::<Usd>().unwrap());
    let records = costs.into_iter().zip(0..).map(|(cost_usd, number)| {
        Row::Usage(quarterdeck_shared::usage::UsageRecord { cost_usd, ..rows::record(number) }.into())
    });
    desk.store().commit(rows::rows(records)).await.unwrap();
    assert_eq!(desk.get("/api/v1/status").await.json()["totals"]["cost_usd"], "0.55");
}

#[rocket::async_test]
async fn a_working_directory_is_checked_before_anything_starts() {
    let desk = Desk::with(&[("replay_speed", "10000")]).await;
    let root = desk.folder.path().canonicalize().unwrap();
    let inside = ["with - _ . characters", "папка 目录"].map(|name| root.join(name).display().to_string());
    inside.iter().for_each(|folder| fs::create_dir(folder).unwrap());
    fs::write(root.join("file"), "").unwrap();
    symlink(root.join("nothing"), root.join("broken")).unwrap();
    let below = |name: &str| root.join(name).display().to_string();
    let submit = async |directory: Option<&str>| {
        let body = json!({"prompt": "fix the typo", "runtime": "replay", "working_directory": directory});
        desk.post("/api/v1/tasks", &body.to_string()).await
    };
    for directory in inside.iter().map(|folder| Some(folder.as_str())).chain([None, Some("")]) {
        let reply = submit(directory).await;
        assert_eq!(reply.status, 201, "{directory:?} {reply:?}");
        let works_in = reply.json()["working_directory"].as_str().unwrap().to_owned();
        match directory.filter(|directory| !directory.is_empty()) {
            Some(directory) => assert_eq!(works_in, directory),
            None => assert!(works_in.ends_with(reply.json()["id"].as_str().unwrap()), "{works_in}"),
        }
    }
    let before = desk.get("/api/v1/tasks").await.json()["total"].clone();
    for (directory, why) in [
        (below("../../etc"), "outside of where agents may work"),
        ("../../etc".to_owned(), "no absolute path"),
        ("/".to_owned(), "outside of where agents may work"),
        (below("file"), "no folder"),
        (below("nothing"), "does not exist"),
        (below("broken"), "does not exist"),
    ] {
        let reply = submit(Some(&directory)).await;
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (422, "DIRECTORY_REFUSED"),
            "{directory} {reply:?}"
        );
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        // What lies above a root may or may not be there; either way it is refused.
        assert!(message.contains(why) || message.contains("does not exist"), "{directory}: {message}");
        assert!(message.contains(&root.display().to_string()), "{message}");
    }
    assert_eq!(desk.get("/api/v1/tasks").await.json()["total"], before);
}
