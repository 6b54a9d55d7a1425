//! What kind of work a prompt asks for, and which roles its words name.

use super::words::{ALONE, NOUN, Stem, VERB, VERB_E, is_any, is_one_of, words};
use quarterdeck_shared::{agents::Role, tasks::TaskType};

/// One sign of a kind of work: the word, its weight, and whether it weighs more at the head of the prompt.
struct Sign(Stem, u32, bool);

const fn verb(stem: &'static str, endings: &'static [&'static str]) -> Sign {
    Sign(Stem(stem, endings), 2, true)
}

const fn noun(stem: &'static str, weight: u32) -> Sign {
    Sign(Stem(stem, NOUN), weight, false)
}

/// Signs by kind; the first kind of the highest score wins.
const KINDS: &[(TaskType, &[Sign])] = &[
    (
        TaskType::FeatureImplementation,
        &[
            verb("implement", VERB),
            verb("build", &["", "s", "ing"]),
            verb("develop", VERB),
            verb("introduc", VERB_E),
            noun("feature", 1),
            noun("add", 1),
            noun("create", 1),
            noun("new", 1),
            noun("support", 1),
            noun("design", 1),
        ],
    ),
    (
        TaskType::BugFix,
        &[
            verb("fix", &["", "es", "ed", "ing"]),
            verb("debug", &["", "s", "ging", "ged"]),
            verb("repair", VERB),
            verb("resolv", VERB_E),
            noun("bug", 1),
            noun("error", 1),
            noun("issue", 1),
            noun("problem", 1),
            noun("leak", 1),
            Sign(Stem("crash", &["", "es", "ed", "ing"]), 1, false),
            Sign(Stem("broken", ALONE), 1, false),
            Sign(Stem("fail", VERB), 1, false),
        ],
    ),
    (
        TaskType::Refactoring,
        &[
            verb("refactor", VERB),
            verb("redesign", VERB),
            verb("restructur", VERB_E),
            verb("simplif", &["y", "ies", "ied", "ying"]),
            verb("rewrit", VERB_E),
            verb("migrat", VERB_E),
            noun("cleanup", 1),
        ],
    ),
    (
        TaskType::Documentation,
        &[
            verb("document", VERB),
            noun("documentation", 2),
            noun("doc", 2),
            noun("readme", 2),
            noun("tutorial", 2),
            noun("changelog", 2),
        ],
    ),
    (
        TaskType::Testing,
        &[Sign(Stem("test", VERB), 2, false), noun("coverage", 2), noun("qa", 2), noun("benchmark", 1)],
    ),
    (TaskType::CodeReview, &[verb("review", VERB), verb("audit", VERB), verb("critique", &["", "s", "d"])]),
    (
        TaskType::Investigation,
        &[
            verb("investigat", VERB_E),
            verb("research", &["", "es", "ed", "ing"]),
            verb("explain", VERB),
            verb("analyz", VERB_E),
            verb("analys", VERB_E),
            verb("explor", VERB_E),
            verb("compar", VERB_E),
            verb("find", ALONE),
            verb("why", ALONE),
            verb("how", ALONE),
            verb("what", ALONE),
            verb("which", ALONE),
            verb("where", ALONE),
        ],
    ),
];

/// Words before the one that says what to do.
const POLITE: &[&str] = &[
    "please", "can", "could", "would", "you", "we", "i", "us", "me", "want", "need", "needs", "to", "like",
    "let", "lets", "let's", "help", "must", "should", "now", "the", "a", "an", "quick", "quickly", "simply",
    "just",
];

/// The kind of work with the most signs; a feature where there is none.
pub(crate) fn detect(prompt: &str) -> TaskType {
    let mut scores = [0_u32; KINDS.len()];
    let mut at_head = true;
    for word in words(prompt) {
        let head = at_head && !is_one_of(word.text, POLITE);
        at_head &= !head;
        if word.negated {
            continue;
        }
        for (score, (_, signs)) in scores.iter_mut().zip(KINDS) {
            if let Some(Sign(_, weight, heads)) = signs.iter().find(|sign| sign.0.is(word.text)) {
                *score = score.saturating_add(weight + u32::from(head && *heads));
            }
        }
    }
    let best = scores.iter().max().copied().unwrap_or_default();
    let first = scores.iter().position(|score| *score == best).unwrap_or_default();
    KINDS[first].0
}

/// Words by the role they name.
const ROLES: &[(Role, &[Stem])] = &[
    (
        Role::Planner,
        &[
            Stem("plan", &["", "s", "ned", "ning"]),
            Stem("organiz", VERB_E),
            Stem("organis", VERB_E),
            Stem("decompos", VERB_E),
            Stem("breakdown", NOUN),
            Stem("strateg", &["y", "ies"]),
        ],
    ),
    (
        Role::Builder,
        &[
            Stem("implement", &["", "s", "ed", "ing", "ation"]),
            Stem("build", &["", "s", "ing"]),
            Stem("creat", VERB_E),
            Stem("develop", VERB),
            Stem("cod", VERB_E),
        ],
    ),
    (
        Role::Reviewer,
        &[
            Stem("review", VERB),
            Stem("check", VERB),
            Stem("verif", &["y", "ies", "ied", "ying"]),
            Stem("validat", VERB_E),
            Stem("audit", VERB),
        ],
    ),
    (
        Role::Analyst,
        &[
            Stem("analyz", VERB_E),
            Stem("analys", &["e", "ed", "ing"]),
            Stem("research", &["", "es", "ed", "ing"]),
            Stem("investigat", VERB_E),
            Stem("stud", &["y", "ies", "ied", "ying"]),
        ],
    ),
    (
        Role::Tester,
        &[
            Stem("test", VERB),
            Stem("verif", &["y", "ies", "ied", "ying"]),
            Stem("validat", VERB_E),
            Stem("qa", ALONE),
        ],
    ),
    (
        Role::Documenter,
        &[Stem("document", VERB), Stem("documentation", ALONE), Stem("docs", ALONE), Stem("readme", ALONE)],
    ),
];

/// The roles a prompt's words name, each once.
pub(crate) fn named_roles(prompt: &str) -> Vec<Role> {
    let mut named = [false; ROLES.len()];
    for word in words(prompt).filter(|word| !word.negated) {
        for (named, (_, stems)) in named.iter_mut().zip(ROLES) {
            *named = *named || is_any(stems, word.text);
        }
    }
    ROLES.iter().zip(named).filter(|(_, named)| *named).map(|((role, _), _)| *role).collect()
}
