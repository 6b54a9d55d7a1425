//! Desks: one per agent that somebody deals with. What is done at a desk is done one after the other.

use super::FleetError;
use quarterdeck_shared::{
    AgentId, ApprovalId,
    agents::AgentDetail,
    approvals::{Approval, NewAnswer},
};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use tokio::sync::{mpsc, oneshot, watch};

/// Where one agent is dealt with.
#[derive(Default)]
pub struct Desk {
    /// Held while a command decides whether the agent is to be started.
    pub lock: tokio::sync::Mutex<()>,
    live: Mutex<Option<Live>>,
}

/// The way to an agent at work.
#[derive(Clone)]
pub struct Live {
    /// Where it gets its mail.
    pub mail: mpsc::Sender<Mail>,
    /// Turns true once its end is durable.
    pub ended: watch::Receiver<bool>,
}

impl Live {
    /// Returns once the agent's end is durable.
    pub async fn wait(mut self) {
        // An agent that is gone without a word has ended too.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }
}

impl Desk {
    /// The way to the agent, if it is at work.
    pub fn live(&self) -> Option<Live> {
        hold(&self.live).clone()
    }

    /// The agent begins to work, or has ended.
    pub fn set(&self, live: Option<Live>) {
        *hold(&self.live) = live;
    }
}

/// What an agent at work can be told.
pub enum Mail {
    /// Hear these words next.
    Prompt {
        /// The words.
        text: String,
        /// The agent as it is then.
        reply: oneshot::Sender<Result<AgentDetail, FleetError>>,
    },
    /// This is the answer to your question.
    Answer {
        /// Which question.
        id: ApprovalId,
        /// The answer.
        answer: NewAnswer,
        /// The question as it is then.
        reply: oneshot::Sender<Result<Approval, FleetError>>,
    },
    /// Stop and be cancelled, for this reason.
    Cancel(String),
    /// Stop and have failed, for this reason.
    Fail(String),
    /// The server stops: end so that the next start resumes you.
    Pause,
}

/// Things that exist as long as somebody holds them, one per key.
pub struct Registry<K, V>(Mutex<HashMap<K, Weak<V>>>);

impl<K, V> Default for Registry<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Copy + Eq + Hash, V> Registry<K, V> {
    /// The thing under this key, made where there is none.
    pub fn get(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        let mut known = hold(&self.0);
        if let Some(thing) = known.get(&key).and_then(Weak::upgrade) {
            return thing;
        }
        if known.len() >= 64 && known.len() == known.capacity() {
            known.retain(|_, thing| thing.strong_count() > 0);
        }
        let thing = Arc::new(make());
        known.insert(key, Arc::downgrade(&thing));
        thing
    }

    /// Every thing somebody holds.
    pub fn all(&self) -> Vec<Arc<V>> {
        hold(&self.0).values().filter_map(Weak::upgrade).collect()
    }
}

/// The desks of the fleet.
pub type Desks = Registry<AgentId, Desk>;

/// Locks what no panic can leave half-changed.
pub fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_lives_as_long_as_somebody_holds_it() {
        let registry = Registry::<u32, u32>::default();
        let first = registry.get(1, || 10);
        assert!(Arc::ptr_eq(&first, &registry.get(1, || 20)));
        drop(first);
        assert_eq!(*registry.get(1, || 30), 30);
        for key in 0..10_000 {
            registry.get(key, || key);
        }
        assert!(hold(&registry.0).len() < 1_000);
        assert!(registry.all().is_empty());
    }
}
