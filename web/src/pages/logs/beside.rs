//! What came behind the first window of a log, and what was fetched from before it.

use std::rc::Rc;

use quarterdeck_shared::logs::{Action, Log};

use crate::client::Problem;

/// All that is known of a log beside its first window, which each question is asked with.
#[derive(Clone, Default, PartialEq)]
pub struct Beside {
    /// Came, and waits to be shown; the newest first.
    pub waiting: Vec<Rc<Action>>,
    /// Whether what stands before is on its way.
    pub goes_back: bool,
    /// Why what stands before did not come.
    pub problem: Option<Problem>,
    newer: Vec<Rc<Action>>,
    older: Vec<Rc<Action>>,
    /// Actions of the first window that were told anew since.
    anew: Vec<Rc<Action>>,
    later: Option<String>,
    /// Once anything before was fetched: where that begins, and where the first window began then.
    earlier: Option<Option<String>>,
    joined: Option<String>,
}

impl Beside {
    /// Where what comes next begins.
    pub fn later(&self, first: Option<&Log>) -> Option<String> {
        self.later.clone().or_else(|| first?.later.clone())
    }

    /// Where what stands before begins; nothing at the beginning.
    pub fn earlier(&self, first: Option<&Log>) -> Option<String> {
        let fetched = self.earlier.clone().filter(|_| self.is_joined(first));
        fetched.unwrap_or_else(|| first?.earlier.clone())
    }

    /// Whether what was fetched from before still joins on: the first window may have been told anew as a whole.
    fn is_joined(&self, first: Option<&Log>) -> bool {
        self.joined == first.and_then(|log| log.earlier.clone())
    }

    /// All that is shown, the newest first.
    pub fn actions(&self, first: Option<&Log>) -> Vec<Rc<Action>> {
        let anew = |action: &Action| self.anew.iter().find(|it| it.cursor == action.cursor).cloned();
        let window = first.into_iter().flat_map(|log| log.actions.iter().rev());
        let window = window.map(|action| anew(action).unwrap_or_else(|| Rc::new(action.clone())));
        let older = self.older.iter().filter(|_| self.is_joined(first));
        self.newer.iter().cloned().chain(window).chain(older.cloned()).collect()
    }

    /// Whether nothing of the log fits, neither here nor further back.
    pub fn is_empty(&self, first: &Log) -> bool {
        self.actions(Some(first)).is_empty() && self.earlier(Some(first)).is_none()
    }

    /// Takes what stands behind `asked`. What is known already is told anew: a call may have its answer now.
    pub fn come(&mut self, first: &Log, asked: &str, came: &Log) {
        // An answer that came late tells less than what is known.
        if self.later(Some(first)).as_deref() != Some(asked) {
            return;
        }
        for action in &came.actions {
            self.put(first, action);
        }
        if came.later.is_some() {
            self.later.clone_from(&came.later);
        }
    }

    fn put(&mut self, first: &Log, action: &Action) {
        let held = [&mut self.waiting, &mut self.newer, &mut self.older, &mut self.anew];
        let known = held.into_iter().flatten().find(|known| known.cursor == action.cursor);
        if let Some(known) = known {
            if **known != *action {
                *known = Rc::new(action.clone());
            }
        } else if first.actions.iter().any(|known| known.cursor == action.cursor) {
            self.anew.push(Rc::new(action.clone()));
        } else {
            self.waiting.insert(0, Rc::new(action.clone()));
        }
    }

    /// Shows what waits.
    pub fn show(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.newer.splice(0..0, waiting);
    }

    /// Begins to fetch what stands before; not while that is on its way already.
    pub fn go_back(&mut self) -> bool {
        self.problem = None;
        !std::mem::replace(&mut self.goes_back, true)
    }

    /// Takes what stands before `asked`, or why it did not come.
    pub fn gone_back(&mut self, first: Option<&Log>, asked: &str, reply: &Result<Log, Problem>) {
        self.goes_back = false;
        if self.earlier(first).as_deref() != Some(asked) {
            return;
        }
        match reply {
            Ok(log) => {
                if !self.is_joined(first) {
                    self.older.clear();
                    self.joined = first.and_then(|log| log.earlier.clone());
                }
                self.older.extend(log.actions.iter().rev().cloned().map(Rc::new));
                self.earlier = Some(log.earlier.clone());
            }
            Err(problem) => self.problem = Some(problem.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::logs::ActionOutcome::{self, Ok as Well, Open};

    fn log(actions: &[(&str, ActionOutcome)], earlier: Option<&str>, later: Option<&str>) -> Log {
        let action = |&(cursor, outcome): &(&str, ActionOutcome)| Action {
            cursor: cursor.to_owned(),
            outcome: Some(outcome),
            ..Action::default()
        };
        Log {
            actions: actions.iter().map(action).collect(),
            earlier: earlier.map(str::to_owned),
            later: later.map(str::to_owned),
            ..Log::default()
        }
    }

    fn shown(beside: &Beside, first: &Log) -> Vec<(String, Option<ActionOutcome>)> {
        beside.actions(Some(first)).iter().map(|it| (it.cursor.clone(), it.outcome)).collect()
    }

    fn row(cursor: &str, outcome: ActionOutcome) -> (String, Option<ActionOutcome>) {
        (cursor.to_owned(), Some(outcome))
    }

    #[test]
    fn a_call_that_was_seen_while_it_ran_gets_its_answer_where_it_stands() {
        let first = log(&[("1", Well), ("2", Open)], None, Some("1"));
        let mut beside = Beside::default();
        beside.come(&first, "1", &log(&[("2", Open), ("3", Open)], None, Some("1")));
        beside.show();
        assert_eq!(shown(&beside, &first), [row("3", Open), row("2", Open), row("1", Well)]);
        beside.come(&first, "1", &log(&[("2", Well), ("3", Open), ("4", Open)], None, Some("2")));
        assert_eq!(shown(&beside, &first), [row("3", Open), row("2", Well), row("1", Well)]);
        beside.come(&first, "2", &log(&[("3", Well), ("4", Well)], None, Some("4")));
        assert_eq!((beside.waiting.len(), beside.waiting[0].outcome), (1, Some(Well)));
        beside.show();
        assert_eq!(shown(&beside, &first), [row("4", Well), row("3", Well), row("2", Well), row("1", Well)]);
    }

    #[test]
    fn an_answer_that_comes_late_takes_nothing_back() {
        let first = log(&[("1", Open)], None, Some("0"));
        let mut beside = Beside::default();
        beside.come(&first, "0", &log(&[("1", Well)], None, Some("1")));
        beside.come(&first, "0", &log(&[("1", Open)], None, Some("0")));
        assert_eq!(
            (shown(&beside, &first), beside.later(Some(&first))),
            (vec![row("1", Well)], Some("1".into()))
        );
    }

    #[test]
    fn what_stands_before_comes_once_or_says_why_not() {
        let first = log(&[("3", Well)], Some("3"), Some("3"));
        let mut beside = Beside::default();
        assert!(beside.go_back());
        assert!(!beside.go_back(), "it is on its way");
        let gone = Problem { code: None, message: "it is gone".into(), request_id: None, field: None };
        beside.gone_back(Some(&first), "3", &Err(gone.clone()));
        assert_eq!((beside.problem.as_ref(), beside.goes_back), (Some(&gone), false));
        assert!(beside.go_back() && beside.problem.is_none());
        let before = Ok(log(&[("1", Well), ("2", Well)], None, None));
        beside.gone_back(Some(&first), "3", &before);
        beside.gone_back(Some(&first), "3", &before);
        assert_eq!(shown(&beside, &first), [row("3", Well), row("2", Well), row("1", Well)]);
        assert_eq!((beside.earlier(Some(&first)), beside.goes_back), (None, false));
    }

    #[test]
    fn of_calls_without_an_answer_those_that_got_one_go_with_the_next_telling() {
        let first = log(&[("4", Open), ("5", Open)], Some("4"), Some("3"));
        let mut beside = Beside::default();
        assert!(beside.go_back());
        beside.gone_back(Some(&first), "4", &Ok(log(&[("2", Open)], None, None)));
        assert_eq!(shown(&beside, &first), [row("5", Open), row("4", Open), row("2", Open)]);
        let answered = log(&[("4", Open)], Some("4"), Some("3"));
        assert_eq!(shown(&beside, &answered), [row("4", Open), row("2", Open)]);
        let moved = log(&[("2", Open)], Some("2"), Some("1"));
        assert_eq!(shown(&beside, &moved), [row("2", Open)], "what no longer joins on is asked for again");
        assert_eq!(beside.earlier(Some(&moved)).as_deref(), Some("2"));
        assert!(beside.go_back());
        beside.gone_back(Some(&moved), "4", &Ok(log(&[("2", Open)], None, None)));
        assert!(beside.go_back(), "what came was asked of the window before");
        beside.gone_back(Some(&moved), "2", &Ok(log(&[("1", Open)], None, None)));
        assert_eq!(shown(&beside, &moved), [row("2", Open), row("1", Open)]);
    }

    #[test]
    fn a_log_is_empty_only_where_nothing_more_stands_before() {
        let empty = |earlier| Beside::default().is_empty(&log(&[], earlier, None));
        assert!(empty(None));
        assert!(!empty(Some("9")));
    }
}
