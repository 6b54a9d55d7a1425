//! Hooks: what they tell of a session, and what they wait to hear.

use super::{adds_up, agents, append, import, records, response, totals};
use crate::both;
use quarterdeck::{
    fleet::{Outside, clock::Clock, outside::instructions},
    sources::{HookRules, Hooks, Intake, SourceRules, Sources, Tense},
    store::{Batch, Channel, Committed, Row, Store},
};
use quarterdeck_shared::{
    AgentId, Event, Payload,
    agents::AgentStatus,
    approvals::{Approval, ApprovalQuery, ApprovalStatus, Decision, NewAnswer},
    tasks::TaskStatus,
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::{sync::broadcast::Receiver, task::JoinHandle};

/// Hooks that hold a question so long.
pub fn heard_by(store: &Store, hold: Duration, ask: &[&str]) -> (Sources, Outside) {
    let outside = Outside::default();
    let ask_tools = ask.iter().map(|tool| (*tool).to_owned()).collect();
    let hooks = HookRules { hold, ask_tools };
    let rules = SourceRules { hooks, watch_sessions: false, ..SourceRules::new(Vec::new()) };
    (Sources::beside(&rules, store.clone(), outside.clone()), outside)
}

pub fn hours() -> Duration {
    Duration::from_secs(7_200)
}

pub fn told(event: &str, more: Value) -> Value {
    let mut value =
        json!({"session_id": "s1", "cwd": "/home/dev/app", "hook_event_name": event, "prompt_id": "p1"});
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

pub fn tool(event: &str) -> Value {
    told(event, json!({"tool_name": "Bash", "tool_input": {"command": "make"}, "tool_use_id": "t1"}))
}

pub async fn hear(hooks: &Hooks, input: Value) -> Value {
    hooks.hear(orchestrator::hooks::read(&input).unwrap()).await.unwrap()
}

/// A session at work for which two instructions wait, and who hears its hooks.
async fn instructed(store: &Store) -> (Sources, AgentId) {
    let (sources, _) = heard_by(store, hours(), &[]);
    hear(sources.hooks().unwrap(), told("UserPromptSubmit", json!({"prompt": "go"}))).await;
    let agent = agents(store).await.remove(0).id;
    for (at, words) in ["Then paint it.", "Then go home."].iter().enumerate() {
        let key = format!("{}{at}", instructions(agent));
        let note = Row::Note { key, json: Some(json!(words).to_string()) };
        store.commit(Batch::new().row(note)).await.unwrap();
    }
    (sources, agent)
}

pub async fn stands(store: &Store) -> (AgentStatus, String, String) {
    let agent = agents(store).await.remove(0);
    (agent.status, agent.status_evidence.reason, agent.activity)
}

async fn events(store: &Store) -> i64 {
    store.seq()
}

pub async fn asked(groups: &mut Receiver<Arc<[Committed]>>, store: &Store) -> Approval {
    loop {
        let group = groups.recv().await.expect("the store goes on");
        if group.iter().any(|event| event.kind == "approval.asked") {
            return approvals(store, "pending").await.remove(0);
        }
    }
}

/// Hooks that are asked and hold their answer.
fn held_by(sources: &Sources, question: Value) -> JoinHandle<Value> {
    let hooks = sources.hooks().unwrap().clone();
    tokio::spawn(async move { hear(&hooks, question).await })
}

/// The same, and the approval that came of it.
async fn pending(sources: &Sources, store: &Store, question: Value) -> (JoinHandle<Value>, Approval) {
    let mut groups = store.watch();
    let held = held_by(sources, question);
    (held, asked(&mut groups, store).await)
}

pub async fn approvals(store: &Store, status: &str) -> Vec<Approval> {
    let query = ApprovalQuery { status: Some(status.into()), ..ApprovalQuery::default() };
    store.approvals(&query).await.unwrap().items
}

fn allow() -> NewAnswer {
    NewAnswer { decision: Decision::Allow, ..NewAnswer::default() }
}

both! {
    async fn a_session_is_seen_as_its_hooks_tell_and_counts_nothing(place: &Place) {
        let store = place.open().await;
        let (sources, _) = heard_by(&store, hours(), &[]);
        let hooks = sources.hooks().unwrap();
        assert_eq!(hear(hooks, told("UserPromptSubmit", json!({"prompt": "Mend the pier"}))).await, json!({}));
        let (status, reason, _) = stands(&store).await;
        assert_eq!((status, reason.as_str()), (AgentStatus::Running, "hook UserPromptSubmit: it was given words"));
        hear(hooks, tool("PreToolUse")).await;
        assert_eq!(stands(&store).await.2, "Bash: make");
        hear(hooks, tool("PostToolUse")).await;
        hear(hooks, told("Stop", json!({"last_assistant_message": "Mended."}))).await;
        assert_eq!(stands(&store).await.0, AgentStatus::Waiting);
        hear(hooks, told("SessionEnd", json!({"reason": "other"}))).await;
        assert_eq!(stands(&store).await.0, AgentStatus::Completed);
        let agent = agents(&store).await.remove(0);
        assert_eq!((agent.name.as_str(), agent.working_directory.as_str()), ("Mend the pier", "/home/dev/app"));
        let task = store.task(agent.task_id.unwrap()).await.unwrap().unwrap();
        assert_eq!((task.status, task.title.as_str()), (TaskStatus::Completed, "Mend the pier"));
        assert_eq!((totals(&store).await.records, records(&store).await.len()), (0, 0));
        store.close().await;
    }

    async fn what_is_told_twice_or_late_does_nothing(place: &Place) {
        let store = place.open().await;
        let (sources, _) = heard_by(&store, hours(), &[]);
        let hooks = sources.hooks().unwrap();
        let session = [
            told("UserPromptSubmit", json!({"prompt": "go"})),
            tool("PreToolUse"),
            tool("PostToolUse"),
            told("SubagentStart", json!({"agent_id": "a1", "agent_type": "Explore"})),
            told("SubagentStop", json!({"agent_id": "a1", "agent_type": "Explore"})),
            told("Stop", json!({})),
            told("SessionEnd", json!({"reason": "other"})),
        ];
        for input in &session {
            hear(hooks, input.clone()).await;
        }
        let (before, crew) = (events(&store).await, agents(&store).await);
        // A server that was restarted remembers what it heard.
        let (again, _) = heard_by(&store, hours(), &[]);
        for input in session.iter().chain(session.iter().rev()) {
            hear(again.hooks().unwrap(), input.clone()).await;
        }
        assert_eq!((events(&store).await, agents(&store).await), (before, crew.clone()));
        let sub = crew.iter().find(|agent| agent.parent_id.is_some()).expect("a sub-agent");
        assert_eq!((sub.name.as_str(), sub.status), ("Sub-agent Explore a1", AgentStatus::Completed));
        store.close().await;
    }

    async fn a_question_is_held_until_it_is_answered(place: &Place) {
        let store = place.open().await;
        let (sources, outside) = heard_by(&store, hours(), &["Bash"]);
        for (event, wanted) in [
            ("PermissionRequest", json!({"hookEventName": "PermissionRequest", "decision": {"behavior": "allow"}})),
            ("PreToolUse", json!({"hookEventName": "PreToolUse", "permissionDecision": "allow"})),
        ] {
            let (held, approval) = pending(&sources, &store, tool(event)).await;
            assert_eq!((approval.tool.as_str(), &approval.input), ("Bash", &json!({"command": "make"})));
            // The same question asked again is no second one; both hear the answer.
            let twin = (event == "PermissionRequest").then(|| held_by(&sources, tool(event)));
            let answered = outside.answer(approval.id, allow()).await.expect("it is open").unwrap();
            assert_eq!(answered.status, ApprovalStatus::Allowed);
            assert_eq!(held.await.unwrap()["hookSpecificOutput"], wanted);
            if let Some(twin) = twin {
                // It may have come when the first was answered: then it is a question of its own.
                while !twin.is_finished() {
                    for approval in approvals(&store, "pending").await {
                        outside.answer(approval.id, allow()).await;
                    }
                    tokio::task::yield_now().await;
                }
                twin.await.unwrap();
            }
            assert!(outside.answer(approval.id, allow()).await.is_none());
        }
        store.close().await;
    }

    async fn a_denial_says_why(place: &Place) {
        let store = place.open().await;
        let (sources, outside) = heard_by(&store, hours(), &[]);
        let (held, approval) = pending(&sources, &store, tool("PermissionRequest")).await;
        assert_eq!(stands(&store).await.0, AgentStatus::Waiting);
        let answer = NewAnswer { message: Some("Not on this quay.".into()), ..NewAnswer::default() };
        outside.answer(approval.id, answer).await.expect("it is open").unwrap();
        let decision = json!({"behavior": "deny", "message": "Not on this quay."});
        assert_eq!(held.await.unwrap()["hookSpecificOutput"]["decision"], decision);
        assert_eq!(stands(&store).await.0, AgentStatus::Running);
        store.close().await;
    }

    async fn nobody_is_held_longer_than_the_setting_the_terminal_or_the_server(place: &Place) {
        let store = place.open().await;
        let (sources, outside) = heard_by(&store, Duration::ZERO, &[]);
        assert_eq!(hear(sources.hooks().unwrap(), tool("PermissionRequest")).await, json!({}));
        assert_eq!(approvals(&store, "withdrawn").await.len(), 1);
        drop(outside);

        let (sources, _) = heard_by(&store, hours(), &[]);
        let (held, _) = pending(&sources, &store, tool("PermissionRequest")).await;
        hear(sources.hooks().unwrap(), tool("PostToolUse")).await;
        assert_eq!(held.await.unwrap(), json!({}));
        assert_eq!(approvals(&store, "withdrawn").await.len(), 2);

        let mut other = tool("PermissionRequest");
        other["tool_input"] = json!({"command": "make clean"});
        let (held, _) = pending(&sources, &store, other).await;
        sources.stop();
        assert_eq!(held.await.unwrap(), json!({}));
        assert_eq!(approvals(&store, "pending").await, []);
        store.close().await;
    }

    async fn a_question_of_a_server_that_was_killed_is_withdrawn_by_the_next(place: &Place) {
        let store = place.open().await;
        let (killed, _) = heard_by(&store, hours(), &[]);
        let (held, left) = pending(&killed, &store, tool("PermissionRequest")).await;
        held.abort();
        let (next, outside) = heard_by(&store, hours(), &[]);
        let running = tokio::spawn({ let next = next.clone(); async move { next.run().await } });
        while !approvals(&store, "pending").await.is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(outside.answer(left.id, allow()).await.is_none());
        next.stop();
        running.await.unwrap();
        store.close().await;
    }

    async fn what_hooks_left_behind_ends_also_where_no_more_are_heard(place: &Place) {
        let store = place.open().await;
        let (killed, _) = heard_by(&store, hours(), &[]);
        let (held, _) = pending(&killed, &store, tool("PermissionRequest")).await;
        held.abort();
        let heard = agents(&store).await[0].status_evidence.last_event_at.unwrap();
        let clock = Clock::manual(heard.plus_seconds(90_000));
        let rules = SourceRules { hear_hooks: false, clock, watch_sessions: false, ..SourceRules::new(Vec::new()) };
        let next = Sources::new(&rules, store.clone());
        assert!(next.hooks().is_none());
        let board = || next.states().into_iter().find(|state| state.id == "hooks").unwrap();
        let off = board();
        let running = tokio::spawn({ let next = next.clone(); async move { next.run().await } });
        while stands(&store).await.0 != AgentStatus::Interrupted || !approvals(&store, "pending").await.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(board(), off, "the settings want it off, and its board says so");
        next.stop();
        running.await.unwrap();
        assert_eq!(board(), off);
        store.close().await;
    }

    async fn an_instruction_is_handed_over_at_the_end_of_the_turn_once(place: &Place) {
        let store = place.open().await;
        let (sources, _) = instructed(&store).await;
        let hooks = sources.hooks().unwrap();
        let first = hear(hooks, told("Stop", json!({"stop_hook_active": false}))).await;
        assert_eq!(first, json!({"decision": "block", "reason": "Then paint it."}));
        assert_eq!(stands(&store).await.0, AgentStatus::Running);
        assert_eq!(hear(hooks, told("Stop", json!({"stop_hook_active": false}))).await, json!({}));
        let second = hear(hooks, told("Stop", json!({"stop_hook_active": true}))).await;
        assert_eq!(second["reason"], "Then go home.");
        assert_eq!(hear(hooks, told("Stop", json!({"stop_hook_active": true}))).await, json!({}));
        assert_eq!(stands(&store).await.0, AgentStatus::Waiting);
        store.close().await;
    }

    async fn an_instruction_that_did_not_arrive_waits_for_the_end_of_the_next_turn(place: &Place) {
        let store = place.open().await;
        let (sources, agent) = instructed(&store).await;
        let hooks = sources.hooks().unwrap();
        let said = || async {
            let events = store.events(0, Channel::Fleet, 1_000).await.unwrap();
            let payloads = events.iter().map(|event| serde_json::from_str::<Event>(&event.json).unwrap().payload);
            let prompts = payloads.filter_map(|payload| match payload {
                Payload::AgentPrompted { prompt } => Some(prompt),
                _ => None,
            });
            prompts.collect::<Vec<_>>()
        };
        // Its reply comes too late; the session waits at its prompt, and a server that was restarted remembers that.
        hear(hooks, told("Stop", json!({}))).await;
        hear(hooks, told("Notification", json!({"notification_type": "idle_prompt"}))).await;
        let (again, _) = heard_by(&store, hours(), &[]);
        let hooks = again.hooks().unwrap();
        let next = |event: &str, more: Value| {
            let mut input = told(event, more);
            input["prompt_id"] = "p2".into();
            input
        };
        hear(hooks, next("UserPromptSubmit", json!({"prompt": "and this"}))).await;
        assert_eq!(said().await, ["go", "and this"]);
        assert_eq!(hear(hooks, next("Stop", json!({}))).await["reason"], "Then paint it.");
        hear(hooks, next("PreToolUse", json!({"tool_name": "Bash", "tool_input": {}, "tool_use_id": "t1"}))).await;
        assert_eq!(said().await, ["go", "and this", "Then paint it."], "now it has arrived");
        assert_eq!(hear(hooks, next("Stop", json!({"stop_hook_active": true}))).await["reason"], "Then go home.");
        hear(hooks, next("SessionEnd", json!({"reason": "other"}))).await;
        let waiting = store.notes(&instructions(agent)).await.unwrap();
        assert_eq!(waiting.iter().map(|(_, json)| json.as_str()).collect::<Vec<_>>(), ["\"Then go home.\""]);
        store.close().await;
    }

    async fn a_session_seen_by_hooks_and_by_its_file_is_one_agent(place: &Place) {
        let store = place.open().await;
        let folder = place.folder();
        let (sources, _) = heard_by(&store, hours(), &[]);
        hear(sources.hooks().unwrap(), told("UserPromptSubmit", json!({"prompt": "go"}))).await;
        append(&folder.join("projects/-home-dev-app/s1.jsonl"), &[response("s1", "m1", 7)]);
        import(&store, &folder.join("projects"), Tense::Live).await;
        let crew = agents(&store).await;
        assert_eq!(crew.len(), 1);
        assert_eq!((crew[0].output_tokens, crew[0].model.as_deref()), (7, Some("claude-sonnet-5-5")));
        assert_eq!(crew[0].status, AgentStatus::Running, "the hook knows that the turn goes on");
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_quiet_session_stands_where_its_hooks_left_it_for_a_day(place: &Place) {
        let store = place.open().await;
        let folder = place.folder();
        let (sources, _) = heard_by(&store, Duration::ZERO, &[]);
        let turn = |session: &str, event: &str| {
            let mut told = tool(event);
            told["session_id"] = session.into();
            told
        };
        for (session, events) in [
            ("s1", &["UserPromptSubmit", "Stop"][..]),
            ("s2", &["UserPromptSubmit", "PreToolUse"]),
            ("s3", &["UserPromptSubmit", "PermissionRequest"]),
        ] {
            for event in events {
                hear(sources.hooks().unwrap(), turn(session, event)).await;
            }
        }
        // Of the last one its file tells as well.
        append(&folder.join("projects/-home-dev-app/s4.jsonl"), &[response("s4", "m1", 7)]);
        import(&store, &folder.join("projects"), Tense::Live).await;
        for event in ["UserPromptSubmit", "Stop"] {
            hear(sources.hooks().unwrap(), turn("s4", event)).await;
        }
        let heard = agents(&store).await.iter().filter_map(|it| it.status_evidence.last_event_at).max().unwrap();
        use AgentStatus::{Completed, Interrupted, Running, Waiting};
        for (seconds, statuses, says) in [
            (3_600, [Waiting, Running, Waiting, Waiting], "hook"),
            (90_000, [Completed, Interrupted, Interrupted, Completed], "for a day"),
        ] {
            let intake = Intake::new(store.clone(), Clock::manual(heard.plus_seconds(seconds)));
            intake.look_after().await.unwrap();
            intake.look_after_hooked().await.unwrap();
            let mut crew = agents(&store).await;
            crew.sort_by_key(|agent| agent.session_id.clone());
            assert_eq!(crew.iter().map(|agent| agent.status).collect::<Vec<_>>(), statuses, "after {seconds} s");
            for agent in crew {
                let reason = agent.status_evidence.reason;
                assert!(reason.contains(says) && !reason.contains("file"), "{reason}");
            }
        }
        store.close().await;
    }
}
