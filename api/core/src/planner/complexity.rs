//! How hard a prompt looks, by its words and its length, and why.

use super::words::{ALONE, NOUN, Stem, VERB, VERB_E, is_any, is_one_of, words};
use quarterdeck_shared::tasks::Complexity;

/// From so many words on a prompt has several parts.
const LONG: usize = 50;

/// So many words are named as reasons; more of them decide nothing.
const NAMED: usize = 5;

/// Words that make a task complex, whatever else it says.
const WEIGHTY: &[Stem] = &[
    Stem("refactor", VERB),
    Stem("redesign", VERB),
    Stem("rearchitect", VERB),
    Stem("migrat", VERB_E),
    Stem("architectur", &["e", "es", "al"]),
    Stem("research", &["", "es", "ed", "ing"]),
    Stem("analyz", VERB_E),
    Stem("analys", &["e", "ed", "ing"]),
    Stem("investigat", &["e", "es", "ed", "ing", "ion", "ions"]),
    Stem("comprehensive", &["", "ly"]),
    Stem("system", NOUN),
    Stem("multiple", ALONE),
];

/// Words that make a task complex unless it says that it is small.
const LEANING: &[Stem] = &[
    Stem("migration", NOUN),
    Stem("overhaul", VERB),
    Stem("restructur", VERB_E),
    Stem("concurrency", ALONE),
    Stem("distributed", ALONE),
];

/// What a prompt weighs.
#[derive(Debug)]
pub(crate) struct Weight {
    pub complexity: Complexity,
    pub reasons: Vec<String>,
    pub words: Vec<String>,
}

/// Weighs a prompt.
pub(crate) fn weigh(prompt: &str) -> Weight {
    let mut found = Found::default();
    let (mut second_last, mut last) = ("", "");
    for word in words(prompt) {
        let kind = match () {
            () if is_any(WEIGHTY, word.text) => Some(&mut found.weighty),
            () if is_any(LEANING, word.text) => Some(&mut found.leaning),
            () => None,
        };
        match kind {
            Some(_) if word.negated => note(&mut found.spared, word.text),
            Some(list) => note(list, word.text),
            None => {}
        }
        if !word.negated && found.small.is_none() {
            found.small = small(second_last, last, word.text);
        }
        (second_last, last) = (last, word.text);
    }
    found.judge(prompt.split_whitespace().count())
}

/// The phrase that says a task is small, if these three words end one.
fn small(first: &str, second: &str, third: &str) -> Option<String> {
    let is = |word: &str, known: &str| word.eq_ignore_ascii_case(known);
    let makes = is_one_of(first, &["create", "write", "add", "fix", "make"]);
    if makes && is(second, "a") && is(third, "simple") {
        return Some(format!("{first} {second} {third}"));
    }
    let pair = (is(second, "quick") && is(third, "fix"))
        || (is(second, "simple") && is_one_of(third, &["function", "fix", "change"]));
    pair.then(|| format!("{second} {third}"))
}

/// Keeps a word once, and only so many of them.
fn note<'a>(list: &mut Vec<&'a str>, word: &'a str) {
    if list.len() < NAMED && !is_one_of(word, list) {
        list.push(word);
    }
}

#[derive(Default)]
struct Found<'a> {
    weighty: Vec<&'a str>,
    leaning: Vec<&'a str>,
    spared: Vec<&'a str>,
    small: Option<String>,
}

impl Found<'_> {
    fn judge(self, length: usize) -> Weight {
        let Self { mut weighty, leaning, spared, small } = self;
        if small.is_none() || !weighty.is_empty() {
            weighty.extend(leaning);
        }
        let (complexity, mut reasons, words) = match small {
            _ if !weighty.is_empty() => {
                let reasons = weighty.iter().map(|word| format!("“{word}” speaks of work that reaches far"));
                let words = weighty.iter().map(|word| (*word).to_owned()).collect();
                (Complexity::Complex, reasons.collect(), words)
            }
            Some(phrase) => {
                (Complexity::Simple, vec![format!("“{phrase}” says that it is small")], vec![phrase])
            }
            None if length >= LONG => (Complexity::Complex, Vec::new(), Vec::new()),
            None => (Complexity::Simple, vec![plainly(length)], Vec::new()),
        };
        if length >= LONG {
            reasons.push(format!("{length} words: what takes {LONG} or more to say has several parts"));
        }
        reasons.extend(spared.iter().map(|word| format!("“{word}” is named only to be left out")));
        Weight { complexity, reasons, words }
    }
}

fn plainly(length: usize) -> String {
    match length {
        0 => "nothing to weigh yet".to_owned(),
        1 => "one word, and no weighty one".to_owned(),
        _ => format!("{length} words, none of them weighty"),
    }
}
