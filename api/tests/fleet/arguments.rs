//! What a runtime passes to its program: one argument each, whatever it holds, and words on standard input only.

use super::processes::{INIT, RESULT, program};
use crate::support::database::folder;
use proptest::{prelude::*, test_runner::TestRunner};
use quarterdeck::fleet::{
    Workspace,
    runtime::{Conversation, Launch, Message, Order, Runtime, RuntimeRules, Session, Signal, claude_cli},
};
use quarterdeck_shared::{AgentId, agents::Role, tasks::PermissionMode};
use serde_json::Value;
use std::{fs, path::Path, sync::Arc};

/// Launches the recorder and returns what it was given: arguments and the first line.
async fn recorded(runtime: &Arc<dyn Runtime>, folder: &Path, launch: Launch) -> (Vec<String>, String) {
    let Session { mut signals, orders } = runtime.launch(launch).await.unwrap();
    let system_prompt = loop {
        match signals.recv().await.unwrap() {
            Signal::Line(line) if line.starts_with(b"{\"type\":\"result\"") => {
                let arguments = fs::read_to_string(folder.join("argv")).unwrap();
                let last = arguments.split_terminator('\0').next_back().unwrap().to_owned();
                break fs::read_to_string(last).unwrap_or_default();
            }
            _ => {}
        }
    };
    orders.send(Order::Close).await.unwrap();
    while signals.recv().await.is_some() {}
    let arguments = fs::read_to_string(folder.join("argv")).unwrap();
    (arguments.split_terminator('\0').map(str::to_owned).collect(), system_prompt)
}

#[test]
fn whatever_is_asked_for_arrives_as_one_argument_or_one_line() {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let folder = folder();
    let mut rules = RuntimeRules::new(folder.path().join("prompts"));
    rules.claude_bin = Some(program(folder.path(), &format!("{INIT}{RESULT}")));
    rules.keeper = env!("CARGO_BIN_EXE_quarterdeck").into();
    let runtime = claude_cli::make(&rules);
    let workspace = Workspace::open(&[folder.path().into()], &folder.path().join("work")).unwrap();
    let place = workspace.choose(None, "cases").unwrap();

    // Even what the checks before would refuse, and what a shell would make something else of.
    let word = "[^\\x00]{1,40}";
    let words = "[^\\x00]{0,200}";
    let hostile =
        prop_oneof![Just("$(id)".to_owned()), Just("-p; rm x".to_owned()), word.prop_map(|word| word)];
    // Sessions of others have the ids others gave them.
    let id = prop_oneof![Just("--dangerously-skip-permissions".to_owned()), word.prop_map(|word| word)];
    let session = (id, any::<bool>()).prop_map(|(id, is_new)| match is_new {
        true => Conversation::New(id),
        false => Conversation::Resumed { session_id: id, requests: 0, cut_off: false },
    });
    let cases = (
        session,
        words,
        words,
        proptest::option::of(hostile),
        proptest::option::of(proptest::collection::vec(word, 0..4)),
    );
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() });
    let checked = runner.run(&cases, |(conversation, prompt, system_prompt, model, tools)| {
        let agent_id = AgentId(uuid::Uuid::now_v7());
        let launch = Launch {
            agent_id,
            role: Role::Builder,
            prompt: Message { id: agent_id.0, text: prompt.clone() },
            system_prompt: system_prompt.clone(),
            model: model.clone(),
            tools: tools.clone(),
            permission_mode: PermissionMode::Plan,
            directory: workspace.enter(&place).unwrap(),
            conversation: conversation.clone(),
        };
        let (arguments, seen_prompt) = tokio.block_on(recorded(&runtime, &place, launch));
        let mut expected: Vec<String> = [
            "-p",
            "--input-format",
            "stream-json",
            "--output-format",
            "stream-json",
            "--verbose",
            "--include-partial-messages",
            "--permission-prompt-tool",
            "stdio",
            &match &conversation {
                Conversation::New(id) => format!("--session-id={id}"),
                Conversation::Resumed { session_id, .. } => format!("--resume={session_id}"),
            },
            "--permission-mode",
            "plan",
        ]
        .map(str::to_owned)
        .into();
        expected.extend(model.into_iter().flat_map(|model| ["--model".to_owned(), model]));
        expected.extend(tools.into_iter().flat_map(|tools| ["--tools".to_owned(), tools.join(",")]));
        if !system_prompt.is_empty() {
            let file = folder.path().join("prompts").join(format!("{agent_id}.md"));
            expected.extend(["--append-system-prompt-file".to_owned(), file.display().to_string()]);
            prop_assert_eq!(seen_prompt, system_prompt);
        }
        prop_assert_eq!(arguments, expected);
        let line: Value = serde_json::from_str(&fs::read_to_string(place.join("prompt")).unwrap()).unwrap();
        prop_assert_eq!(line["message"]["content"].as_str(), Some(prompt.as_str()));
        Ok(())
    });
    checked.unwrap();
}
