//! What is told of programs that end badly.

use super::processes::{INIT, fake, new};
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
