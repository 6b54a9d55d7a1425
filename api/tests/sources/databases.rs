//! The database of the Python orchestrator, of either of its programs, taken in beside its folders and their sessions.

use super::logs::{BUILDER, built, seen, take};
use super::{LATER, adds_up, agents, append, import, records, response, totals};
use crate::both;
use quarterdeck::{
    fleet::clock::Clock,
    sources::{
        Intake, Taken, Tense,
        agent_logs::database::{Layout, Read},
    },
    store::Store,
};
use quarterdeck_shared::{
    agents::{AgentStatus, Role},
    tasks::{TaskQuery, TaskStatus},
    usage::{CostBasis, Tokens},
};
use sqlx::{Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fs, path::Path};

const HISTORY: Tense = Tense::History;

/// As the command line of the Python orchestrator makes it, with one agent whose folder `built` makes.
pub const BY_LINE: &str = "
    CREATE TABLE agents (agent_id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, model TEXT NOT NULL,
        status TEXT NOT NULL, total_cost REAL DEFAULT 0.0, total_tokens INTEGER DEFAULT 0,
        messages_sent INTEGER DEFAULT 0, created_at TEXT NOT NULL, completed_at TEXT, deleted_at TEXT);
    CREATE TABLE tasks (task_id TEXT PRIMARY KEY, description TEXT NOT NULL, task_type TEXT NOT NULL,
        status TEXT NOT NULL, assigned_agents TEXT, total_cost REAL DEFAULT 0.0, created_at TEXT NOT NULL,
        completed_at TEXT, result TEXT);
    INSERT INTO agents VALUES ('71258fdc-0001', 'Builder / API', 'builder', 'claude-sonnet-5-5', 'deleted', 0.6, 300,
        4, '2026-11-22T11:58:00+00:00', '2026-11-22T12:00:02+00:00', '2026-11-22T12:00:03+00:00');
    INSERT INTO tasks VALUES ('task-1', 'Build the API.' || char(10) || 'All of it.', 'feature_implementation',
        'completed', '[\"71258fdc-0001\"]', 0.6, '2026-11-22T11:57:00+00:00', '2026-11-22T12:00:05+00:00', '{}');";

/// As the dashboard makes it: words by their names, times of UTC without saying so, no models.
const BY_PAGE: &str = "
    CREATE TABLE agents (id VARCHAR(36) PRIMARY KEY, role VARCHAR(8), status VARCHAR(9), task_id VARCHAR(36),
        created_at DATETIME, updated_at DATETIME, completed_at DATETIME, custom_instructions VARCHAR,
        system_prompt VARCHAR, total_input_tokens INTEGER, total_output_tokens INTEGER,
        cache_creation_tokens INTEGER, cache_read_tokens INTEGER, total_cost VARCHAR, conversation_history JSON);
    CREATE TABLE tasks (id VARCHAR(36) PRIMARY KEY, description TEXT, task_type VARCHAR(22), status VARCHAR(11),
        workflow JSON, complexity VARCHAR, include_analyst VARCHAR, result TEXT, error TEXT, created_at DATETIME,
        updated_at DATETIME, completed_at DATETIME, total_cost INTEGER, duration_seconds INTEGER);
    INSERT INTO agents VALUES ('aaaaaaaa-1', 'BUILDER', 'COMPLETED', 't-1', '2026-11-08 08:00:00.250000',
        '2026-11-08 08:05:00.000000', NULL, 'Builder 1', NULL, 1000, 200, 30, 4000, '$0.0060', '[]');
    INSERT INTO agents VALUES ('bbbbbbbb-2', 'TESTER', 'COMPLETED', 't-1', '2026-11-08 08:05:00', '2026-11-08 08:06:00',
        NULL, 'Tester 1', NULL, 0, 0, 0, 0, '$0.00', '[]');
    INSERT INTO agents VALUES ('cccccccc-3', 'REVIEWER', 'ACTIVE', 't-1', '2026-11-08 08:06:00', '2026-11-08 08:06:01',
        NULL, NULL, NULL, 0, 0, 0, 0, '$0.00', '[]');
    INSERT INTO tasks VALUES ('t-1', 'Mend it', 'BUG_FIX', 'FAILED', '[\"BUILDER\", \"TESTER\"]', 'simple', 'no', NULL,
        'the disk was full', '2026-11-08 07:59:00', '2026-11-08 08:07:00', NULL, 0, 480);
    INSERT INTO tasks VALUES ('t-2', 'Never planned', 'AUTO', 'PENDING', '[]', NULL, 'auto', NULL, NULL,
        '2026-11-08 09:00:00', '2026-11-08 09:00:00', NULL, 0, 0);";

async fn write(path: &Path, statements: &str) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()))).await.unwrap();
    connection
}

pub async fn make(path: &Path, statements: &str) {
    write(path, statements).await.close().await.unwrap();
}

pub async fn read(store: &Store, path: &Path) -> Result<(Read, Taken), String> {
    let intake = Intake::new(store.clone(), Clock::manual(LATER));
    intake.take_database(path).await.map_err(|refusal| refusal.to_string())
}

both! {
    async fn the_command_lines_database_is_agents_and_tasks_with_what_they_cost(place: &Place) {
        let store = place.open().await;
        let path = place.folder().join("orchestrator.db");
        make(&path, BY_LINE).await;
        let bytes = fs::read(&path).unwrap();
        let (told, taken) = read(&store, &path).await.unwrap();
        assert_eq!((told.layout, told.agents, told.tasks, told.agents_without_cost), (Layout::CommandLine, 1, 1, 0));
        assert_eq!((taken.new_agents, taken.new_records), (1, 1));
        let [agent] = &agents(&store).await[..] else { panic!("one agent") };
        assert_eq!((agent.name.as_str(), agent.role, agent.source.as_str()), ("Builder / API", Role::Builder, "agent_logs"));
        assert_eq!((agent.status, agent.model.as_deref()), (AgentStatus::Completed, Some("claude-sonnet-5-5")));
        assert_eq!(agent.status_evidence.reason, "its database says deleted");
        assert_eq!((agent.cost_usd.to_string().as_str(), agent.cost_basis), ("0.6", Some(CostBasis::Reported)));
        // Of a sum the kinds are unknown: it counts as the cheapest.
        assert_eq!(agent.tokens(), Tokens { cache_read: 300, ..Tokens::default() });
        assert_eq!(agent.finished_at.unwrap().to_string(), "2026-11-22T12:00:02.000000Z");
        let task = store.task(agent.task_id.unwrap()).await.unwrap().unwrap();
        assert_eq!((task.title.as_str(), task.prompt.as_str()), ("Build the API.", "Build the API.\nAll of it."));
        assert_eq!((task.status, task.cost_usd, task.workflow.len()), (TaskStatus::Completed, agent.cost_usd, 1));
        let record = records(&store).await.remove(0);
        assert!(record.provenance.ends_with("orchestrator.db, agent 71258fdc-0001"), "{}", record.provenance);
        let before = seen(&store).await;
        let (_, again) = read(&store, &path).await.unwrap();
        assert_eq!(again, Taken { known_records: 1, ..Taken::default() });
        assert_eq!(seen(&store).await, before);
        assert_eq!(fs::read(&path).unwrap(), bytes, "it is never changed");
        let beside = fs::read_dir(place.folder()).unwrap().flatten().map(|it| it.file_name()).collect::<Vec<_>>();
        assert!(!beside.iter().any(|name| name.to_string_lossy().starts_with("orchestrator.db-")), "{beside:?}");
        adds_up(&store).await;
        store.close().await;
    }

    async fn the_dashboards_database_says_what_is_unknown_as_such(place: &Place) {
        let store = place.open().await;
        let path = place.folder().join("orchestrator.db");
        make(&path, BY_PAGE).await;
        let (told, taken) = read(&store, &path).await.unwrap();
        assert_eq!((told.layout, told.agents, told.tasks, told.agents_without_cost), (Layout::Dashboard, 3, 2, 2));
        assert_eq!((taken.new_agents, taken.new_records), (3, 2));
        let all = agents(&store).await;
        let by_role = |role| all.iter().find(|agent| agent.role == role).unwrap();
        let builder = by_role(Role::Builder);
        assert_eq!((builder.name.as_str(), builder.cost_usd.to_string().as_str()), ("Builder 1", "0.006"));
        assert_eq!(builder.cost_basis, Some(CostBasis::Reported));
        assert_eq!(builder.tokens(), Tokens { input: 1000, output: 200, cache_creation: 30, cache_read: 4000 });
        assert_eq!(builder.created_at.to_string(), "2026-11-08T08:00:00.250000Z");
        let tester = by_role(Role::Tester);
        assert_eq!((tester.status, tester.cost_basis), (AgentStatus::Completed, Some(CostBasis::Unknown)), "never $0");
        let reviewer = by_role(Role::Reviewer);
        assert_eq!((reviewer.status, reviewer.cost_basis), (AgentStatus::Interrupted, None), "at work no more");
        let mut tasks = store.tasks(&TaskQuery::default()).await.unwrap().items;
        tasks.sort_by_key(|task| task.created_at);
        let said: Vec<_> = tasks.iter().map(|task| (task.title.as_str(), task.status, task.workflow.len())).collect();
        assert_eq!(said, [("Mend it", TaskStatus::Failed, 3), ("Never planned", TaskStatus::Interrupted, 0)]);
        assert_eq!(tasks[0].error.as_deref(), Some("the disk was full"));
        assert_eq!(tasks[0].cost_basis, Some(CostBasis::Unknown));
        let before = seen(&store).await;
        let (_, again) = read(&store, &path).await.unwrap();
        assert_eq!(again, Taken { known_records: 2, ..Taken::default() });
        assert_eq!(seen(&store).await, before);
        adds_up(&store).await;
        store.close().await;
    }

    async fn beside_folders_and_transcripts_it_counts_once_in_any_order(place: &Place) {
        let root = place.folder();
        built(&root, "s1");
        let path = root.join("orchestrator.db");
        make(&path, BY_LINE).await;
        let session = root.join("projects/-home-dev-app/s1.jsonl");
        append(&session, &[response("s1", "m1", 7)]);
        let mut ends = Vec::new();
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let other = place.another().await;
            let store = other.open().await;
            for part in order.into_iter().chain(order) {
                match part {
                    0 => drop(read(&store, &path).await.unwrap()),
                    1 => drop(take(&store, &root, HISTORY).await),
                    _ => drop(import(&store, &session, HISTORY).await),
                }
            }
            let [agent] = &agents(&store).await[..] else { panic!("one agent, whatever the order: {order:?}") };
            // The folder tells of 212 tokens, 107 of them shown by the transcript; the database of 300 in all.
            assert_eq!(agent.total_tokens, 300, "{order:?}");
            assert_eq!(totals(&store).await.tokens, agent.tokens(), "{order:?}");
            adds_up(&store).await;
            ends.push(seen(&store).await);
            store.close().await;
            other.end().await;
        }
        ends.iter().for_each(|end| assert_eq!(*end, ends[0]));
        assert!(ends[0].contains("in Build the API. completed"), "{}", ends[0]);
        assert!(ends[0].contains("\n1 tasks\n"), "{}", ends[0]);
    }

    async fn what_everything_else_shows_leaves_nothing_of_what_it_states(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        let path = root.join("orchestrator.db");
        make(&path, &BY_LINE.replace("0.6, 300", "0.5, 212")).await;
        read(&store, &path).await.unwrap();
        assert_eq!(totals(&store).await.cost_usd.to_string(), "0.5");
        built(&root, "s1");
        take(&store, &root, HISTORY).await;
        let agent = agents(&store).await.remove(0);
        assert_eq!((agent.name.as_str(), agent.cost_usd.to_string().as_str()), ("Builder API", "0.5"));
        assert_eq!(agent.tokens(), Tokens { input: 200, output: 12, ..Tokens::default() });
        assert_eq!((agents(&store).await.len(), agent.cost_basis), (1, Some(CostBasis::Reported)));
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_folder_that_lies_in_no_task_joins_the_one_its_database_names(place: &Place) {
        for database_first in [true, false] {
            let other = place.another().await;
            let store = other.open().await;
            let root = other.folder();
            built(&root, "s1");
            fs::rename(root.join(BUILDER), root.join("agent_logs").join(BUILDER.rsplit('/').next().unwrap())).unwrap();
            let path = root.join("orchestrator.db");
            make(&path, BY_LINE).await;
            if database_first {
                read(&store, &path).await.unwrap();
            }
            take(&store, &root, HISTORY).await;
            read(&store, &path).await.unwrap();
            let tasks = store.tasks(&TaskQuery::default()).await.unwrap().items;
            let titles: Vec<_> = tasks.iter().map(|task| task.title.as_str()).collect();
            assert_eq!((titles, agents(&store).await.len()), (vec!["Build the API."], 1), "{database_first}");
            adds_up(&store).await;
            store.close().await;
            other.end().await;
        }
    }

    async fn columns_that_are_missing_are_unknown_and_a_grown_copy_says_more(place: &Place) {
        let store = place.open().await;
        let path = place.folder().join("orchestrator.db");
        make(&path, "CREATE TABLE agents (agent_id TEXT, role TEXT, status TEXT, total_tokens INTEGER);
            INSERT INTO agents VALUES ('a1', 'PLANNER', 'completed', 50), (NULL, 'x', 'y', 1), ('a2', X'ff00', 'lost', 'many');").await;
        let (told, _) = read(&store, &path).await.unwrap();
        assert_eq!((told.agents, told.tasks, told.unread_rows, told.agents_without_cost), (2, 0, 1, 2));
        let all = agents(&store).await;
        let planner = all.iter().find(|agent| agent.role == Role::Planner).unwrap();
        assert_eq!((planner.total_tokens, planner.cost_basis), (50, Some(CostBasis::Unknown)));
        let other = all.iter().find(|agent| agent.role == Role::Custom).unwrap();
        assert_eq!((other.status, other.total_tokens, other.cost_basis), (AgentStatus::Interrupted, 0, None));
        let before = seen(&store).await;
        read(&store, &path).await.unwrap();
        assert_eq!(seen(&store).await, before);
        make(&path, "UPDATE agents SET total_tokens = 80 WHERE agent_id = 'a1'").await;
        let (_, grown) = read(&store, &path).await.unwrap();
        assert_eq!((grown.new_records, grown.grown_records), (0, 1));
        assert_eq!(totals(&store).await.tokens.total(), 80);
        make(&path, "UPDATE agents SET total_tokens = 50 WHERE agent_id = 'a1'").await;
        read(&store, &path).await.unwrap();
        assert_eq!(totals(&store).await.tokens.total(), 80, "an older copy takes nothing back");
        adds_up(&store).await;
        store.close().await;
    }

    async fn what_is_none_of_its_databases_is_refused_and_says_why(place: &Place) {
        let store = place.open().await;
        let folder = place.folder();
        let refused = async |path: &Path| read(&store, path).await.unwrap_err();
        let foreign = folder.join("foreign.db");
        make(&foreign, "CREATE TABLE agents (id INTEGER, name TEXT); CREATE TABLE bills (id INTEGER)").await;
        let said = refused(&foreign).await;
        assert!(said.contains("foreign.db is a SQLite database, but not one of the Python orchestrator"), "{said}");
        let empty = folder.join("empty.db");
        make(&empty, "CREATE VIEW agents AS SELECT 1 AS agent_id, 2 AS role, 3 AS status, 4 AS total_cost").await;
        assert!(refused(&empty).await.contains("not one of the Python orchestrator"));
        let broken = folder.join("broken.db");
        fs::write(&broken, b"SQLite format 3\0 and so on").unwrap();
        let said = refused(&broken).await;
        assert!(said.contains("broken.db cannot be read as a SQLite database"), "{said}");
        let own = crate::support::database::Place::sqlite();
        own.open().await.close().await;
        let said = refused(&own.file()).await;
        assert!(said.contains("not one of the Python orchestrator"), "{said}");
        assert_eq!(agents(&store).await.len(), 0);
        store.close().await;
    }

    async fn a_locked_one_is_said_to_be_and_read_when_it_is_free(place: &Place) {
        let store = place.open().await;
        let path = place.folder().join("orchestrator.db");
        make(&path, BY_LINE).await;
        let mut holder = write(&path, "BEGIN EXCLUSIVE").await;
        let said = read(&store, &path).await.unwrap_err();
        assert!(said.contains("orchestrator.db is locked by another program; stop that program"), "{said}");
        holder.execute("ROLLBACK").await.unwrap();
        holder.close().await.unwrap();
        assert_eq!(read(&store, &path).await.unwrap().0.agents, 1);
        // What another program has written to its log and not yet to the file is read too.
        let logged = place.folder().join("logged.db");
        let mut writer = write(&logged, &format!("PRAGMA journal_mode = WAL; {BY_LINE}")).await;
        assert_eq!(read(&store, &logged).await.unwrap().0.agents, 1);
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        writer.close().await.unwrap();
        assert_eq!(read(&store, &logged).await.unwrap().0.agents, 1);
        store.close().await;
    }
}
