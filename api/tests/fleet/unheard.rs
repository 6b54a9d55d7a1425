//! Words on their way to an agent: none is lost, however long it waits and whatever ends in between.

use super::{
    deck::{Deck, Ground},
    processes::{INIT, RESULT, SPEAKS, new, program, rules},
};
use quarterdeck_shared::{
    AgentId, Event, Payload,
    agents::{AgentStatus, NewPrompt},
};
use std::{fs, path::Path, time::Duration};

/// Reads on and says nothing.
const SILENT: &str = "cat > /dev/null\n";

/// What a program that is an agent here was told first.
async fn told(deck: &Deck, id: AgentId) -> String {
    let me = deck.store.agent(id).await.unwrap().unwrap();
    fs::read_to_string(Path::new(&me.agent.working_directory).join("prompt")).unwrap()
}

#[tokio::test]
async fn words_that_were_not_heard_are_told_after_a_restart() {
    let ground = Ground::new();
    let once = format!("{INIT}{RESULT}");
    let mut deck = ground.deck(rules(&ground, &once)).await;
    let id = deck.fleet.create(new("the first words")).await.unwrap().agent.id;
    deck.agent_is(id, AgentStatus::Completed).await;
    program(&ground.folder(), SILENT);
    for words in ["the second words", "the third words"] {
        deck.fleet.prompt(id, NewPrompt { prompt: words.into() }).await.unwrap();
    }
    deck.fleet.stop().await;
    drop(deck);
    let mut deck = ground.deck(rules(&ground, &once)).await;
    deck.agent_is(id, AgentStatus::Completed).await;
    let told = told(&deck, id).await;
    for words in ["You were cut off", "the second words", "the third words"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("the first words"), "{told}");
}

/// Says that it takes up a line it read, as the runtime does.
const TAKES_UP: &str = r#"takes_up() {
  id=$(printf '%s' "$1" | sed 's/.*"uuid":"\([^"]*\)".*/\1/')
  echo '{"type":"command_lifecycle","state":"started","command_uuid":"'"$id"'"}'
}
takes_up "$prompt"
"#;

/// An agent that was told something in the middle of its only turn.
async fn told_in_mid_turn(start: &str, absorb: &str) -> (Ground, Deck, AgentId) {
    let ground = Ground::new();
    let body = format!("{start}{INIT}{SPEAKS}read -r more\n{absorb}{RESULT}");
    let mut deck = ground.deck(rules(&ground, &body)).await;
    let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
    deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
    deck.fleet.prompt(id, NewPrompt { prompt: "hurry please".into() }).await.unwrap();
    (ground, deck, id)
}

#[tokio::test]
async fn one_result_answers_all_words_that_the_runtime_took_up_in_its_turn() {
    let (_ground, mut deck, id) = told_in_mid_turn(TAKES_UP, "takes_up \"$more\"\n").await;
    deck.agent_is(id, AgentStatus::Completed).await;
}

#[tokio::test]
async fn words_for_which_no_turn_begins_were_answered_with_the_last_one() {
    let (ground, mut deck, id) = told_in_mid_turn("", "").await;
    let ended = deck.agent_is(id, AgentStatus::Completed);
    Deck::meanwhile(&ground.clock, Duration::from_secs(1), ended).await;
}

#[tokio::test]
async fn an_agent_that_waits_for_a_place_says_so_and_hears_every_prompt_in_order() {
    let ground = Ground::new();
    let mut alone = rules(&ground, SILENT);
    alone.max_agents = 1;
    let mut deck = ground.deck(alone).await;
    let first = deck.fleet.create(new("go")).await.unwrap().agent.id;
    let process = |event: &Event| {
        matches!(&event.payload, Payload::AgentStatusChanged { to: AgentStatus::Running, .. })
    };
    deck.until("the first works", process).await;
    let id = deck.fleet.create(new("the first words")).await.unwrap().agent.id;
    let waits = deck.fleet.prompt(id, NewPrompt { prompt: "the second words".into() }).await.unwrap().agent;
    assert_eq!((waits.status, waits.activity.as_str()), (AgentStatus::Created, "waits for a place"));
    assert!(waits.status_evidence.reason.contains("1 agents are at work"), "{:?}", waits.status_evidence);
    let one = format!("{INIT}{}", RESULT.replace(SILENT, ""));
    program(&ground.folder(), &format!("{one}{one}{SILENT}"));
    Deck::meanwhile(&ground.clock, Duration::from_secs(1), deck.fleet.cancel(first)).await.unwrap();
    deck.agent_is(id, AgentStatus::Completed).await;
    let told = told(&deck, id).await;
    assert!(told.contains("the first words") && !told.contains("the second words"), "{told}");
}

#[tokio::test]
async fn an_agent_that_goes_on_and_finds_no_place_does_not_run() {
    let ground = Ground::new();
    let once = format!("{INIT}{RESULT}");
    let alone = |body: &str| {
        let mut alone = rules(&ground, body);
        alone.max_agents = 1;
        alone
    };
    let mut deck = ground.deck(alone(&once)).await;
    let id = deck.fleet.create(new("the first words")).await.unwrap().agent.id;
    deck.agent_is(id, AgentStatus::Completed).await;
    program(&ground.folder(), SILENT);
    let other = deck.fleet.create(new("go")).await.unwrap().agent.id;
    deck.agent_is(other, AgentStatus::Running).await;
    let waits = deck.fleet.prompt(id, NewPrompt { prompt: "the second words".into() }).await.unwrap().agent;
    assert_eq!((waits.status, waits.activity.as_str()), (AgentStatus::Created, "waits for a place"));
    let refused = deck.fleet.delete(id).await.unwrap_err();
    assert!(refused.to_string().contains("about to run"), "{refused}");
    Deck::meanwhile(&ground.clock, Duration::from_secs(1), deck.fleet.cancel(other)).await.unwrap();
    deck.agent_is(id, AgentStatus::Running).await;
    deck.fleet.stop().await;
    drop(deck);

    let mut deck = ground.deck(alone(&once)).await;
    deck.agent_is(id, AgentStatus::Completed).await;
    let told = told(&deck, id).await;
    assert!(told.contains("the second words") && !told.contains("the first words"), "{told}");
}
