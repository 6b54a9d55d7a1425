//! The folders of the Python orchestrator, taken in beside transcripts of the same sessions.

use super::{LATER, adds_up, agents, append, helped, import, records, response, totals};
use crate::both;
use nix::{sys::stat::Mode, unistd::mkfifo};
use quarterdeck::{
    fleet::clock::Clock,
    jobs::catch_up,
    sources::{
        Intake, SourceRules, Sources, Taken, Tense,
        agent_logs::{Logs, find},
    },
    store::Store,
};
use quarterdeck_shared::{
    Timestamp, Usd,
    agents::{AgentStatus, Role},
    tasks::{TaskQuery, TaskStatus},
    usage::{CostBasis, Tokens, UsageRecord},
};
use serde_json::{Value, json};
use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

const HISTORY: Tense = Tense::History;
pub const BUILDER: &str = "agent_logs/task-1/71258fdc_Builder___API_20261122_115900";

/// The line a session begins with, as Python writes it down.
pub fn init(session: &str) -> Value {
    let message = format!(
        "SystemMessage(subtype='init', data={{'type': 'system', 'cwd': '/home/dev/app', 'session_id': '{session}', \
         'tools': ['Write'], 'model': 'claude-sonnet-5-5', 'permissionMode': 'acceptEdits'}})"
    );
    json!({"timestamp": "2026-11-22T11:59:01.5", "type": "SystemMessage", "subtype": "init", "message": message})
}

/// The line a turn ends with.
pub fn turn(session: &str, input: u64, output: u64, cost: f64) -> Value {
    json!({"timestamp": "2026-11-22T12:00:01.5", "type": "ResultMessage", "is_error": false, "result": "Done.",
        "duration_ms": 60000, "num_turns": 1, "session_id": session, "total_cost_usd": cost,
        "usage": {"input_tokens": input, "output_tokens": output}, "total_messages_processed": 5})
}

fn call(id: &str, tool: &str, path: &str) -> Value {
    json!({"timestamp": "2026-11-22T11:59:30", "type": "tool_use", "tool_name": tool, "tool_use_id": id,
        "input": {"file_path": path}})
}

fn answer(id: &str, is_error: bool) -> Value {
    json!({"timestamp": "2026-11-22T11:59:31", "type": "tool_result", "tool_use_id": id, "content": "so",
        "is_error": is_error})
}

/// A folder of an agent that built something and ended well.
pub fn built(root: &Path, session: &str) -> PathBuf {
    let folder = root.join(BUILDER);
    append(&folder.join("summary.jsonl"), &[init(session), turn(session, 200, 12, 0.5)]);
    append(
        &folder.join("tools.jsonl"),
        &[call("t1", "Write", "/a"), answer("t1", false), call("t2", "Read", "/b"), answer("t2", true)],
    );
    fs::write(folder.join("prompt.txt"), "Build it.").unwrap();
    fs::write(folder.join("text.txt"), "[2026-11-22T12:00:00.5] AssistantMessage:\nDone.\n\n").unwrap();
    folder
}

/// Takes in whatever folders lie below this one, as a new process does.
pub async fn take(store: &Store, folder: &Path, tense: Tense) -> Taken {
    take_at(store, folder, tense, Clock::manual(LATER)).await
}

async fn take_at(store: &Store, folder: &Path, tense: Tense, clock: Clock) -> Taken {
    take_with(&Intake::new(store.clone(), clock), folder, tense).await
}

/// The same by an intake of one's own.
pub async fn take_with(intake: &Intake, folder: &Path, tense: Tense) -> Taken {
    let mut logs = Logs::recall(intake, jiff::tz::TimeZone::UTC).await.unwrap();
    let changed = logs.changed(find(&[folder.to_owned()]), intake.now());
    logs.take_in(changed, intake, tense).await.unwrap()
}

/// What anybody sees, whatever the order it was told in: agents, figures, tasks.
pub async fn seen(store: &Store) -> String {
    let mut all = Vec::new();
    for agent in agents(store).await {
        let detail = store.agent(agent.id).await.unwrap().unwrap();
        let task = store.task(agent.task_id.unwrap()).await.unwrap().unwrap();
        let tools: Vec<_> = detail.tool_breakdown.iter().map(|it| (&it.tool, it.calls, it.errors)).collect();
        all.push(format!(
            "{} {} {} {} {:?} {} {:?} {:?} {:?} in {} {} {} {:?} {}",
            agent.name,
            agent.role,
            agent.source,
            agent.status,
            agent.tokens(),
            agent.cost_usd,
            agent.model,
            agent.created_at,
            tools,
            task.title,
            task.status,
            task.cost_usd,
            task.tokens,
            task.workflow.len(),
        ));
    }
    let tasks = store.tasks(&TaskQuery::default()).await.unwrap();
    let mut kept: Vec<_> = records(store)
        .await
        .iter()
        .map(|it| format!("{} {:?} {} {}", it.message_id, it.tokens, it.role, it.cost_usd))
        .collect();
    kept.sort();
    format!(
        "{}\n{} tasks\n{}\n{:?}",
        all.join("\n"),
        tasks.items.len(),
        kept.join("\n"),
        totals(store).await.tokens
    )
}

both! {
    async fn a_folder_is_an_agent_with_its_task_tools_and_figures(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        built(&root, "s1");
        let taken = take(&store, &root, HISTORY).await;
        assert_eq!((taken.new_agents, taken.new_records), (1, 1));
        let [agent] = &agents(&store).await[..] else { panic!("one agent") };
        assert_eq!((agent.name.as_str(), agent.role, agent.source.as_str()), ("Builder API", Role::Builder, "agent_logs"));
        assert_eq!((agent.status, agent.session_id.as_deref()), (AgentStatus::Completed, Some("s1")));
        assert_eq!(agent.created_at.to_string(), "2026-11-22T11:59:00.000000Z");
        assert_eq!(agent.finished_at.unwrap().to_string(), "2026-11-22T12:00:01.500000Z");
        assert_eq!((agent.cost_usd.to_string().as_str(), agent.cost_basis), ("0.5", Some(CostBasis::Reported)));
        assert_eq!(agent.tokens(), Tokens { input: 200, output: 12, ..Tokens::default() });
        catch_up(&store).await.unwrap();
        let detail = store.agent(agent.id).await.unwrap().unwrap();
        assert_eq!((detail.prompt.as_deref(), detail.result.as_deref()), (Some("Build it."), Some("Done.")));
        let tools: Vec<_> = detail.tool_breakdown.iter().map(|it| (it.tool.as_str(), it.calls, it.errors)).collect();
        assert_eq!(tools, [("Read", 1, 1), ("Write", 1, 0)]);
        assert_eq!(detail.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["/a"]);
        let task = store.task(agent.task_id.unwrap()).await.unwrap().unwrap();
        assert_eq!((task.title.as_str(), task.status, task.source.as_str()), ("task-1", TaskStatus::Completed, "agent_logs"));
        let record = records(&store).await.remove(0);
        let place = format!("_115900/summary.jsonl, byte {}", init("s1").to_string().len() + 1);
        assert!(record.provenance.ends_with(&place), "{}", record.provenance);
        let before = seen(&store).await;
        for _ in 0..2 {
            assert_eq!(take(&store, &root, HISTORY).await, Taken::default());
        }
        fs::write(root.join(BUILDER).join("prompt.txt"), "Build it.").unwrap();
        let again = take(&store, &root, HISTORY).await;
        assert_eq!((again.new_records, again.grown_records, again.known_records), (0, 0, 1));
        assert_eq!(seen(&store).await, before);
        adds_up(&store).await;
        store.close().await;
    }

    async fn with_the_transcript_of_its_session_it_counts_once_in_any_order(place: &Place) {
        let root = place.folder();
        built(&root, "s1");
        let session = root.join("projects/-home-dev-app/s1.jsonl");
        let helper = session.with_file_name("s1").join("subagents/agent-a.jsonl");
        append(&session, &[response("s1", "m1", 7)]);
        append(&helper, &[helped("s1", "a", "m2", 5)]);
        let mut ends = Vec::new();
        for logs_at in 0..3 {
            let other = place.another().await;
            let store = other.open().await;
            for (at, part) in [&helper, &session].into_iter().enumerate() {
                if at == logs_at {
                    take(&store, &root, HISTORY).await;
                }
                import(&store, part, HISTORY).await;
            }
            take(&store, &root, HISTORY).await;
            // 200 input and 12 output tokens, 100 and 7 of which the transcript shows; the helper's come in addition.
            let main: Vec<_> = agents(&store).await.into_iter().filter(|it| it.parent_id.is_none()).collect();
            assert_eq!(main.len(), 1, "order {logs_at}");
            assert_eq!((main[0].input_tokens, main[0].output_tokens), (200, 12), "order {logs_at}");
            assert_eq!(totals(&store).await.tokens, Tokens { input: 300, output: 17, ..Tokens::default() });
            adds_up(&store).await;
            ends.push(seen(&store).await);
            store.close().await;
            other.end().await;
        }
        assert_eq!(ends[0], ends[1]);
        assert_eq!(ends[1], ends[2]);
    }

    async fn what_the_transcript_shows_whole_leaves_nothing_of_the_folders_figure(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        let folder = root.join("agent_logs/ef32b84c_Alone_20261122_115900");
        append(&folder.join("summary.jsonl"), &[init("s1"), turn("s1", 200, 14, 0.5)]);
        take(&store, &root, HISTORY).await;
        assert_eq!(totals(&store).await.cost_usd.to_string(), "0.5");
        let session = root.join("projects/-home-dev-app/s1.jsonl");
        append(&session, &[response("s1", "m1", 7), response("s1", "m2", 7)]);
        import(&store, &session, HISTORY).await;
        append(&folder.join("tools.jsonl"), &[json!({"timestamp": "2026-11-22T12:00:00", "type": "tool_use",
            "tool_name": "Read", "tool_use_id": "t1", "input": {}})]);
        assert_eq!(take(&store, &root, HISTORY).await.new_records, 0, "read again, it changes nothing");
        let all = records(&store).await;
        assert_eq!((all.len(), all.iter().any(UsageRecord::is_remainder)), (2, false));
        let shown: Usd = all.iter().map(|it| it.cost_usd).sum();
        assert_eq!(totals(&store).await.cost_usd, shown);
        assert_eq!(totals(&store).await.tokens, Tokens { input: 200, output: 14, ..Tokens::default() });
        let agent = agents(&store).await.remove(0);
        assert_eq!((agent.name.as_str(), agent.source.as_str()), ("Alone", "agent_logs"));
        assert_eq!(store.task(agent.task_id.unwrap()).await.unwrap().unwrap().title, "Alone");
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_folder_that_grows_is_an_agent_at_work_until_it_ends_or_is_quiet(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        let folder = root.join(BUILDER);
        append(&folder.join("prompt.txt"), &[]);
        take(&store, &root, Tense::Live).await;
        // Nothing says yet whose session it is; ten minutes later nothing ever will.
        assert_eq!(agents(&store).await.len(), 1, "it is quiet already");
        assert_eq!(agents(&store).await[0].status, AgentStatus::Interrupted);
        let now = Clock::manual("2026-11-22T11:59:40Z".parse().unwrap());
        append(&folder.join("summary.jsonl"), &[init("s1")]);
        append(&folder.join("tools.jsonl"), &[call("t1", "Write", "/a")]);
        take_at(&store, &root, Tense::Live, now.clone()).await;
        let [agent] = &agents(&store).await[..] else { panic!("one agent") };
        assert_eq!((agent.status, agent.tool_calls, agent.session_id.as_deref()), (AgentStatus::Running, 1, Some("s1")));
        let later = Clock::manual(LATER);
        take_at(&store, &root, Tense::Live, later.clone()).await;
        assert_eq!(agents(&store).await[0].status, AgentStatus::Interrupted, "quiet, though nothing changed");
        append(&folder.join("summary.jsonl"), &[turn("s1", 5, 6, 0.25)]);
        take_at(&store, &root, Tense::Live, later).await;
        let agent = agents(&store).await.remove(0);
        assert_eq!((agent.status, agent.output_tokens), (AgentStatus::Completed, 6));
        let task = store.task(agent.task_id.unwrap()).await.unwrap().unwrap();
        assert_eq!((task.status, task.cost_usd.to_string().as_str()), (TaskStatus::Completed, "0.25"));
        let mut bad = turn("s1", 1, 1, 0.3);
        (bad["is_error"], bad["timestamp"]) = (json!(true), json!("2026-11-22T12:00:09"));
        append(&folder.join("summary.jsonl"), &[bad]);
        take(&store, &root, Tense::Live).await;
        let agent = agents(&store).await.remove(0);
        assert_eq!((agent.status, agent.output_tokens), (AgentStatus::Failed, 7));
        assert_eq!(agent.cost_usd.to_string(), "0.3", "a process counts its cost on");
        assert_eq!(store.agent(agent.id).await.unwrap().unwrap().error.as_deref(), Some("Done."));
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_file_of_a_folder_is_that_folder_and_no_session(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        let folder = built(&root, "s1");
        for name in ["tools.jsonl", "summary.jsonl"] {
            let named = folder.join(name);
            assert_eq!(import(&store, &named, HISTORY).await, Taken::default(), "{name} is no session");
            let taken = take(&store, &named, HISTORY).await;
            assert_eq!(taken.new_agents, u64::from(name == "tools.jsonl"));
        }
        let [agent] = &agents(&store).await[..] else { panic!("one agent") };
        let task = store.task(agent.task_id.unwrap()).await.unwrap().unwrap();
        assert_eq!((agent.name.as_str(), task.title.as_str()), ("Builder API", "task-1"));
        adds_up(&store).await;
        store.close().await;
    }

    async fn of_a_folder_only_plain_files_are_read(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        let folder = built(&root, "s1");
        fs::write(root.join("secret"), "a key").unwrap();
        fs::remove_file(folder.join("prompt.txt")).unwrap();
        symlink(root.join("secret"), folder.join("prompt.txt")).unwrap();
        for name in ["text.txt", "tools.jsonl"] {
            fs::remove_file(folder.join(name)).unwrap();
            mkfifo(&folder.join(name), Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
        }
        assert_eq!(take(&store, &root, HISTORY).await.new_records, 1);
        let agent = agents(&store).await.remove(0);
        let detail = store.agent(agent.id).await.unwrap().unwrap();
        assert_eq!((detail.prompt, detail.result.as_deref(), agent.tool_calls), (None, Some("Done."), 0));
        store.close().await;
    }

    async fn a_folder_at_work_is_read_again_where_it_grew_or_may_be_quiet_by_now(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        let folder = root.join(BUILDER);
        append(&folder.join("summary.jsonl"), &[init("s1")]);
        let begun: Timestamp = "2026-11-22T11:59:40Z".parse().unwrap();
        let intake = Intake::new(store.clone(), Clock::manual(begun));
        let mut logs = Logs::recall(&intake, jiff::tz::TimeZone::UTC).await.unwrap();
        let found = || find(std::slice::from_ref(&root));
        let mut look = async |now: Timestamp| {
            let changed = logs.changed(found(), now);
            let count = changed.len();
            logs.take_in(changed, &intake, Tense::Live).await.unwrap();
            count
        };
        assert_eq!((look(begun).await, look(begun).await), (1, 0));
        assert_eq!(agents(&store).await[0].status, AgentStatus::Running);
        append(&folder.join("tools.jsonl"), &[call("t1", "Write", "/a")]);
        assert_eq!((look(begun).await, look(begun).await), (1, 0));
        assert_eq!(agents(&store).await[0].tool_calls, 1);
        assert_eq!(look(LATER).await, 1, "it may be quiet by now");
        append(&folder.join("summary.jsonl"), &[turn("s1", 5, 6, 0.25)]);
        assert_eq!((look(begun).await, look(LATER).await), (1, 0));
        store.close().await;
    }

    async fn agents_of_one_folder_are_the_steps_of_one_task(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        built(&root, "s1");
        let tester = root.join("agent_logs/task-1/7dd89f04_Tester_20261122_120001");
        append(&tester.join("summary.jsonl"), &[init("s2")]);
        take(&store, &root, HISTORY).await;
        let all = agents(&store).await;
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].task_id, all[1].task_id);
        let task = store.task(all[0].task_id.unwrap()).await.unwrap().unwrap();
        let steps: Vec<_> = task.workflow.iter().map(|step| (step.plan.role, step.status.as_str())).collect();
        assert_eq!(steps, [(Role::Builder, "completed"), (Role::Tester, "interrupted")]);
        assert_eq!((task.status, task.prompt.as_str()), (TaskStatus::Interrupted, "Build it."));
        adds_up(&store).await;
        store.close().await;
    }

    async fn the_source_finds_follows_and_stops(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        built(&root, "s1");
        let rules = SourceRules {
            log_folders: vec![root.join("agent_logs")],
            zone: jiff::tz::TimeZone::UTC,
            watch_sessions: false,
            take_telemetry: false,
            look: Duration::from_secs(60),
            clock: Clock::manual(LATER),
            ..SourceRules::new(Vec::new())
        };
        let sources = Sources::new(&rules, store.clone());
        let running = tokio::spawn({
            let sources = sources.clone();
            async move { sources.run().await }
        });
        let state = || sources.states().into_iter().find(|state| state.id == "agent_logs").unwrap();
        while state().files < 1 {
            tokio::task::yield_now().await;
        }
        let mut groups = store.watch();
        append(
            &root.join("agent_logs/task-1/7dd89f04_Tester_20261122_120001/summary.jsonl"),
            &[init("s2"), turn("s2", 1, 2, 0.1)],
        );
        while !groups.recv().await.unwrap().iter().any(|event| event.kind == "agent.created") {}
        assert_eq!(totals(&store).await.tokens.output, 14);
        sources.stop();
        running.await.unwrap();
        assert!(!state().running && state().ok);
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_recorded_folders_say_who_did_what_at_which_cost() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let samples = env::var_os("QUARTERDECK_SAMPLES").map(PathBuf::from);
    let Some(folder) = samples.or_else(|| beside.is_dir().then_some(beside)) else { return };
    let place = crate::support::database::Place::sqlite();
    let store = place.open().await;
    let clock = || Clock::manual("2026-11-23T00:00:00Z".parse().unwrap());
    take_at(&store, &folder.join("agent_logs"), HISTORY, clock()).await;
    import(&store, &folder.join("agent_logs"), HISTORY).await;
    let told: Vec<_> = agents(&store)
        .await
        .iter()
        .map(|it| {
            format!(
                "{} {} {} {} {} {}",
                it.name, it.role, it.status, it.cost_usd, it.total_tokens, it.tool_calls
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "Analyst ANALYST completed 0.0506184 24454 1",
            "Builder API BUILDER completed 0.0506244 24467 1",
            "Denied CUSTOM completed 0.0505839 24459 1",
            "NoTask CUSTOM completed 0.04561575 12142 0",
            "Tester TESTER completed 0.0521799 24664 3",
            "Worker 0 CUSTOM completed 0.097722 37723 2",
            "Worker 1 CUSTOM completed 0.097722 37723 2",
        ]
    );
    adds_up(&store).await;
    store.close().await;
}
