//! After a crash: what was acknowledged is there, nothing dead is said to live, and everything goes on.

use super::{
    approvals::allow,
    deck::{Deck, Ground, agent, task},
    tape::{Tape, plain, shelf},
};
use crate::{both, support::database::Place};
use quarterdeck::store::{Batch, Row};
use quarterdeck_shared::{
    Payload,
    agents::{AgentQuery, AgentStatus, NewPrompt, Role},
    approvals::{ApprovalQuery, ApprovalStatus},
    event::ActivityKind,
    tasks::{ExecutionMode, StepStatus, TaskStatus, TaskType},
};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Runs a story and ends its server in the middle, without a word to anybody.
fn crash<T>(
    ground: &Ground,
    tapes: &[(&str, &Tape)],
    speed: f64,
    story: impl AsyncFnOnce(&mut Deck) -> T,
) -> T {
    let runtime = runtime();
    let told = runtime.block_on(async {
        let mut rules = ground.rules(shelf(tapes));
        rules.runtimes.replay_speed = speed;
        let mut deck = ground.deck(rules).await;
        story(&mut deck).await
    });
    runtime.shutdown_timeout(Duration::from_secs(30));
    told
}

/// Starts another server on the same ground once the lock of the one before is free.
fn restart<T>(ground: &Ground, tapes: &[(&str, &Tape)], story: impl AsyncFnOnce(&mut Deck) -> T) -> T {
    runtime().block_on(async {
        let mut deck = ground.deck(ground.rules(shelf(tapes))).await;
        story(&mut deck).await
    })
}

/// Tells a story that starts and ends servers, each with a runtime of its own.
async fn aside(place: &Place, story: impl FnOnce(Ground) + Send + 'static) {
    let ground = Ground::on(place);
    tokio::task::spawn_blocking(move || story(ground)).await.unwrap();
}

fn asking() -> Tape {
    Tape::new().says("May I?", 3).may("Bash", json!({"command": "touch x"})).says("Thanks.", 3).ends("done")
}

/// Says something and then nothing more, as long as the clock stands still.
fn hanging() -> Tape {
    Tape::new().says("I begin.", 3).later(1_000_000).says("I end.", 3).ends("done")
}

both! {
    async fn a_question_outlives_the_server_and_its_answer_is_applied(place: &Place) {
        aside(place, |ground| {
            let tapes = [("builder", &asking()), ("tester", &plain("ok")), ("reviewer", &plain("ok"))];
            let (task, approval) = crash(&ground, &tapes, 0.0, async |deck| {
                let task = deck.fleet.submit(task("fix the typo", TaskType::BugFix)).await.unwrap();
                let approval = deck.asked().await;
                deck.task_is(task.id, TaskStatus::Waiting).await;
                (task, approval)
            });
            restart(&ground, &tapes, async |deck| {
                let agent = deck.store.agent(approval.agent_id).await.unwrap().unwrap().agent;
                assert_eq!((agent.status, agent.status_evidence.process), (AgentStatus::Waiting, None));
                assert!(agent.status_evidence.reason.contains("an answer resumes its session"));
                assert_eq!(deck.store.task(task.id).await.unwrap().unwrap().status, TaskStatus::Waiting);
                let listed = deck.store.approvals(&ApprovalQuery::default()).await.unwrap().items;
                assert_eq!(listed.iter().map(|approval| approval.id).collect::<Vec<_>>(), [approval.id]);
                let early = deck.fleet.prompt(agent.id, NewPrompt { prompt: "go".into() }).await.unwrap_err();
                assert!(early.to_string().contains("answer its question first"), "{early}");

                let answered = deck.fleet.answer(approval.id, allow()).await.unwrap();
                assert_eq!(answered.status, ApprovalStatus::Allowed);
                deck.task_is(task.id, TaskStatus::Completed).await;
                let events = deck.events_of(task.id).await;
                let asked =
                    events.iter().filter(|event| matches!(event.payload, Payload::ApprovalAsked { .. })).count();
                assert_eq!(asked, 1, "it is not asked again");
                let records = deck.store.task_usage(task.id).await.unwrap();
                let messages: BTreeSet<_> = records.iter().map(|record| &record.message_id).collect();
                assert_eq!(messages.len(), records.len(), "no response is counted twice");
                let done = deck.store.agent(agent.id).await.unwrap().unwrap().agent;
                assert_eq!((done.requests, done.session_id), (3, agent.session_id));
            });
        })
        .await;
    }

    async fn what_cannot_go_on_is_interrupted_and_says_why(place: &Place) {
        aside(place, |ground| {
            let task = crash(&ground, &[("builder", &hanging())], 1.0, async |deck| {
                let task = deck.fleet.submit(task("fix the typo", TaskType::BugFix)).await.unwrap();
                deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
                task
            });
            restart(&ground, &[], async |deck| {
                deck.task_is(task.id, TaskStatus::Interrupted).await;
                let done = deck.store.task(task.id).await.unwrap().unwrap();
                assert!(done.error.unwrap().contains("no recording to play"));
                assert_eq!(done.workflow[0].status, StepStatus::Interrupted);
                let agent = deck.store.agent(done.workflow[0].agent_id.unwrap()).await.unwrap().unwrap();
                assert_eq!(agent.agent.status, AgentStatus::Interrupted);
                assert!(agent.agent.finished_at.is_some());
            });
        })
        .await;
    }

    async fn a_server_that_is_stopped_leaves_agents_that_the_next_one_resumes(place: &Place) {
        aside(place, |ground| {
            let tapes = [("builder", &hanging())];
            let id = crash(&ground, &tapes, 1.0, async |deck| {
                let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
                deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
                deck.fleet.stop().await;
                let left = deck.store.agent(id).await.unwrap().unwrap().agent;
                assert_eq!((left.status, left.status_evidence.process), (AgentStatus::Interrupted, None));
                assert!(left.status_evidence.reason.contains("goes on at its next start"));
                let refused = deck.fleet.create(agent(Role::Builder, None)).await.unwrap_err();
                assert!(refused.to_string().contains("stopping"), "{refused}");
                id
            });
            restart(&ground, &tapes, async |deck| {
                deck.agent_is(id, AgentStatus::Completed).await;
            });
        })
        .await;
    }

    async fn a_task_of_a_stopped_server_is_interrupted_until_the_next_one_goes_on(place: &Place) {
        aside(place, |ground| {
            let tapes = [("builder", &hanging()), ("tester", &plain("ok")), ("reviewer", &plain("ok"))];
            let task = crash(&ground, &tapes, 1.0, async |deck| {
                let mut new = task("fix the typo", TaskType::BugFix);
                new.execution_mode = Some(ExecutionMode::Sequential);
                let task = deck.fleet.submit(new).await.unwrap();
                deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
                deck.fleet.stop().await;
                let left = deck.store.task(task.id).await.unwrap().unwrap();
                assert_eq!((left.status, left.finished_at), (TaskStatus::Interrupted, None));
                assert!(left.status_evidence.reason.contains("goes on at its next start"));
                let statuses: Vec<_> = left.workflow.iter().map(|step| step.status).collect();
                assert_eq!(statuses[0], StepStatus::Interrupted);
                assert!(statuses[1..].iter().all(|status| *status == StepStatus::Pending), "{statuses:?}");
                task
            });
            restart(&ground, &tapes, async |deck| {
                deck.task_is(task.id, TaskStatus::Running).await;
                let resumed = deck.store.task(task.id).await.unwrap().unwrap();
                assert!(resumed.workflow.iter().all(|step| step.status != StepStatus::Interrupted));
                deck.task_is(task.id, TaskStatus::Completed).await;
                let done = deck.store.task(task.id).await.unwrap().unwrap();
                assert!(done.workflow.iter().all(|step| step.attempts == 1 && step.finished_at.is_some()));
                let told = deck.events_of(task.id).await.into_iter().filter_map(|event| match event.payload {
                    Payload::TaskStatusChanged { to, .. } => Some(to),
                    _ => None,
                });
                let told: Vec<_> = told.map(TaskStatus::as_str).collect();
                assert_eq!(told, ["running", "interrupted", "running", "completed"]);
            });
        })
        .await;
    }

    async fn wherever_it_is_cut_off_a_task_comes_to_its_end_and_is_counted_once(place: &Place) {
        aside(place, |ground| {
            let tapes = [("builder", &asking()), ("tester", &plain("ok")), ("reviewer", &plain("ok"))];
            for cut in (1..40).step_by(3) {
                let task = crash(&ground, &tapes, 0.0, async |deck| {
                    let task = deck.fleet.submit(task("fix the typo", TaskType::BugFix)).await.unwrap();
                    let mut seen = 0;
                    while seen < cut {
                        let event = deck.until("the next event", |_| true).await;
                        seen += 1;
                        match event.payload {
                            Payload::ApprovalAsked { approval } => {
                                drop(deck.fleet.answer(approval.id, allow()).await)
                            }
                            Payload::TaskStatusChanged { to, .. } if to.is_final() => break,
                            _ => {}
                        }
                    }
                    task
                });
                restart(&ground, &tapes, async |deck| {
                    for approval in deck.store.approvals(&ApprovalQuery::default()).await.unwrap().items {
                        drop(deck.fleet.answer(approval.id, allow()).await);
                    }
                    loop {
                        let now = deck.store.task(task.id).await.unwrap().unwrap();
                        if now.status.is_final() {
                            assert_eq!(now.status, TaskStatus::Completed, "cut after {cut}: {:?}", now.error);
                            break;
                        }
                        let event = deck.until("the next event", |_| true).await;
                        if let Payload::ApprovalAsked { approval } = event.payload {
                            drop(deck.fleet.answer(approval.id, allow()).await);
                        }
                    }
                    let of_task = AgentQuery { task_id: Some(task.id), ..AgentQuery::default() };
                    let agents = deck.store.agents(&of_task).await.unwrap().items;
                    assert!(agents.iter().all(|agent| agent.status == AgentStatus::Completed), "cut after {cut}");
                    let records = deck.store.task_usage(task.id).await.unwrap();
                    let messages: BTreeSet<_> = records.iter().map(|record| &record.message_id).collect();
                    assert_eq!(messages.len(), records.len(), "cut after {cut}");
                    let done = deck.store.task(task.id).await.unwrap().unwrap();
                    assert_eq!(done.cost_usd, agents.iter().map(|agent| agent.cost_usd).sum(), "cut after {cut}");
                    assert_eq!(done.tokens.output, records.iter().map(|record| record.tokens.output).sum::<u64>());
                });
            }
        })
        .await;
    }
}

#[test]
fn another_question_than_the_one_answered_is_asked_anew() {
    let ground = Ground::new();
    let approval = crash(&ground, &[("builder", &asking())], 0.0, async |deck| {
        deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap();
        deck.asked().await
    });
    let other = Tape::new().says("May I?", 3).may("Bash", json!({"command": "rm x"})).ends("done");
    restart(&ground, &[("builder", &other)], async |deck| {
        deck.fleet.answer(approval.id, allow()).await.unwrap();
        let again = deck.asked().await;
        assert_eq!(again.input, json!({"command": "rm x"}));
        deck.fleet.answer(again.id, allow()).await.unwrap();
        deck.agent_is(approval.agent_id, AgentStatus::Completed).await;
    });
}

#[test]
fn an_agent_that_was_cut_off_is_said_to_be_and_goes_on() {
    let ground = Ground::new();
    let tapes = [("builder", &hanging())];
    let id = crash(&ground, &tapes, 1.0, async |deck| {
        let id = deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id;
        deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
        id
    });
    restart(&ground, &tapes, async |deck| {
        deck.agent_is(id, AgentStatus::Running).await;
        deck.agent_is(id, AgentStatus::Completed).await;
        let done = deck.store.agent(id).await.unwrap().unwrap().agent;
        assert_eq!((done.requests, done.output_tokens), (2, 6));
        let page = deck.store.agents(&AgentQuery::default()).await.unwrap();
        assert_eq!(page.items[0].cost_usd, done.cost_usd);
    });
}

#[test]
fn a_step_whose_agent_had_ended_is_not_done_again() {
    let ground = Ground::new();
    let tapes = [("builder", &hanging()), ("tester", &plain("ok")), ("reviewer", &plain("ok"))];
    let task = crash(&ground, &tapes, 1.0, async |deck| {
        let mut new = task("fix the typo", TaskType::BugFix);
        new.execution_mode = Some(ExecutionMode::Sequential);
        let task = deck.fleet.submit(new).await.unwrap();
        deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
        task
    });
    let first = runtime().block_on(async {
        let store = ground.open().await;
        let first = store.task(task.id).await.unwrap().unwrap().workflow[0].agent_id.unwrap();
        let mut me = store.agent(first).await.unwrap().unwrap();
        me.agent.status = AgentStatus::Completed;
        me.result = Some("I was done.".into());
        let batch = Batch::new().row(Row::AgentDetail(Box::new(me)));
        store.commit(batch.row(Row::Note { key: format!("run/{first}"), json: None })).await.unwrap();
        first
    });
    restart(&ground, &tapes, async |deck| {
        deck.task_is(task.id, TaskStatus::Completed).await;
        let done = deck.store.task(task.id).await.unwrap().unwrap();
        assert_eq!((done.workflow[0].agent_id, done.workflow[0].attempts), (Some(first), 1));
        assert_eq!(done.workflow[0].handover.as_deref(), Some("I was done."));
    });
}

#[test]
fn the_answer_applied_after_a_restart_is_told() {
    let ground = Ground::new();
    let approval = crash(&ground, &[("builder", &asking())], 0.0, async |deck| {
        deck.fleet.create(agent(Role::Builder, Some("go"))).await.unwrap();
        deck.asked().await
    });
    restart(&ground, &[("builder", &asking())], async |deck| {
        deck.fleet.answer(approval.id, allow()).await.unwrap();
        deck.until("the notice", |event| match &event.payload {
            Payload::AgentActivity(activity) => {
                activity.kind == ActivityKind::Notice && activity.text.contains("given before is applied")
            }
            _ => false,
        })
        .await;
    });
}
