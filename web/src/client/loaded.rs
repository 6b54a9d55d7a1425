//! What a panel knows of the server: nothing yet, the newest answer, or the last good one and why no newer came.

use std::rc::Rc;

use super::Problem;

/// An answer with its state. Data that once came stays up while newer data is awaited or refused.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The last good answer.
    pub data: Option<Rc<T>>,
    /// Why the newest call failed; nothing when it did not.
    pub problem: Option<Problem>,
    /// Whether a call is under way.
    pub waiting: bool,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        Self { data: self.data.clone(), problem: self.problem.clone(), waiting: self.waiting }
    }
}

impl<T: PartialEq> PartialEq for Loaded<T> {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data && self.problem == other.problem && self.waiting == other.waiting
    }
}

impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self { data: None, problem: None, waiting: true }
    }
}

impl<T> Loaded<T> {
    /// The same while a newer answer is awaited.
    #[must_use]
    pub fn awaiting(&self) -> Self {
        Self { waiting: true, ..self.clone() }
    }

    /// What it becomes with an answer: a refusal keeps the data before it.
    #[must_use]
    pub fn answered(&self, answer: Result<T, Problem>) -> Self {
        match answer {
            Ok(data) => Self { data: Some(Rc::new(data)), problem: None, waiting: false },
            Err(problem) => Self { data: self.data.clone(), problem: Some(problem), waiting: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal() -> Problem {
        Problem { code: None, message: "gone".into(), request_id: None, field: None }
    }

    #[test]
    fn a_refusal_keeps_the_last_good_answer_up() {
        let loaded = Loaded::default().answered(Ok(7)).awaiting().answered(Err(refusal()));
        assert_eq!(
            (loaded.data.as_deref(), loaded.problem, loaded.waiting),
            (Some(&7), Some(refusal()), false)
        );
    }

    #[test]
    fn a_good_answer_takes_the_refusal_away() {
        let loaded = Loaded::default().answered(Err(refusal())).answered(Ok(8));
        assert_eq!((loaded.data.as_deref(), loaded.problem), (Some(&8), None));
    }
}
