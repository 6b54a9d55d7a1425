//! What hooks are given.

use super::lines_cut;
use orchestrator::{
    hooks::{course::Course, read},
    transcripts::lines::Text,
};

/// Read twice it is the same; what a call is in few words is few.
pub fn check(bytes: &[u8]) {
    let mut course = Course::default();
    lines_cut(bytes, 0, |line| {
        let Text::Whole(line) = line.text else { return };
        let Ok(value) = serde_json::from_slice(line) else { return };
        let hook = read(&value);
        assert_eq!(hook, read(&value));
        if let Ok(hook) = hook {
            course.hear(&hook);
            let _ = course.stand(&hook.agent_id);
            assert!(course.activity(&hook.agent_id).chars().count() <= 1_000);
        }
    });
}
