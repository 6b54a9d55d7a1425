//! Words an agent was given and has, as far as is known, not begun to answer: they outlive its process and the server.

use std::collections::VecDeque;

/// Prompts in the order they were given.
#[derive(Debug, Default)]
pub struct Unheard {
    prompts: VecDeque<String>,
    /// How many of them each message on its way carries.
    carried: VecDeque<usize>,
}

impl Unheard {
    /// Prompts as an earlier process left them.
    pub fn restore(prompts: Vec<String>) -> Self {
        Self { prompts: prompts.into(), carried: VecDeque::new() }
    }

    /// A prompt that waits until there is a process.
    pub fn wait(&mut self, prompt: String) {
        self.prompts.push_back(prompt);
    }

    /// A prompt that is on its way to the process.
    pub fn send(&mut self, prompt: String) {
        self.prompts.push_back(prompt);
        self.carried.push_back(1);
    }

    /// All of them for a new process, each as a message of its own.
    pub fn one_by_one(&mut self) -> Vec<String> {
        self.carried = self.prompts.iter().map(|_| 1).collect();
        self.all()
    }

    /// All of them for a new process, in one message.
    pub fn together(&mut self) -> Vec<String> {
        self.carried = VecDeque::from([self.prompts.len()]);
        self.all()
    }

    /// The next message is being answered; whether it carried any of them.
    pub fn begin(&mut self) -> bool {
        let heard = self.carried.pop_front().unwrap_or(0).min(self.prompts.len());
        self.prompts.drain(..heard).count() > 0
    }

    /// Every one is answered; whether that is news.
    pub fn answered(&mut self) -> bool {
        self.carried.clear();
        self.prompts.drain(..).count() > 0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.prompts.is_empty()
    }

    /// All of them.
    pub fn all(&self) -> Vec<String> {
        self.prompts.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_is_unheard_until_a_turn_begins_with_it() {
        let mut unheard = Unheard::restore(vec!["one".into()]);
        unheard.wait("two".into());
        assert_eq!(unheard.one_by_one(), ["one", "two"]);
        unheard.send("three".into());
        assert!(unheard.begin());
        assert_eq!(unheard.all(), ["two", "three"]);
        assert_eq!(unheard.together(), ["two", "three"]);
        assert!(unheard.begin() && unheard.is_empty());
        assert!(!unheard.begin() && !unheard.answered());
        unheard.send("four".into());
        assert!(
            unheard.answered() && unheard.is_empty(),
            "one that joined a turn under way is answered with it"
        );
    }
}
