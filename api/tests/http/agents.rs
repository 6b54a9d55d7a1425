//! Agents and tasks over HTTP: many that have ended leave the lists at once, and what left them can still be looked at.

use super::desk::Desk;
use crate::{both, support::rows};
use quarterdeck::store::{Batch, Row};
use quarterdeck_shared::tasks::{Task, TaskStatus};
use serde_json::json;

both! {
    async fn a_clean_up_says_how_many_agents_left_and_which(place: &Place) {
        let desk = Desk::on(place).await;
        let agents = (0..7).map(|number| Row::Agent(Box::new(rows::agent(number))));
        desk.store().commit(rows::rows(agents)).await.unwrap();
        let path = "/api/v1/agents/cleanup";
        let wrong = desk.post(path, r#"{"older_than_seconds":-1}"#).await;
        assert_eq!((wrong.status, wrong.json()["details"]["field"].as_str()), (422, Some("older_than_seconds")));
        assert_eq!(desk.post(path, r#"{"older_than":"7d"}"#).await.status, 422);
        let unsaid = desk.post(path, "{}").await;
        assert_eq!((unsaid.status, unsaid.json()["details"]["field"].as_str()), (422, Some("older_than_seconds")));
        let old = desk.post(path, r#"{"older_than_seconds":18446744073709551615}"#).await.json();
        assert_eq!(old, json!({"removed": 0, "agent_ids": [], "more": false}));
        let all = desk.post(path, r#"{"older_than_seconds":0}"#).await;
        let ids: Vec<_> = (3..7).map(|number| rows::agent_id(number).to_string()).collect();
        assert_eq!((all.status, all.json()), (200, json!({"removed": 4, "agent_ids": ids, "more": false})));
        assert_eq!(desk.get("/api/v1/agents").await.json()["total"], 3);
        assert_eq!(desk.get("/api/v1/agents?status=deleted").await.json()["total"], 4);
        let gone = desk.delete(&format!("/api/v1/agents/{}", ids[0])).await;
        assert_eq!(gone.status, 404);
        assert!(gone.text.contains("is deleted"), "{gone:?}");
        desk.store().close().await;
    }

    async fn a_task_that_left_the_lists_can_be_looked_at_and_takes_no_orders(place: &Place) {
        let desk = Desk::on(place).await;
        let task = Task { status: TaskStatus::Completed, ..rows::task(1) };
        let path = format!("/api/v1/tasks/{}", task.id);
        desk.store().commit(Batch::new().row(Row::Task(Box::new(task)))).await.unwrap();
        assert_eq!(desk.delete(&path).await.status, 204);
        let listed = desk.get("/api/v1/tasks?status=deleted").await.json();
        let shown = desk.get(&path).await;
        assert_eq!((shown.status, &shown.json()), (200, &listed["items"][0]));
        let again = desk.delete(&path).await;
        assert_eq!(again.status, 404);
        assert!(again.text.contains("is deleted"), "{again:?}");
        desk.store().close().await;
    }
}
