//! What the parts of an agent show.

use super::*;
use crate::panels::samples::{agent, agent_json};
use crate::testing::{drawn, holds};
use serde_json::{Value, json};

fn detail(changes: Value) -> Rc<AgentDetail> {
    let mut detail = agent_json(json!({}));
    let rest = json!({
        "custom_instructions": "Only the store.", "system_prompt": "You are the BUILDER.", "prompt": "Only the store.",
        "tools": null, "complexity": "complex", "result": "It is **done**.", "error": null,
        "tool_breakdown": [{"tool": "Read", "calls": 61, "errors": 0}, {"tool": "Edit", "calls": 34, "errors": 1}],
        "files": [
            {"path": "src/payments/store.rs", "file_use": "produced", "times": 3, "last_at": "2026-11-22T10:00:00Z"},
            {"path": "Cargo.toml", "file_use": "consumed", "times": 1, "last_at": "2026-11-22T10:00:00Z"}
        ],
        "seconds": 1032
    });
    for (field, value) in rest.as_object().into_iter().chain(changes.as_object()).flatten() {
        detail[field] = value.clone();
    }
    Rc::new(serde_json::from_value(detail).unwrap())
}

fn tab(open: &'static str, changes: Value) -> String {
    let detail = detail(changes);
    let file_href = Callback::from(|path: String| AttrValue::from(format!("?tab=files&file={path}")));
    let task = Some(("Idempotency keys".into(), "/tasks/1".into()));
    drawn(html! {
        <AgentTabs agent={Rc::new(detail.agent.clone())} {detail} {open} on_tab={Callback::noop()} {file_href} file="Cargo.toml" {task}
            requests={html! { "the requests" }} />
    })
}

#[test]
fn the_head_tells_the_status_and_why_it_is_believed() {
    let agent = Rc::new(agent(json!({})));
    let html = drawn(html! { <AgentHead {agent} error="disk full" doing="Edit store.rs" /> });
    holds(
        &html,
        &["data-testid=\"drawer-status\"", "BUILDER", "process 7 alive", "disk full", "Edit store.rs"],
    );
    assert_eq!(html.matches("process 7").count(), 1, "the process is not said twice: {html}");
}

#[test]
fn metrics_tell_cost_time_tokens_context_tools_and_files() {
    let html = tab("metrics", json!({}));
    holds(
        &html,
        &["$3.36", "computed", "elapsed", "18%", "1 failed", "src/payments/store.rs", "Last words", ">34 "],
    );
}

#[test]
fn a_figure_of_the_runtime_stands_apart_from_ours() {
    holds(&tab("metrics", json!({"reported_cost_usd": "3.4"})), &["the runtime itself says $3.40"]);
}

#[test]
fn configuration_names_everything_it_was_made_with() {
    let html = tab("setup", json!({}));
    holds(
        &html,
        &[
            "claude-opus-5-5",
            "asks before each tool",
            "/home/me/checkout",
            "Idempotency keys",
            ", step s2",
            "5e55",
        ],
    );
}

#[test]
fn of_who_was_begun_elsewhere_only_what_was_told_is_said() {
    let elsewhere = json!({
        "source": "transcript", "model": null, "system_prompt": "", "custom_instructions": null, "prompt": "Mend it"
    });
    let tabs = ["setup", "prompt", "metrics"].map(|open| tab(open, elsewhere.clone()));
    holds(&tabs[1], &["<h2>Prompt<", "Mend it"]);
    for invented in
        ["Prompt variant", "the runtime's", "asks before", "System prompt", "Waited to begin", "None."]
    {
        assert!(tabs.iter().all(|html| !html.contains(invented)), "{invented}");
    }
    holds(&tab("setup", json!({"source": "hooks", "permission_mode": "plan"})), &["Permissions"]);
}

#[test]
fn each_file_has_an_address_and_the_named_one_is_marked() {
    let html = tab("files", json!({}));
    holds(
        &html,
        &["Written", "Read", "?tab=files&amp;file=src/payments/store.rs", "3 times", "class=\"marked\""],
    );
}

#[test]
fn tools_files_and_prompts_may_be_missing() {
    holds(&tab("tools", json!({"tool_breakdown": []})), &["no tool yet"]);
    holds(&tab("files", json!({"files": []})), &["no file yet"]);
    let html = tab("prompt", json!({"prompt": null, "custom_instructions": "x"}));
    holds(&html, &["no words yet", "System prompt, 20 characters", "You are the BUILDER."]);
    holds(&tab("requests", json!({})), &["the requests"]);
}

fn orders(changes: Value) -> String {
    let agent = Rc::new(agent(changes));
    drawn(html! {
        <>
            <AgentOrders agent={Rc::clone(&agent)} on_cancel={Callback::noop()} on_delete={Callback::noop()} />
            <SayForm {agent} on_say={Callback::noop()} />
        </>
    })
}

#[test]
fn what_cannot_be_done_says_why() {
    holds(
        &orders(json!({"status": "running"})),
        &["Builder is running; cancel it first.", "wait until it has ended"],
    );
    holds(
        &orders(json!({"status": "completed"})),
        &["there is nothing to cancel", "It goes on in the same session", "Write something first"],
    );
}

#[test]
fn of_who_works_elsewhere_only_what_works_is_offered() {
    let told = |evidence: &str| orders(json!({"source": "hooks", "status_evidence": {"reason": evidence}}));
    let unhooked = told("its session file grows");
    holds(&unhooked, &["nothing here can stop it; end it in its terminal.", "quarterdeck connect"]);
    assert!(!unhooked.contains("say-input"), "{unhooked}");
    holds(
        &told("hook PostToolUse: it has used Bash"),
        &["say-input", "It is told so at the end of its turn"],
    );
}
