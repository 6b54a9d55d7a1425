//! Plays the lines of a recording: waits as it waited, asks what it asked, and hears orders all the while.

use super::rewrite::Names;
use crate::fleet::{
    clock::Clock,
    runtime::{Conversation, Exit, Order, Signal, Verdict, recordings::Recorded},
};
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use tokio::sync::mpsc;

/// One recording being played.
pub struct Player {
    lines: Vec<Recorded>,
    session_id: String,
    speed: f64,
    clock: Clock,
    signal: mpsc::Sender<Signal>,
    inbox: mpsc::Receiver<Order>,
    /// Messages this session had before the turn that is played now.
    before: u64,
    /// Messages of that turn that are not played again.
    skipped: u64,
    /// Prompts that wait for their turn.
    queue: usize,
    closing: bool,
    /// Open questions: call id by request id.
    asked: HashMap<String, String>,
    /// What the operator refused: words by call id.
    refused: HashMap<String, String>,
}

/// Why playing stopped.
enum End {
    Interrupted,
    Stopped,
}

impl Player {
    /// A player at the place where the conversation stands.
    pub fn new(
        lines: Vec<Recorded>,
        conversation: &Conversation,
        speed: f64,
        clock: Clock,
        signal: mpsc::Sender<Signal>,
        inbox: mpsc::Receiver<Order>,
    ) -> Self {
        let messages = lines.iter().filter(|recorded| is_message_start(&recorded.line)).count().max(1) as u64;
        let (before, skipped) = match *conversation {
            Conversation::New(_) => (0, 0),
            Conversation::Resumed { requests, cut_off: false, .. } => (requests, 0),
            Conversation::Resumed { requests, cut_off: true, .. } => {
                let newest = requests.saturating_sub(1);
                (newest / messages * messages, newest % messages)
            }
        };
        Self {
            lines,
            session_id: conversation.session_id().to_owned(),
            speed,
            clock,
            signal,
            inbox,
            before,
            skipped,
            queue: 0,
            closing: false,
            asked: HashMap::new(),
            refused: HashMap::new(),
        }
    }

    /// Plays one turn per prompt until it is told to close.
    pub async fn play(mut self) {
        let mut exit = Exit { code: Some(0), ..Exit::default() };
        loop {
            match self.turn().await {
                Ok(()) => exit.code = Some(0),
                Err(End::Interrupted) => {
                    self.say_interrupted().await;
                    exit.code = Some(1);
                }
                Err(End::Stopped) => {
                    exit = Exit { signal: Some(15), ..Exit::default() };
                    break;
                }
            }
            if !self.next_prompt().await {
                break;
            }
        }
        // Nobody listens where the fleet itself is gone.
        let _ = self.signal.send(Signal::Exited(exit)).await;
    }

    /// Waits for the next prompt; false where there will be none.
    async fn next_prompt(&mut self) -> bool {
        while self.queue == 0 {
            if self.closing {
                return false;
            }
            match self.inbox.recv().await {
                Some(Order::Say(_)) => self.queue += 1,
                Some(Order::Close | Order::Stop) | None => return false,
                Some(Order::Interrupt | Order::Answer { .. } | Order::Decline { .. }) => {}
            }
        }
        self.queue -= 1;
        true
    }

    async fn turn(&mut self) -> Result<(), End> {
        let names = Names::new(&self.session_id, self.before);
        let mut messages = 0;
        let mut last_ms = None;
        for recorded in self.lines.clone() {
            let mut line = recorded.line;
            if is_message_start(&line) {
                messages += 1;
            }
            let is_init = line["subtype"] == "init";
            if messages <= self.skipped && self.skipped > 0 && !is_init {
                continue;
            }
            let since = recorded.at_ms.saturating_sub(last_ms.unwrap_or(recorded.at_ms));
            last_ms = Some(recorded.at_ms);
            self.wait(since).await?;
            names.put_into(&mut line);
            if let Some((request_id, call)) = question(&line) {
                self.asked.insert(request_id, call);
            }
            self.answered(&line).await?;
            self.put_refusals_into(&mut line);
            self.say(&line).await?;
        }
        self.before += messages;
        self.skipped = 0;
        Ok(())
    }

    /// Waits as the recording waited, hearing orders.
    async fn wait(&mut self, ms: u64) -> Result<(), End> {
        if self.speed > 0.0 && ms > 0 {
            let mut due =
                Box::pin(self.clock.after(Duration::from_secs_f64(ms as f64 / 1000.0 / self.speed)));
            loop {
                tokio::select! {
                    () = &mut due => break,
                    order = self.inbox.recv() => self.hear(order)?,
                }
            }
        }
        while let Ok(order) = self.inbox.try_recv() {
            self.hear(Some(order))?;
        }
        Ok(())
    }

    /// Before a tool's answer is said, its question must have been answered.
    async fn answered(&mut self, line: &Value) -> Result<(), End> {
        for call in results_in(line) {
            while self.asked.values().any(|asked| *asked == call) {
                let order = self.inbox.recv().await;
                self.hear(order)?;
            }
        }
        Ok(())
    }

    fn hear(&mut self, order: Option<Order>) -> Result<(), End> {
        match order {
            None | Some(Order::Stop) => return Err(End::Stopped),
            Some(Order::Interrupt) => return Err(End::Interrupted),
            Some(Order::Close) => self.closing = true,
            Some(Order::Decline { .. }) => {}
            Some(Order::Say(_)) => self.queue += 1,
            Some(Order::Answer { request_id, verdict }) => {
                let call = self.asked.remove(&request_id);
                if let (Some(call), Verdict::Deny(message)) = (call, verdict) {
                    self.refused.insert(call, message);
                }
            }
        }
        Ok(())
    }

    fn put_refusals_into(&self, line: &mut Value) {
        let blocks = line.pointer_mut("/message/content").and_then(Value::as_array_mut);
        for block in blocks.into_iter().flatten() {
            let call = block["tool_use_id"].as_str().unwrap_or_default();
            if let Some(message) = self.refused.get(call) {
                block["content"] = message.as_str().into();
                block["is_error"] = true.into();
            }
        }
    }

    async fn say_interrupted(&mut self) {
        for request_id in std::mem::take(&mut self.asked).into_keys() {
            let withdrawn = json!({"type": "control_cancel_request", "request_id": request_id});
            // Whether anybody listens is seen by the next order.
            let _ = self.say(&withdrawn).await;
        }
        let result = json!({
            "type": "result", "subtype": "error_during_execution", "is_error": true, "num_turns": 1,
            "errors": ["interrupted"], "terminal_reason": "aborted_streaming", "session_id": self.session_id,
        });
        let _ = self.say(&result).await;
    }

    async fn say(&mut self, line: &Value) -> Result<(), End> {
        self.signal.send(Signal::Line(line.to_string().into_bytes())).await.map_err(|_| End::Stopped)
    }
}

fn is_message_start(line: &Value) -> bool {
    line["type"] == "stream_event" && line["event"]["type"] == "message_start"
}

/// The request id and call id of a question for permission.
fn question(line: &Value) -> Option<(String, String)> {
    let request = line.get("request").filter(|request| request["subtype"] == "can_use_tool")?;
    Some((line["request_id"].as_str()?.to_owned(), request["tool_use_id"].as_str()?.to_owned()))
}

/// The calls a line holds answers to.
fn results_in(line: &Value) -> Vec<String> {
    let blocks = line["message"]["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let results = blocks.iter().filter(|block| block["type"] == "tool_result");
    results.filter_map(|block| block["tool_use_id"].as_str().map(str::to_owned)).collect()
}
