//! Sessions that were begun elsewhere and go on here: from then on they are ours.

use super::{
    deck::{Deck, Ground},
    processes::{INIT, rules},
};
use crate::support::rows;
use quarterdeck::{
    fleet::FleetError,
    sources::{HookRules, SourceRules, Sources},
    store::Row,
};
use quarterdeck_shared::{
    Payload,
    agents::{Agent, AgentStatus, NewPrompt},
    approvals::ApprovalQuery,
};
use serde_json::json;
use std::{path::Path, time::Duration};

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

#[tokio::test]
async fn a_session_that_goes_on_here_is_told_of_by_its_stream_alone() {
    let ground = Ground::new();
    let mut deck = ground.deck(rules(&ground, &format!("{INIT}{SPEAKS}"))).await;
    let me = session(&ground.folder());
    let thread = Row::Thread { session_id: "s1".into(), thread_id: String::new(), agent_id: me.id };
    let known = Row::AgentDetail(Box::new(rows::detail(me.clone())));
    deck.store.commit(rows::rows([known, thread])).await.unwrap();
    deck.fleet.prompt(me.id, prompt()).await.unwrap();
    deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;

    let hooks = HookRules { hold: Duration::ZERO, ..HookRules::default() };
    let hears = SourceRules { hooks, watch_sessions: false, ..SourceRules::new(Vec::new()) };
    let sources = Sources::beside(&hears, deck.store.clone(), deck.fleet.outside());
    for event in ["PermissionRequest", "Stop"] {
        let hook =
            json!({"session_id": "s1", "hook_event_name": event, "tool_name": "Bash", "tool_input": {}});
        let hook = orchestrator::hooks::read(&hook).unwrap();
        assert_eq!(sources.hooks().unwrap().hear(hook).await.unwrap(), json!({}));
    }
    let now = deck.store.agent(me.id).await.unwrap().unwrap().agent;
    assert_eq!((now.source.as_str(), now.status), ("quarterdeck", AgentStatus::Running));
    let all = ApprovalQuery { status: Some("all".into()), ..ApprovalQuery::default() };
    assert_eq!(deck.store.approvals(&all).await.unwrap().items, []);
    let ended = Deck::meanwhile(&deck.clock, Duration::from_secs(1), deck.fleet.cancel(me.id));
    let ended = Deck::patiently("it is cancelled", ended).await.unwrap().agent;
    assert_eq!(ended.status, AgentStatus::Cancelled, "what goes on here is stopped here");
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
