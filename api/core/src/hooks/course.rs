//! A session's course as its hooks tell it: told twice it changes nothing, told late it takes nothing back.
//!
//! Hooks carry no time and no number. What keeps them in order is what they belong to: a turn by its prompt's id, a
//! call by its own. A turn that was followed by another, or that stopped, does not begin again; a call that ended does
//! not start; a session that ended goes on only with a prompt of its own.

use super::{Event, Hook};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Turns that are remembered as over, and things that are remembered as told in one turn.
const REMEMBERED: usize = 256;

/// Where a thread stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stand {
    /// Nothing was told yet that says so.
    #[default]
    Unknown,
    /// It works.
    Works,
    /// It waits for a person.
    Waits,
    /// It has ended.
    Ended,
}

/// What a hook was, to a session that heard others before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It was told before, or something was that goes beyond it.
    Stale,
    /// It tells something of what was, and changes nothing in where the session stands.
    Told,
    /// It changes where the session stands, or what it does.
    Moves,
}

/// An instruction on its way to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// Where it is noted.
    pub key: String,
    /// Its words.
    pub words: String,
}

/// What became of an instruction that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The turn went on with it.
    Arrived(Instruction),
    /// The turn did not go on: whoever asked had gone before the reply came.
    Lost(Instruction),
}

/// One thread.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Thread {
    stand: Stand,
    /// Calls that run: ids and a few words on them.
    calls: BTreeMap<String, String>,
}

/// One session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// The turn's prompt.
    prompt: Option<String>,
    /// Whether the turn stopped.
    stopped: bool,
    /// Turns that are over.
    over: VecDeque<String>,
    /// What was told already.
    told: VecDeque<String>,
    threads: BTreeMap<String, Thread>,
    /// What was handed over, until something shows whether it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handed: Option<Instruction>,
}

impl Course {
    /// Where a thread stands; empty for the main one.
    pub fn stand(&self, agent_id: &str) -> Stand {
        self.threads.get(agent_id).map(|thread| thread.stand.clone()).unwrap_or_default()
    }

    /// What a thread does now, in a few words.
    pub fn activity(&self, agent_id: &str) -> &str {
        let calls = self.threads.get(agent_id).and_then(|thread| thread.calls.values().next_back());
        calls.map_or("", String::as_str)
    }

    /// Whether its turn has ended and none began since.
    pub fn has_stopped(&self) -> bool {
        self.stopped
    }

    /// The turn goes on although it stopped: it is told what to do next.
    pub fn goes_on(&mut self, told: Instruction) {
        self.stopped = false;
        self.thread("").stand = Stand::Works;
        self.handed = Some(told);
    }

    /// What became of the instruction that was handed over, where a hook that was just heard shows it: the turn's own
    /// next hook that it arrived, words of somebody else's or the end that it did not.
    pub fn fate(&mut self, hook: &Hook, news: News) -> Option<Fate> {
        if news == News::Stale || !hook.agent_id.is_empty() {
            return None;
        }
        match hook.event {
            // A session that waits says so whether its turn goes on or not.
            Event::Notified { .. } => None,
            Event::Prompted { .. } | Event::SessionStarted { .. } | Event::SessionEnded { .. } => {
                self.handed.take().map(Fate::Lost)
            }
            _ => self.handed.take().map(Fate::Arrived),
        }
    }

    /// Hears a hook.
    pub fn hear(&mut self, hook: &Hook) -> News {
        match hook.agent_id.is_empty() || matches!(hook.event, Event::SessionEnded { .. }) {
            true => self.hear_main(hook),
            false => self.hear_sub(hook),
        }
    }

    fn hear_main(&mut self, hook: &Hook) -> News {
        let ended = self.stand("") == Stand::Ended;
        if let Some(prompt) = &hook.prompt_id {
            if self.over.contains(prompt) {
                return News::Stale;
            }
            if self.prompt.as_ref() != Some(prompt) {
                if ended && !matches!(hook.event, Event::Prompted { .. }) {
                    // Of a turn before the end, or of one that begins with words that are still to come.
                    if matches!(hook.event, Event::Stopped { .. } | Event::SessionEnded { .. }) {
                        remember(&mut self.over, prompt.clone());
                    }
                    return News::Stale;
                }
                self.begin_turn(Some(prompt.clone()));
            }
        } else if matches!(hook.event, Event::Prompted { .. }) {
            self.begin_turn(None);
        }
        if key(hook).is_some_and(|key| !remember(&mut self.told, key)) {
            return News::Stale;
        }
        self.move_main(hook)
    }

    fn move_main(&mut self, hook: &Hook) -> News {
        let over = self.stopped || self.stand("") == Stand::Ended;
        match &hook.event {
            Event::SessionStarted { source } => {
                let begins =
                    self.threads.is_empty() || (source == "resume" && self.stand("") == Stand::Ended);
                if !begins {
                    return News::Stale;
                }
                self.stopped = false;
                self.put("", Stand::Waits)
            }
            Event::SessionEnded { .. } => {
                self.stopped = true;
                self.threads.values_mut().for_each(|thread| thread.calls.clear());
                self.put("", Stand::Ended)
            }
            Event::Stopped { .. } | Event::StopFailed { .. } => {
                let again = matches!(hook.event, Event::Stopped { again: true, .. });
                if self.stand("") == Stand::Ended || self.stopped && !again {
                    return News::Stale;
                }
                self.stopped = true;
                self.thread("").calls.clear();
                self.put("", Stand::Waits)
            }
            Event::Prompted { .. } if over => News::Told,
            Event::Prompted { .. } | Event::Compacts => self.works(over),
            Event::Notified { waits: true, .. } if self.stand("") != Stand::Ended => {
                self.put("", Stand::Waits)
            }
            Event::Asks(_) if over => News::Stale,
            Event::Asks(_) => self.put("", Stand::Waits),
            _ => self.tools("", hook, over),
        }
    }

    /// A sub-agent may outlive the turn that began it; only its own end ends it.
    fn hear_sub(&mut self, hook: &Hook) -> News {
        let id = hook.agent_id.as_str();
        if key(hook).is_some_and(|key| !remember(&mut self.told, key)) || self.stand("") == Stand::Ended {
            return News::Stale;
        }
        let over = !matches!(hook.event, Event::SubStopped { .. })
            && self.told.contains(&format!("SubagentStop/{id}"));
        match &hook.event {
            Event::SubStopped { .. } => {
                self.thread(id).calls.clear();
                self.put(id, Stand::Ended)
            }
            _ if over => News::Stale,
            Event::SubStarted => self.put(id, Stand::Works),
            Event::Asks(_) => self.put(id, Stand::Waits),
            _ => self.tools(id, hook, over),
        }
    }

    fn tools(&mut self, id: &str, hook: &Hook, over: bool) -> News {
        match &hook.event {
            Event::ToolStarts(call) => {
                let ended = call.id.as_ref().is_some_and(|id| self.told.contains(&format!("post/{id}")));
                if over || ended {
                    return News::Stale;
                }
                let name = call.id.clone().unwrap_or_default();
                self.thread(id).calls.insert(name, call.short());
                self.put(id, Stand::Works)
            }
            Event::ToolEnded { call, .. } => {
                self.thread(id).calls.remove(call.id.as_deref().unwrap_or_default());
                if over { News::Told } else { self.put(id, Stand::Works) }
            }
            _ if over => News::Stale,
            Event::Compacted | Event::Notified { .. } => News::Told,
            _ if self.stand(id) == Stand::Unknown => self.put(id, Stand::Works),
            _ => News::Stale,
        }
    }

    fn works(&mut self, over: bool) -> News {
        if over { News::Stale } else { self.put("", Stand::Works) }
    }

    fn put(&mut self, id: &str, stand: Stand) -> News {
        self.thread(id).stand = stand;
        News::Moves
    }

    fn thread(&mut self, id: &str) -> &mut Thread {
        self.threads.entry(id.to_owned()).or_default()
    }

    fn begin_turn(&mut self, prompt: Option<String>) {
        if let Some(before) = std::mem::replace(&mut self.prompt, prompt) {
            remember(&mut self.over, before);
        }
        self.stopped = false;
        let main = self.thread("");
        main.calls.clear();
        if main.stand == Stand::Ended {
            main.stand = Stand::Unknown;
        }
        self.threads.retain(|id, thread| id.is_empty() || thread.stand != Stand::Ended);
    }
}

/// By which a hook is known when it comes again; none where nothing tells two of them apart.
fn key(hook: &Hook) -> Option<String> {
    let (prompt, agent) = (hook.prompt_id.as_deref(), &hook.agent_id);
    match &hook.event {
        Event::ToolStarts(call) => Some(format!("pre/{}", call.id.as_ref()?)),
        Event::ToolEnded { call, .. } => Some(format!("post/{}", call.id.as_ref()?)),
        Event::Prompted { .. } => Some(format!("prompt/{}", prompt?)),
        Event::SubStarted | Event::SubStopped { .. } => Some(format!("{}/{agent}", hook.name)),
        Event::Stopped { again: false, .. } => Some(format!("stop/{}", prompt?)),
        Event::Compacts | Event::Compacted | Event::SessionEnded { .. } | Event::StopFailed { .. } => {
            Some(format!("{}/{}", hook.name, prompt?))
        }
        _ => None,
    }
}

/// Remembers something; false where it was known.
fn remember(all: &mut VecDeque<String>, one: String) -> bool {
    if all.contains(&one) {
        return false;
    }
    if all.len() == REMEMBERED {
        all.pop_front();
    }
    all.push_back(one);
    true
}
