//! Tasks: what one is before anything is known of it.

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
