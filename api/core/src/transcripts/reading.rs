//! A reading: what a stretch of one session file says in all, response by response and thread by thread.

mod responses;

pub use responses::Heard;

use super::{
    lines::{Line, Text},
    session::{self, Fact, Told},
};
use crate::usage::Observed;
use foldhash::{HashMap, HashSet};
use quarterdeck_shared::{Timestamp, Usd};
use responses::Responses;
use std::{
    borrow::Cow,
    collections::{BTreeMap, hash_map::Entry},
    mem,
};

/// Names of lines that were too long which are kept; more are counted.
const OVERSIZE_KEPT: usize = 100;

/// Whose words: a session, and the sub-agent within it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thread {
    /// The session's id.
    pub session_id: String,
    /// The sub-agent's id; empty on the main thread.
    pub agent_id: String,
}

/// What is known of one thread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Whether a line names it, or was said by it or to it; a file's name is a guess.
    pub certain: bool,
    /// Where it works.
    pub cwd: Option<String>,
    /// Its first moment.
    pub first_at: Option<Timestamp>,
    /// Its last moment.
    pub last_at: Option<Timestamp>,
    /// The first words that somebody said to it.
    pub prompt: Option<String>,
    /// The name somebody gave it.
    pub name: Option<String>,
    /// What it was about.
    pub summary: Option<String>,
    /// What its program says it cost in all.
    pub reported: Option<Usd>,
    /// The model of its newest response.
    pub model: Option<String>,
    /// Tokens in the prompt of its newest response.
    pub context_used: Option<u64>,
    /// Whether the last thing it did ended its turn; none where it did nothing.
    pub turn_ended: Option<bool>,
    /// Calls by tool, and how many of them went wrong.
    pub tools: BTreeMap<String, (u64, u64)>,
    /// Whether all that was read of it so far was copied of another session: its own time has not begun.
    pub is_copy: bool,
}

impl Known {
    /// Takes what a response says of its thread.
    fn answer(&mut self, observed: &Observed, thread: &Thread, turn_ends: bool) {
        if self.model.as_ref() != Some(&observed.model) {
            self.model = Some(observed.model.clone());
        }
        if !observed.sidechain || !thread.agent_id.is_empty() {
            self.context_used = Some(observed.tokens.prompt());
        }
        self.turn_ended = Some(turn_ends);
    }
}

/// How much was read, and what of it counted for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that hold anything.
    pub lines: u64,
    /// Lines that told of a response.
    pub response_lines: u64,
    /// Pieces that repeat what a sub-agent's response took.
    pub echoes: u64,
    /// Lines that are no JSON, wholly or from some place on.
    pub broken: u64,
    /// Lines that were too long: where they begin and how long they are.
    pub oversize: Vec<(u64, u64)>,
}

/// What a stretch of a file says.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    responses: Responses,
    /// The threads.
    threads: BTreeMap<Thread, Known>,
    /// Those of which the file holds a copy.
    copied: BTreeMap<Thread, Known>,
    /// How much was read.
    tally: Tally,
    calls: HashMap<String, (Thread, String)>,
    erred: HashSet<String>,
    /// Whose the file is, as long as its lines do not say.
    thread: Thread,
    /// Whether that is among the threads by now.
    is_met: bool,
    title_wanted: bool,
}

impl Reading {
    /// Reads on in the file of this thread; `title_wanted` while nothing is known that could be its title.
    pub fn of(thread: Thread, title_wanted: bool) -> Self {
        Self { thread, title_wanted, ..Self::default() }
    }

    /// Takes one line.
    pub fn take(&mut self, line: Line<'_>) {
        self.tally.lines += 1;
        let bytes = match line.text {
            Text::Whole(bytes) => bytes,
            Text::Oversize(length) => {
                if self.tally.oversize.len() < OVERSIZE_KEPT {
                    self.tally.oversize.push((line.offset, length));
                }
                return;
            }
        };
        if !session::matters(bytes, self.title_wanted) {
            return;
        }
        for told in session::told(bytes, self.title_wanted) {
            self.hear(told, line.offset);
        }
    }

    /// How many responses are known by now.
    pub fn size(&self) -> usize {
        self.responses.heard.len()
    }

    /// Whose words came last, to go on with.
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Every response with its figures, in the order of the file.
    pub fn responses(&self) -> Vec<&Heard> {
        let mut all: Vec<_> = self.responses.heard.iter().collect();
        all.sort_by(|a, b| a.place().cmp(&b.place()));
        all
    }

    /// The same, given away.
    pub fn take_responses(&mut self) -> Vec<Heard> {
        let mut all = mem::take(&mut self.responses).heard;
        all.sort_by(|a, b| a.place().cmp(&b.place()));
        all
    }

    /// What is known of each thread.
    pub fn threads(&self) -> &BTreeMap<Thread, Known> {
        &self.threads
    }

    /// What is known by copies alone of each thread that a fork copied; its calls count in its own file.
    pub fn copied(&self) -> &BTreeMap<Thread, Known> {
        &self.copied
    }

    /// How much was read.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    fn hear(&mut self, told: Told<'_>, offset: u64) {
        if let Fact::Broken = told.fact {
            self.tally.broken += 1;
            return;
        }
        let named = told.session_id.is_some() || told.agent_id.is_some();
        if let Some(session_id) = told.session_id.filter(|id| *id != self.thread.session_id) {
            self.rename(session_id.into_owned());
        }
        let other = told.agent_id.filter(|id| *id != self.thread.agent_id);
        let other = other.map(|agent_id| Thread {
            session_id: self.thread.session_id.clone(),
            agent_id: agent_id.into_owned(),
        });
        let thread = other.as_ref().unwrap_or(&self.thread);
        let is_met = other.is_none() && mem::replace(&mut self.is_met, true);
        if !is_met && !self.threads.contains_key(thread) {
            self.threads.insert(thread.clone(), Known::default());
        }
        let Some(known) = self.threads.get_mut(thread) else { return };
        known.certain |= named || told.fact.is_said();
        if known.cwd.is_none() {
            known.cwd = told.cwd.map(Cow::into_owned);
        }
        if !known.is_copy {
            known.first_at = known.first_at.into_iter().chain(told.at).min();
        }
        known.last_at = known.last_at.max(told.at);
        match told.fact {
            Fact::Response { observed, turn_ends, reported, copied_of: Some(session_id), .. } => {
                // What comes before it is copied too, though no line of it says so.
                (known.is_copy, known.first_at) = (true, None);
                known.answer(&observed, thread, turn_ends);
                let thread = Thread { session_id, agent_id: thread.agent_id.clone() };
                let origin = self.copied.entry(thread.clone()).or_default();
                origin.cwd = origin.cwd.take().or_else(|| known.cwd.clone());
                origin.first_at = origin.first_at.into_iter().chain(told.at).min();
                origin.last_at = origin.last_at.max(told.at);
                origin.answer(&observed, &thread, turn_ends);
                self.tally.response_lines += 1;
                self.responses.hear(observed, &thread, offset, told.at, reported);
            }
            Fact::Response { observed, tools, turn_ends, reported, copied_of: None } => {
                known.is_copy = false;
                known.first_at = known.first_at.or(told.at);
                known.answer(&observed, thread, turn_ends);
                for (id, tool) in tools {
                    if let Entry::Vacant(call) = self.calls.entry(id) {
                        known.tools.entry(tool.clone()).or_default().0 += 1;
                        call.insert((thread.clone(), tool));
                    }
                }
                self.tally.response_lines += 1;
                self.responses.hear(observed, thread, offset, told.at, reported);
            }
            Fact::Prompt(words) => {
                known.turn_ended = Some(false);
                if known.is_copy {
                    known.first_at = told.at;
                }
                if known.prompt.is_none() && words.is_some() {
                    known.prompt = words;
                    self.title_wanted = false;
                }
            }
            Fact::Results { errors } => {
                known.turn_ended = Some(false);
                for id in errors {
                    self.err(id);
                }
            }
            Fact::Named(name) => known.name = Some(name),
            Fact::Summary(summary) => known.summary = Some(summary),
            Fact::Reported(cost) => known.reported = Some(cost),
            Fact::Echo => self.tally.echoes += 1,
            Fact::Other | Fact::Broken => {}
        }
    }

    /// Goes on in another session; what was read while nothing but the file's name told whose it is belongs to that.
    fn rename(&mut self, session_id: String) {
        let guessed = self.threads.get(&self.thread).is_some_and(|known| !known.certain);
        let guess = if guessed { self.threads.remove(&self.thread) } else { None };
        (self.thread.session_id, self.is_met) = (session_id, false);
        if let Some(known) = guess {
            self.threads.entry(self.thread.clone()).or_insert(known);
        }
    }

    fn err(&mut self, call: String) {
        if self.erred.contains(&call) {
            return;
        }
        if let Some((thread, tool)) = self.calls.get(&call)
            && let Some((_, errors)) =
                self.threads.get_mut(thread).and_then(|known| known.tools.get_mut(tool))
        {
            *errors += 1;
        }
        self.erred.insert(call);
    }
}
