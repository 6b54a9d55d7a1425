//! Words an agent was given and has, as far as is known, not begun to answer: they outlive its process and the server.

use crate::fleet::runtime::Message;
use std::collections::VecDeque;
use uuid::Uuid;

/// Prompts in the order they were given.
#[derive(Debug, Default)]
pub struct Unheard {
    /// Messages to the process that have no result.
    sent: VecDeque<Sent>,
    /// Prompts that wait for a process.
    waiting: Vec<String>,
}

/// A message on its way.
#[derive(Debug)]
struct Sent {
    id: Uuid,
    /// What it carries and the model has not heard.
    prompts: Vec<String>,
    /// Whether the turn under way, or the one about to begin, answers it.
    taken_up: bool,
}

impl Unheard {
    /// Prompts as an earlier process left them.
    pub fn restore(prompts: Vec<String>) -> Self {
        Self { sent: VecDeque::new(), waiting: prompts }
    }

    /// A prompt that waits until there is a process.
    pub fn wait(&mut self, prompt: String) {
        self.waiting.push(prompt);
    }

    /// A prompt that is on its way to the process.
    pub fn send(&mut self, prompt: String) -> Message {
        self.post(vec![prompt.clone()], prompt)
    }

    /// All of them for a new process, each as a message of its own.
    pub fn one_by_one(&mut self) -> Vec<Message> {
        self.collect().into_iter().map(|prompt| self.send(prompt)).collect()
    }

    /// All of them for a new process, in one message of these words.
    pub fn together(&mut self, words: impl FnOnce(&[String]) -> String) -> Message {
        let prompts = self.collect();
        let text = words(&prompts);
        self.post(prompts, text)
    }

    fn post(&mut self, prompts: Vec<String>, text: String) -> Message {
        let id = Uuid::now_v7();
        self.sent.push_back(Sent { id, prompts, taken_up: false });
        Message { id, text }
    }

    fn collect(&mut self) -> Vec<String> {
        let all = self.all();
        *self = Self::default();
        all
    }

    /// The runtime takes a message up, into the turn under way or a new one.
    pub fn take_up(&mut self, id: &str) {
        for sent in self.sent.iter_mut().filter(|sent| sent.id.to_string() == id) {
            sent.taken_up = true;
        }
    }

    /// The model answers what was taken up; whether that carried any of them.
    pub fn begin(&mut self) -> bool {
        self.taken_up().map(|sent| sent.prompts.drain(..).count()).sum::<usize>() > 0
    }

    /// A turn has answered what was taken up; whether that carried any of them.
    pub fn answered(&mut self) -> bool {
        let is_news = self.begin();
        self.sent.retain(|sent| !sent.taken_up);
        is_news
    }

    /// A runtime that does not say what it takes up takes up one message a turn.
    fn taken_up(&mut self) -> impl Iterator<Item = &mut Sent> {
        if !self.sent.iter().any(|sent| sent.taken_up)
            && let Some(next) = self.sent.front_mut()
        {
            next.taken_up = true;
        }
        self.sent.iter_mut().filter(|sent| sent.taken_up)
    }

    /// Every message is answered; whether that is news.
    pub fn all_answered(&mut self) -> bool {
        self.sent.drain(..).any(|sent| !sent.prompts.is_empty())
    }

    /// Whether a message has no result.
    pub fn owes_results(&self) -> bool {
        !self.sent.is_empty()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all().is_empty()
    }

    /// All of them.
    pub fn all(&self) -> Vec<String> {
        self.sent.iter().flat_map(|sent| &sent.prompts).chain(&self.waiting).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(messages: &[Message]) -> Vec<&str> {
        messages.iter().map(|message| message.text.as_str()).collect()
    }

    #[test]
    fn a_prompt_is_unheard_until_a_turn_begins_with_it() {
        let mut unheard = Unheard::restore(vec!["one".into()]);
        unheard.wait("two".into());
        assert_eq!(texts(&unheard.one_by_one()), ["one", "two"]);
        unheard.send("three".into());
        assert!(unheard.begin());
        assert_eq!(unheard.all(), ["two", "three"]);
        assert_eq!(unheard.together(|prompts| prompts.join(" and ")).text, "two and three");
        assert!(unheard.begin() && unheard.is_empty());
        assert!(!unheard.begin() && unheard.owes_results());
        assert!(!unheard.answered() && !unheard.owes_results());
    }

    #[test]
    fn a_result_answers_what_the_runtime_took_up_in_its_turn() {
        let mut unheard = Unheard::default();
        let [one, two, three] = ["one", "two", "three"].map(|prompt| unheard.send(prompt.into()));
        unheard.take_up(&one.id.to_string());
        assert!(unheard.begin());
        unheard.take_up(&two.id.to_string());
        unheard.take_up("another's");
        assert_eq!(unheard.all(), ["two", "three"], "it may not have reached the model");
        assert!(unheard.answered());
        assert_eq!((unheard.all(), unheard.owes_results()), (vec!["three".to_owned()], true));
        unheard.take_up(&three.id.to_string());
        assert!(unheard.answered() && !unheard.owes_results());
    }

    #[test]
    fn one_message_a_turn_is_answered_where_the_runtime_says_nothing_of_it() {
        let mut unheard = Unheard::default();
        unheard.send("one".into());
        unheard.send("two".into());
        assert!(unheard.begin() && unheard.all() == ["two"]);
        assert!(!unheard.answered() && unheard.owes_results());
        assert!(unheard.all_answered() && unheard.is_empty() && !unheard.all_answered());
    }
}
