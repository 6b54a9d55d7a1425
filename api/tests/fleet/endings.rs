//! What is told of programs that end badly.

use super::{
    deck::Ground,
    processes::{INIT, fake, new, rules},
};
use quarterdeck_shared::agents::AgentStatus;

#[tokio::test]
async fn a_program_that_crashes_is_told_with_its_last_words() {
    let (_ground, mut deck) = fake("echo 'out of ink' >&2\nexit 3\n").await;
    let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
    deck.agent_is(id, AgentStatus::Failed).await;
    let failed = deck.store.agent(id).await.unwrap().unwrap();
    assert_eq!(failed.error.unwrap(), "claude_cli ended without a result (exit code 3: out of ink)");
}

#[tokio::test]
async fn no_secret_is_told_with_them() {
    let ground = Ground::new();
    let mut rules =
        rules(&ground, "echo \"sk-ant-api03-AAAABBBBCCCCDDDD and $ANTHROPIC_AUTH_TOKEN\" >&2\nexit 3\n");
    rules.runtimes.environment.push(("ANTHROPIC_AUTH_TOKEN".into(), "canary of no known form".into()));
    let mut deck = ground.deck(rules).await;
    let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
    deck.agent_is(id, AgentStatus::Failed).await;
    let failed = deck.store.agent(id).await.unwrap().unwrap();
    let expected = "claude_cli ended without a result (exit code 3: sk-ant-******** and ********)";
    assert_eq!(
        (failed.error.as_deref(), failed.agent.status_evidence.reason.as_str()),
        (Some(expected), expected)
    );
}

#[tokio::test]
async fn a_turn_whose_kind_is_an_error_has_failed() {
    let result = r#"echo '{"type":"result","subtype":"error_max_turns","is_error":false,"num_turns":1}'
cat > /dev/null
"#;
    let (_ground, mut deck) = fake(&format!("{INIT}{result}")).await;
    let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
    deck.agent_is(id, AgentStatus::Failed).await;
    let failed = deck.store.agent(id).await.unwrap().unwrap();
    assert!(failed.error.unwrap().contains("the turn ended as `error_max_turns`"));
}
