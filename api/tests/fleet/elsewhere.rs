//! Sessions that were begun elsewhere and go on here: from then on they are ours.

use super::{
    deck::{Deck, Ground, deck_on},
    processes::{INIT, rules},
};
use crate::{
    both,
    sources::{agents, append, import, response},
    support::rows,
};
use orchestrator::hooks::{Hook, course::Course};
use quarterdeck::{
    fleet::{
        FleetError, FleetRules,
        outside::{STATES, instructions},
    },
    sources::{HookRules, SourceRules, Sources, Tense},
    store::{Batch, Row},
};
use quarterdeck_shared::{
    Payload,
    agents::{Agent, AgentStatus, NewPrompt},
    approvals::ApprovalQuery,
    event::ActivityKind,
    tasks::{PermissionMode, Task, TaskStatus},
};
use serde_json::{Value, json};
use std::{fs, path::Path, time::Duration};
use tokio::{task::JoinHandle, time::timeout};

/// Says something and reads on.
const SPEAKS: &str = r#"echo '{"type":"assistant","message":{"id":"m1","model":"opus","content":[{"type":"text","text":"go"}]}}'
cat > /dev/null
"#;

fn session(folder: &Path) -> Agent {
    Agent {
        status: AgentStatus::Completed,
        source: "transcript".into(),
        session_id: Some("s1".into()),
        working_directory: folder.display().to_string(),
        model: None,
        ..rows::agent(1)
    }
}

fn prompt() -> NewPrompt {
    NewPrompt { prompt: "go on".into() }
}

/// A deck that knows this session, whose `claude` speaks.
async fn deck(ground: &Ground, me: &Agent, change: impl FnOnce(&mut FleetRules)) -> Deck {
    let mut rules = rules(ground, &format!("{INIT}{SPEAKS}"));
    change(&mut rules);
    let deck = ground.deck(rules).await;
    deck.store.commit(known(me)).await.unwrap();
    deck
}

/// The session as it was taken in.
fn known(me: &Agent) -> Batch {
    let thread = Row::Thread { session_id: "s1".into(), thread_id: String::new(), agent_id: me.id };
    rows::rows([Row::AgentDetail(Box::new(rows::detail(me.clone()))), thread])
}

/// What a hook of the session says.
fn hook(event: &str) -> Hook {
    let told = json!({"session_id": "s1", "hook_event_name": event, "prompt": "go", "tool_name": "Bash", "tool_input": {}});
    orchestrator::hooks::read(&told).unwrap()
}

/// The reply of hooks that wait for nobody.
async fn hear(deck: &Deck, event: &str) -> Value {
    let hooks = HookRules { hold: Duration::ZERO, ..HookRules::default() };
    let hears = SourceRules { hooks, watch_sessions: false, ..SourceRules::new(Vec::new()) };
    let sources = Sources::beside(&hears, deck.store.clone(), deck.fleet.outside());
    sources.hooks().unwrap().hear(hook(event)).await.unwrap()
}

/// Makes sure that a command waits for its turn; its answer is to come.
async fn waits<T: Send + 'static>(command: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    let mut command = tokio::spawn(command);
    let early = timeout(Duration::from_millis(100), &mut command).await;
    assert!(early.is_err(), "it was carried out while a source had its turn");
    command
}

both! {
    async fn what_a_source_takes_in_at_the_same_time_takes_no_delete_back(place: &Place) {
        let (ground, deck) = deck_on(place, &[]).await;
        let me = session(&ground.folder());
        deck.store.commit(known(&me)).await.unwrap();
        let turn = deck.store.turn().await.unwrap();
        let fleet = deck.fleet.clone();
        let deleted = waits(async move { fleet.delete(me.id).await }).await;
        drop(turn);
        deleted.await.unwrap().unwrap();
        let folder = ground.folder().join("projects");
        append(&folder.join("-home-dev-app/s1.jsonl"), &[response("s1", "m1", 7)]);
        import(&deck.store, &folder, Tense::Live).await;
        let now = deck.store.agent(me.id).await.unwrap().unwrap().agent;
        assert_eq!((now.status, now.output_tokens), (AgentStatus::Deleted, me.output_tokens + 7));
        deck.store.close().await;
    }

    async fn an_instruction_that_comes_with_the_end_of_the_turn_is_refused(place: &Place) {
        let (_ground, deck) = deck_on(place, &[]).await;
        hear(&deck, "UserPromptSubmit").await;
        let me = agents(&deck.store).await.remove(0);
        let turn = deck.store.turn().await.unwrap();
        let fleet = deck.fleet.clone();
        let told = waits(async move { fleet.prompt(me.id, prompt()).await }).await;
        let key = format!("{STATES}s1");
        let mut course: Course = serde_json::from_str(&deck.store.note(&key).await.unwrap().unwrap()).unwrap();
        course.hear(&hook("Stop"));
        let stopped = Row::Note { key, json: Some(serde_json::to_string(&course).unwrap()) };
        deck.store.commit(rows::rows([stopped])).await.unwrap();
        drop(turn);
        let refused = told.await.unwrap().unwrap_err();
        assert!(matches!(&refused, FleetError::Conflict(why) if why.contains("its turn has ended")), "{refused}");
        assert_eq!(deck.store.notes(&instructions(me.id)).await.unwrap(), []);
        deck.store.close().await;
    }

    async fn what_is_at_work_elsewhere_is_neither_cancelled_nor_taken_away_here(place: &Place) {
        let (ground, deck) = deck_on(place, &[]).await;
        let task = Task { status: TaskStatus::Running, source: "transcript".into(), ..rows::task(1) };
        let at_work = Agent { status: AgentStatus::Running, ..session(&ground.folder()) };
        let me = Agent { task_id: Some(task.id), ..at_work };
        let known = [Row::Task(Box::new(task.clone())), Row::Agent(Box::new(me.clone()))];
        deck.store.commit(rows::rows(known)).await.unwrap();
        let says = |refused: FleetError, what: String| {
            let why = format!("{what} works elsewhere");
            let way = "end it in its terminal";
            let fits = |said: &str| said.starts_with(&why) && said.ends_with(way);
            assert!(matches!(&refused, FleetError::Conflict(said) if fits(said)), "{refused}");
        };
        says(deck.fleet.cancel(me.id).await.unwrap_err(), format!("agent {}", me.id));
        says(deck.fleet.delete(me.id).await.unwrap_err(), format!("agent {}", me.id));
        says(deck.fleet.delete_task(task.id).await.unwrap_err(), format!("task {}", task.id));
        assert_eq!(deck.store.task(task.id).await.unwrap(), Some(task.clone()));

        let resumed = Agent { source: "quarterdeck".into(), ..me.clone() };
        deck.store.commit(rows::rows([Row::Agent(Box::new(resumed))])).await.unwrap();
        let refused = deck.fleet.delete_task(task.id).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("cancel agent {} instead", me.id)), "{refused}");
        let ended = Task { status: TaskStatus::Completed, ..task.clone() };
        let me = Agent { status: AgentStatus::Completed, ..me };
        deck.store.commit(rows::rows([Row::Task(Box::new(ended)), Row::Agent(Box::new(me))])).await.unwrap();
        assert_eq!(deck.fleet.delete_task(task.id).await.unwrap(), None);
        assert!(deck.store.is_removed(task.id).await.unwrap());
    }
}

#[tokio::test]
async fn a_session_that_goes_on_here_is_told_of_by_its_stream_alone() {
    let ground = Ground::new();
    let me = session(&ground.folder());
    let mut deck = deck(&ground, &me, |_| {}).await;
    deck.fleet.prompt(me.id, prompt()).await.unwrap();
    deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;

    for event in ["PermissionRequest", "Stop"] {
        assert_eq!(hear(&deck, event).await, json!({}));
    }
    let now = deck.store.agent(me.id).await.unwrap().unwrap().agent;
    assert_eq!((now.source.as_str(), now.status), ("quarterdeck", AgentStatus::Running));
    let all = ApprovalQuery { status: Some("all".into()), ..ApprovalQuery::default() };
    assert_eq!(deck.store.approvals(&all).await.unwrap().items, []);
    let ended = Deck::meanwhile(&deck.clock, Duration::from_secs(1), deck.fleet.cancel(me.id));
    let ended = Deck::patiently("it is cancelled", ended).await.unwrap().agent;
    assert_eq!(ended.status, AgentStatus::Cancelled, "what goes on here is stopped here");

    let stands = async || {
        let me = deck.store.agent(me.id).await.unwrap().unwrap().agent;
        (me.source, me.status, deck.store.approvals(&all).await.unwrap().items.len())
    };
    hear(&deck, "Stop").await;
    assert_eq!(
        stands().await,
        ("quarterdeck".into(), AgentStatus::Cancelled, 0),
        "its process tells it late"
    );
    hear(&deck, "UserPromptSubmit").await;
    assert_eq!(stands().await, ("hooks".into(), AgentStatus::Running, 0), "it goes on in its terminal");
    hear(&deck, "PermissionRequest").await;
    assert_eq!(stands().await, ("hooks".into(), AgentStatus::Waiting, 1));
    assert_eq!(agents(&deck.store).await.len(), 1);
}

#[tokio::test]
async fn what_worked_for_a_task_of_ours_stays_its_own() {
    let ground = Ground::new();
    let deck = ground.deck(rules(&ground, INIT)).await;
    let task = rows::task(1);
    let me = Agent {
        source: "quarterdeck".into(),
        task_id: Some(task.id),
        parent_id: None,
        ..session(&ground.folder())
    };
    deck.store.commit(known(&me).row(Row::Task(Box::new(task.clone())))).await.unwrap();
    hear(&deck, "UserPromptSubmit").await;
    assert_eq!(deck.store.agent(me.id).await.unwrap().unwrap().agent, me);
    assert_eq!(deck.store.task(task.id).await.unwrap().unwrap(), task);
    assert_eq!(deck.store.note(&format!("{STATES}s1")).await.unwrap(), None);
}

#[tokio::test]
async fn what_it_may_do_unasked_here_is_for_the_setting_to_say() {
    for (allowed, wanted) in [(false, PermissionMode::Default), (true, PermissionMode::BypassPermissions)] {
        let ground = Ground::new();
        let me = Agent { permission_mode: PermissionMode::BypassPermissions, ..session(&ground.folder()) };
        let mut deck = deck(&ground, &me, |rules| rules.allow_bypass_permissions = allowed).await;
        let goes_on = deck.fleet.prompt(me.id, prompt()).await.unwrap().agent;
        assert_eq!(goes_on.permission_mode, wanted);
        let mut said = Vec::new();
        deck.until("it speaks", |event| match &event.payload {
            Payload::AgentActivity(activity) => {
                said.push(activity.text.clone());
                activity.kind == ActivityKind::Text
            }
            _ => false,
        })
        .await;
        assert_eq!(said.iter().any(|words| words.contains("ALLOW_BYPASS_PERMISSIONS")), !allowed, "{said:?}");
        let arguments = fs::read_to_string(ground.folder().join("argv")).unwrap();
        assert!(arguments.contains(&format!("--permission-mode\0{wanted}\0")), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_sub_agent_of_such_a_session_has_nothing_to_go_on_with() {
    let ground = Ground::new();
    let deck = ground.deck(rules(&ground, INIT)).await;
    let parent = session(&ground.folder());
    let helper = Agent { id: rows::agent_id(2), parent_id: Some(parent.id), ..parent.clone() };
    let known = [parent.clone(), helper.clone()].map(|me| Row::AgentDetail(Box::new(rows::detail(me))));
    deck.store.commit(rows::rows(known)).await.unwrap();
    let refused = deck.fleet.prompt(helper.id, prompt()).await.unwrap_err();
    let says = format!("prompt agent {} instead", parent.id);
    assert!(matches!(&refused, FleetError::Conflict(why) if why.contains(&says)), "{refused}");
}
