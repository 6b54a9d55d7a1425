//! Logs of agents that the Python orchestrator ran: found, and read as conversations, where no session file tells the
//! same.

use super::{HISTORY, does, found, project, search, words};
use crate::{
    both,
    sources::{
        append, import,
        logs::{built, take},
        prompt, response,
    },
    support::database::Place,
};
use quarterdeck::{
    conversations,
    jobs::catch_up,
    store::{Batch, Store},
};
use quarterdeck_shared::{
    AgentId, Timestamp,
    conversations::{Conversation, ConversationQuery, ConversationSource, ItemKind, PlaceQuery, ThreadQuery},
    event::ActivityKind,
    files::AgentFilesQuery,
};
use serde_json::json;
use std::fs;

async fn window(store: &Store, id: AgentId, query: ConversationQuery) -> Conversation {
    conversations::window(store, id, &query).await.unwrap().unwrap()
}

fn said(window: &Conversation) -> Vec<String> {
    let item = |item: &quarterdeck_shared::conversations::Item| {
        let came = item.result.as_ref().map(|it| format!(" {} {}", it.is_error, it.text)).unwrap_or_default();
        format!("{} {}{}{came}", item.kind, item.tool, item.text)
    };
    window.items.iter().map(item).collect()
}

const LOG: &str = "log";
const SESSION: &str = "session";

/// What a session file and the log of its agent both tell is found in the file alone.
async fn told_twice(place: &Place, order: [&str; 2]) {
    let store = place.open().await;
    let root = place.folder();
    let (folder, path) = project();
    append(&path, &[prompt("s1", "Build it."), response("s1", "m1", 5)]);
    built(&root, "s1");
    for step in order {
        match step {
            SESSION => drop(import(&store, folder.path(), HISTORY).await),
            _ => drop(take(&store, &root, HISTORY).await),
        }
        catch_up(&store).await.unwrap();
    }
    catch_up(&store).await.unwrap();
    let hits = search(&store, words("build")).await;
    assert_eq!((hits.items.len(), hits.index.behind_bytes), (1, 0));
    assert_eq!((found(&store, "done").await.len(), found(&store, "so").await.len()), (1, 0));
    let whole = window(&store, hits.items[0].agent_id, ConversationQuery::default()).await;
    assert_eq!((whole.items.len(), whole.source), (2, ConversationSource::Files));
    store.close().await;
}

both! {
    async fn a_log_is_found_and_reads_as_a_conversation(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        built(&root, "s1");
        take(&store, &root, HISTORY).await;
        assert!(search(&store, words("build")).await.index.behind_bytes > 0);
        catch_up(&store).await.unwrap();
        let hits = search(&store, words("build")).await;
        assert_eq!((hits.items.len(), hits.index.behind_bytes), (1, 0));
        assert_eq!(hits.items[0].snippet, "Build it.");
        assert_eq!(found(&store, "done").await, ["Done."]);
        let id = hits.items[0].agent_id;

        let all = ["prompt Build it.", "call Write false so", "call Read true so", "text Done."];
        let whole = window(&store, id, ConversationQuery::default()).await;
        assert_eq!((said(&whole), whole.source), (all.map(str::to_owned).to_vec(), ConversationSource::Folder));
        assert_eq!((&whole.earlier, &whole.later, whole.from, whole.to), (&None, &None, 0.0, 1.0));
        let done = search(&store, words("done")).await.items.remove(0).place;
        let there = window(&store, id, ConversationQuery { at: Some(done), ..ConversationQuery::default() }).await;
        assert_eq!(said(&there), all[3..], "what was found opens it there");
        let (mut back, mut before) = (Vec::new(), None);
        loop {
            let part = window(&store, id, ConversationQuery { before, limit: Some(3), ..ConversationQuery::default() }).await;
            back.splice(0..0, said(&part));
            before = part.earlier;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(back, all);
        let first = ConversationQuery { at: Some("0%".into()), limit: Some(3), ..ConversationQuery::default() };
        let part = window(&store, id, first).await;
        let rest = ConversationQuery { after: part.later.clone(), ..ConversationQuery::default() };
        let rest = window(&store, id, rest).await;
        assert_eq!((said(&part), said(&rest)), (all[..3].iter().map(|it| (*it).to_owned()).collect(), vec![all[3].to_owned()]));
        let then: Timestamp = "2026-11-22T11:59:30.5Z".parse().unwrap();
        let then = ConversationQuery { before: Some(then.to_string()), ..ConversationQuery::default() };
        assert_eq!(said(&window(&store, id, then).await), ["prompt Build it.", "call Write", "call Read"], "nobody had answered");
        let failed = ConversationQuery { errors: Some(true), ..ConversationQuery::default() };
        assert_eq!(window(&store, id, failed).await.items[0].kind, ItemKind::Result);
        let beyond = window(&store, id, ConversationQuery { at: Some("2030-01-01T00:00:00Z".into()), ..ConversationQuery::default() }).await;
        let back = window(&store, id, ConversationQuery { before: beyond.earlier, ..ConversationQuery::default() }).await;
        assert_eq!((beyond.items.len(), said(&back).len()), (0, 4));

        let at = PlaceQuery { at: whole.items[1].cursor.clone(), ..PlaceQuery::default() };
        let raw = conversations::raw(&store, id, &at).await.unwrap().unwrap();
        assert!(raw.place.ends_with("tools.jsonl, byte 0") && raw.text.contains("\"tool_use\"") && !raw.text.contains("tool_result"));
        let at = PlaceQuery { at: whole.items[3].cursor.clone(), ..PlaceQuery::default() };
        let raw = conversations::raw(&store, id, &at).await.unwrap().unwrap();
        assert!(raw.text.ends_with("AssistantMessage:\nDone."), "{}", raw.text);
        let marks = conversations::marks(&store, id, &ThreadQuery::default()).await.unwrap().unwrap();
        assert_eq!((marks.prompts, marks.calls, marks.errors), (1, 2, 1));

        let files = store.agent_files(id, &AgentFilesQuery::default()).await.unwrap();
        let detail = store.agent(id).await.unwrap().unwrap();
        assert_eq!(files.produced.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["/a"]);
        assert_eq!((files.consumed.len(), detail.files.len(), detail.files[0].path.as_str()), (0, 1, "/a"), "what failed read nothing");
        store.close().await;
    }

    async fn a_log_that_grows_is_found_once_and_whole(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        let folder = built(&root, "s1");
        take(&store, &root, HISTORY).await;
        catch_up(&store).await.unwrap();
        let text = "[2026-11-22T12:00:00.5] AssistantMessage:\nDone.\n\n[2026-11-22T12:00:09] THINKING:\nWas that all?\n\n";
        fs::write(folder.join("text.txt"), text).unwrap();
        append(&folder.join("tools.jsonl"), &[json!({"timestamp": "2026-11-22T12:00:05", "type": "tool_use",
            "tool_name": "Write", "tool_use_id": "t3", "input": {"file_path": "/c", "content": "x"}})]);
        take(&store, &root, HISTORY).await;
        catch_up(&store).await.unwrap();
        assert_eq!((found(&store, "done").await, found(&store, "was that").await), (vec!["Done.".to_owned()], vec!["Was that all?".to_owned()]));
        let id = search(&store, words("done")).await.items[0].agent_id;
        let mut files: Vec<_> = store.agent_files(id, &AgentFilesQuery::default()).await.unwrap().produced.into_iter().map(|it| it.path).collect();
        files.sort();
        assert_eq!(files, ["/a", "/c"]);
        let written = quarterdeck::files::patch(&store, "t3").await.unwrap().unwrap();
        assert!(written.ends_with("+x\n"), "{written}");
        store.commit(Batch::new().event(does(id, ActivityKind::Text, "m1:0", None, "Done."))).await.unwrap();
        catch_up(&store).await.unwrap();
        assert_eq!(found(&store, "done").await, ["Done."], "hooks tell no more than the log");
        store.close().await;
    }

    async fn a_session_file_that_comes_later_takes_over(place: &Place) {
        told_twice(place, [LOG, SESSION]).await;
    }

    async fn a_log_that_comes_later_tells_nothing_more(place: &Place) {
        told_twice(place, [SESSION, LOG]).await;
    }
}
