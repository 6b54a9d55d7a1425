//! The face of what was fetched: waiting, failed with what to do, empty, or the data.

use std::rc::Rc;

use yew::prelude::*;

use crate::client::{Loaded, Problem};
use crate::components::{Face, Trouble};

/// Which face an answer has. `is_empty` says whether good data holds nothing to show.
pub fn face<T>(answer: &Loaded<T>, is_empty: impl FnOnce(&T) -> bool) -> Face {
    match (&answer.problem, &answer.data) {
        (Some(problem), data) => Face::Failed(trouble(problem, data.is_some())),
        (None, None) => Face::Waiting,
        (None, Some(data)) if is_empty(data) => Face::Empty,
        (None, Some(_)) => Face::Full,
    }
}

/// What went wrong, told to a person; `stale` says that older data is still shown.
pub fn trouble(problem: &Problem, stale: bool) -> Trouble {
    let why = if stale { "What is shown below is as it was before." } else { "" };
    let request_id = problem.request_id.clone().map(AttrValue::from);
    Trouble { what: sentence(&problem.message), why: why.into(), request_id }
}

/// A problem as one line: the sentence, and the request to quote.
pub fn said(problem: &Problem) -> AttrValue {
    match &problem.request_id {
        Some(id) => format!("{} (req {id})", sentence(&problem.message)).into(),
        None => sentence(&problem.message),
    }
}

/// The server's words begin in lower case: `agent a1 is running; cancel it first`.
fn sentence(words: &str) -> AttrValue {
    let mut letters = words.chars();
    let Some(first) = letters.next() else { return AttrValue::default() };
    let end = if words.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    Rc::<str>::from(format!("{}{}{end}", first.to_uppercase(), letters.as_str())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> Problem {
        let message = "agent a1 is running; cancel it first".to_owned();
        Problem { code: None, message, request_id: Some("7f21".into()), field: None }
    }

    #[test]
    fn the_first_data_is_awaited_and_later_data_replaced_in_place() {
        let none = |_: &u32| false;
        assert_eq!(face(&Loaded::<u32>::default(), none), Face::Waiting);
        assert_eq!(face(&Loaded::default().answered(Ok(1)).awaiting(), none), Face::Full);
        assert_eq!(face(&Loaded::default().answered(Ok(1)), |_| true), Face::Empty);
    }

    #[test]
    fn a_refusal_is_a_sentence_with_the_request_to_quote() {
        let failed = Loaded::<u32>::default().answered(Err(refusal()));
        let Face::Failed(trouble) = face(&failed, |_| false) else { panic!("no failure") };
        assert_eq!(trouble.what, "Agent a1 is running; cancel it first.");
        assert_eq!((trouble.request_id.as_deref(), trouble.why.as_str()), (Some("7f21"), ""));
        assert_eq!(said(&refusal()), "Agent a1 is running; cancel it first. (req 7f21)");
    }
}
