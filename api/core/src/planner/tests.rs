//! What is made of prompts.

use super::*;
use Role::{Analyst, Builder, Documenter, Planner, Reviewer, Tester};

fn roles(prompt: &str, kind: TaskType, include: IncludeAnalyst) -> Vec<Role> {
    estimate(prompt, kind, include).workflow.iter().map(|step| step.role).collect()
}

#[test]
fn a_kind_is_found_by_its_words_and_first_by_the_verb_at_the_head() {
    for (prompt, kind) in [
        ("Please add a login page", TaskType::FeatureImplementation),
        ("Fix the failing tests", TaskType::BugFix),
        ("Investigate and fix the memory leak", TaskType::BugFix),
        ("Refactor the tests of the parser", TaskType::Refactoring),
        ("Add unit tests for the parser", TaskType::Testing),
        ("Update README with installation instructions", TaskType::Documentation),
        ("Could you review the new login feature?", TaskType::CodeReview),
        ("Why does the build take so long?", TaskType::Investigation),
        ("Hello", TaskType::FeatureImplementation),
        ("", TaskType::FeatureImplementation),
    ] {
        assert_eq!(detect(prompt), kind, "{prompt}");
    }
}

#[test]
fn a_found_kind_of_a_simple_task_takes_the_short_row_and_a_chosen_one_the_thorough() {
    let (readme, auto) = ("Update README with installation instructions", IncludeAnalyst::Auto);
    assert_eq!(roles(readme, TaskType::Auto, auto), [Documenter, Reviewer]);
    assert_eq!(estimate(readme, TaskType::Auto, auto).analyst_reason, SKIPPED);
    assert_eq!(roles(readme, TaskType::Documentation, auto), [Analyst, Planner, Documenter, Reviewer]);
    assert_eq!(roles("Review the footer", TaskType::Auto, auto), [Reviewer, Tester]);
}

#[test]
fn the_choice_of_an_analyst_is_honoured() {
    for &kind in TaskType::ALL {
        for prompt in ["Fix the typo", "Refactor the system", "Study it"] {
            assert_eq!(roles(prompt, kind, IncludeAnalyst::Always)[0], Analyst, "{kind} {prompt}");
            assert!(!roles(prompt, kind, IncludeAnalyst::Never).contains(&Analyst), "{kind} {prompt}");
            assert!(!roles(prompt, kind, IncludeAnalyst::Never).is_empty(), "{kind} {prompt}");
        }
    }
    assert_eq!(roles("Fix the typo", TaskType::BugFix, IncludeAnalyst::Always), [Analyst, Builder, Tester]);
}

#[test]
fn a_custom_task_takes_the_roles_its_words_name() {
    let custom = |prompt| roles(prompt, TaskType::Custom, IncludeAnalyst::Auto);
    assert_eq!(custom("Document and test what you implement"), [Builder, Tester, Documenter]);
    assert_eq!(custom("Study the cache and write the readme"), [Analyst, Documenter]);
    assert_eq!(custom("Rename it"), [Builder, Tester]);
    assert_eq!(custom("Overhaul it"), [Analyst, Planner, Builder]);
}

#[test]
fn what_weighs_is_said() {
    let made = estimate("Do not refactor, but migrate the Systems", TaskType::Auto, IncludeAnalyst::Auto);
    assert_eq!(made.weighty_words, ["migrate", "Systems"]);
    assert_eq!(made.reasons[0], "“migrate” speaks of work that reaches far");
    assert_eq!(made.reasons[2], "“refactor” is named only to be left out");
    let small = estimate("A quick fix of the migration", TaskType::Auto, IncludeAnalyst::Auto);
    assert_eq!((small.complexity, small.weighty_words), (Complexity::Simple, vec!["quick fix".to_owned()]));
    assert_eq!(
        estimate("Hi there", TaskType::Auto, IncludeAnalyst::Auto).reasons,
        ["2 words, none of them weighty"]
    );
}
