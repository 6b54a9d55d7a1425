//! Searching what was taken in: everything is found, once, where it stands; whatever happens to files and server.

use crate::{
    both,
    sources::{append, helped, import, prompt, response},
    support::{database::Place, rows},
};
use proptest::prelude::*;
use quarterdeck::{
    conversations,
    files::{difference, patch},
    jobs::{Jobs, catch_up},
    search::find,
    sources::Tense,
    store::{Batch, Draft, FileDone, Indexed, Noun, Row, Store},
};
use quarterdeck_shared::{
    AgentId, Payload, Total,
    agents::{Agent, AgentStatus},
    conversations::ConversationQuery,
    event::{Activity, ActivityKind},
    files::{FileDeed, FileQuery},
    search::{Found, HitKind, SearchQuery},
};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, sync::Arc};
use tempfile::TempDir;

const HISTORY: Tense = Tense::History;

fn project() -> (TempDir, PathBuf) {
    let folder = crate::support::database::folder();
    let session = folder.path().join("projects/-home-dev-app/s1.jsonl");
    (folder, session)
}

async fn search(store: &Store, query: SearchQuery) -> Found {
    find(store, &query).await.unwrap()
}

fn words(q: &str) -> SearchQuery {
    SearchQuery { q: Some(q.into()), ..SearchQuery::default() }
}

/// The snippets found for a question, in the order of the alphabet.
async fn found(store: &Store, q: &str) -> Vec<String> {
    let mut snippets: Vec<_> =
        search(store, words(q)).await.items.into_iter().map(|hit| hit.snippet).collect();
    snippets.sort();
    snippets
}

fn said(session: &str, message: &str, text: &str) -> Value {
    let mut line = response(session, message, 7);
    line["message"]["content"] = json!([{"type": "text", "text": text}]);
    line
}

fn call(session: &str, id: &str, tool: &str, input: Value) -> Value {
    let mut line = response(session, &format!("m{id}"), 7);
    line["message"]["content"] = json!([{"type": "tool_use", "id": id, "name": tool, "input": input}]);
    line
}

fn answer(session: &str, id: &str, text: &str, noted: Value, is_error: bool) -> Value {
    json!({"type": "user", "sessionId": session, "timestamp": "2026-11-22T12:00:01.000Z", "toolUseResult": noted,
        "message": {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": id, "content": text, "is_error": is_error}]}})
}

/// An agent of our own that is done, in this session.
fn own(session: &str) -> Agent {
    Agent { session_id: Some(session.to_owned()), status: AgentStatus::Completed, ..rows::agent(1) }
}

/// What its stream tells of it.
fn does(id: AgentId, kind: ActivityKind, key: &str, tool: Option<&str>, text: &str) -> Draft {
    let (key, text) = (key.to_owned(), text.to_owned());
    let input = tool.map(|_| json!({"command": text}));
    let activity =
        Activity { kind, key, text, tool: tool.map(str::to_owned), input, is_error: None, step_id: None };
    Draft { agent_id: Some(id), task_id: None, payload: Payload::AgentActivity(activity) }
}

both! {
    async fn words_are_found_where_they_stand_with_whose_they_are(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        append(&session, &[
            prompt("s1", "Mend the Café's roof"),
            said("s1", "m1", "The roof needs new tiles."),
            call("s1", "t1", "Bash", json!({"command": "cargo build --release"})),
            answer("s1", "t1", "error: no such tile", json!(""), true),
        ]);
        let helper = session.with_file_name("s1").join("subagents/agent-a9.jsonl");
        append(&helper, &[helped("s1", "a9", "m9", 5)]);
        import(&store, folder.path(), HISTORY).await;
        assert!(search(&store, words("roof")).await.index.behind_bytes > 0, "nothing is read yet, and that is said");
        catch_up(&store).await.unwrap();

        let roofs = search(&store, words("roof")).await;
        assert_eq!((roofs.total, roofs.items.len(), roofs.index.behind_bytes), (Total::Exact(2), 2, 0));
        let asked = roofs.items.iter().find(|hit| hit.kind == HitKind::Prompt).unwrap();
        assert_eq!((asked.snippet.as_str(), &asked.marks[..]), ("Mend the Café's roof", &[(16, 20)][..]));
        assert_eq!((asked.agent_name.as_str(), asked.project.as_str()), ("Mend the Café's roof", "/home/dev/app"));
        let window = ConversationQuery { at: Some(asked.place.clone()), limit: Some(1), ..ConversationQuery::default() };
        let opened = conversations::window(&store, asked.agent_id, &window).await.unwrap().unwrap();
        assert_eq!(opened.items[0].text, "Mend the Café's roof", "its place opens the conversation there");
        assert_eq!(found(&store, "cafe ROOF").await, ["Mend the Café's roof"]);
        assert_eq!(found(&store, "\"new tiles\"").await, ["The roof needs new tiles."]);
        assert_eq!(found(&store, "\"tiles new\"").await, Vec::<String>::new());
        assert_eq!(found(&store, "til* -roof").await, ["error: no such tile"]);
        assert_eq!(found(&store, "Done").await, ["Done."], "a sub-agent's words");

        let calls = search(&store, SearchQuery { kind: Some("call".into()), ..words("build") }).await;
        assert_eq!((calls.items.len(), calls.items[0].tool.as_deref()), (1, Some("Bash")));
        let answers = search(&store, SearchQuery { tool: Some("Bash".into()), ..words("tile") }).await;
        assert_eq!(answers.items[0].kind, HitKind::Result);
        let elsewhere = search(&store, SearchQuery { project: Some("other".into()), ..words("roof") }).await;
        let here = search(&store, SearchQuery { project: Some("app".into()), ..words("roof") }).await;
        assert_eq!((elsewhere.items.len(), here.items.len()), (0, 2));
        let early = search(&store, SearchQuery { to: Some("2026-11-22T11:59:30Z".into()), ..words("roof") }).await;
        assert_eq!(early.items.len(), 1);
        let other = rows::agent_id(900);
        let others = search(&store, SearchQuery { agent_id: Some(other), ..words("roof") }).await;
        assert_eq!(others.total, Total::Exact(0));
        store.close().await;
    }

    async fn every_hit_is_on_one_page_alone_though_more_is_written_meanwhile(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let lines: Vec<_> = (0..25).map(|n| said("s1", &format!("m{n}"), &format!("needle {}", "hay ".repeat(n % 7)))).collect();
        append(&session, &lines);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        let mut query = SearchQuery { limit: Some(4), ..words("needle") };
        let mut seen = Vec::new();
        loop {
            let page = search(&store, query.clone()).await;
            assert_eq!(page.total, Total::Exact(25));
            seen.extend(page.items.into_iter().map(|hit| (hit.place, hit.snippet)));
            append(&session, &[said("s1", &format!("n{}", seen.len()), "needle")]);
            import(&store, folder.path(), Tense::Live).await;
            catch_up(&store).await.unwrap();
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
        assert_eq!(seen.len(), 25);
        assert_eq!(seen[0].1, "needle ", "the shortest fits best");
        let other = SearchQuery { q: Some("hay".into()), ..query };
        assert!(find(&store, &other).await.is_err(), "a cursor of another question");
        store.close().await;
    }

    async fn pages_of_two_words_stay_whole_though_one_becomes_frequent(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let line = |n: usize| format!("{}{}{}", "alpha ".repeat(1 + n % 5), "omega ".repeat(1 + n / 5), "hay ".repeat(n % 3));
        let lines: Vec<_> = (0..25).map(|n| said("s1", &format!("m{n}"), &line(n))).collect();
        append(&session, &lines);
        import(&store, folder.path(), HISTORY).await;
        catch_up(&store).await.unwrap();
        let query = SearchQuery { limit: Some(4), ..words("alpha omega") };
        let at_once = search(&store, SearchQuery { limit: Some(50), ..words("alpha omega") }).await.items;
        let mut seen = Vec::new();
        let mut page = search(&store, query.clone()).await;
        for written in 0.. {
            seen.extend(page.items.into_iter().map(|hit| hit.place));
            let Some(cursor) = page.next_cursor else { break };
            let frequent: Vec<_> = (0..40).map(|n| said("s1", &format!("f{written}-{n}"), "alpha and a lot of other words")).collect();
            append(&session, &frequent);
            import(&store, folder.path(), Tense::Live).await;
            catch_up(&store).await.unwrap();
            page = search(&store, SearchQuery { cursor: Some(cursor), ..query.clone() }).await;
        }
        assert_eq!(seen, at_once.into_iter().map(|hit| hit.place).collect::<Vec<_>>());
        store.close().await;
    }

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
        append(&session, &[said("s1", "m1", "a needle beside it"), call("s1", "t1", "Poison", json!({"a": "needle"}))]);
        append(&session.with_file_name("s2.jsonl"), &[said("s2", "m2", "a needle elsewhere")]);
        import(&store, folder.path(), HISTORY).await;
        let mut indexed = store.versions(Noun::Index);
        let jobs = Jobs::new(store.clone());
        let running = tokio::spawn({
            let jobs = jobs.clone();
            async move { jobs.run().await }
        });
        while store.index_state().await.unwrap().behind_bytes > 0 {
            indexed.changed().await.unwrap();
        }
        assert_eq!(found(&store, "needle").await, ["a needle elsewhere"]);
        append(&session, &[said("s1", "m3", "a needle behind it")]);
        import(&store, folder.path(), Tense::Live).await;
        while found(&store, "needle").await != ["a needle behind it", "a needle elsewhere"] {
            indexed.changed().await.unwrap();
        }
        while !jobs.states()[0].message.contains(&*session.to_string_lossy()) {
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
        let files = store.agent_files(agent).await.unwrap();
        let told = |files: &[quarterdeck_shared::files::FileUsed]| {
            let mut told: Vec<_> = files.iter().map(|file| (file.path.clone(), file.times, file.lines, file.added, file.removed)).collect();
            told.sort();
            told
        };
        assert_eq!(told(&files.consumed), [("/a.rs".to_owned(), 1, Some(9), 0, 0)]);
        let c = ("/c.rs".to_owned(), 1, None, 2, 2);
        assert_eq!(told(&files.produced), [("/a.rs".to_owned(), 1, None, 2, 1), ("/b.rs".to_owned(), 1, Some(3), 3, 0), c]);
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
        let files = store.agent_files(id).await.unwrap();
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
    let look = place.look().await;
    for (filter, index) in [("1 = 1", "changes_by_time"), ("agent_id = x''", "changes_of_agent_by_time")] {
        let query = format!(
            "EXPLAIN QUERY PLAN SELECT call FROM file_changes WHERE {filter} ORDER BY at DESC, call DESC LIMIT 51"
        );
        let steps = look.query_all_raw(Statement::from_string(DbBackend::Sqlite, query)).await.unwrap();
        let steps: Vec<_> = steps.iter().map(|step| step.try_get_by_index::<String>(3).unwrap()).collect();
        assert!(steps.len() == 1 && steps[0].contains(index), "{steps:?}");
    }
    look.close().await.unwrap();
}

#[test]
fn no_input_is_an_error_of_the_databases_or_finds_what_it_should_not() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (sqlite, postgres) = runtime.block_on(async { (Place::sqlite(), Place::postgres().await) });
    let stores = runtime.block_on(async { [sqlite.open().await, postgres.open().await] });
    let (folder, session) = project();
    append(&session, &[said("s1", "m1", "a b c 路径 x1"), said("s1", "m2", "b c d")]);
    for store in &stores {
        runtime.block_on(async {
            import(store, folder.path(), HISTORY).await;
            catch_up(store).await.unwrap();
        });
    }
    let tricky =
        "[a-d路1\"'*:&|!()<>^+{}\\\\;?$%_ -]{1,24}|(NEAR|AND|OR|NOT|a|b)( (NEAR|AND|OR|NOT|a|b)){0,5}";
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(200));
    runner
        .run(&prop_oneof![tricky.boxed(), any::<String>().boxed()], |typed| {
            let answers = stores.each_ref().map(|store| runtime.block_on(find(store, &words(&typed))));
            let told =
                answers.map(|answer| answer.map(|found| found.total).map_err(|error| error.to_string()));
            if let Err(refusal) = &told[0] {
                prop_assert!(refusal.starts_with("q "), "{typed:?}: {refusal}");
            }
            prop_assert_eq!(&told[0], &told[1], "both databases find the same for {:?}", typed);
            Ok(())
        })
        .unwrap();
    runtime.block_on(async {
        for store in stores {
            store.close().await;
        }
        postgres.end().await;
    });
}
