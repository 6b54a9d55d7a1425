//! The first schema: agents, tasks, approvals, usage, events, and who may come in.

use crate::step::Step;

/// Name, primary key, columns.
const TABLES: &[(&str, &str, &str)] = &[
    ("events", "seq", "seq number, at number, kind text, agent_id id?, task_id id?, json json"),
    (
        "agents",
        "id",
        "id id, name text, name_key key, role key, status key, evidence_reason text, \
         evidence_process number?, evidence_at number?, task_id id?, step_id text?, model text?, \
         source text, runtime text, session_id text?, working_directory text, permission_mode text, \
         input_tokens number, output_tokens number, cache_creation_tokens number, \
         cache_read_tokens number, total_tokens number, cost_nanos number, cost_basis text?, \
         reported_cost_nanos number?, context_used number?, context_window number?, requests number, \
         tool_calls number, activity text, created_at number, started_at number?, \
         finished_at number?, updated_at number",
    ),
    (
        "agent_details",
        "agent_id",
        "agent_id id, custom_instructions text?, system_prompt text, prompt text?, tools json?, \
         complexity text, result text?, error text?, seconds number",
    ),
    ("agent_tools", "agent_id, tool", "agent_id id, tool text, calls number, errors number"),
    (
        "agent_files",
        "agent_id, path, file_use",
        "agent_id id, path text, file_use text, times number, last_at number",
    ),
    (
        "tasks",
        "id",
        "id id, title text, title_key key, prompt text, prompt_key text, task_type text, status key, \
         evidence_reason text, evidence_process number?, evidence_at number?, complexity text, \
         reasons json, include_analyst flag, analyst_reason text, execution_mode text, \
         workflow json, working_directory text, runtime text, model text?, permission_mode text, \
         limits json, input_tokens number, output_tokens number, cache_creation_tokens number, \
         cache_read_tokens number, total_tokens number, cost_nanos number, cost_basis text?, \
         result text?, error text?, created_at number, started_at number?, finished_at number?, \
         updated_at number, removed_at number?",
    ),
    (
        "approvals",
        "id",
        "id id, agent_id id, agent_name text, task_id id?, tool text, input json, reason text?, \
         working_directory text, status text, message text?, asked_at number, answered_at number?",
    ),
    (
        "usage_records",
        "id",
        "id id, agent_id id, task_id id?, role text, message_id text, request_id text, \
         replay_of text, model text, input_tokens number, output_tokens number, \
         cache_creation_tokens number, cache_read_tokens number, cost_nanos number, cost_basis text, \
         price_version text?, provenance text, sidechain flag, replayed flag, at number",
    ),
    ("counters", "day, name", "day number, name key, value number"),
    ("notes", "name", "name key, json json"),
    (
        "tokens",
        "id",
        "id id, hash text, name text, ends_with text, created_at number, last_used_at number?, \
         expires_at number?",
    ),
    ("sessions", "hash", "hash text, name text, created_at number, expires_at number"),
    (
        "answers",
        "owner, key",
        "owner text, key text, fingerprint text, status number, body text, created_at number",
    ),
];

/// Every order and filter of a list is a seek in one of these: the rows of one status and role in each order,
/// and all listed rows in each order.
const INDEXES: &[&str] = &[
    "CREATE INDEX events_of_task ON events (task_id, seq) WHERE task_id IS NOT NULL",
    "CREATE INDEX events_of_usage ON events (seq) WHERE kind = 'usage.recorded'",
    "CREATE INDEX agents_by_created ON agents (created_at, id) WHERE status <> 'deleted'",
    "CREATE INDEX agents_by_updated ON agents (updated_at, id) WHERE status <> 'deleted'",
    "CREATE INDEX agents_by_cost ON agents (cost_nanos, id) WHERE status <> 'deleted'",
    "CREATE INDEX agents_by_tokens ON agents (total_tokens, id) WHERE status <> 'deleted'",
    "CREATE INDEX agents_by_status ON agents (status, id) WHERE status <> 'deleted'",
    "CREATE INDEX agents_by_role ON agents (role, id) WHERE status <> 'deleted'",
    "CREATE INDEX agents_by_name ON agents (name_key, id) WHERE status <> 'deleted'",
    "CREATE INDEX agents_in_status_and_role ON agents (status, role, id)",
    "CREATE INDEX agents_in_status_by_created ON agents (status, role, created_at, id)",
    "CREATE INDEX agents_in_status_by_updated ON agents (status, role, updated_at, id)",
    "CREATE INDEX agents_in_status_by_cost ON agents (status, role, cost_nanos, id)",
    "CREATE INDEX agents_in_status_by_tokens ON agents (status, role, total_tokens, id)",
    "CREATE INDEX agents_in_status_by_name ON agents (status, role, name_key, id)",
    "CREATE INDEX agents_of_task ON agents (task_id, created_at, id) WHERE task_id IS NOT NULL",
    "CREATE INDEX tasks_by_created ON tasks (created_at, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_by_updated ON tasks (updated_at, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_by_cost ON tasks (cost_nanos, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_by_tokens ON tasks (total_tokens, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_by_title ON tasks (title_key, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_in_status ON tasks (status, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_in_status_by_created ON tasks (status, created_at, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_in_status_by_updated ON tasks (status, updated_at, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_in_status_by_cost ON tasks (status, cost_nanos, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_in_status_by_tokens ON tasks (status, total_tokens, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_in_status_by_title ON tasks (status, title_key, id) WHERE removed_at IS NULL",
    "CREATE INDEX tasks_removed ON tasks (removed_at) WHERE removed_at IS NOT NULL",
    "CREATE INDEX tasks_completed ON tasks (task_type, complexity, finished_at) WHERE status = 'completed'",
    "CREATE INDEX approvals_by_asked ON approvals (asked_at, id)",
    "CREATE INDEX approvals_in_status ON approvals (status, asked_at, id)",
    "CREATE INDEX approvals_of_agent ON approvals (agent_id, asked_at, id)",
    "CREATE INDEX approvals_of_task ON approvals (task_id, asked_at, id) WHERE task_id IS NOT NULL",
    "CREATE UNIQUE INDEX usage_once ON usage_records (message_id, request_id, replay_of)",
    "CREATE INDEX usage_by_time ON usage_records (at, id)",
    "CREATE INDEX usage_of_agent ON usage_records (agent_id, at, id)",
    "CREATE INDEX usage_of_task ON usage_records (task_id, at, id) WHERE task_id IS NOT NULL",
    "CREATE INDEX usage_of_model ON usage_records (model, at, id)",
    "CREATE UNIQUE INDEX tokens_by_hash ON tokens (hash)",
    "CREATE INDEX answers_by_created ON answers (created_at)",
];

pub const STEP: Step =
    Step { name: "m20261122_000001_fleet", tables: TABLES, statements: INDEXES, ..Step::EMPTY };
