//! Hooks told twice, late or in any order: where the session stands is the same, and nothing happens twice.

use orchestrator::hooks::{
    Event, Hook,
    course::{Course, Fate, Instruction, News, Stand},
    read,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{collections::HashMap, env, fs, path::Path};

fn hook(value: Value) -> Hook {
    read(&value).unwrap()
}

fn told(event: &str, prompt: &str, more: Value) -> Value {
    let mut value = json!({"session_id": "s1", "cwd": "/home/dev/app", "hook_event_name": event,
        "transcript_path": "/home/dev/.claude/projects/-home-dev-app/s1.jsonl", "prompt_id": prompt});
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

/// One turn with two tools and a sub-agent, and the session's end.
fn session() -> Vec<Hook> {
    let tool = |event: &str, id: &str| {
        told(event, "p1", json!({"tool_name": "Bash", "tool_input": {"command": "ls"}, "tool_use_id": id}))
    };
    let sub = |event: &str| told(event, "p1", json!({"agent_id": "a1", "agent_type": "Explore"}));
    [
        json!({"session_id": "s1", "hook_event_name": "SessionStart", "source": "startup"}),
        told("UserPromptSubmit", "p1", json!({"prompt": "go"})),
        tool("PreToolUse", "t1"),
        tool("PostToolUse", "t1"),
        sub("SubagentStart"),
        sub("SubagentStop"),
        tool("PreToolUse", "t2"),
        tool("PostToolUseFailure", "t2"),
        told("Stop", "p1", json!({"stop_hook_active": false, "last_assistant_message": "Done."})),
        told("SessionEnd", "p1", json!({"reason": "other"})),
    ]
    .map(hook)
    .into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_and_however_often_a_session_ends_once(
        order in prop::collection::vec(0..10_usize, 0..30),
        all in Just((0..10).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let session = session();
        let mut course = Course::default();
        let mut done: HashMap<usize, u32> = HashMap::new();
        for at in order.into_iter().chain(all) {
            // Kept between two hooks as it is kept in the database.
            course = serde_json::from_str(&serde_json::to_string(&course).unwrap()).unwrap();
            if course.hear(&session[at]) != News::Stale {
                *done.entry(at).or_default() += 1;
            }
        }
        prop_assert_eq!(course.stand(""), Stand::Ended);
        prop_assert_eq!(course.activity(""), "");
        prop_assert!(done.values().all(|times| *times == 1), "{:?}", done);
    }
}

#[test]
fn a_session_in_order_is_seen_step_by_step() {
    let mut course = Course::default();
    let stands: Vec<_> = session()
        .iter()
        .map(|hook| {
            course.hear(hook);
            (course.stand(""), course.activity("").to_owned())
        })
        .collect();
    let at = |at: usize| (stands[at].0.clone(), stands[at].1.as_str());
    assert_eq!(at(0), (Stand::Waits, ""));
    assert_eq!(at(1), (Stand::Works, ""));
    assert_eq!(at(2), (Stand::Works, "Bash: ls"));
    assert_eq!(at(3), (Stand::Works, ""));
    assert_eq!(at(8), (Stand::Waits, ""));
    assert_eq!(at(9), (Stand::Ended, ""));
}

#[test]
fn the_next_turn_begins_and_the_one_before_stays_over() {
    let mut course = Course::default();
    for hook in &session() {
        course.hear(hook);
    }
    assert_eq!(course.hear(&hook(told("UserPromptSubmit", "p2", json!({"prompt": "more"})))), News::Moves);
    assert_eq!(course.stand(""), Stand::Works);
    for late in session().iter().skip(1) {
        assert_eq!(course.hear(late), News::Stale, "{}", late.name);
    }
    assert_eq!(course.stand(""), Stand::Works);
    assert_eq!(course.hear(&hook(told("Stop", "p2", json!({})))), News::Moves);
    course.goes_on(instruction());
    assert_eq!(course.hear(&hook(told("Stop", "p2", json!({})))), News::Stale);
    assert_eq!(course.stand(""), Stand::Works);
    assert_eq!(course.hear(&hook(told("Stop", "p2", json!({"stop_hook_active": true})))), News::Moves);
    assert_eq!(course.stand(""), Stand::Waits);
}

fn instruction() -> Instruction {
    Instruction { key: "n1".into(), words: "Then paint it.".into() }
}

#[test]
fn the_next_hook_of_a_turn_shows_whether_what_it_was_told_arrived() {
    let arrived = Some(Fate::Arrived(instruction()));
    let lost = Some(Fate::Lost(instruction()));
    let tool = json!({"tool_name": "Bash", "tool_use_id": "t9"});
    for (event, prompt, more, fate) in [
        ("PreToolUse", "p1", tool, &arrived),
        ("Stop", "p1", json!({"stop_hook_active": true}), &arrived),
        ("Stop", "p1", json!({}), &None),
        ("Notification", "p1", json!({"notification_type": "idle_prompt"}), &None),
        ("SubagentStop", "p1", json!({"agent_id": "a1"}), &None),
        ("UserPromptSubmit", "p2", json!({}), &lost),
        ("SessionEnd", "p1", json!({}), &lost),
    ] {
        let mut course = Course::default();
        course.hear(&hook(told("UserPromptSubmit", "p1", json!({}))));
        course.hear(&hook(told("Stop", "p1", json!({}))));
        assert!(course.has_stopped());
        course.goes_on(instruction());
        assert!(!course.has_stopped());
        let hook = hook(told(event, prompt, more));
        let news = course.hear(&hook);
        assert_eq!(course.fate(&hook, news), *fate, "{event}");
        assert_eq!(course.fate(&hook, news), None, "once");
    }
}

#[test]
fn older_programs_that_name_no_prompt_are_followed_too() {
    let mut course = Course::default();
    let old = |event: &str| hook(json!({"session_id": "s", "hook_event_name": event, "tool_name": "Read"}));
    for (event, stand) in [
        ("UserPromptSubmit", Stand::Works),
        ("PreToolUse", Stand::Works),
        ("PostToolUse", Stand::Works),
        ("Stop", Stand::Waits),
        ("UserPromptSubmit", Stand::Works),
        ("Stop", Stand::Waits),
        ("SessionEnd", Stand::Ended),
    ] {
        course.hear(&old(event));
        assert_eq!(course.stand(""), stand, "{event}");
    }
}

#[test]
fn what_waits_for_a_person_is_told_from_what_only_informs() {
    let notified = |message: &str, kind: Option<&str>| {
        let mut value = told("Notification", "p1", json!({"message": message}));
        if let Some(kind) = kind {
            value["notification_type"] = kind.into();
        }
        matches!(hook(value).event, Event::Notified { waits: true, .. })
    };
    assert!(notified("Claude needs your permission to use Bash", None));
    assert!(notified("Claude is waiting for your input", None));
    assert!(notified("…", Some("idle_prompt")));
    assert!(!notified("Signed in", Some("auth_success")));
}

#[test]
fn a_hook_without_a_session_or_a_name_is_refused_and_what_is_not_known_is_passed_over() {
    assert_eq!(read(&json!({"hook_event_name": "Stop"})).unwrap_err().field, "session_id");
    assert_eq!(read(&json!({"session_id": "s"})).unwrap_err().field, "hook_event_name");
    for id in ["a b", "", "-", "--dangerously-skip-permissions"] {
        let told = json!({"session_id": id, "hook_event_name": "Stop"});
        assert_eq!(read(&told).unwrap_err().field, "session_id", "{id}");
    }
    let strange = json!({"session_id": "s", "hook_event_name": "TeaTime", "tool_input": [1], "cwd": 7});
    assert_eq!(hook(strange).event, Event::Other);
}

#[test]
fn recorded_hooks_end_their_sessions() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let samples = env::var_os("QUARTERDECK_SAMPLES").map(Into::into).unwrap_or(beside).join("hooks");
    let Ok(files) = fs::read_dir(samples) else { return };
    let mut ended = 0;
    for file in files.map(|file| file.unwrap().path()).filter(|file| file.extension().unwrap() == "jsonl") {
        let mut sessions: HashMap<String, Course> = HashMap::new();
        let mut last: HashMap<String, String> = HashMap::new();
        for line in fs::read_to_string(&file).unwrap().lines() {
            let hook = hook(serde_json::from_str(line).unwrap());
            let course = sessions.entry(hook.session_id.clone()).or_default();
            course.hear(&hook);
            assert_eq!(course.hear(&hook.clone()), again(&hook), "{line}");
            last.insert(hook.session_id.clone(), hook.name);
        }
        for (session, course) in sessions {
            if last[&session] == "SessionEnd" {
                assert_eq!(course.stand(""), Stand::Ended, "{session}");
                ended += 1;
            }
        }
    }
    assert!(ended > 3, "{ended}");
}

/// What a hook is that comes a second time at once: only a question, which is asked once while it is open, and what
/// can be told of twice in a turn are heard again.
fn again(hook: &Hook) -> News {
    match hook.event {
        Event::Asks(_) | Event::Notified { waits: true, .. } => News::Moves,
        Event::Notified { .. } => News::Told,
        _ => News::Stale,
    }
}
