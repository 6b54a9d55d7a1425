//! Agents on command, alone.

use super::{
    deck::{Deck, agent, deck, deck_on, deck_with},
    tape::{Tape, plain},
};
use crate::both;
use quarterdeck::{fleet::FleetError, store::Channel};
use quarterdeck_shared::{
    Event, Payload,
    agents::{AgentStatus, NewAgent, NewPrompt, Role},
    event::ActivityKind,
};
use serde_json::json;
use std::time::Duration;

fn conflict(error: &FleetError, says: &str) {
    assert!(matches!(error, FleetError::Conflict(message) if message.contains(says)), "{error}");
}

both! {
    async fn an_agent_that_ended_goes_on_in_the_same_session(place: &Place) {
        let (_ground, mut deck) = deck_on(place, &[("builder", &plain("hello"))]).await;
        let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
        deck.agent_is(id, AgentStatus::Completed).await;
        let first = deck.store.agent(id).await.unwrap().unwrap().agent;
        let again = deck.fleet.prompt(id, NewPrompt { prompt: "and again".into() }).await.unwrap();
        assert_eq!(again.agent.status, AgentStatus::Running);
        deck.agent_is(id, AgentStatus::Completed).await;
        let second = deck.store.agent(id).await.unwrap().unwrap().agent;
        assert_eq!(first.session_id, second.session_id);
        assert_eq!((second.requests, second.output_tokens), (2, 100), "each turn is counted");
        let events = deck.store.events(0, Channel::Fleet, 1000).await.unwrap();
        let prompts = events.iter().filter_map(|event| match serde_json::from_str::<Event>(&event.json).unwrap().payload {
            Payload::AgentPrompted { prompt } => Some(prompt),
            _ => None,
        });
        assert_eq!(prompts.collect::<Vec<_>>(), ["go", "and again"], "both prompts are kept");
    }

    async fn a_status_may_only_lead_to_what_follows_it(place: &Place) {
        let (_ground, mut deck) = deck_on(place, &[("builder", &Tape::new().may("Bash", json!({})).ends("done"))]).await;
        let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
        deck.agent_is(id, AgentStatus::Waiting).await;
        conflict(&deck.fleet.delete(id).await.unwrap_err(), "cancel it first");
        assert_eq!(deck.fleet.cancel(id).await.unwrap().agent.status, AgentStatus::Cancelled);
        conflict(&deck.fleet.cancel(id).await.unwrap_err(), "cancelled already");
        deck.fleet.delete(id).await.unwrap();
        assert!(matches!(deck.fleet.delete(id).await, Err(FleetError::Deleted { .. })));
        let gone = deck.fleet.prompt(id, NewPrompt { prompt: "go".into() }).await;
        assert!(matches!(gone, Err(FleetError::Deleted { .. })));
        let kept = deck.store.agent(id).await.unwrap().unwrap();
        assert_eq!(kept.agent.status, AgentStatus::Deleted);
    }

    async fn what_an_agent_says_and_does_is_written_down_in_order(place: &Place) {
        let tape = Tape::new()
            .says("I look.", 5)
            .calls("c1", "Read", json!({"file_path": "/src/main.rs"}))
            .answered("c1", "fn main() {}")
            .says("It is fine.", 5)
            .ends("It is fine.");
        let (_ground, mut deck) = deck_on(place, &[("builder", &tape)]).await;
        let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
        let mut told = Vec::new();
        deck.until("the end", |event| {
            if let Payload::AgentActivity(activity) = &event.payload {
                told.push((activity.kind, activity.text.clone()));
            }
            matches!(&event.payload, Payload::AgentStatusChanged { to: AgentStatus::Completed, .. })
        })
        .await;
        let expected = [
            (ActivityKind::Text, "I look."),
            (ActivityKind::ToolCall, "/src/main.rs"),
            (ActivityKind::ToolResult, "fn main() {}"),
            (ActivityKind::Text, "It is fine."),
        ];
        assert_eq!(told, expected.map(|(kind, text)| (kind, text.to_owned())));
        let done = deck.store.agent(id).await.unwrap().unwrap();
        assert_eq!((done.agent.tool_calls, done.tool_breakdown[0].tool.as_str()), (1, "Read"));
        assert_eq!(done.files[0].path, "/src/main.rs");
        assert_eq!(done.agent.activity, "");
    }
}

#[tokio::test]
async fn an_agent_without_a_prompt_waits_for_one() {
    let (_ground, mut deck) = deck(&[("builder", &plain("hello"))]).await;
    let made = deck.fleet.create(agent(Role::Builder, None)).await.unwrap();
    assert_eq!(made.agent.status, AgentStatus::Created);
    assert!(made.agent.name.starts_with("Builder "));
    assert!(made.system_prompt.contains("BUILDER"));
    let id = made.agent.id;
    deck.clock.advance(Duration::from_secs(3600));
    let prompted = deck.fleet.prompt(id, NewPrompt { prompt: "go".into() }).await.unwrap();
    assert_eq!(prompted.prompt.as_deref(), Some("go"));
    deck.agent_is(id, AgentStatus::Completed).await;
    let done = deck.store.agent(id).await.unwrap().unwrap();
    assert_eq!((done.result.as_deref(), done.agent.requests), (Some("hello"), 1));
    assert_eq!(
        (done.agent.started_at, done.seconds),
        (Some(deck.clock.now()), 0),
        "time begins with the work"
    );
}

#[tokio::test]
async fn a_prompt_to_a_working_agent_is_heard_after_what_it_is_at() {
    let tape = Tape::new().may("Bash", json!({"command": "ls"})).ends("done");
    let (_ground, mut deck) = deck(&[("builder", &tape)]).await;
    let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
    let first = deck.asked().await;
    deck.fleet.prompt(id, NewPrompt { prompt: "then this".into() }).await.unwrap();
    deck.fleet.answer(first.id, super::approvals::allow()).await.unwrap();
    let second = deck.asked().await;
    deck.fleet.answer(second.id, super::approvals::allow()).await.unwrap();
    deck.agent_is(id, AgentStatus::Completed).await;
    assert_eq!(deck.store.agent(id).await.unwrap().unwrap().agent.requests, 2);
}

#[tokio::test]
async fn an_agent_that_has_not_begun_can_be_cancelled_and_deleted() {
    let (_ground, deck) = deck(&[("builder", &plain("hello"))]).await;
    let id = deck.fleet.create(agent(Role::Builder, None)).await.unwrap().agent.id;
    assert_eq!(deck.fleet.cancel(id).await.unwrap().agent.status, AgentStatus::Cancelled);
    let id = deck.fleet.create(agent(Role::Builder, None)).await.unwrap().agent.id;
    deck.fleet.delete(id).await.unwrap();
}

#[tokio::test]
async fn a_window_that_is_nearly_full_is_said_once() {
    let tape =
        Tape::new().answers("some", 800_000).answers("more", 800_001).answers("most", 900_000).ends("done");
    let (_ground, mut deck) = deck(&[("builder", &tape)]).await;
    let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
    let mut said = Vec::new();
    deck.until("the end", |event| {
        if let Payload::AgentContextHigh { context } = &event.payload {
            said.push((event.agent_id, context.used));
        }
        matches!(&event.payload, Payload::AgentStatusChanged { to: AgentStatus::Completed, .. })
    })
    .await;
    assert_eq!(said, [(Some(id), 800_001)], "above four fifths of a window of a million");
}

#[tokio::test]
async fn an_agent_that_is_silent_for_long_is_said_to_stall_once() {
    let tape = Tape::new().says("first", 1).later(10_000_000).ends("done");
    let (_ground, mut deck) =
        deck_with(&[("builder", &tape)], |rules| rules.runtimes.replay_speed = 1.0).await;
    let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
    deck.until("its words", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
    let usage = |event: &Event| matches!(&event.payload, Payload::UsageRecorded { record, .. } if record.tokens.output == 1);
    deck.until("its figures", usage).await;
    deck.clock.advance(Duration::from_secs(600));
    let stalled =
        deck.until("the alarm", |event| matches!(event.payload, Payload::AgentStalled { .. })).await;
    assert_eq!(stalled.agent_id, Some(id));
    let reason =
        async |deck: &Deck| deck.store.agent(id).await.unwrap().unwrap().agent.status_evidence.reason;
    assert_eq!(reason(&deck).await, "nothing was heard for 10m 0s or more");
    deck.clock.advance(Duration::from_secs(9_400));
    let mut more = 0;
    deck.until("the end", |event| {
        more += usize::from(matches!(event.payload, Payload::AgentStalled { .. }));
        matches!(&event.payload, Payload::AgentStatusChanged { to: AgentStatus::Completed, .. })
    })
    .await;
    assert_eq!(more, 0);
}

#[tokio::test]
async fn names_and_tasks_are_checked() {
    let (_ground, deck) = deck(&[("builder", &plain("hello"))]).await;
    let field = async |new: NewAgent| match deck.fleet.create(new).await.unwrap_err() {
        FleetError::Invalid { field, .. } => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(agent(Role::Custom, None)).await, "name");
    assert_eq!(
        field(NewAgent { tools: Some(vec!["-x".into()]), ..agent(Role::Builder, None) }).await,
        "tools"
    );
    let stranger = "0192f0c1-2b3c-7d4e-8f50-123456789abc".parse().unwrap();
    assert_eq!(field(NewAgent { task_id: Some(stranger), ..agent(Role::Builder, None) }).await, "task_id");
    assert_eq!(field(agent(Role::Builder, Some(" "))).await, "prompt");
}
