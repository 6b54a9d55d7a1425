//! Questions agents ask, and the answers they get.

use super::{
    deck::{Deck, agent, deck, deck_on},
    tape::Tape,
};
use crate::both;
use quarterdeck::fleet::FleetError;
use quarterdeck_shared::{
    Event, Payload,
    agents::{AgentStatus, NewPrompt, Role},
    approvals::{ApprovalStatus, Decision, NewAnswer},
    event::ActivityKind,
};
use serde_json::json;

pub fn allow() -> NewAnswer {
    NewAnswer { decision: Decision::Allow, ..NewAnswer::default() }
}

fn asking() -> Tape {
    Tape::new().says("May I?", 3).may("Bash", json!({"command": "touch x"})).says("Thanks.", 3).ends("done")
}

both! {
    async fn an_agent_waits_for_its_answer_and_goes_on(place: &Place) {
        let (_ground, mut deck) = deck_on(place, &[("builder", &asking())]).await;
        let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
        let approval = deck.asked().await;
        assert_eq!((approval.agent_id, approval.tool.as_str()), (id, "Bash"));
        assert_eq!(approval.input, json!({"command": "touch x"}));
        deck.agent_is(id, AgentStatus::Waiting).await;

        let answered = deck.fleet.answer(approval.id, allow()).await.unwrap();
        assert_eq!(answered.status, ApprovalStatus::Allowed);
        assert!(answered.answered_at.is_some());
        deck.agent_is(id, AgentStatus::Running).await;
        deck.agent_is(id, AgentStatus::Completed).await;
        let again = deck.fleet.answer(approval.id, allow()).await.unwrap_err();
        assert!(
            matches!(&again, FleetError::Conflict(message) if message.contains("allowed already")),
            "{again}"
        );
    }

    async fn of_two_answers_at_once_one_counts(place: &Place) {
        let (_ground, mut deck) = deck_on(place, &[("builder", &asking())]).await;
        let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
        let approval = deck.asked().await;
        let deny = NewAnswer::default();
        let (one, two) =
            tokio::join!(deck.fleet.answer(approval.id, allow()), deck.fleet.answer(approval.id, deny));
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
        let refused = one.err().or(two.err()).unwrap();
        assert!(matches!(refused, FleetError::Conflict(_)), "{refused}");
        deck.agent_is(id, AgentStatus::Completed).await;
    }
}

#[tokio::test]
async fn a_denial_reaches_the_agent_in_the_operators_words() {
    let (_ground, mut deck) = deck(&[("builder", &asking())]).await;
    deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap();
    let approval = deck.asked().await;
    let deny = NewAnswer { message: Some("Not this one.".into()), ..NewAnswer::default() };
    let answered = deck.fleet.answer(approval.id, deny).await.unwrap();
    assert_eq!(
        (answered.status, answered.message.as_deref()),
        (ApprovalStatus::Denied, Some("Not this one."))
    );
    let refused = |event: &Event| match &event.payload {
        Payload::AgentActivity(activity) => {
            activity.kind == ActivityKind::ToolResult
                && activity.text == "Not this one."
                && activity.is_error == Some(true)
        }
        _ => false,
    };
    deck.until("the tool was refused", refused).await;
}

#[tokio::test]
async fn several_questions_are_open_at_once_and_answered_in_any_order() {
    let tape = Tape::new()
        .calls("c1", "Read", json!({"file_path": "/a"}))
        .calls("c2", "Write", json!({"file_path": "/b"}))
        .asks("r1", "c1", "Read", json!({"file_path": "/a"}))
        .asks("r2", "c2", "Write", json!({"file_path": "/b"}))
        .answered("c1", "one")
        .answered("c2", "two")
        .ends("done");
    let (_ground, mut deck) = deck(&[("builder", &tape)]).await;
    let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
    let (first, second) = (deck.asked().await, deck.asked().await);
    deck.fleet.answer(second.id, allow()).await.unwrap();
    let waits = deck.store.agent(id).await.unwrap().unwrap().agent.status;
    assert_eq!(waits, AgentStatus::Waiting, "one question is still open");
    deck.fleet.answer(first.id, allow()).await.unwrap();
    deck.agent_is(id, AgentStatus::Completed).await;
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_refused_and_the_question_stays() {
    let (_ground, mut deck) = deck(&[("builder", &asking())]).await;
    let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
    let approval = deck.asked().await;
    let denied_with_input =
        NewAnswer { updated_input: Some(json!({"command": "ls"})), ..NewAnswer::default() };
    let input_no_object = NewAnswer { updated_input: Some(json!("ls")), ..allow() };
    for answer in [denied_with_input, input_no_object] {
        let refused = deck.fleet.answer(approval.id, answer).await.unwrap_err();
        assert!(matches!(refused, FleetError::Invalid { field: "updated_input", .. }), "{refused}");
    }
    deck.fleet.answer(approval.id, allow()).await.unwrap();
    deck.agent_is(id, AgentStatus::Completed).await;
}

#[tokio::test]
async fn a_question_goes_with_its_agent() {
    let (_ground, mut deck) = deck(&[("builder", &asking())]).await;
    let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
    let approval = deck.asked().await;
    let cancelled = deck.fleet.cancel(id).await.unwrap();
    assert_eq!(cancelled.agent.status, AgentStatus::Cancelled);
    let refused = deck.fleet.answer(approval.id, allow()).await.unwrap_err();
    assert!(refused.to_string().contains("withdrawn already"), "{refused}");
}

#[tokio::test]
async fn a_cancelled_agent_does_not_go_on_with_words_it_was_given_meanwhile() {
    let (_ground, mut deck) = deck(&[("builder", &asking())]).await;
    let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
    deck.asked().await;
    deck.fleet.prompt(id, NewPrompt { prompt: "hurry please".into() }).await.unwrap();
    // No time goes by.
    let cancelled = Deck::patiently("it is cancelled", deck.fleet.cancel(id)).await.unwrap();
    assert_eq!(cancelled.agent.status, AgentStatus::Cancelled);
}
