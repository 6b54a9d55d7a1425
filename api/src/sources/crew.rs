//! The crew of sessions that were started elsewhere: which agent and task each thread is, and what became of them.

mod session;
mod standing;

use super::intake::{Found, Tense};
use orchestrator::{
    ledger::{Change, Grown, Owner},
    pricing::PriceTable,
    transcripts::reading::{Known, Thread},
};
use quarterdeck_shared::{
    AgentId, StepId, TaskId, Timestamp, Usd,
    agents::{Agent, AgentDetail, AgentStatus, Context, Role},
    tasks::Task,
    usage::{CostBasis, Tokens, UsageRecord},
};
use session::{UNNAMED, count, follow, name, unnamed};
use standing::outlasts;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

pub use session::{blank, blank_task};
pub use standing::{HOOK, QUIET_SECONDS, speaks, standing, unheard};

/// Where agents of session files come from.
pub const SOURCE: &str = "transcript";
/// Where agents come from that are known by their telemetry alone.
pub const TELEMETRY: &str = "otlp";
/// Where agents come from of whom hooks told first, and no file yet.
pub const HOOKS: &str = "hooks";

/// Where agents come from that the Python orchestrator ran.
pub use orchestrator::agent_logs::SOURCE as AGENT_LOGS;

/// Whether an agent or task of this source was begun by nobody here.
pub fn from_elsewhere(source: &str) -> bool {
    matches!(source, SOURCE | AGENT_LOGS) || is_told(source)
}

/// Whether an agent of this source is known by what was sent of it alone: telemetry tells of it, until its file does.
pub fn is_told(source: &str) -> bool {
    matches!(source, TELEMETRY | HOOKS)
}

/// What a sub-agent's file says of it in the file beside.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct About {
    /// What kind of sub-agent it is.
    pub agent_type: Option<String>,
    /// What it was asked, in a few words.
    pub description: Option<String>,
}

/// One agent, as it was and as it is.
#[derive(Debug)]
pub struct Member {
    pub me: AgentDetail,
    pub was: Option<Agent>,
    pub change: Change,
    /// Whether its basis has to be found anew: a record became better known.
    pub resum: bool,
    /// Whether what is known of it from sums alone gives way to responses.
    pub meters_end: bool,
    /// The records it got that are told.
    pub last: Vec<Arc<UsageRecord>>,
    pub touched: bool,
}

impl Member {
    fn new(me: AgentDetail, was: Option<Agent>) -> Self {
        let touched = was.is_none();
        let change = Change::default();
        Self { me, was, change, resum: false, meters_end: false, last: Vec::new(), touched }
    }

    /// An agent of our own: its words are its stream's.
    pub fn is_own(&self) -> bool {
        !from_elsewhere(&self.me.agent.source)
    }

    /// Whether sums of it stand for what no response showed: they shrink where one shows up.
    pub fn has_remainders(&self) -> bool {
        self.is_own() || self.me.agent.source == AGENT_LOGS
    }

    /// What is known of it by what was sent alone gives way to what its session's file says.
    fn take_over(&mut self) {
        self.me.agent.source = SOURCE.to_owned();
        self.me.tool_breakdown.iter_mut().for_each(|tool| (tool.calls, tool.errors) = (0, 0));
        (self.resum, self.meters_end) = (true, true);
    }
}

impl Member {
    /// What the newest response says of the model and its window.
    fn look_at_model(&mut self, known: &Known, prices: &PriceTable) {
        let agent = &mut self.me.agent;
        if known.last_at < agent.updated_at.into() && agent.context.is_some() {
            return;
        }
        let model = known.model.clone().or(agent.model.clone());
        let window = model.as_deref().and_then(|model| prices.window(model));
        let context = known.context_used.zip(window).and_then(|(used, window)| Context::of(used, window));
        self.touched |= (&model, context.or(agent.context)) != (&agent.model, agent.context);
        (agent.model, agent.context) = (model, context.or(agent.context));
    }
}

/// One task, as it was and as it is.
#[derive(Debug)]
pub struct Charge {
    pub task: Task,
    pub was: Option<Task>,
}

/// The agents and tasks of some sessions.
#[derive(Debug)]
pub struct Crew {
    pub members: HashMap<AgentId, Member>,
    pub tasks: HashMap<TaskId, Charge>,
    pub threads: HashMap<(String, String), AgentId>,
    /// Threads that were not known.
    pub met: Vec<(Thread, AgentId)>,
    pub now: Timestamp,
    /// Where whoever is met comes from.
    pub source: &'static str,
    /// What responses cost, and how large windows are.
    pub prices: Arc<PriceTable>,
}

impl Crew {
    pub fn new(now: Timestamp, threads: HashMap<(String, String), AgentId>, prices: Arc<PriceTable>) -> Self {
        let (members, tasks) = (HashMap::new(), HashMap::new());
        Self { members, tasks, threads, met: Vec::new(), now, source: SOURCE, prices }
    }

    /// An agent that is there already.
    pub fn know(&mut self, me: AgentDetail) {
        let was = Some(me.agent.clone());
        self.members.entry(me.agent.id).or_insert_with(|| Member::new(me, was));
    }

    pub fn know_task(&mut self, task: Task) {
        self.tasks.entry(task.id).or_insert_with(|| Charge { was: Some(task.clone()), task });
    }

    /// Whose the words of a thread are; who is not known comes to be.
    pub fn owner(&mut self, thread: &Thread) -> Owner {
        let id = self.find(thread);
        let agent = self.members.get(&id).map(|member| &member.me.agent);
        Owner {
            agent_id: id,
            task_id: agent.and_then(|agent| agent.task_id),
            role: agent.map_or(Role::Custom, |agent| agent.role),
            replayed: false,
        }
    }

    pub fn find(&mut self, thread: &Thread) -> AgentId {
        let key = (thread.session_id.clone(), thread.agent_id.clone());
        let main = (thread.session_id.clone(), String::new());
        // A session of our own has one agent for all its threads.
        if let Some(own) = self.threads.get(&main).filter(|id| self.is_own(**id)) {
            return *own;
        }
        if let Some(id) = self.threads.get(&key).filter(|id| self.members.contains_key(id)) {
            return *id;
        }
        let id = AgentId(Uuid::now_v7());
        let mut me = blank(id, &thread.session_id, self.now, self.source);
        if thread.agent_id.is_empty() {
            let task = blank_task(&me.agent, self.now);
            me.agent.task_id = Some(task.id);
            me.agent.step_id = Some(StepId::at(0));
            self.tasks.insert(task.id, Charge { task, was: None });
        } else {
            let parent = self.find(&Thread { agent_id: String::new(), ..thread.clone() });
            me.agent.parent_id = Some(parent);
            me.agent.task_id = self.members.get(&parent).and_then(|parent| parent.me.agent.task_id);
            me.agent.name = unnamed("Sub-agent", &thread.agent_id);
        }
        self.threads.insert(key, id);
        self.met.push((thread.clone(), id));
        self.members.insert(id, Member::new(me, None));
        id
    }

    fn is_own(&self, id: AgentId) -> bool {
        self.members.get(&id).is_some_and(Member::is_own)
    }

    /// Whether sums of an agent stand for what no response showed.
    pub fn has_remainders(&self, id: AgentId) -> bool {
        self.members.get(&id).is_some_and(Member::has_remainders)
    }

    /// Takes a record that is new or grew. Of history the newest alone is told.
    pub fn spend(&mut self, grown: &Grown, tense: Tense) {
        let moved = grown.before.as_ref().map(|before| before.agent_id);
        let moved = moved.filter(|from| *from != grown.record.agent_id);
        if let Some(from) = moved.and_then(|from| self.members.get_mut(&from)) {
            (from.resum, from.touched) = (true, true);
        }
        let Some(member) = self.members.get_mut(&grown.record.agent_id) else { return };
        let own = member.has_remainders() || moved.is_some();
        let better = |before: &UsageRecord| before.cost_basis > grown.record.cost_basis;
        member.resum |= own || grown.before.as_ref().is_some_and(better);
        member.change.add(grown);
        member.touched = true;
        if tense == Tense::History {
            member.last.clear();
            // Of whom nobody knew it is told that they are there, and no more.
            if member.was.is_none() {
                return;
            }
        }
        member.last.push(Arc::clone(&grown.record));
    }

    /// Whether somebody is known whose words these are.
    pub fn knows(&self, thread: &Thread) -> bool {
        self.threads.contains_key(&(thread.session_id.clone(), thread.agent_id.clone()))
    }

    /// Takes what a stretch of a file says of a thread. Where no line of it has a time, the file's counts.
    pub fn learn(&mut self, thread: &Thread, known: &Known, found: &Found) {
        let id = self.find(thread);
        let Some(member) = self.members.get_mut(&id) else { return };
        let is_new = member.was.is_none();
        if member.is_own() {
            return;
        }
        if member.me.agent.source == AGENT_LOGS {
            // Its folder says the rest, and better.
            return member.look_at_model(known, &self.prices);
        }
        let is_taken_over = member.me.agent.source != SOURCE;
        if is_taken_over {
            member.take_over();
        }
        let agent = &mut member.me.agent;
        member.touched = true;
        agent.created_at = agent.created_at.min(known.first_at.unwrap_or(found.written_at));
        if let Some(first) = known.first_at {
            agent.started_at = Some(agent.started_at.map_or(first, |at| at.min(first)));
        }
        if agent.working_directory.is_empty() {
            agent.working_directory = known.cwd.clone().unwrap_or_default();
        }
        if let Some(name) = name(thread, known, found.about.as_ref())
            && (known.name.is_some()
                || agent.name.starts_with(UNNAMED[0])
                || agent.name.starts_with(UNNAMED[1]))
        {
            agent.name = name;
        }
        if member.me.prompt.is_none() {
            member.me.prompt.clone_from(&known.prompt);
        }
        agent.reported_cost_usd = known.reported.or(agent.reported_cost_usd);
        let newest = known.last_at.max(agent.status_evidence.last_event_at);
        let hooked = known.last_at.is_some_and(|last| outlasts(&agent.status_evidence, last));
        if hooked || known.last_at >= agent.status_evidence.last_event_at {
            agent.model = known.model.clone().or(agent.model.take());
            let window = agent.model.as_deref().and_then(|model| self.prices.window(model));
            let context = known.context_used.zip(window).and_then(|(used, window)| Context::of(used, window));
            agent.context = context.or(agent.context);
        }
        if !hooked && known.last_at >= agent.status_evidence.last_event_at {
            agent.status_evidence.last_event_at = newest;
            let (status, reason) = standing(known.turn_ended, newest, agent.status, self.now);
            if agent.status != AgentStatus::Deleted {
                agent.status = status;
                agent.status_evidence.reason = reason;
            }
        }
        agent.finished_at = if agent.status.is_final() { newest } else { None };
        agent.updated_at = newest.unwrap_or(found.written_at);
        member.me.seconds = agent
            .finished_at
            .or(newest)
            .zip(agent.started_at)
            .map_or(0, |(end, start)| end.seconds_since(start).max(0));
        if is_new || is_taken_over || !found.again {
            count(&mut member.me.tool_breakdown, known);
            agent.tool_calls = member.me.tool_breakdown.iter().map(|tool| tool.calls).sum();
        }
    }

    /// Puts what came in addition into the agents and their tasks.
    pub fn settle(&mut self) {
        for member in self.members.values_mut().filter(|member| member.touched && !member.resum) {
            let change = member.change;
            let agent = &mut member.me.agent;
            let tokens = agent.tokens() + change.tokens;
            let basis = change.basis.into_iter().chain(agent.cost_basis).max();
            put(agent, tokens, agent.cost_usd + change.cost_usd, basis, agent.requests + change.records);
        }
        for member in self.members.values().filter(|member| member.touched) {
            let agent = &member.me.agent;
            let Some(charge) = agent.task_id.and_then(|id| self.tasks.get_mut(&id)) else { continue };
            let (tokens, cost) =
                member.was.as_ref().map_or_else(Default::default, |was| (was.tokens(), was.cost_usd));
            let task = &mut charge.task;
            task.tokens = moved(task.tokens, tokens, agent.tokens());
            task.cost_usd += agent.cost_usd - cost;
            task.cost_basis = task.cost_basis.into_iter().chain(agent.cost_basis).max();
            task.updated_at = task.updated_at.max(agent.updated_at);
            if agent.parent_id.is_none() && !member.is_own() && agent.source != AGENT_LOGS {
                task.source.clone_from(&agent.source);
                follow(task, &member.me);
            }
        }
    }
}

/// What these agents took, what that cost, and how weakly that is known.
pub fn sum<'a>(agents: impl Iterator<Item = &'a Agent>) -> (Tokens, Usd, Option<CostBasis>) {
    agents.fold((Tokens::default(), Usd::ZERO, None), |(tokens, cost, basis), agent| {
        (tokens + agent.tokens(), cost + agent.cost_usd, basis.max(agent.cost_basis))
    })
}

/// The sums of these records as an agent's figures.
pub fn resum(agent: &mut Agent, records: &[UsageRecord]) {
    let mut tokens = Tokens::default();
    let (mut cost, mut basis) = (Usd::ZERO, None::<CostBasis>);
    for record in records {
        tokens += record.tokens;
        cost += record.cost_usd;
        basis = Some(basis.map_or(record.cost_basis, |weakest| weakest.weaker(record.cost_basis)));
    }
    put(agent, tokens, cost, basis, records.len() as u64);
}

fn put(agent: &mut Agent, tokens: Tokens, cost: Usd, basis: Option<CostBasis>, requests: u64) {
    agent.input_tokens = tokens.input;
    agent.output_tokens = tokens.output;
    agent.cache_creation_tokens = tokens.cache_creation;
    agent.cache_read_tokens = tokens.cache_read;
    agent.total_tokens = tokens.total();
    agent.cost_usd = cost;
    agent.cost_basis = basis;
    agent.requests = requests;
}

fn moved(sum: Tokens, was: Tokens, is: Tokens) -> Tokens {
    let moved = |sum: u64, was: u64, is: u64| (sum + is).saturating_sub(was);
    Tokens {
        input: moved(sum.input, was.input, is.input),
        output: moved(sum.output, was.output, is.output),
        cache_creation: moved(sum.cache_creation, was.cache_creation, is.cache_creation),
        cache_read: moved(sum.cache_read, was.cache_read, is.cache_read),
    }
}
