//! Searching and files over HTTP.

use super::desk::Desk;
use crate::sources::{append, import, response};
use quarterdeck::{sources::Tense, store::Noun};
use serde_json::json;

#[rocket::async_test]
async fn what_was_said_is_found_and_what_was_changed_can_be_kept_as_a_patch() {
    let desk = Desk::new().await;
    let folder = crate::support::database::folder();
    let session = folder.path().join("projects/-home-dev-app/s1.jsonl");
    let mut call = response("s1", "m1", 7);
    let read = |id: &str, path: &str| json!({"type": "tool_use", "id": id, "name": "Read", "input": {"file_path": path}});
    let write = json!({"type": "tool_use", "id": "t1", "name": "Write",
        "input": {"file_path": "/a b.rs", "content": "let needle = 1;\n"}});
    call["message"]["content"] = json!([write, read("t2", "/c"), read("t3", "/a"), read("t4", "/b")]);
    append(&session, &[call]);
    import(desk.store(), folder.path(), Tense::History).await;
    let mut indexed = desk.store().versions(Noun::Index);
    while desk.store().index_state().await.unwrap().behind_bytes > 0 {
        indexed.changed().await.unwrap();
    }

    let found = desk.get("/api/v1/search?q=need*&tool=Write").await.json();
    assert_eq!((&found["total"], &found["items"][0]["kind"]), (&json!(1), &json!("call")));
    assert_eq!(found["index"]["behind_bytes"], 0);
    let agent = found["items"][0]["agent_id"].as_str().unwrap();
    let files = desk.get(&format!("/api/v1/agents/{agent}/files")).await.json();
    assert_eq!(
        (&files["produced"][0]["path"], &files["produced"][0]["added"]),
        (&json!("/a b.rs"), &json!(1))
    );
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("/api/v1/agents/{agent}/files?limit=1&cursor={cursor}")).await.json();
        assert!(page["consumed"].as_array().unwrap().len() <= 1, "{page}");
        pages.push(page.clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = next.to_owned();
    }
    for column in ["consumed", "produced"] {
        let all: Vec<_> = pages.iter().flat_map(|page| page[column].as_array().unwrap().clone()).collect();
        assert_eq!(json!(all), files[column], "{column}");
    }
    let left_out: Vec<_> = pages.iter().map(|page| page["left_out"].clone()).collect();
    assert_eq!(left_out, [2, 1, 0], "one was written, and three were read");
    let history = desk.get("/api/v1/files?path=%2Fa%20b.rs").await.json();
    assert_eq!(history["items"][0]["deed"], "write");
    let diff = desk.get("/api/v1/files/diff?id=t1").await.json();
    assert_eq!(diff["hunks"][0]["lines"][0]["spans"][0], json!({"text": "let", "class": "keyword"}));
    let patch = desk.get("/api/v1/files/patch?id=t1").await;
    assert_eq!(patch.header("content-type"), "text/plain; charset=utf-8");
    assert!(patch.header("content-disposition").starts_with("attachment"));
    assert!(patch.text.ends_with("@@ -0,0 +1,1 @@\n+let needle = 1;\n"));
}

#[rocket::async_test]
async fn a_question_without_a_word_and_an_unknown_change_are_refused() {
    let desk = Desk::new().await;
    for query in ["", "?q=", "?q=-x", "?q=%22%22*", "?q=a&kind=song", "?q=a&colour=red"] {
        assert_eq!(desk.get(&format!("/api/v1/search{query}")).await.status, 422, "{query}");
    }
    assert_eq!(desk.get("/api/v1/search?q=a&cursor=x").await.status, 400);
    let nobodys = "/api/v1/agents/0192f0c1-2b3c-7d4e-8f50-123456789abc/files";
    assert_eq!(desk.get(nobodys).await.status, 404);
    assert_eq!(desk.get("/api/v1/files/diff?id=none").await.status, 404);
    assert_eq!(desk.get("/api/v1/files/patch?id=none").await.status, 404);
}
