//! The runtime that spawns a program, with small programs of the tests' own in the place of `claude`.

use super::deck::{Deck, Ground};
use crate::support::database::folder;
use quarterdeck::fleet::{FleetRules, runtime::Recordings};
use quarterdeck_shared::{
    Payload,
    agents::{AgentStatus, NewAgent, NewPrompt, Role},
    event::ActivityKind,
    usage::UsageQuery,
};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// What every one of these programs begins with: its version, then its arguments, environment and first prompt.
const HEAD: &str = r#"#!/bin/sh
[ "$1" = --version ] && { echo "9.9.9 (Fake)"; exit 0; }
for one in "$@"; do printf '%s\0' "$one"; done > argv
env -0 > env
read -r prompt
case $prompt in *get_usage*) read -r prompt;; esac
printf '%s' "$prompt" > prompt
"#;
pub const INIT: &str = r#"echo '{"type":"system","subtype":"init","session_id":"","model":"claude-sonnet-5-5"}'
"#;
/// It speaks.
pub const SPEAKS: &str = r#"echo '{"type":"assistant","message":{"id":"m1","model":"opus","content":[{"type":"text","text":"never"}]}}'
"#;
pub const RESULT: &str = r#"echo '{"type":"result","subtype":"success","is_error":false,"result":"done","num_turns":1}'
cat > /dev/null
"#;

pub fn program(folder: &Path, body: &str) -> PathBuf {
    let path = folder.join("claude");
    fs::write(&path, format!("{HEAD}{body}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

pub fn rules(ground: &Ground, body: &str) -> FleetRules {
    let mut rules = ground.rules(Recordings::Embedded);
    rules.runtimes.claude_bin = Some(program(&ground.folder(), body));
    rules
}

pub async fn fake(body: &str) -> (Ground, Deck) {
    let ground = Ground::new();
    let deck = ground.deck(rules(&ground, body)).await;
    (ground, deck)
}

pub fn new(prompt: &str) -> NewAgent {
    NewAgent { role: Role::Builder, prompt: Some(prompt.into()), ..NewAgent::default() }
}

#[tokio::test]
async fn an_agent_is_a_process_that_lives_while_it_works() {
    let one_result = RESULT.replace("cat > /dev/null", "exit 0");
    let (_ground, mut deck) = fake(&format!("{INIT}{SPEAKS}read -r more\n{one_result}")).await;
    let made = deck.fleet.create(new("build it")).await.unwrap();
    let id = made.agent.id;
    let event = deck.agent_is(id, AgentStatus::Running).await;
    let Payload::AgentStatusChanged { evidence, .. } = event.payload else { panic!() };
    let process = evidence.process.unwrap();
    deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
    let command = fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap();
    assert!(command.contains("--session-id") && !command.contains("build it"), "{command}");
    assert!(evidence.reason.contains(&format!("process {process}")));
    deck.fleet.prompt(id, NewPrompt { prompt: "more".into() }).await.unwrap();
    deck.agent_is(id, AgentStatus::Failed).await;
    let done = deck.store.agent(id).await.unwrap().unwrap();
    assert!(done.error.unwrap().contains("before it answered its newest prompt"));
    assert_eq!(done.agent.status_evidence.process, None);
}

#[tokio::test]
async fn the_prompt_goes_through_standard_input_and_the_rest_is_arguments() {
    let (ground, mut deck) = fake(&format!("{INIT}{RESULT}")).await;
    let made =
        deck.fleet.create(NewAgent { model: Some("opus".into()), ..new("secret words") }).await.unwrap();
    deck.agent_is(made.agent.id, AgentStatus::Completed).await;
    let folder = Path::new(&made.agent.working_directory);
    let arguments = fs::read_to_string(folder.join("argv")).unwrap();
    let arguments: Vec<_> = arguments.split_terminator('\0').collect();
    let session = format!("--session-id={}", made.agent.session_id.as_deref().unwrap());
    let expected = [
        "-p",
        "--input-format",
        "stream-json",
        "--output-format",
        "stream-json",
        "--verbose",
        "--include-partial-messages",
        "--permission-prompt-tool",
        "stdio",
        &session,
        "--permission-mode",
        "default",
        "--model",
        "opus",
        "--append-system-prompt-file",
    ];
    assert_eq!(arguments[..arguments.len() - 1], expected);
    assert!(arguments.last().unwrap().starts_with(ground.folder().to_str().unwrap()));
    let prompt: Value = serde_json::from_str(&fs::read_to_string(folder.join("prompt")).unwrap()).unwrap();
    assert_eq!(prompt["message"]["content"], "secret words");
    assert!(!Path::new(arguments.last().unwrap()).exists(), "the system prompt's file goes with the agent");
}

#[tokio::test]
async fn an_agent_sees_the_allow_list_of_the_environment() {
    let ground = Ground::new();
    let mut rules = rules(&ground, &format!("{INIT}{RESULT}"));
    for name in
        ["ANTHROPIC_API_KEY", "GITHUB_TOKEN", "SECRET_CANARY", "QUARTERDECK_API_KEY", "DATABASE_URL", "HOME"]
    {
        rules.runtimes.environment.push((name.into(), "x".into()));
    }
    rules.runtimes.pass_environment = vec!["GITHUB_TOKEN".into()];
    let mut deck = ground.deck(rules).await;
    let made = deck.fleet.create(new("go")).await.unwrap();
    deck.agent_is(made.agent.id, AgentStatus::Completed).await;
    let seen = fs::read_to_string(Path::new(&made.agent.working_directory).join("env")).unwrap();
    let names: Vec<_> =
        seen.split_terminator('\0').filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    for name in ["ANTHROPIC_API_KEY", "GITHUB_TOKEN", "HOME", "PATH"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    for name in ["SECRET_CANARY", "QUARTERDECK_API_KEY", "DATABASE_URL"] {
        assert!(!names.contains(&name), "{name} in {names:?}");
    }
}

#[tokio::test]
async fn totals_are_the_sum_of_records_also_of_one_whose_request_is_named_late() {
    let start = r#"{"type":"stream_event","parent_tool_use_id":null,"event":{"type":"message_start","message":{"id":"m1","model":"claude-sonnet-5-5","content":[],"usage":{"input_tokens":7,"output_tokens":1}}}}"#;
    let whole = r#"{"type":"assistant","request_id":"req_1","message":{"id":"m1","model":"claude-sonnet-5-5","content":[{"type":"text","text":"hello"}],"usage":{"input_tokens":7,"output_tokens":1}}}"#;
    let delta = r#"{"type":"stream_event","parent_tool_use_id":null,"event":{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":7,"output_tokens":30}}}"#;
    // Each line is stored before the next is said.
    let said = [start, whole, delta].map(|line| format!("echo '{line}'\nread -r next\n")).concat();
    let (_ground, mut deck) = fake(&format!("{INIT}{said}{RESULT}")).await;
    let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
    for _ in 0..3 {
        deck.until("it is counted", |event| matches!(event.payload, Payload::UsageRecorded { .. })).await;
        deck.fleet.prompt(id, NewPrompt { prompt: "next".into() }).await.unwrap();
    }
    let records = deck.store.usage(&UsageQuery::default()).await.unwrap().items;
    assert_eq!(records.len(), 1, "one response, one record");
    assert_eq!((records[0].request_id.as_deref(), records[0].tokens.output), (Some("req_1"), 30));
    let totals = deck.store.totals(deck.clock.now()).await.unwrap();
    assert_eq!((totals.records, totals.tokens, totals.cost_usd), (1, records[0].tokens, records[0].cost_usd));
    Deck::meanwhile(&deck.clock, Duration::from_secs(1), deck.fleet.cancel(id)).await.unwrap();
}

#[tokio::test]
async fn lines_that_are_broken_cut_off_or_too_long_are_told_and_nothing_else_is_lost() {
    let body = format!(
        "{INIT}echo 'this is no JSON'\nhead -c 17000000 /dev/zero | tr '\\0' x; echo\n\
         printf '{{\"type\":\"result\",\"subtype\":\"succ'\nexit 0\n"
    );
    let (_ground, mut deck) = fake(&body).await;
    let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
    let mut notices = Vec::new();
    deck.until("the end", |event| {
        if let Payload::AgentActivity(activity) = &event.payload {
            assert_eq!(activity.kind, ActivityKind::Notice);
            notices.push(activity.text.clone());
        }
        matches!(&event.payload, Payload::AgentStatusChanged { to: AgentStatus::Failed, .. })
    })
    .await;
    assert_eq!(notices.len(), 3, "{notices:?}");
    assert!(
        notices[0].contains("could not be read") && notices[2].contains("could not be read"),
        "{notices:?}"
    );
    assert!(notices[1].contains("17000000 bytes"), "{notices:?}");
    let failed = deck.store.agent(id).await.unwrap().unwrap();
    assert!(failed.error.unwrap().contains("ended without a result (exit code 0)"));
}

#[tokio::test]
async fn a_process_that_hears_nothing_is_ended_with_its_whole_tree() {
    let stubborn = r#"trap '' TERM INT HUP
setsid sh -c "trap '' TERM; echo \$\$ >> pids; while :; do sleep 1000; done" &
(setsid sh -c "trap '' TERM; echo \$\$ >> pids; while :; do sleep 1000; done" & ) &
while [ "$(grep -c . pids 2>/dev/null || echo 0)" -lt 2 ]; do :; done
"#;
    let (_ground, mut deck) = fake(&format!("{INIT}{stubborn}{SPEAKS}while :; do sleep 1000; done\n")).await;
    let made = deck.fleet.create(new("go")).await.unwrap();
    let id = made.agent.id;
    deck.until("it speaks", |event| matches!(event.payload, Payload::AgentActivity(_))).await;
    let (fleet, clock) = (deck.fleet.clone(), deck.clock.clone());
    // Its grace runs on the test's clock.
    let cancelling = Deck::meanwhile(&clock, Duration::from_secs(1), fleet.cancel(id));
    let cancelled = Deck::patiently("it is cancelled", cancelling).await.unwrap();
    assert_eq!(cancelled.agent.status, AgentStatus::Cancelled);
    let pids = fs::read_to_string(Path::new(&made.agent.working_directory).join("pids")).unwrap();
    assert_eq!(pids.lines().count(), 2);
    for pid in pids.lines() {
        let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(!command.contains("trap"), "process {pid} lives: {command}");
    }
}

#[tokio::test]
async fn a_session_that_was_never_begun_is_begun_afresh() {
    let body = format!(
        r#"case "$*" in *--resume*) echo "No conversation found with session ID: x" >&2; exit 1;; esac
{INIT}[ -e once ] || {{ touch once; exit 9; }}
{RESULT}"#
    );
    let (_ground, mut deck) = fake(&body).await;
    let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
    deck.agent_is(id, AgentStatus::Failed).await;
    deck.fleet.prompt(id, NewPrompt { prompt: "again".into() }).await.unwrap();
    deck.agent_is(id, AgentStatus::Completed).await;
    let done = deck.store.agent(id).await.unwrap().unwrap();
    let prompt = fs::read_to_string(Path::new(&done.agent.working_directory).join("prompt")).unwrap();
    assert!(prompt.contains("again"), "{prompt}");
}

#[tokio::test]
async fn a_key_that_is_refused_ends_the_agent_at_once() {
    let retry = r#"echo '{"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"retry_delay_ms":500,"error_status":401,"error":"authentication_failed"}'
read -r interrupt
echo '{"type":"result","subtype":"error_during_execution","is_error":true,"num_turns":1}'
cat > /dev/null
exit 1
"#;
    let (_ground, mut deck) = fake(&format!("{INIT}{retry}")).await;
    let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
    deck.agent_is(id, AgentStatus::Failed).await;
    let failed = deck.store.agent(id).await.unwrap().unwrap();
    assert!(failed.error.unwrap().contains("the API refused the key (401)"));
}

#[tokio::test]
async fn a_folder_that_became_a_link_is_not_entered() {
    let ground = Ground::new();
    let deck = ground.deck(rules(&ground, &format!("{INIT}{RESULT}"))).await;
    let project = ground.folder().join("project");
    fs::create_dir(&project).unwrap();
    let mut deck = deck;
    let mut made = NewAgent { working_directory: Some(project.display().to_string()), ..new("go") };
    made.prompt = None;
    let id = deck.fleet.create(made).await.unwrap().agent.id;
    fs::rename(&project, ground.folder().join("moved")).unwrap();
    let elsewhere = folder();
    std::os::unix::fs::symlink(elsewhere.path(), &project).unwrap();
    deck.fleet.prompt(id, NewPrompt { prompt: "go".into() }).await.unwrap();
    deck.agent_is(id, AgentStatus::Failed).await;
    let failed = deck.store.agent(id).await.unwrap().unwrap();
    assert!(failed.error.unwrap().contains("has become a link to elsewhere"));
    assert!(!elsewhere.path().join("argv").exists());
}
