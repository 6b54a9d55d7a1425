//! What is noted of an agent and cannot be read: said with its name, never taken for nothing.

use super::{
    deck::{Ground, deck_on},
    tape::shelf,
};
use crate::{both, support::rows};
use quarterdeck::{
    fleet::{FleetError, outside::STATES},
    store::{Row, StoreError},
};
use quarterdeck_shared::{
    Payload,
    agents::{Agent, AgentStatus, NewPrompt},
};

fn broken(key: &str) -> Row {
    Row::Note { key: key.to_owned(), json: Some("{\"prompts\":[\"canary".to_owned()) }
}

fn running(source: &str) -> Agent {
    let me = Agent { source: source.to_owned(), session_id: Some("s1".to_owned()), ..rows::agent(1) };
    Agent { status: AgentStatus::Running, ..me }
}

both! {
    async fn an_agent_whose_note_is_broken_is_not_begun_anew_and_says_why(place: &Place) {
        let ground = Ground::on(place);
        let store = ground.open().await;
        let me = running("quarterdeck");
        let key = format!("run/{}", me.id);
        store.commit(rows::rows([Row::AgentDetail(Box::new(rows::detail(me))), broken(&key)])).await.unwrap();
        store.close().await;
        let mut deck = ground.deck(ground.rules(shelf(&[]))).await;
        let says = |event: &quarterdeck_shared::Event| match &event.payload {
            Payload::AgentStatusChanged { to: AgentStatus::Interrupted, evidence, .. } => {
                assert!(!evidence.reason.contains("canary"), "{}", evidence.reason);
                evidence.reason.contains(&key)
            }
            _ => false,
        };
        deck.until("it is given up with its reason", says).await;
        assert_eq!(deck.store.note(&key).await.unwrap(), None);
    }

    async fn words_for_a_session_whose_note_is_broken_are_refused_with_its_name(place: &Place) {
        let (_ground, deck) = deck_on(place, &[]).await;
        let me = running("hooks");
        let (id, key) = (me.id, format!("{STATES}s1"));
        deck.store.commit(rows::rows([Row::Agent(Box::new(me)), broken(&key)])).await.unwrap();
        let error = deck.fleet.prompt(id, NewPrompt { prompt: "go on".into() }).await.unwrap_err();
        let FleetError::Store(StoreError::Corrupt { what }) = &error else { panic!("{error}") };
        assert!(what.contains(&key) && !what.contains("canary"), "{what}");
    }
}
