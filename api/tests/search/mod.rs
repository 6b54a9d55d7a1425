//! Searching what was taken in: everything is found, once, where it stands.

mod files;
mod index;
mod logs;

use crate::{
    both,
    sources::{append, helped, import, prompt, response},
    support::{database::Place, rows},
};
use proptest::prelude::*;
use quarterdeck::{
    conversations,
    jobs::catch_up,
    search::find,
    sources::Tense,
    store::{Document, Draft, Indexed, Phrase, Row, Store, Wanted},
};
use quarterdeck_shared::{
    AgentId, Payload, Total,
    agents::{Agent, AgentStatus},
    conversations::ConversationQuery,
    event::{Activity, ActivityKind},
    search::{Found, HitKind, SearchQuery},
};
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc};
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

    async fn pages_go_on_to_the_end_though_so_many_are_no_longer_found_that_all_can_be_counted(place: &Place) {
        let store = place.open().await;
        let [stays, mut goes] = [1, 2].map(rows::agent);
        let document = |id: i64| Document {
            id, agent_id: rows::agent_id(if id % 100 == 0 { 2 } else { 1 }), file_id: None, place: id as u64, piece: 0,
            kind: HitKind::Text, tool: None, at: rows::MORNING.plus_seconds(id), words: "needle".into(),
        };
        let indexed = Indexed { documents: (1..=10_050).map(document).collect(), ..Indexed::default() };
        let agents = [stays, goes.clone()].map(|agent| Row::Agent(Box::new(agent)));
        store.commit(rows::rows(agents.into_iter().chain([Row::Indexed(Arc::new(indexed))]))).await.unwrap();
        let needle = Wanted { all: vec![Phrase { words: vec!["needle".into()], prefix: false }], none: Vec::new() };
        let page = async |cursor| {
            let query = SearchQuery { cursor, limit: Some(200), ..words("needle") };
            store.search(&needle, &query).await.unwrap()
        };
        let (first, total, mut next) = page(None).await;
        assert_eq!(total, Total::AtLeast { value: 10_000, at_least: true });
        goes.status = AgentStatus::Deleted;
        store.commit(rows::rows([Row::Agent(Box::new(goes))])).await.unwrap();
        let mut seen = first.len();
        while next.is_some() {
            let (stands, total, after) = page(next).await;
            assert_eq!(total, Total::Exact(9_950));
            (seen, next) = (seen + stands.len(), after);
        }
        assert_eq!(seen, 9_950 + 2, "and two of the first page were of who is gone");
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
