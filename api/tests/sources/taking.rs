//! What becomes of a file: records, agents, tasks, once.

use super::{LATER, adds_up, agents, append, helped, import, import_with, prompt, records, response, totals};
use crate::{both, support::rows};
use quarterdeck::{
    fleet::clock::Clock,
    sources::{Intake, Tense},
    store::{Channel, Row, Store},
};
use quarterdeck_shared::{
    RecordId, Usd,
    agents::{AgentStatus, Role},
    tasks::TaskStatus,
    usage::{CostBasis, Tokens, UsageRecord},
};
use serde_json::json;
use std::{
    fs,
    path::PathBuf,
    time::{Duration, UNIX_EPOCH},
};
use tempfile::TempDir;

const HISTORY: Tense = Tense::History;

fn project() -> (TempDir, PathBuf) {
    let folder = crate::support::database::folder();
    let session = folder.path().join("projects/-home-dev-app/s1.jsonl");
    (folder, session)
}

async fn kinds(store: &Store) -> Vec<String> {
    let events = store.events(0, Channel::Fleet, 200).await.unwrap();
    events.into_iter().map(|event| event.kind.into_owned()).collect()
}

both! {
    async fn a_session_is_an_agent_with_its_task_and_its_sub_agents_are_its_children(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        append(&session, &[prompt("s1", "Mend the roof\nsoon"), response("s1", "m1", 7)]);
        let helper = session.with_file_name("s1").join("subagents/agent-a9.jsonl");
        append(&helper, &[helped("s1", "a9", "m2", 5), helped("s1", "a9", "m3", 5)]);
        fs::write(helper.with_extension("meta.json"), r#"{"agentType":"Explore","description":"find holes"}"#).unwrap();
        let taken = import(&store, folder.path(), HISTORY).await;
        assert_eq!((taken.new_records, taken.new_agents), (3, 2));

        let [helper, main] = &agents(&store).await[..] else { panic!("two agents") };
        assert_eq!((main.name.as_str(), main.role, main.source.as_str()), ("Mend the roof", Role::Custom, "transcript"));
        assert_eq!((main.session_id.as_deref(), main.working_directory.as_str()), (Some("s1"), "/home/dev/app"));
        assert_eq!((main.requests, main.output_tokens, main.status), (1, 7, AgentStatus::Completed));
        assert_eq!((helper.name.as_str(), helper.parent_id, helper.requests), ("Explore: find holes", Some(main.id), 2));
        assert_eq!(helper.task_id, main.task_id);
        let task = store.task(main.task_id.unwrap()).await.unwrap().unwrap();
        assert_eq!((task.title.as_str(), task.prompt.as_str()), ("Mend the roof", "Mend the roof\nsoon"));
        assert_eq!((task.source.as_str(), task.status), ("transcript", TaskStatus::Completed));
        assert_eq!(task.tokens, Tokens { input: 300, output: 17, ..Tokens::default() });
        assert!(records(&store).await.iter().all(|record| record.provenance.contains(".jsonl, byte ")));
        assert_eq!(kinds(&store).await, ["agent.created", "agent.created"], "one a file");
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_files_name_makes_no_agent_and_the_moment_of_import_no_beginning(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let summary = json!({"type": "summary", "summary": "What it was about", "leafUuid": "u"});
        append(&session, &[json!({"type": "file-history-snapshot"}), summary.clone(), response("other", "m1", 7)]);
        append(&session.with_file_name("s2.jsonl"), &[summary]);
        let mut timeless = prompt("s3", "go");
        timeless.as_object_mut().unwrap().remove("timestamp");
        let third = session.with_file_name("s3.jsonl");
        append(&third, &[timeless]);
        let written = LATER.plus_seconds(-86_400);
        let written_at = UNIX_EPOCH + Duration::from_micros(written.micros().try_into().unwrap());
        fs::File::options().append(true).open(&third).unwrap().set_modified(written_at).unwrap();
        import(&store, folder.path(), HISTORY).await;
        let [third, first] = &agents(&store).await[..] else { panic!("two sessions spoke") };
        assert_eq!((first.name.as_str(), first.session_id.as_deref()), ("What it was about", Some("other")));
        assert_eq!((third.created_at, third.updated_at), (written, written), "as its file");
        adds_up(&store).await;
        store.close().await;
    }

    async fn what_is_read_again_changes_nothing_and_what_is_written_on_adds(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        append(&session, &[prompt("s1", "go"), response("s1", "m1", 7)]);
        import(&store, folder.path(), HISTORY).await;
        let before = (totals(&store).await, agents(&store).await);
        let again = import(&store, folder.path(), HISTORY).await;
        assert_eq!((again.new_records, again.known_records), (0, 0), "not even looked into");
        assert_eq!((totals(&store).await, agents(&store).await), before);

        append(&session, &[response("s1", "m1", 9), response("s1", "m2", 1)]);
        let grown = import(&store, folder.path(), Tense::Live).await;
        assert_eq!((grown.new_records, grown.grown_records, grown.new_agents), (1, 1, 0));
        assert_eq!(totals(&store).await.tokens.output, 10);
        let told = kinds(&store).await;
        assert_eq!(told[1..], ["usage.recorded", "usage.recorded"], "live, response by response");
        adds_up(&store).await;
        store.close().await;
    }

    async fn what_somebody_else_took_in_meanwhile_is_known(place: &Place) {
        let store = place.open().await;
        let one = Intake::new(store.clone(), Clock::manual(LATER));
        let (folder, session) = project();
        append(&session, &[response("s1", "m1", 7)]);
        assert_eq!(import_with(&one, folder.path(), HISTORY).await.new_records, 1);
        append(&session.with_file_name("s2.jsonl"), &[response("s2", "m1", 7), response("s2", "m2", 5)]);
        let copied = import_with(&one, folder.path(), HISTORY).await;
        assert_eq!((copied.new_records, copied.known_records), (1, 1), "its own it knows by heart");
        append(&session.with_file_name("s3.jsonl"), &[response("s3", "m3", 3)]);
        assert_eq!(import(&store, folder.path(), HISTORY).await.new_records, 1);
        append(&session.with_file_name("s4.jsonl"), &[response("s4", "m3", 3), response("s4", "m4", 2)]);
        let told = import_with(&one, folder.path(), HISTORY).await;
        assert_eq!((told.new_records, told.known_records), (1, 1), "it asks, once it is not alone");
        assert_eq!(totals(&store).await.tokens.output, 17);
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_half_written_line_is_read_when_it_is_whole(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        append(&session, &[response("s1", "m1", 7)]);
        let whole = fs::read(&session).unwrap();
        let second = response("s1", "m2", 3).to_string();
        fs::write(&session, [&whole[..], &second.as_bytes()[..60]].concat()).unwrap();
        assert_eq!(import(&store, folder.path(), HISTORY).await.new_records, 1);
        fs::write(&session, [&whole[..], second.as_bytes()].concat()).unwrap();
        assert_eq!(import(&store, folder.path(), HISTORY).await.new_records, 1, "whole, if without its end");
        fs::write(&session, [&whole[..], second.as_bytes(), b"\n"].concat()).unwrap();
        append(&session, &[response("s1", "m3", 2)]);
        assert_eq!(import(&store, folder.path(), HISTORY).await.new_records, 1);
        assert_eq!(totals(&store).await.tokens.output, 12);
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_file_replaced_shortened_moved_or_gone_loses_and_doubles_nothing(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        append(&session, &[response("s1", "m1", 7), response("s1", "m2", 5)]);
        import(&store, folder.path(), HISTORY).await;
        fs::remove_file(&session).unwrap();
        append(&session, &[response("s1", "m3", 1)]);
        import(&store, folder.path(), HISTORY).await;
        assert_eq!(totals(&store).await.tokens.output, 13, "another file in its place");
        fs::rename(&session, session.with_file_name("old.jsonl")).unwrap();
        append(&session, &[response("s1", "m3", 1), response("s1", "m4", 2)]);
        import(&store, folder.path(), HISTORY).await;
        assert_eq!(totals(&store).await.tokens.output, 15, "rotated, and copied into the new one");
        fs::write(&session, "").unwrap();
        append(&session, &[response("s1", "m5", 4)]);
        import(&store, folder.path(), HISTORY).await;
        assert_eq!(totals(&store).await.tokens.output, 19, "shortened");
        fs::remove_dir_all(folder.path().join("projects")).unwrap();
        import(&store, folder.path(), HISTORY).await;
        assert_eq!(totals(&store).await.tokens.output, 19, "gone");
        assert_eq!(agents(&store).await.len(), 1);
        adds_up(&store).await;
        store.close().await;
    }

    async fn what_a_fork_says_it_copied_is_not_its_own_in_either_order(place: &Place) {
        for fork_first in [true, false] {
            let other = place.another().await;
            let store = other.open().await;
            let (folder, session) = project();
            let fork = session.with_file_name("s2.jsonl");
            let mut calls = response("s1", "m1", 7);
            calls["message"]["content"] = json!([{"type": "tool_use", "id": "t1", "name": "Bash", "input": {}}]);
            append(&session, &[prompt("s1", "go"), calls.clone()]);
            (calls["sessionId"], calls["requestSessionId"]) = (json!("s2"), json!("s1"));
            let (mut asked, mut own) = (prompt("s2", "go on"), response("s2", "m2", 1));
            (asked["timestamp"], own["timestamp"]) = (json!("2026-11-22T12:05:00.000Z"), json!("2026-11-22T12:05:01.000Z"));
            append(&fork, &[prompt("s2", "go"), calls, asked, own]);
            let mut files = [&fork, &session];
            if !fork_first {
                files.reverse();
            }
            for file in files {
                import(&store, file, HISTORY).await;
            }
            import(&store, folder.path(), HISTORY).await;
            let mut crew = agents(&store).await;
            crew.sort_by(|a, b| a.session_id.cmp(&b.session_id));
            let told: Vec<_> = crew.iter().map(|it| (it.requests, it.output_tokens, it.tool_calls, it.started_at.unwrap().to_string())).collect();
            let began = ["2026-11-22T11:59:00.000000Z", "2026-11-22T12:05:00.000000Z"].map(str::to_owned);
            let [first, second] = began;
            assert_eq!(told, [(1, 7, 1, first), (1, 1, 0, second)], "the fork first: {fork_first}");
            adds_up(&store).await;
            store.close().await;
            other.end().await;
        }
    }

    async fn a_fork_counts_what_is_its_own(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        append(&session, &[prompt("s1", "first"), response("s1", "m1", 7)]);
        import(&store, folder.path(), HISTORY).await;
        let fork = session.with_file_name("s2.jsonl");
        append(&fork, &[prompt("s2", "second"), response("s2", "m1", 9), response("s2", "m2", 1)]);
        import(&store, folder.path(), HISTORY).await;
        let outputs: Vec<_> = agents(&store).await.iter().map(|it| (it.name.clone(), it.output_tokens)).collect();
        assert_eq!(outputs, [("first".to_owned(), 9), ("second".to_owned(), 1)]);
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_session_of_our_own_counts_once_and_stays_our_agents(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let mut mine = rows::agent(1);
        (mine.session_id, mine.status) = (Some("s1".into()), AgentStatus::Running);
        let base = UsageRecord {
            agent_id: mine.id, task_id: None, model: "claude-sonnet-5-5".into(), cost_basis: CostBasis::LowerBound,
            ..rows::record(1)
        };
        let tokens = |input, output| Tokens { input, output, ..Tokens::default() };
        let streamed = UsageRecord {
            message_id: "m1".into(), request_id: Some("req_m1".into()), tokens: tokens(100, 1),
            terms: Default::default(), ..base.clone()
        };
        // The runtime counted the rest of the first response, a sub-agent's, and a helper call of 11 tokens.
        let remainder = UsageRecord {
            id: RecordId(rows::id(4, 2)), message_id: format!("{}s1:3:claude-sonnet-5-5", UsageRecord::REMAINDER),
            request_id: None, tokens: tokens(111, 11), cost_usd: Usd::from_nanos(332_000),
            cost_basis: CostBasis::Reported, terms: Default::default(), ..base
        };
        let made = [
            Row::AgentDetail(Box::new(rows::detail(mine.clone()))),
            Row::Usage(streamed.into()),
            Row::Usage(remainder.into()),
        ];
        store.commit(rows::rows(made)).await.unwrap();
        append(&session, &[prompt("s1", "go"), response("s1", "m1", 7)]);
        append(&session.with_file_name("s1").join("subagents/agent-a.jsonl"), &[helped("s1", "a", "m2", 5)]);
        let held = import(&store, folder.path(), HISTORY).await;
        assert_eq!((held.held_back.len(), held.new_records), (2, 0), "its stream tells while it works");

        mine.status = AgentStatus::Completed;
        store.commit(rows::rows([Row::Agent(Box::new(mine.clone()))])).await.unwrap();
        let taken = import(&store, folder.path(), HISTORY).await;
        assert_eq!((taken.new_records, taken.grown_records, taken.new_agents), (1, 1, 0));
        let [agent] = &agents(&store).await[..] else { panic!("one agent") };
        assert_eq!((agent.id, agent.name.as_str()), (mine.id, mine.name.as_str()));
        assert_eq!((agent.input_tokens, agent.output_tokens), (211, 12), "as the runtime counted in all");
        assert_eq!(totals(&store).await.tokens, tokens(211, 12));
        adds_up(&store).await;
        append(&session.with_file_name("s1").join("subagents/agent-a.jsonl"), &[helped("s1", "a", "m3", 0)]);
        import(&store, folder.path(), HISTORY).await;
        let [agent] = &agents(&store).await[..] else { panic!("one agent") };
        assert_eq!((agent.requests, agent.cost_basis), (3, Some(CostBasis::Computed)), "nothing is left of the remainder");
        assert_eq!((totals(&store).await.records, store.usage_records().await.unwrap()), (3, 3));
        adds_up(&store).await;
        store.close().await;
    }

    async fn of_a_deleted_session_and_of_our_own_agents_no_change_is_told(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        append(&session, &[prompt("s1", "go"), response("s1", "m1", 7)]);
        import(&store, folder.path(), HISTORY).await;
        let mut gone = agents(&store).await.remove(0);
        gone.status = AgentStatus::Deleted;
        let mut mine = rows::agent(1);
        (mine.session_id, mine.status) = (Some("s2".into()), AgentStatus::Completed);
        let mine = Row::AgentDetail(Box::new(rows::detail(mine)));
        store.commit(rows::rows([Row::Agent(Box::new(gone)), mine])).await.unwrap();
        append(&session, &[prompt("s1", "go on")]);
        append(&session.with_file_name("s2.jsonl"), &[prompt("s2", "go on")]);
        let taken = import(&store, folder.path(), Tense::Live).await;
        assert_eq!((taken.new_agents, taken.held_back.len()), (0, 0));
        assert_eq!(kinds(&store).await, ["agent.created"], "what it was before");
        append(&session.with_file_name("s3.jsonl"), &[prompt("s3", "go")]);
        import(&store, folder.path(), Tense::Live).await;
        append(&session.with_file_name("s3.jsonl"), &[prompt("s3", "go on")]);
        import(&store, folder.path(), Tense::Live).await;
        assert_eq!(kinds(&store).await.last().unwrap(), "agent.changed", "of anybody else it is");
        store.close().await;
    }

    async fn a_session_cut_off_in_its_turn_runs_until_it_is_quiet(place: &Place) {
        let store = place.open().await;
        let (folder, session) = project();
        let mut now = prompt("s1", "go");
        now["timestamp"] = LATER.plus_seconds(-30).to_string().into();
        append(&session, &[now]);
        import(&store, folder.path(), Tense::Live).await;
        let agent = agents(&store).await.remove(0);
        assert_eq!(agent.status, AgentStatus::Running);
        assert!(agent.status_evidence.last_event_at.is_some());
        let clock = Clock::manual(LATER.plus_seconds(3_600));
        Intake::new(store.clone(), clock).look_after().await.unwrap();
        let agent = agents(&store).await.remove(0);
        assert_eq!(agent.status, AgentStatus::Interrupted);
        assert_eq!(store.task(agent.task_id.unwrap()).await.unwrap().unwrap().status, TaskStatus::Interrupted);
        assert_eq!(totals(&store).await.active, 0);
        store.close().await;
    }
}
