//! What is said to agents and read out of their answers, as JSON to compare.

use crate::observe::{read, text};
use orchestrator::{handovers, prompts};
use quarterdeck_shared::{agents::Role, tasks::Complexity};
use serde_json::{Value, json};

/// The area `role_prompt`.
pub fn role_prompt(given: &Value) -> Value {
    let prompt = prompts::role_prompt(read(given, "role"), Complexity::Complex).to_lowercase();
    let has = |word: &String| prompt.contains(word.as_str());
    json!({
        "long_enough": prompt.chars().count() >= read(given, "characters"),
        "has_every_word": read::<Vec<String>>(given, "words").iter().all(has),
        "has_one_of_each_choice": read::<Vec<Vec<String>>>(given, "choices").iter().all(|of| of.iter().any(has)),
    })
}

/// The part of a role's prompt that its variants share.
fn base(role: Role) -> String {
    let [simple, complex] =
        [Complexity::Simple, Complexity::Complex].map(|it| prompts::role_prompt(role, it));
    let same = simple.chars().zip(complex.chars()).take_while(|(a, b)| a == b).count();
    simple.chars().take(same).collect()
}

/// The area `analyst_variant`.
pub fn analyst_variant(given: &Value) -> Value {
    let prompt = prompts::role_prompt(Role::Analyst, read(given, "complexity"));
    json!({
        "includes_base": base(Role::Analyst).len() > 500 && prompt.starts_with(&base(Role::Analyst)),
        "names_limits": prompt.contains("Limits") || prompt.contains("at most"),
        "asks_for_depth": prompt.contains("in depth") && prompt.contains("thorough"),
    })
}

/// The area `focus`.
pub fn focus(task: &str) -> Value {
    let brief = prompts::Brief {
        role: Role::Analyst,
        complexity: Complexity::Complex,
        task: Some(task),
        custom_instructions: None,
    };
    let prompt = prompts::system_prompt(&brief);
    let focus = prompts::analyst_focus(task);
    let included = prompt.starts_with(&base(Role::Analyst)) && prompt.contains(focus.prompt());
    json!({"focus": focus.as_str(), "includes_base": included})
}

/// The area `handover`.
pub fn handover(given: &Value) -> Value {
    let found = handovers::extract_from(read(given, "role"), text(given, "text"));
    json!({
        "summary": found.summary,
        "findings": found.findings,
        "files_created": found.files_created,
        "files_modified": found.files_modified,
        "next_steps": found.next_steps,
        "errors": found.errors,
        "tests": found.tests.map(|tests| json!({"passed": tests.passed, "failed": tests.failed})),
        "requires_fix": found.requires_fix,
    })
}

/// The area `forward`.
pub fn forward(given: &Value) -> Value {
    let list = |field: &str| given.get(field).map(|_| read(given, field)).unwrap_or_default();
    let words = |field: &str| given[field].as_str().unwrap_or_default().to_owned();
    let count = |field: &str| given["tests"][field].as_u64();
    let handover = handovers::Handover {
        summary: words("summary"),
        findings: list("findings"),
        files_created: list("files_created"),
        files_modified: list("files_modified"),
        next_steps: words("next_steps"),
        errors: list("errors"),
        tests: given
            .get("tests")
            .map(|_| handovers::Tests { passed: count("passed"), failed: count("failed") }),
        requires_fix: given["requires_fix"].as_bool().unwrap_or_default(),
        text: "☃".repeat(given["own_words"].as_u64().unwrap_or_default() as usize),
        ..handovers::Handover::default()
    };
    let told = handovers::forward(&[(Role::Builder, handover)]);
    let sections: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    json!({
        "sections": sections,
        "own_words_told": told.matches('☃').count(),
        "errors_told": sections.contains(&"Errors"),
        "empty": told.is_empty(),
    })
}
