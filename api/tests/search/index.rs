//! What the search reads, and when: everything once, whatever happens to files, server and database.

use super::{HISTORY, answer, call, does, found, own, project, said, search, words};
use crate::{
    both,
    sources::{append, helped, import},
};
use quarterdeck::{
    jobs::{JobRules, Jobs, catch_up},
    sources::Tense,
    store::{Batch, Noun, Row},
};
use quarterdeck_shared::{Payload, Total, event::ActivityKind, files::FileQuery, search::SearchQuery};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use std::fs;

both! {
    async fn what_is_read_twice_or_after_a_restart_is_found_once(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        append(&session, &[said("s1", "m1", "first needle")]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        catch_up(&store).await.unwrap();
        append(&session, &[said("s1", "m2", "second needle")]);
        import(&store, folder.path(), Tense::Live).await;
        store.close().await;
        let store = place.open().await;
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "needle").await, ["first needle", "second needle"]);
        store.close().await;
    }

    async fn what_a_file_says_no_more_is_found_no_more(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let written = answer("s1", "t1", "ok", json!({"type": "create", "filePath": "/a.rs", "content": "a\nb\n", "structuredPatch": []}), false);
        append(&session, &[said("s1", "m1", "old needle"), written]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        fs::remove_file(&session).unwrap();
        append(&session, &[said("s1", "m2", "new needle that is longer than what stood here before")]);
        assert_eq!(found(&store, "old").await, [""], "between the two nothing wrong is shown");
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "needle").await, ["new needle that is longer than what stood here before"]);
        let history = store.file_history(&FileQuery { path: Some("/a.rs".into()), ..FileQuery::default() }).await.unwrap();
        assert_eq!(history.total, Total::Exact(0));
        append(&session, &[said("s1", "m0", &"hay ".repeat(2_000))]);
        let file = fs::OpenOptions::new().write(true).open(&session).unwrap();
        let whole = file.metadata().unwrap().len();
        append(&session, &[said("s1", "m3", "a needle that is cut off")]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        file.set_len(whole).unwrap();
        import(&store, folder.path(), HISTORY).await;
        assert_eq!(search(&store, words("needle")).await.index.indexed_bytes, 0, "what is known is of another file");
        catch_up(&store).await.unwrap();
        append(&session, &[said("s1", "m4", "a needle in its place"), said("s1", "m5", "a needle behind it")]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "\"a needle\"").await, ["a needle behind it", "a needle in its place"]);
        fs::remove_file(&session).unwrap();
        catch_up(&store).await.unwrap();
        let gone = search(&store, words("needle")).await;
        assert_eq!((gone.total, gone.index.behind_bytes), (Total::Exact(0), 0));
        store.close().await;
    }

    async fn a_folder_that_was_away_for_a_moment_is_found_again(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let read = answer("s1", "t1", "a", json!({"type": "text", "file": {"filePath": "/a.rs", "content": "a"}}), false);
        append(&session, &[said("s1", "m1", "a needle"), read]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        let (here, elsewhere) = (folder.path().join("projects"), folder.path().join("away"));
        let history = FileQuery { path: Some("/a.rs".into()), ..FileQuery::default() };
        for _ in 0..2 {
            fs::rename(&here, &elsewhere).unwrap();
            catch_up(&store).await.unwrap();
            let away = search(&store, words("needle")).await;
            assert_eq!((away.total, away.index.behind_bytes), (Total::Exact(0), 0));
            assert_eq!(store.file_history(&history).await.unwrap().total, Total::Exact(1), "it was read all the same");
            fs::rename(&elsewhere, &here).unwrap();
            catch_up(&store).await.unwrap();
            assert_eq!(found(&store, "needle").await, ["a needle"]);
            assert_eq!(store.file_history(&history).await.unwrap().total, Total::Exact(1));
        }
        // Away before it could be read at all; there again with more.
        append(&session, &[said("s1", "m2", "a second needle")]);
        import(&store, folder.path(), Tense::Live).await;
        fs::rename(&here, &elsewhere).unwrap();
        catch_up(&store).await.unwrap();
        assert_eq!(store.files_behind().await.unwrap(), [], "it is not asked for again and again");
        fs::rename(&elsewhere, &here).unwrap();
        append(&session, &[said("s1", "m3", "a third needle")]);
        import(&store, folder.path(), Tense::Live).await;
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "needle").await, ["a needle", "a second needle", "a third needle"]);
        store.close().await;
    }

    async fn a_path_longer_than_any_keeps_nothing_from_being_found(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        // Not the same letter over and over: that would be kept short.
        let path: String = (0..2_000_u64).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        append(&session, &[call("s1", "t1", "Read", json!({"file_path": path[..6_000]})), said("s1", "m1", "a needle")]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "needle").await, ["a needle"]);
        store.close().await;
    }

    async fn an_answer_is_its_tools_though_the_call_was_read_before(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let of_bash = || SearchQuery { tool: Some("Bash".into()), kind: Some("result".into()), ..words("needle") };
        append(&session, &[said("s1", "m1", "\"t1\" is what I call"), call("s1", "t1", "Bash", json!({"command": "ls"}))]);
        import(&store, folder.path(), Tense::Live).await;
        catch_up(&store).await.unwrap();
        append(&session, &[answer("s1", "t1", "a needle", json!(""), false), answer("s1", "t9", "a needle of nobody", json!(""), false)]);
        import(&store, folder.path(), Tense::Live).await;
        catch_up(&store).await.unwrap();
        let hits = search(&store, of_bash()).await.items;
        assert_eq!(hits.iter().map(|hit| (hit.tool.as_deref(), hit.snippet.as_str())).collect::<Vec<_>>(), [(Some("Bash"), "a needle")]);
        let agent = own("s9");
        let id = agent.id;
        let (asked, answered) = (ActivityKind::ToolCall, ActivityKind::ToolResult);
        store.commit(Batch::new().row(Row::Agent(Box::new(agent))).event(does(id, asked, "t2", Some("Bash"), "ls"))).await.unwrap();
        catch_up(&store).await.unwrap();
        store.commit(Batch::new().event(does(id, answered, "t2", None, "a needle of mine"))).await.unwrap();
        catch_up(&store).await.unwrap();
        assert_eq!(search(&store, of_bash()).await.total, Total::Exact(2));
        store.close().await;
    }

    async fn what_the_database_refuses_keeps_nothing_else_from_being_found(place: &Place) {
        let store = place.open().await;
        let look = place.look().await;
        look.execute_unprepared(if place.is_sqlite() {
            "CREATE TRIGGER refuses BEFORE INSERT ON documents WHEN NEW.tool = 'Poison'
             BEGIN SELECT RAISE(ABORT, 'no poison'); END"
        } else {
            "ALTER TABLE documents ADD CONSTRAINT refuses CHECK (tool IS NULL OR tool <> 'Poison')"
        }).await.unwrap();
        look.close().await.unwrap();
        let (folder, session) = project();
        let poison = call("s1", "t1", "Poison", json!({"a": "needle"}));
        append(&session, &[said("s1", "m1", "a needle before it"), poison, said("s1", "m2", "a needle behind it")]);
        append(&session.with_file_name("s2.jsonl"), &[said("s2", "m3", "a needle elsewhere")]);
        import(&store, folder.path(), HISTORY).await;
        let agent = own("s9");
        let id = agent.id;
        let says = |key: &str, text: &str| does(id, ActivityKind::Text, key, None, text);
        let batch = Batch::new()
            .row(Row::Agent(Box::new(agent)))
            .event(says("m4:0", "a told needle"))
            .event(does(id, ActivityKind::ToolCall, "t2", Some("Poison"), "needle"))
            .event(says("m5:0", "another told needle"));
        store.commit(batch).await.unwrap();
        let mut indexed = store.versions(Noun::Index);
        let jobs = Jobs::new(&JobRules::default(), store.clone());
        let running = tokio::spawn({
            let jobs = jobs.clone();
            async move { jobs.run().await }
        });
        while store.index_state().await.unwrap().behind_bytes > 0 {
            indexed.changed().await.unwrap();
        }
        let all = ["a needle before it", "a needle behind it", "a needle elsewhere", "a told needle", "another told needle"];
        assert_eq!(found(&store, "needle").await, all);
        append(&session, &[said("s1", "m6", "a later one")]);
        import(&store, folder.path(), Tense::Live).await;
        while found(&store, "later").await != ["a later one"] {
            indexed.changed().await.unwrap();
        }
        let refused = format!("refused: 2, the last of {}", session.display());
        while !jobs.states()[0].message.contains(&refused) {
            tokio::task::yield_now().await;
        }
        assert!(!jobs.states()[0].ok);
        jobs.stop();
        running.await.unwrap();
        store.close().await;
    }

    async fn an_agent_of_our_own_is_found_by_its_events_until_a_file_tells(place: &Place) {
        let store = place.open().await;
        let agent = own("s1");
        let id = agent.id;
        let say = |text: &str| does(id, ActivityKind::Text, "m1:0", None, text);
        let batch = Batch::new().row(Row::Agent(Box::new(agent))).event(say("a golden ")).event(say("needle of mine"));
        store.commit(batch).await.unwrap();
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "\"golden needle\"").await, ["a golden needle of mine"]);
        let (folder, session) = project();
        append(&session, &[said("s1", "m1", "a golden needle of the file")]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        let hits = search(&store, words("golden")).await;
        assert_eq!(hits.items.iter().map(|hit| (hit.agent_id, hit.snippet.as_str())).collect::<Vec<_>>(),
            [(id, "a golden needle of the file")]);
        store.close().await;
    }

    async fn an_event_that_is_broken_hides_no_other(place: &Place) {
        let store = place.open().await;
        let agent = own("s1");
        let id = agent.id;
        let say = |key: &str, text: &str| does(id, ActivityKind::Text, key, None, text);
        let batch = Batch::new().row(Row::Agent(Box::new(agent)));
        let batch = batch.event(say("m1:0", "a needle")).event(say("m2:0", "a broken needle"));
        store.commit(batch.event(say("m3:0", "one more needle"))).await.unwrap();
        let look = place.look().await;
        look.execute_unprepared("UPDATE events SET json = '{' WHERE seq = 2").await.unwrap();
        look.close().await.unwrap();
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "needle").await, ["a needle", "one more needle"]);
        store.close().await;
    }

    async fn another_line_of_an_agent_of_our_own_is_one_transaction(place: &Place) {
        let store = place.open().await;
        store.commit(Batch::new().row(Row::Agent(Box::new(own("s1"))))).await.unwrap();
        let (folder, session) = project();
        append(&session, &[said("s1", "m1", "first needle")]);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        append(&session, &[said("s1", "m2", "second needle")]);
        import(&store, folder.path(), Tense::Live).await;
        let before = store.version(Noun::Index);
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "needle").await, ["first needle", "second needle"]);
        assert_eq!(store.version(Noun::Index) - before, 1);
        store.close().await;
    }

    async fn what_a_file_told_before_its_events_came_is_found_once(place: &Place) {
        let store = place.open().await;
        let agent = own("s1");
        let id = agent.id;
        let reads = |call: &str| {
            let mut draft = does(id, ActivityKind::ToolCall, call, Some("Read"), "");
            if let Payload::AgentActivity(activity) = &mut draft.payload {
                activity.input = Some(json!({"file_path": "/_"}));
            }
            draft
        };
        store.commit(Batch::new().row(Row::Agent(Box::new(agent))).event(reads("t1"))).await.unwrap();
        catch_up(&store).await.unwrap();
        let history = || FileQuery { path: Some("/_".into()), ..FileQuery::default() };
        assert_eq!(store.file_history(&history()).await.unwrap().total, Total::Exact(1));
        let (folder, session) = project();
        let helper = session.with_file_name("s1").join("subagents/agent-a9.jsonl");
        append(&helper, &[helped("s1", "a9", "m9", 5)]);
        import(&store, folder.path(), Tense::Live).await;
        catch_up(&store).await.unwrap();
        assert_eq!(store.file_history(&history()).await.unwrap().total, Total::Exact(1), "a helper's file tells nothing of it");
        append(&session, &[call("s1", "t1", "Read", json!({"file_path": "/_"})), said("s1", "m1", "last needle")]);
        import(&store, folder.path(), Tense::Live).await;
        catch_up(&store).await.unwrap();
        let last = does(id, ActivityKind::Text, "m1:0", None, "last needle");
        store.commit(Batch::new().event(last).event(reads("t1"))).await.unwrap();
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "needle").await, ["last needle"]);
        assert_eq!(store.file_history(&history()).await.unwrap().total, Total::Exact(1));
        store.close().await;
    }
}
