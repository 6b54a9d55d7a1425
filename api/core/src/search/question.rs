//! Questions as people type them: every word is wanted, `"quoted words"` stand together, `word*` begins so, `-word` is
//! not wanted. Any other sign is text, so that `--option` is a word.

use super::each_word;

/// Terms of a question at most; further ones are as good as not there.
const MOST_TERMS: usize = 32;

/// Words that stand one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Letters and digits alone, in lower case; never empty.
    pub words: Vec<String>,
    /// Whether the last word is only the beginning of one.
    pub prefix: bool,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// All of these.
    pub wanted: Vec<Term>,
    /// None of these.
    pub unwanted: Vec<Term>,
}

impl Question {
    /// Reads what somebody typed, whatever it is. It asks for nothing where no word is wanted.
    pub fn read(typed: &str) -> Self {
        let mut question = Self::default();
        let mut rest = typed.trim_start();
        while !rest.is_empty() && question.wanted.len() + question.unwanted.len() < MOST_TERMS {
            let excludes = |rest: &&str| rest.starts_with(|sign: char| sign.is_alphanumeric() || sign == '"');
            let minus = rest.strip_prefix('-').filter(excludes);
            let (text, prefix, after) = next(minus.unwrap_or(rest));
            let mut words = Vec::new();
            each_word(text, |word, _, _| {
                words.push(word.to_owned());
                true
            });
            if !words.is_empty() {
                let terms = if minus.is_some() { &mut question.unwanted } else { &mut question.wanted };
                terms.push(Term { words, prefix });
            }
            rest = after.trim_start();
        }
        question
    }
}

/// The next term, whether a star ends it, and what follows.
fn next(text: &str) -> (&str, bool, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let (term, rest) = quoted.split_once('"').unwrap_or((quoted, ""));
        return match rest.strip_prefix('*') {
            Some(rest) => (term, true, rest),
            None => (term, false, rest),
        };
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (term, rest) = text.split_at(end);
    (term, term.ends_with('*'), rest)
}
