//! What was done to files, as sessions tell: by whom, how much, and line by line.

use super::{HISTORY, answer, call, does, found, own, project, search, words};
use crate::{
    both,
    sources::{
        LATER, append, helped,
        hooks::{hear, heard_by, hours, told},
        import, prompt,
    },
    support::{database::Place, rows},
};
use quarterdeck::{
    files::{difference, patch},
    jobs::catch_up,
    sources::Tense,
    store::{Batch, FileDone, Indexed, Row},
};
use quarterdeck_shared::{
    AgentId, Payload, Total,
    agents::FileUse,
    event::{Activity, ActivityKind},
    files::{AgentFilesQuery, FileDeed, FileQuery},
    metrics::{MetricsBy, MetricsQuery},
};
use serde_json::json;
use std::sync::Arc;

both! {
    async fn a_session_that_its_hooks_and_its_files_tell_of_is_told_once(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let helper = session.with_file_name("s1").join("subagents/agent-a9.jsonl");
        let (sources, _) = heard_by(&store, hours(), &[]);
        let uses = |event: &str, id: &str, of: serde_json::Value| {
            let mut hook = told(event, json!({"tool_name": "Write", "tool_use_id": id}));
            hook.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
            hook
        };
        let write = |path: &str| json!({"tool_input": {"file_path": path, "content": "1\n2\n"}});
        let of_helper = json!({"agent_id": "a9", "agent_type": "general-purpose", "tool_input": {"file_path": "/c.txt", "content": "3\n"}});
        let tell = async || {
            for hook in [
                told("UserPromptSubmit", json!({"prompt": "a needle"})),
                uses("PreToolUse", "t1", write("/b.txt")),
                uses("PostToolUse", "t1", write("/b.txt")),
                uses("PreToolUse", "t2", of_helper.clone()),
            ] {
                hear(sources.hooks().unwrap(), hook).await;
            }
            catch_up(&store).await.unwrap();
        };
        let once = async |what: &str| {
            for path in ["/b.txt", "/c.txt"] {
                let query = FileQuery { path: Some(path.into()), ..FileQuery::default() };
                assert_eq!(store.file_history(&query).await.unwrap().total, Total::Exact(1), "{path}: {what}");
            }
            assert_eq!(found(&store, "needle").await, ["a needle"], "{what}");
            assert_eq!(search(&store, words("txt")).await.total, Total::Exact(2), "{what}");
        };
        tell().await;
        once("by hooks alone").await;
        let asked = json!({"file_path": "/b.txt", "content": "1\n2\n"});
        append(&session, &[prompt("s1", "a needle"), call("s1", "t1", "Write", asked)]);
        import(&store, folder.path(), Tense::Live).await;
        catch_up(&store).await.unwrap();
        once("and by the session's file").await;
        let mut line = helped("s1", "a9", "m9", 5);
        line["message"]["content"] = json!([{"type": "tool_use", "id": "t2", "name": "Write", "input": {"file_path": "/c.txt", "content": "3\n"}}]);
        append(&helper, &[line]);
        import(&store, folder.path(), Tense::Live).await;
        catch_up(&store).await.unwrap();
        once("and by the helper's").await;
        tell().await;
        once("though hooks tell after the files").await;
        store.close().await;
    }

    async fn files_say_who_read_and_wrote_them(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let noted = json!([{"oldStart": 1, "oldLines": 2, "newStart": 1, "newLines": 3, "lines": [" a", "-b", "+c", "+d"]}]);
        append(&session, &[
            call("s1", "t1", "Read", json!({"file_path": "/a.rs"})),
            answer("s1", "t1", "1 a", json!({"type": "text", "file": {"filePath": "/a.rs", "content": "a", "totalLines": 9}}), false),
            call("s1", "t2", "Edit", json!({"file_path": "/a.rs", "old_string": "b", "new_string": "c\nd"})),
            answer("s1", "t2", "ok", json!({"filePath": "/a.rs", "oldString": "b", "newString": "c\nd", "structuredPatch": noted}), false),
            call("s1", "t3", "Edit", json!({"file_path": "/a.rs", "old_string": "x", "new_string": "y"})),
            answer("s1", "t3", "no such text", json!("Error: no such text"), true),
            call("s1", "t4", "Write", json!({"file_path": "/b.rs", "content": "1\n2\n3\n"})),
            call("s1", "t5", "Edit", json!({"file_path": "/c.rs", "old_string": "a\nb\nc", "new_string": "x\nb\ny"})),
        ]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        let agent: AgentId = search(&store, words("\"b rs\"")).await.items[0].agent_id;
        let files = store.agent_files(agent, &AgentFilesQuery::default()).await.unwrap();
        let told = |files: &[quarterdeck_shared::files::FileUsed]| {
            let mut told: Vec<_> = files.iter().map(|file| (file.path.clone(), file.times, file.lines, file.added, file.removed)).collect();
            told.sort();
            told
        };
        assert_eq!(told(&files.consumed), [("/a.rs".to_owned(), 1, Some(9), 0, 0)]);
        let c = ("/c.rs".to_owned(), 1, None, 2, 2);
        assert_eq!(told(&files.produced), [("/a.rs".to_owned(), 1, None, 2, 1), ("/b.rs".to_owned(), 1, Some(3), 3, 0), c]);
        let (mut pages, mut cursor) = (Vec::new(), None);
        while pages.is_empty() || cursor.is_some() {
            let page = store.agent_files(agent, &AgentFilesQuery { cursor: cursor.take(), limit: Some(1) }).await.unwrap();
            cursor.clone_from(&page.next_cursor);
            pages.push(page);
        }
        assert_eq!(pages.iter().flat_map(|page| page.consumed.clone()).collect::<Vec<_>>(), files.consumed);
        assert_eq!(pages.iter().flat_map(|page| page.produced.clone()).collect::<Vec<_>>(), files.produced);
        let detail = store.agent(agent).await.unwrap().unwrap();
        let mut summed: Vec<_> = detail.files.iter().map(|file| (file.path.as_str(), file.file_use, file.times)).collect();
        summed.sort();
        let produced = |path| (path, FileUse::Produced, 1);
        assert_eq!(summed, [("/a.rs", FileUse::Consumed, 1), produced("/a.rs"), produced("/b.rs"), produced("/c.rs")]);
        let by_agent = MetricsQuery { by: Some(MetricsBy::Agent), ..MetricsQuery::default() };
        let metrics = store.metrics(&by_agent, LATER).await.unwrap().items.remove(0);
        assert_eq!((metrics.files_consumed, metrics.files_produced), (1, 3), "one truth for all who ask");
        let query = FileQuery { path: Some("/a.rs".into()), limit: Some(1), ..FileQuery::default() };
        let first = store.file_history(&query).await.unwrap();
        assert_eq!((first.total, first.items[0].deed), (Total::Exact(2), FileDeed::Edit));
        let edit = patch(&store, &first.items[0].id).await.unwrap().unwrap();
        assert_eq!(edit, "--- a/a.rs\n+++ b/a.rs\n@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n", "as the session notes it");
        let written = difference(&store, "t4").await.unwrap().unwrap();
        assert_eq!(patch(&store, "t4").await.unwrap().unwrap(), "--- a/b.rs\n+++ b/b.rs\n@@ -0,0 +1,3 @@\n+1\n+2\n+3\n", "as the call asks for it");
        assert_eq!(written.hunks[0].lines[0].spans[0].class.as_deref(), Some("number"));
        assert_eq!(difference(&store, "t3").await.unwrap(), None, "it failed");
        for told in store.file_history(&FileQuery::default()).await.unwrap().items.iter().filter(|it| it.deed != FileDeed::Read) {
            let shown = difference(&store, &told.id).await.unwrap().unwrap();
            let all = |sign| shown.hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.sign == sign).count() as u64;
            assert_eq!((told.added, told.removed), (Some(all('+')), Some(all('-'))), "{} of the list and of its lines", told.id);
        }
        let second = store.file_history(&FileQuery { cursor: first.next_cursor, ..query }).await.unwrap();
        assert_eq!((second.items[0].deed, second.next_cursor), (FileDeed::Read, None));
        store.close().await;
    }

    async fn a_call_that_failed_without_a_word_changed_nothing(place: &Place) {
        let store = place.open().await;
        let agent = own("s1");
        let id = agent.id;
        let told = |kind, change: fn(&mut Activity)| {
            let mut draft = does(id, kind, "t1", None, "");
            if let Payload::AgentActivity(activity) = &mut draft.payload {
                change(activity);
            }
            Batch::new().event(draft)
        };
        let called = told(ActivityKind::ToolCall, |call| {
            (call.tool, call.input) = (Some("Write".into()), Some(json!({"file_path": "/a.rs", "content": "a"})));
        });
        store.commit(called.row(Row::Agent(Box::new(agent)))).await.unwrap();
        catch_up(&store).await.unwrap();
        assert_eq!(store.agent_files(id, &AgentFilesQuery::default()).await.unwrap().produced.len(), 1);
        assert_eq!(store.agent(id).await.unwrap().unwrap().files.len(), 1);
        store.commit(told(ActivityKind::ToolResult, |answer| answer.is_error = Some(true))).await.unwrap();
        catch_up(&store).await.unwrap();
        assert_eq!(store.agent_files(id, &AgentFilesQuery::default()).await.unwrap().produced, []);
        assert_eq!(store.agent(id).await.unwrap().unwrap().files, []);
        store.close().await;
    }

    async fn of_many_files_the_newest_are_named_and_all_are_counted(place: &Place) {
        let store = place.open().await;
        let agent = rows::agent(1);
        let id = agent.id;
        store.commit(Batch::new().row(Row::Agent(Box::new(agent)))).await.unwrap();
        let read = |number: u64| FileDone {
            call: format!("t{number:05}"), agent_id: id, path: format!("/{}", number % 11_500), deed: FileDeed::Read,
            at: rows::MORNING.plus_seconds((number % 12_000) as i64), file_id: None, place: number, piece: 0,
            added: None, removed: None, lines: Some(number), settled: true,
        };
        let indexed = Indexed { done: (0..12_000).map(read).collect(), ..Indexed::default() };
        store.commit(Batch::new().row(Row::Indexed(Arc::new(indexed)))).await.unwrap();
        let files = store.agent_files(id, &AgentFilesQuery::default()).await.unwrap();
        assert_eq!((files.consumed.len(), files.produced.len(), files.left_out), (1_000, 0, 10_500));
        let newest = &files.consumed[0];
        assert_eq!((newest.path.as_str(), newest.times, newest.lines, newest.last.as_str()), ("/499", 2, Some(11_999), "t11999"));
        let everybodys = store.file_history(&FileQuery::default()).await.unwrap();
        let own = store.file_history(&FileQuery { agent_id: Some(id), ..FileQuery::default() }).await.unwrap();
        assert_eq!((everybodys.items[0].id.as_str(), &everybodys.items), ("t11999", &own.items));
        store.close().await;
    }
}

/// Lists that are asked for page by page do not sort all there is.
#[tokio::test]
async fn the_history_of_files_is_read_in_the_order_of_an_index() {
    let place = Place::sqlite();
    place.open().await.close().await;
    for (filter, index) in [("1 = 1", "changes_by_time"), ("agent_id = x''", "changes_of_agent_by_time")] {
        let query =
            format!("SELECT call FROM file_changes WHERE {filter} ORDER BY at DESC, call DESC LIMIT 51");
        let steps = place.plan(&query).await;
        assert!(steps.len() == 1 && steps[0].contains(index), "{steps:?}");
    }
}
