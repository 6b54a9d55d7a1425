//! Questions to the search, and the marks in what it finds: the first line is asked of the others.

use orchestrator::search::{Question, folded, mark};

/// No term is empty, and marks follow each other within the text.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (typed, text) = text.split_once('\n').unwrap_or((&text, &text));
    let question = Question::read(typed);
    assert_eq!(question, Question::read(typed));
    for term in question.wanted.iter().chain(&question.unwanted) {
        assert!(!term.words.is_empty() && term.words.iter().all(|word| !word.is_empty()));
    }
    let marked = mark(text, &question, 80);
    let chars = marked.text.chars().count() as u32;
    let mut before = 0;
    for (from, to) in &marked.marks {
        assert!(before <= *from && from < to && *to <= chars, "{marked:?}");
        before = *to;
    }
    assert!(!marked.text.chars().any(char::is_control));
    let once = folded(text, 1 << 16);
    assert_eq!(folded(&once, 1 << 16), once, "what is folded is folded");
}
