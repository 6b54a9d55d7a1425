//! What an ANALYST looks at first, by the words of the task.

use super::part;
use crate::planner::words::{ALONE, NOUN, Stem, VERB, VERB_E, is_any, words};

/// What an ANALYST looks at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Focus {
    /// The same behaviour in a better shape.
    Refactoring,
    /// A cause that is not known yet.
    Investigation,
    /// Something new.
    Feature,
    /// A judgement.
    Review,
    /// Proof that it works.
    Testing,
    /// Words for people.
    Documentation,
    /// A small change.
    Simple,
    /// Nothing in particular.
    General,
}

/// The first of these whose words occur is the focus.
const SIGNS: &[(Focus, &[Stem])] = &[
    (Focus::Refactoring, &[Stem("refactor", VERB), Stem("redesign", VERB), Stem("restructur", VERB_E)]),
    (
        Focus::Investigation,
        &[
            Stem("investigat", &["e", "es", "ed", "ing", "ion"]),
            Stem("debug", &["", "s", "ging", "ged"]),
            Stem("issue", NOUN),
            Stem("why", ALONE),
        ],
    ),
    (Focus::Feature, &[Stem("feature", NOUN), Stem("implement", &["", "s", "ed", "ing", "ation"])]),
    (Focus::Review, &[Stem("review", VERB), Stem("audit", VERB)]),
    (
        Focus::Documentation,
        &[Stem("document", VERB), Stem("documentation", ALONE), Stem("docs", ALONE), Stem("readme", ALONE)],
    ),
    (Focus::Testing, &[Stem("test", VERB), Stem("coverage", ALONE)]),
    (
        Focus::Simple,
        &[
            Stem("simple", ALONE),
            Stem("quick", &["", "ly"]),
            Stem("small", ALONE),
            Stem("minor", ALONE),
            Stem("typo", NOUN),
        ],
    ),
];

/// What an ANALYST of this task looks at first.
pub fn analyst_focus(task: &str) -> Focus {
    let first = |word: &str| SIGNS.iter().position(|(_, stems)| is_any(stems, word));
    let found = words(task).filter(|word| !word.negated).filter_map(|word| first(word.text)).min();
    found.map_or(Focus::General, |at| SIGNS[at].0)
}

impl Focus {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refactoring => "refactoring",
            Self::Investigation => "investigation",
            Self::Feature => "feature",
            Self::Review => "review",
            Self::Testing => "testing",
            Self::Documentation => "documentation",
            Self::Simple => "simple",
            Self::General => "general",
        }
    }

    /// What the ANALYST is told of it.
    pub fn prompt(self) -> &'static str {
        part(include_str!("../../prompts/focus.md"), self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_focus_has_its_words() {
        for (focus, _) in SIGNS {
            assert!(focus.prompt().starts_with("## Focus"), "{focus:?}");
        }
        assert!(Focus::General.prompt().starts_with("## Focus"));
        assert_eq!(analyst_focus("Hello"), Focus::General);
        assert_eq!(analyst_focus("Do not refactor, fix the typo"), Focus::Simple);
    }
}
