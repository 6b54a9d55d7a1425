//! The live stream of one client: what goes out at once, what is merged, and in which order.

use quarterdeck_shared::{AgentId, TaskId};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// How long followers of the same kind and subject are held, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// `agent.status_changed`.
    pub status_ms: u64,
    /// `usage.recorded`.
    pub usage_ms: u64,
    /// `task.status_changed` and `task.step_changed`; `agent.changed`, of which many make up a step.
    pub task_ms: u64,
}

impl Default for Windows {
    fn default() -> Self {
        Self { status_ms: 500, usage_ms: 250, task_ms: 100 }
    }
}

/// What a kind of event may be merged into, if it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Agent,
    AgentStatus,
    Usage,
    TaskStatus,
    Step,
}

impl Kind {
    fn of(kind: &str) -> Option<Self> {
        match kind {
            "agent.changed" => Some(Self::Agent),
            "agent.status_changed" => Some(Self::AgentStatus),
            "usage.recorded" => Some(Self::Usage),
            "task.status_changed" => Some(Self::TaskStatus),
            "task.step_changed" => Some(Self::Step),
            _ => None,
        }
    }
}

impl Windows {
    const fn of(self, kind: Kind) -> u64 {
        match kind {
            Kind::AgentStatus => self.status_ms,
            Kind::Usage => self.usage_ms,
            Kind::Agent | Kind::TaskStatus | Kind::Step => self.task_ms,
        }
    }
}

/// What an event is about, so that a newer one may replace it: pass it to [`Merger::offer`].
///
/// That is the record for usage and the step for a step's progress, so that no response of a model and no step is
/// lost; both stand only inside the event, so `json`, the whole event, is looked into for these two kinds alone.
/// `None` means that nothing may replace it.
pub fn subject(kind: &str, agent: Option<AgentId>, task: Option<TaskId>, json: &str) -> Option<Uuid> {
    match Kind::of(kind)? {
        Kind::Agent | Kind::AgentStatus => agent.map(|agent| agent.0),
        Kind::TaskStatus => task.map(|task| task.0),
        Kind::Usage => Some(serde_json::from_str::<Inside>(json).ok()?.data.record?.id),
        Kind::Step => {
            let step = serde_json::from_str::<Inside>(json).ok()?.data.step?.id;
            Some(Uuid::from_u128(task?.0.as_u128() ^ fnv(&step)))
        }
    }
}

/// The few fields of an event that say what it is about.
#[derive(Deserialize)]
struct Inside {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    record: Option<RecordOf>,
    step: Option<StepOf>,
}

#[derive(Deserialize)]
struct RecordOf {
    id: Uuid,
}

#[derive(Deserialize)]
struct StepOf {
    id: String,
}

/// The 128-bit FNV-1a hash of a name: steps of one task are few, so this tells them apart.
fn fnv(name: &str) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0100_0000_0000_0000_0000_013b;
    name.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

type Key = (Kind, Uuid);

/// Merges the events of one client. Numbers go in rising and come out rising.
///
/// The first event of a kind and subject goes out at once and opens a window. Followers within it are held, the newest
/// replacing the one before, until the window ends. Whatever goes out takes along everything held with a lower number.
#[derive(Clone, Debug, Default)]
pub struct Merger {
    windows: Windows,
    /// When the window of a kind and subject ends.
    open: HashMap<Key, u64>,
    /// What is held, by number.
    held: BTreeMap<i64, Key>,
    /// The number that is held for a kind and subject.
    newest: HashMap<Key, i64>,
}

/// Windows that are remembered before those long ended are forgotten.
const REMEMBERED: usize = 1_024;

impl Merger {
    /// A merger that holds nothing.
    pub fn new(windows: Windows) -> Self {
        Self { windows, ..Self::default() }
    }

    /// Takes the next event and returns what is to be sent now, in order.
    pub fn offer(&mut self, seq: i64, kind: &str, subject: Option<Uuid>, now_ms: u64) -> Vec<i64> {
        let key = Kind::of(kind).filter(|kind| self.windows.of(*kind) > 0).zip(subject);
        let Some(key) = key else {
            let mut sent = self.release(seq, now_ms);
            sent.push(seq);
            return sent;
        };
        if let Some(old) = self.newest.remove(&key) {
            self.held.remove(&old);
        }
        self.held.insert(seq, key);
        self.newest.insert(key, seq);
        if self.open.get(&key).is_some_and(|ends| *ends > now_ms) {
            return Vec::new();
        }
        self.release(seq, now_ms)
    }

    /// What is to be sent because its window has ended, in order.
    pub fn due(&mut self, now_ms: u64) -> Vec<i64> {
        let ended = |key: &Key| self.open.get(key).is_none_or(|ends| *ends <= now_ms);
        let last = self.held.iter().rev().find(|(_, key)| ended(key)).map(|(seq, _)| *seq);
        last.map(|last| self.release(last, now_ms)).unwrap_or_default()
    }

    /// When [`Merger::due`] next has something, by the clock of `now_ms`; `None` while nothing is held.
    pub fn next_due(&self) -> Option<u64> {
        self.newest.keys().map(|key| self.open.get(key).copied().unwrap_or_default()).min()
    }

    /// Sends all that is held up to this number; what goes out opens its window anew.
    fn release(&mut self, up_to: i64, now_ms: u64) -> Vec<i64> {
        let rest = self.held.split_off(&up_to.saturating_add(1));
        let out = std::mem::replace(&mut self.held, rest);
        for key in out.values() {
            self.newest.remove(key);
            self.open.insert(*key, now_ms.saturating_add(self.windows.of(key.0)));
        }
        if self.open.len() > REMEMBERED {
            let newest = &self.newest;
            self.open.retain(|key, ends| *ends > now_ms || newest.contains_key(key));
        }
        out.into_keys().collect()
    }
}

#[cfg(test)]
mod tests;
