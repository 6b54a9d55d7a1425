//! Tasks: what one is before anything is known of it, and which of them can be stopped.

use crate::agents::OWN;
use quarterdeck_shared::{
    TaskId, Timestamp, Usd,
    agents::StatusEvidence,
    tasks::{Complexity, ExecutionMode, Limits, PermissionMode, Task, TaskStatus, TaskType},
    usage::Tokens,
};

/// A task that is nothing yet: what is asked, by whom and of whom is still to be said.
pub fn blank(id: TaskId, now: Timestamp) -> Task {
    Task {
        id,
        title: String::new(),
        prompt: String::new(),
        task_type: TaskType::Custom,
        status: TaskStatus::Pending,
        status_evidence: StatusEvidence::default(),
        complexity: Complexity::Complex,
        reasons: Vec::new(),
        include_analyst: false,
        analyst_reason: String::new(),
        execution_mode: ExecutionMode::Sequential,
        workflow: Vec::new(),
        working_directory: String::new(),
        runtime: String::new(),
        source: String::new(),
        model: None,
        permission_mode: PermissionMode::Default,
        limits: Limits::default(),
        tokens: Tokens::default(),
        cost_usd: Usd::ZERO,
        cost_basis: None,
        result: None,
        error: None,
        created_at: now,
        started_at: None,
        finished_at: None,
        updated_at: now,
    }
}

/// Why a task that has not ended cannot be cancelled here; follows its name in a sentence.
pub fn hindrance(task: &Task) -> Option<&'static str> {
    let why = "works elsewhere, where nothing here can stop it; cancel its agent where that goes on here, or end it in \
        its terminal";
    (task.source != OWN && !task.status.is_final()).then_some(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_task_of_ours_is_cancelled() {
        let of = |source: &str, status| {
            let mut task = blank(TaskId(uuid::Uuid::nil()), Timestamp(0));
            (task.source, task.status) = (source.to_owned(), status);
            hindrance(&task).is_some()
        };
        assert!(of("transcript", TaskStatus::Running) && !of(OWN, TaskStatus::Running));
        assert!(!of("transcript", TaskStatus::Completed), "it can be taken out of the lists");
    }
}
