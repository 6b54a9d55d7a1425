//! Tasks from submission to their end.

use super::{
    deck::{Deck, agent, deck, deck_on, deck_with, task},
    tape::{Tape, plain},
};
use crate::both;
use quarterdeck::fleet::FleetError;
use quarterdeck_shared::{
    Event, Payload,
    agents::{AgentQuery, AgentStatus, NewAgent, NewPrompt, Role},
    tasks::{ExecutionMode, Limits, NewEstimate, NewTask, StepStatus, TaskStatus, TaskType},
    usage::CostBasis,
};
use serde_json::json;
use std::time::Duration;

const BUILT: &str = "Done.\n\n## Summary\nThe harbour wall stands.\n\n## Next steps\n- Look at the gate.\n";

both! {
    async fn a_task_runs_through_its_steps_and_hands_over(place: &Place) {
        let (_ground, mut deck) =
            deck_on(place, &[("builder", &plain(BUILT)), ("reviewer", &plain("Good.")), ("tester", &plain("ok"))]).await;
        let task = deck.fleet.submit(task("fix the typo in the README", TaskType::BugFix)).await.unwrap();
        assert_eq!(task.status, TaskStatus::Pending);
        assert!(task.workflow.len() >= 2);
        deck.task_is(task.id, TaskStatus::Completed).await;

        let done = deck.store.task(task.id).await.unwrap().unwrap();
        assert!(done.workflow.iter().all(|step| step.status == StepStatus::Completed && step.attempts == 1));
        assert_eq!(done.status_evidence.reason, "every step ended well");
        assert!(done.result.is_some() && done.finished_at.is_some());
        let second = done.workflow[1].agent_id.unwrap();
        let second = deck.store.agent(second).await.unwrap().unwrap();
        assert!(
            second.prompt.unwrap().contains("The harbour wall stands."),
            "the hand-over reaches the second step"
        );
        assert_eq!(second.agent.status, AgentStatus::Completed);
        assert_eq!(second.agent.status_evidence.process, None);
    }

    async fn figures_are_sums_of_records_and_a_replay_is_in_no_total(place: &Place) {
        let tape = Tape::new().says("one", 40).says("two", 60).ends("done");
        let (_ground, mut deck) = deck_on(place, &[("builder", &tape)]).await;
        let mut new = task("fix the typo", TaskType::BugFix);
        new.execution_mode = Some(ExecutionMode::Sequential);
        let task = deck.fleet.submit(new).await.unwrap();
        deck.task_is(task.id, TaskStatus::Completed).await;

        let steps = task.workflow.len() as u64;
        let records = deck.store.task_usage(task.id).await.unwrap();
        assert_eq!(records.len() as u64, steps * 2, "one record per response");
        assert!(records.iter().all(|record| record.replayed && record.cost_basis == CostBasis::Computed));
        assert!(records.iter().all(|record| record.request_id.is_some()));
        let done = deck.store.task(task.id).await.unwrap().unwrap();
        assert_eq!(done.tokens.output, steps * 100);
        assert_eq!(done.tokens.cache_read, steps * 2000);
        assert_eq!(done.cost_usd, records.iter().map(|record| record.cost_usd).sum());
        assert_eq!(done.cost_basis, Some(CostBasis::Computed));
        let query = AgentQuery { task_id: Some(task.id), ..AgentQuery::default() };
        let agents = deck.store.agents(&query).await.unwrap().items;
        assert_eq!(done.cost_usd, agents.iter().map(|agent| agent.cost_usd).sum());
        assert!(agents.iter().all(|agent| agent.requests == 2 && agent.output_tokens == 100));
        let context = agents[0].context.unwrap();
        assert_eq!((context.used, context.window), (1110, 1_000_000));

        let totals = deck.store.totals(deck.clock.now()).await.unwrap();
        assert_eq!((totals.records, totals.tokens.total()), (0, 0));
    }

    async fn an_error_is_a_failure_whatever_the_subtype_says_and_stops_the_branch(place: &Place) {
        let tape = Tape::new().says("oh", 5).fails("API Error: 400 bad request", Some(400));
        let (_ground, mut deck) = deck_on(place, &[("builder", &tape)]).await;
        let mut new = task("add a page and test it", TaskType::FeatureImplementation);
        new.execution_mode = Some(ExecutionMode::Sequential);
        let task = deck.fleet.submit(new).await.unwrap();
        deck.task_is(task.id, TaskStatus::Failed).await;

        let done = deck.store.task(task.id).await.unwrap().unwrap();
        let statuses: Vec<_> = done.workflow.iter().map(|step| step.status).collect();
        assert_eq!(statuses[0], StepStatus::Failed);
        assert!(statuses[1..].iter().all(|status| *status == StepStatus::Skipped), "{statuses:?}");
        assert!(done.error.unwrap().contains("API Error: 400"));
        let agent = deck.store.agent(done.workflow[0].agent_id.unwrap()).await.unwrap().unwrap();
        assert_eq!(
            (agent.agent.status, agent.error.unwrap().as_str()),
            (AgentStatus::Failed, "API Error: 400 bad request")
        );
    }

    async fn a_task_stops_at_its_cost_limit(place: &Place) {
        let asking = Tape::new().says("costly", 100_000).may("Bash", json!({"command": "ls"})).ends("done");
        let (_ground, mut deck) = deck_on(place, &[("builder", &asking)]).await;
        let mut new = task("fix the typo", TaskType::BugFix);
        new.limits = Some(Limits { cost_usd: Some("0.517".parse().unwrap()), ..Limits::default() });
        let task = deck.fleet.submit(new).await.unwrap();
        deck.task_is(task.id, TaskStatus::Failed).await;
        let done = deck.store.task(task.id).await.unwrap().unwrap();
        assert!(done.error.unwrap().contains("the cost limit of $0.517 is reached"));
        let agent = deck.store.agent(done.workflow[0].agent_id.unwrap()).await.unwrap().unwrap();
        assert_eq!(agent.agent.status, AgentStatus::Cancelled);
    }

    async fn a_cancelled_task_really_stops(place: &Place) {
        let (_ground, mut deck) =
            deck_on(place, &[("builder", &Tape::new().may("Bash", json!({"command": "ls"})).ends("done"))]).await;
        let task = deck.fleet.submit(task("fix the typo", TaskType::BugFix)).await.unwrap();
        let approval = deck.asked().await;
        let cancelled = deck.fleet.delete_task(task.id).await.unwrap().unwrap();
        assert_eq!(cancelled.status, TaskStatus::Cancelled);
        assert!(cancelled.workflow.iter().all(|step| step.status == StepStatus::Cancelled));
        let agent = deck.store.agent(approval.agent_id).await.unwrap().unwrap();
        assert_eq!(agent.agent.status, AgentStatus::Cancelled);
        let approval = deck.store.approval(approval.id).await.unwrap().unwrap();
        assert_eq!(approval.status.as_str(), "withdrawn");
        let folder = std::path::PathBuf::from(&task.working_directory);
        assert!(folder.is_dir());
        assert_eq!(deck.fleet.delete_task(task.id).await.unwrap(), None, "one that ended is removed");
        assert!(!folder.exists(), "and its folder, in which nothing was made");
        let of_task = AgentQuery { task_id: Some(task.id), ..AgentQuery::default() };
        assert_eq!(deck.store.agents(&of_task).await.unwrap().items, [], "its agents leave the lists with it");
        assert!(matches!(deck.fleet.delete_task(task.id).await, Err(FleetError::Deleted { .. })));
        deck.until("the task left the lists", |event| matches!(event.payload, Payload::TaskDeleted {})).await;
    }
}

#[tokio::test]
async fn an_error_that_may_pass_is_tried_again_after_a_while() {
    let tape = Tape::new().fails("API Error: 529 overloaded", Some(529));
    let (_ground, mut deck) = deck_with(&[("builder", &tape)], |rules| rules.max_attempts = 2).await;
    let task = deck.fleet.submit(task("fix the typo", TaskType::BugFix)).await.unwrap();
    let waits = |event: &Event| match &event.payload {
        Payload::TaskStepChanged { step } => step.status == StepStatus::Pending && step.error.is_some(),
        _ => false,
    };
    deck.until("the step waits for another attempt", waits).await;
    let clock = deck.clock.clone();
    Deck::meanwhile(&clock, Duration::from_secs(1), deck.task_is(task.id, TaskStatus::Failed)).await;
    let done = deck.store.task(task.id).await.unwrap().unwrap();
    assert_eq!(done.workflow[0].attempts, 2);
    let query = AgentQuery { task_id: Some(task.id), ..AgentQuery::default() };
    assert_eq!(
        deck.store.agents(&query).await.unwrap().items.len(),
        2,
        "each attempt is an agent of its own"
    );
}

#[tokio::test]
async fn an_agent_that_joined_a_task_spends_from_its_limits() {
    let costly = Tape::new().says("costly", 100_000).may("Bash", json!({"command": "ls"})).ends("done");
    let asking = Tape::new().may("Bash", json!({"command": "ls"})).ends("done");
    let (_ground, mut deck) = deck(&[("builder", &asking), ("analyst", &costly)]).await;
    let mut new = task("fix the typo", TaskType::BugFix);
    new.limits = Some(Limits { cost_usd: Some("0.5".parse().unwrap()), ..Limits::default() });
    let task = deck.fleet.submit(new).await.unwrap();
    deck.asked().await;
    let join = || NewAgent { task_id: Some(task.id), ..agent(Role::Analyst, Some("go")) };
    let joined = deck.fleet.create(join()).await.unwrap().agent.id;
    let ended = deck.agent_is(joined, AgentStatus::Cancelled).await;
    let Payload::AgentStatusChanged { evidence, .. } = ended.payload else { panic!("{ended:?}") };
    assert_eq!(evidence.reason, "its task reached a limit");
    Deck::patiently("the task stops", async {
        while deck.store.task(task.id).await.unwrap().unwrap().status != TaskStatus::Failed {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let refused = deck.fleet.create(join()).await.unwrap_err();
    assert!(matches!(&refused, FleetError::Conflict(why) if why.contains("$0.50 is reached")), "{refused}");
    let refused = deck.fleet.prompt(joined, NewPrompt { prompt: "go on".into() }).await.unwrap_err();
    assert!(matches!(refused, FleetError::Conflict(_)), "{refused}");
}

#[tokio::test]
async fn the_evidence_of_a_task_names_the_step_that_is_at_work() {
    let slow = Tape::new().says("I begin.", 3).later(1_000_000).ends("done");
    let (_ground, mut deck) = deck_with(&[("builder", &plain("built")), ("tester", &slow)], |rules| {
        rules.runtimes.replay_speed = 1.0;
    })
    .await;
    let mut new = task("fix the typo", TaskType::BugFix);
    new.execution_mode = Some(ExecutionMode::Sequential);
    let task = deck.fleet.submit(new).await.unwrap();
    let second = &task.workflow[1].plan;
    let begins = |event: &Event| match &event.payload {
        Payload::TaskStepStarted { step } => step.plan.id == second.id,
        _ => false,
    };
    deck.until("the second step begins", begins).await;
    let evidence = deck.store.task(task.id).await.unwrap().unwrap().status_evidence;
    assert_eq!(evidence.reason, format!("at work: step 2, {}", second.role));
}

#[tokio::test]
async fn a_step_may_work_so_long_and_waiting_for_a_person_does_not_count() {
    let slow = Tape::new()
        .says("first", 1)
        .may("Bash", json!({"command": "ls"}))
        .later(3_600_000)
        .says("much later", 1)
        .ends("done");
    let (_ground, mut deck) =
        deck_with(&[("builder", &slow)], |rules| rules.runtimes.replay_speed = 1.0).await;
    let mut new = task("fix the typo", TaskType::BugFix);
    new.limits = Some(Limits { seconds: Some(60), ..Limits::default() });
    let task = deck.fleet.submit(new).await.unwrap();
    let approval = deck.asked().await;
    deck.task_is(task.id, TaskStatus::Waiting).await;
    deck.clock.advance(Duration::from_secs(600));
    deck.fleet.answer(approval.id, allow()).await.unwrap();
    deck.task_is(task.id, TaskStatus::Running).await;
    deck.clock.advance(Duration::from_secs(59));
    assert_eq!(deck.store.task(task.id).await.unwrap().unwrap().status, TaskStatus::Running);
    deck.clock.advance(Duration::from_secs(1));
    deck.task_is(task.id, TaskStatus::Failed).await;
    let done = deck.store.task(task.id).await.unwrap().unwrap();
    assert!(done.error.unwrap().contains("stopped: it took longer than 60 seconds, its task's limit"));
    let agent = deck.store.agent(done.workflow[0].agent_id.unwrap()).await.unwrap().unwrap();
    assert!(agent.error.unwrap().contains("longer than 60 seconds"));
}

#[tokio::test]
async fn no_more_agents_work_at_once_than_there_are_places() {
    let (_ground, mut deck) = deck_with(&[("builder", &plain("done"))], |rules| rules.max_agents = 2).await;
    let ids = [(); 6]
        .map(|()| deck.fleet.clone())
        .map(|fleet| async move { fleet.create(agent(Role::Builder, Some("go"))).await.unwrap().agent.id });
    let ids = futures::future::join_all(ids).await;
    let (mut working, mut most, mut ended) = (0, 0, 0);
    while ended < ids.len() {
        let event = deck
            .until("the next agent", |event| matches!(event.payload, Payload::AgentStatusChanged { .. }))
            .await;
        let Payload::AgentStatusChanged { to, .. } = event.payload else { continue };
        match to {
            AgentStatus::Running => working += 1,
            _ => (working, ended) = (working - 1, ended + 1),
        }
        most = most.max(working);
    }
    assert!(most <= 2, "{most} worked at once");
}

#[tokio::test]
async fn a_planner_lays_the_steps_out() {
    let plan = json!({
        "complexity": "simple", "rationale": "two hands are enough",
        "workflow": [
            {"id": "dig", "agent_role": "BUILDER", "scope": "dig deep as a well", "constraints": [], "execution_mode": "sequential"},
            {"id": "look", "agent_role": "REVIEWER", "scope": "look", "constraints": [], "execution_mode": "sequential"},
        ],
    });
    let answer = format!("Here is the plan:\n```json\n{plan}\n```\n");
    let tapes = [("planner", &plain(&answer)), ("builder", &plain("dug")), ("reviewer", &plain("seen"))];
    let (_ground, mut deck) = deck(&tapes).await;
    let mut new = task("dig a hole", TaskType::Auto);
    new.workflow_id = Some("ai".into());
    let task = deck.fleet.submit(new).await.unwrap();
    assert_eq!(task.workflow.iter().map(|step| step.plan.role).collect::<Vec<_>>(), [Role::Planner]);
    deck.until("the plan", |event| matches!(event.payload, Payload::TaskPlanned { .. })).await;
    deck.task_is(task.id, TaskStatus::Completed).await;
    let done = deck.store.task(task.id).await.unwrap().unwrap();
    let roles: Vec<_> = done.workflow.iter().map(|step| step.plan.role).collect();
    assert_eq!(roles, [Role::Planner, Role::Builder, Role::Reviewer]);
    let first = deck.store.agent(done.workflow[1].agent_id.unwrap()).await.unwrap().unwrap();
    let told = first.prompt.unwrap();
    assert!(
        told.contains("deep as a well") && !told.contains("agent_role"),
        "the plan's words for the step: {told}"
    );
    assert!(done.reasons.last().unwrap().contains("two hands are enough"));
}

#[tokio::test]
async fn a_plan_that_cannot_be_followed_gives_way_to_the_template_and_says_why() {
    for planner in [plain("I would rather not."), Tape::new().fails("API Error: 400", Some(400))] {
        let (_ground, mut deck) = deck(&[("planner", &planner), ("builder", &plain("done"))]).await;
        let mut new = task("fix the typo", TaskType::BugFix);
        new.workflow_id = Some("ai".into());
        let task = deck.fleet.submit(new).await.unwrap();
        deck.task_is(task.id, TaskStatus::Completed).await;
        let done = deck.store.task(task.id).await.unwrap().unwrap();
        assert!(done.workflow.len() >= 2);
        assert!(done.reasons.last().unwrap().contains("the steps follow the template"), "{:?}", done.reasons);
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_before_anything_starts() {
    let (ground, deck) = deck(&[("builder", &plain("done"))]).await;
    let refusal = async |change: &dyn Fn(&mut NewTask)| {
        let mut new = task("fix the typo", TaskType::BugFix);
        change(&mut new);
        deck.fleet.submit(new).await.unwrap_err()
    };
    let field = |error: FleetError| match error {
        FleetError::Invalid { field, .. } => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(refusal(&|new| new.prompt = " \n".into()).await), "prompt");
    assert_eq!(field(refusal(&|new| new.runtime = Some("gpt".into())).await), "runtime");
    assert_eq!(field(refusal(&|new| new.model = Some("--help".into())).await), "model");
    assert_eq!(field(refusal(&|new| new.workflow_id = Some("mine".into())).await), "workflow_id");
    let bypass = quarterdeck_shared::tasks::PermissionMode::BypassPermissions;
    assert_eq!(field(refusal(&|new| new.permission_mode = Some(bypass)).await), "permission_mode");
    let none = Limits { seconds: Some(0), ..Limits::default() };
    assert_eq!(field(refusal(&|new| new.limits = Some(none)).await), "limits.seconds");
    let outside = refusal(&|new| new.working_directory = Some("/etc".into())).await;
    let root = ground.folder().canonicalize().unwrap().display().to_string();
    assert!(matches!(&outside, FleetError::DirectoryRefused { roots, .. } if *roots == [root.clone()]));
    assert!(outside.to_string().contains(&root));
    let unavailable = refusal(&|new| new.runtime = None).await;
    assert!(
        matches!(&unavailable, FleetError::RuntimeUnavailable(message) if message.contains("npm install"))
    );
    assert_eq!(deck.store.seq(), 0, "nothing was stored");
}

#[tokio::test]
async fn an_estimate_tells_what_such_tasks_cost() {
    let (_ground, deck) = deck(&[]).await;
    let new = NewEstimate { prompt: "fix the typo".into(), ..NewEstimate::default() };
    let estimate = deck.fleet.estimate(new).await.unwrap();
    assert_eq!((estimate.task_type, estimate.forecast), (TaskType::BugFix, None));
    assert!(deck.fleet.estimate(NewEstimate::default()).await.is_err());
}

fn allow() -> quarterdeck_shared::approvals::NewAnswer {
    super::approvals::allow()
}
