//! What an agent said and did over time: blocks of text that grow, tool calls until their answers, waits for a person.

use std::collections::VecDeque;
use std::rc::Rc;

use quarterdeck_shared::Timestamp;
use quarterdeck_shared::agents::AgentStatus;
use quarterdeck_shared::event::{Activity, ActivityKind};

/// Moments kept for each agent; older ones are counted and dropped.
const MOMENTS: usize = 1_000;

/// One thing an agent said or did: a block of text that grows, or a tool call until its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The event it began with: its key in lists.
    pub seq: i64,
    /// When it began.
    pub at: Timestamp,
    /// When its last piece or its answer came; a call without an answer has none.
    pub until: Option<Timestamp>,
    /// What was said or done; text holds all pieces so far.
    pub activity: Activity,
    /// What the tool answered, once it did.
    pub answer: Option<String>,
    /// Whether the answer was an error.
    pub bad: bool,
}

impl Moment {
    fn begin(seq: i64, at: Timestamp, activity: Activity) -> Self {
        let until = (activity.kind != ActivityKind::ToolCall).then_some(at);
        let bad = activity.is_error == Some(true);
        Self { seq, at, until, activity, answer: None, bad }
    }

    /// A tool call that has not been answered.
    pub fn is_open(&self) -> bool {
        self.until.is_none()
    }
}

/// A stretch of time; open at its end while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Option<Timestamp>,
}

/// What one agent said and did, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    /// The newest moments.
    pub moments: VecDeque<Rc<Moment>>,
    /// How many older ones were dropped.
    pub dropped: usize,
    /// When it waited for a person.
    pub waits: Vec<Span>,
}

impl Track {
    /// Hears a piece: part of a moment that is known, or a new one.
    pub fn say(&mut self, seq: i64, at: Timestamp, activity: Activity) {
        if self.extend(at, &activity) {
            return;
        }
        self.moments.push_back(Rc::new(Moment::begin(seq, at, activity)));
        if self.moments.len() > MOMENTS {
            self.moments.pop_front();
            self.dropped += 1;
        }
    }

    /// The agent's status turned: a wait begins or ends, and nothing of an ended agent stays open.
    pub fn turn(&mut self, to: AgentStatus, at: Timestamp) {
        for wait in self.waits.iter_mut().filter(|wait| wait.until.is_none() && to != AgentStatus::Waiting) {
            wait.until = Some(at);
        }
        let waits_already = self.waits.last().is_some_and(|wait| wait.until.is_none());
        if to == AgentStatus::Waiting && !waits_already {
            self.waits.push(Span { from: at, until: None });
        }
        if to.is_final() {
            for moment in self.moments.iter_mut().filter(|moment| moment.is_open()) {
                Rc::make_mut(moment).until = Some(at);
            }
        }
    }

    /// Adds a piece to the moment it belongs to; false where it begins one of its own.
    fn extend(&mut self, at: Timestamp, piece: &Activity) -> bool {
        let of = |kind: ActivityKind| move |moment: &&mut Rc<Moment>| moment.activity.kind == kind;
        match piece.kind {
            ActivityKind::Text | ActivityKind::Thinking => {
                let same = |moment: &&mut Rc<Moment>| moment.activity.key == piece.key;
                let Some(moment) = self.moments.iter_mut().rev().filter(of(piece.kind)).find(same) else {
                    return false;
                };
                let moment = Rc::make_mut(moment);
                moment.activity.text.push_str(&piece.text);
                moment.until = Some(at);
                true
            }
            ActivityKind::ToolResult => {
                let Some(at_place) = self.asked(piece) else { return false };
                let Some(moment) = self.moments.get_mut(at_place) else { return false };
                let moment = Rc::make_mut(moment);
                moment.until = Some(at);
                moment.answer = Some(piece.text.clone());
                moment.bad = piece.is_error == Some(true);
                true
            }
            ActivityKind::ToolCall => {
                // The input streams: a later word on the same call tells more of it.
                let same = |moment: &&mut Rc<Moment>| moment.activity.key == piece.key && moment.is_open();
                let Some(moment) = self.moments.iter_mut().rev().filter(of(piece.kind)).find(same) else {
                    return false;
                };
                Rc::make_mut(moment).activity = piece.clone();
                true
            }
            ActivityKind::Notice => false,
        }
    }

    /// The call a tool's answer belongs to: by its key, else the oldest open call of that tool.
    fn asked(&self, answer: &Activity) -> Option<usize> {
        let open = || self.moments.iter().enumerate().filter(|(_, moment)| moment.is_open());
        let by_key = open().find(|(_, moment)| moment.activity.key == answer.key);
        let same_tool = |moment: &Moment| answer.tool.is_none() || moment.activity.tool == answer.tool;
        by_key.or_else(|| open().find(|(_, moment)| same_tool(moment))).map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_run_keeps_its_newest_moments() {
        let mut track = Track::default();
        for seq in 1..=MOMENTS as i64 + 5 {
            let activity: Activity = serde_json::from_value(
                serde_json::json!({"kind": "text", "key": format!("m{seq}"), "text": "x"}),
            )
            .unwrap();
            track.say(seq, Timestamp(seq), activity);
        }
        assert_eq!((track.moments.len(), track.dropped, track.moments[0].seq), (MOMENTS, 5, 6));
    }
}
