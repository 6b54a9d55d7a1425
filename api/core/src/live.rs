//! The live stream of one client: what goes out at once, what is merged, and in which order.

use quarterdeck_shared::{AgentId, TaskId};
use std::collections::HashMap;
use uuid::Uuid;

/// How long followers of the same kind and subject are held, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// `agent.status_changed`.
    pub status_ms: u64,
    /// `usage.recorded`.
    pub usage_ms: u64,
    /// `task.status_changed` and `task.step_changed`.
    pub task_ms: u64,
}

impl Default for Windows {
    fn default() -> Self {
        Self { status_ms: 500, usage_ms: 250, task_ms: 100 }
    }
}

/// What an event replaces older ones of: pass it to [`Merger::offer`].
///
/// Usage is merged by record and a step's progress by step, both of which stand only inside the event,
/// so the event's JSON is looked into for these two kinds alone.
pub fn subject(kind: &str, agent: Option<AgentId>, task: Option<TaskId>, json: &str) -> Option<Uuid> {
    let _ = (kind, agent, task, json);
    unimplemented!()
}

/// Merges the events of one client. Numbers go in rising and come out rising.
#[derive(Clone, Debug, Default)]
pub struct Merger {
    windows: Windows,
    held: HashMap<(String, Option<Uuid>), i64>,
}

impl Merger {
    /// A merger that holds nothing.
    pub fn new(windows: Windows) -> Self {
        Self { windows, ..Self::default() }
    }

    /// Takes the next event and returns what is to be sent now, in order.
    pub fn offer(&mut self, seq: i64, kind: &str, subject: Option<Uuid>, now_ms: u64) -> Vec<i64> {
        let _ = (seq, kind, subject, now_ms, &self.windows, &self.held);
        unimplemented!()
    }

    /// What is to be sent because its window has ended, in order.
    pub fn due(&mut self, now_ms: u64) -> Vec<i64> {
        let _ = now_ms;
        unimplemented!()
    }

    /// When [`Merger::due`] next has something, by the clock of `now_ms`; `None` while nothing is held.
    pub fn next_due(&self) -> Option<u64> {
        unimplemented!()
    }
}
