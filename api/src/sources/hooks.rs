//! Claude Code's hooks: each tells where a session stands as it happens, and some wait to hear what to do.

mod asking;
mod replies;
mod telling;

use super::{
    Source, State,
    crew::{Crew, HOOKS, SOURCE, from_elsewhere},
    intake::{Intake, Tense, write},
    otlp::LOOK,
};
use crate::{
    fleet::{
        Outside,
        outside::{STATES, Word, instructions},
    },
    store::{Batch, Row, StoreError, read_note},
};
use orchestrator::{
    hooks::{
        Event, Hook,
        course::{Course, Fate, Instruction, News},
    },
    ledger::Book,
    transcripts::reading::Thread,
};
use quarterdeck_shared::{
    AgentId,
    agents::{Agent, AgentStatus},
    approvals::Approval,
};
use serde_json::Value;
use std::{path::PathBuf, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    time::interval,
};

/// Its name on the wire.
pub const NAME: &str = "hooks";

/// How hooks are answered.
#[derive(Clone, Debug)]
pub struct HookRules {
    /// How long a question is held.
    pub hold: Duration,
    /// Tools that are asked about each time; `*` means all.
    pub ask_tools: Vec<String>,
}

impl Default for HookRules {
    fn default() -> Self {
        Self { hold: Duration::from_secs(60), ask_tools: Vec::new() }
    }
}

/// What hears hooks. Cheap to clone; every clone is the same one.
#[derive(Clone)]
pub struct Hooks {
    intake: Intake,
    rules: HookRules,
    outside: Outside,
    board: watch::Sender<State>,
    stop: watch::Receiver<bool>,
}

/// What a hook is to be told.
enum Said {
    /// To go on.
    Nothing,
    /// To wait: it asked this. Answers come out of the second; of whoever asks the same again, nothing does.
    Asks(Box<Approval>, Option<mpsc::Receiver<Word>>),
    /// What to do next.
    Next(String),
}

impl Hooks {
    pub(super) fn new(
        intake: Intake,
        rules: HookRules,
        outside: Outside,
        board: watch::Sender<State>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self { intake, rules, outside, board, stop }
    }

    /// Hears a hook and gives its reply, which may take as long as somebody takes to answer.
    pub async fn hear(&self, hook: Hook) -> Result<Value, StoreError> {
        let said = self.take(&hook).await;
        let now = self.intake.now();
        self.board.send_modify(|state| {
            state.ok = said.is_ok();
            state.taken_at = Some(now);
            state.message = match &said {
                Ok(_) => format!("heard {} last", hook.name),
                Err(error) => error.to_string(),
            };
        });
        match said? {
            Said::Nothing => Ok(replies::go_on()),
            Said::Next(words) => Ok(replies::next(&words)),
            Said::Asks(approval, words) => {
                Ok(replies::decided(&hook, self.wait(*approval, words, &hook).await))
            }
        }
    }

    /// Makes durable what a hook tells.
    async fn take(&self, hook: &Hook) -> Result<Said, StoreError> {
        let _turn = self.intake.turn().await?;
        let store = self.intake.store();
        let sessions = [hook.session_id.clone()];
        let own = store.own_agents_of(&sessions).await?;
        let is_over = || own.iter().all(|agent| agent.status.is_final());
        let is_heard = own.is_empty() || matches!(hook.event, Event::Prompted { .. }) && is_over();
        if !is_heard {
            // Its stream tells all of this, and it asks over its stream; of its end it may tell late.
            return Ok(Said::Nothing);
        }
        let key = format!("{STATES}{}", hook.session_id);
        let before: Option<Course> = store.noted(&key).await?;
        let mut course = before.clone().unwrap_or_default();
        let news = course.hear(hook);
        let asks = match &hook.event {
            Event::Asks(_) => news != News::Stale,
            Event::ToolStarts(call) => news == News::Moves && self.is_asked_about(&call.tool),
            _ => false,
        };
        let stops = matches!(hook.event, Event::Stopped { .. }) && news == News::Moves;
        let mut batch = Batch::new();
        let mut said = Said::Nothing;
        if news != News::Stale {
            let mut crew = self.intake.crew(&sessions, &own, &Book::default()).await?;
            crew.source = HOOKS;
            if !self.give_back(&mut crew, &own).await? {
                return Ok(Said::Nothing);
            }
            let thread = Thread { session_id: hook.session_id.clone(), agent_id: hook.agent_id.clone() };
            let id = crew.owner(&thread).agent_id;
            let fate = course.fate(hook, news);
            // What did not arrive waits again, before all that came later.
            if let Some(Fate::Lost(lost)) = &fate {
                batch.rows.push(note_of(lost));
            }
            let next = if stops { self.next(id, &mut batch).await? } else { None };
            if let Some(next) = &next {
                course.goes_on(next.clone());
            }
            let now = self.intake.now();
            if let Some(member) = crew.members.get_mut(&id) {
                telling::learn(member, hook, &course, now);
                if news == News::Moves {
                    telling::moves(member, hook, &course, next.is_some(), now);
                }
            }
            if matches!(hook.event, Event::SessionEnded { .. }) {
                telling::end_subs(&mut crew, id, hook, now);
            }
            crew.settle();
            write(&mut crew, Tense::Live, &mut batch);
            let Some(member) = crew.members.get(&id) else { return Ok(Said::Nothing) };
            if let Some(Fate::Arrived(told)) = fate {
                batch.events.push(telling::prompted(&member.me.agent, told.words));
            }
            batch.events.extend(telling::events(&member.me.agent, hook));
            self.withdraw_answered_elsewhere(&member.me.agent, hook, &mut batch);
            // Who left the lists is asked about by nobody here; its terminal asks.
            if asks && member.me.agent.status != AgentStatus::Deleted {
                let (approval, words) = self.ask(&member.me.agent, hook, &mut batch);
                said = Said::Asks(Box::new(approval), words);
            } else if let Some(next) = next {
                said = Said::Next(next.words);
            }
        }
        if before.as_ref() != Some(&course) {
            batch.rows.push(Row::Note { key, json: serde_json::to_string(&course).ok() });
        }
        let written = match batch.rows.is_empty() && batch.events.is_empty() {
            true => Ok(Vec::new()),
            false => store.commit(batch).await,
        };
        if let (Err(error), Said::Asks(approval, Some(_))) = (&written, &said) {
            tracing::warn!(%error, "a question could not be written down; its terminal asks");
            self.outside.close(approval.id, None);
        }
        written?;
        Ok(said)
    }

    /// Gives back agents of our own whose session goes on elsewhere now that their run has ended: as before it, whatever
    /// is sent and written tells of them. False where one is not to be given back, since it is gone or works for a
    /// task of ours.
    async fn give_back(&self, crew: &mut Crew, own: &[Agent]) -> Result<bool, StoreError> {
        for agent in own {
            let task = agent.task_id.and_then(|id| crew.tasks.get(&id));
            let is_ours = task.is_some_and(|charge| !from_elsewhere(&charge.task.source));
            if is_ours || agent.status == AgentStatus::Deleted {
                return Ok(false);
            }
            let has_file = !self.intake.store().files_of_agents(&[agent.id]).await?.is_empty();
            telling::give_back(crew, agent.id, if has_file { SOURCE } else { HOOKS });
        }
        Ok(true)
    }

    /// The oldest instruction that waits for this agent; it waits no longer, and its session's course keeps it until it
    /// has arrived.
    async fn next(&self, agent: AgentId, batch: &mut Batch) -> Result<Option<Instruction>, StoreError> {
        let waiting = self.intake.store().notes(&instructions(agent)).await?;
        let Some((key, json)) = waiting.into_iter().next() else { return Ok(None) };
        let words = read_note(&key, &json)?;
        batch.rows.push(Row::Note { key: key.clone(), json: None });
        Ok(Some(Instruction { key, words }))
    }

    /// Looks after those of whom no hook tells any more, again and again.
    async fn look_after(&self) {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            if let Err(error) = self.intake.look_after_hooked().await {
                tracing::warn!(%error, "sessions that went quiet could not be looked after");
            }
        }
    }

    fn is_asked_about(&self, tool: &str) -> bool {
        self.rules.ask_tools.iter().any(|asked| asked == "*" || asked == tool)
    }
}

/// An instruction that waits.
fn note_of(instruction: &Instruction) -> Row {
    let json = Value::String(instruction.words.clone()).to_string();
    Row::Note { key: instruction.key.clone(), json: Some(json) }
}

#[async_trait::async_trait]
impl Source for Hooks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn places(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Hooks come by themselves. What was asked before an earlier server's end is asked in the terminal by now.
    async fn run(&self, _intake: Intake, board: watch::Sender<State>, mut stop: watch::Receiver<bool>) {
        if let Err(error) = self.withdraw_left_over().await {
            tracing::warn!(%error, "questions of an earlier server could not be withdrawn");
        }
        board.send_modify(|state| {
            if state.running && state.taken_at.is_none() {
                state.message = "waits for hooks; `quarterdeck connect` sets them up".to_owned();
            }
        });
        tokio::select! {
            () = self.look_after() => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}
