//! Words of a prompt, whole, one after the other, each with whether it is negated. Nothing is allocated.

/// One word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word<'a> {
    /// As it was written.
    pub text: &'a str,
    /// Whether it is named to be left out: `do not refactor`.
    pub negated: bool,
}

/// How many words a negation reaches within its clause.
const REACH: u8 = 4;

/// Negations that no apostrophe gives away.
const NEGATIONS: &[&str] = &[
    "not", "no", "never", "without", "dont", "cannot", "nothing", "none", "neither", "avoid", "avoiding",
    "instead",
];

/// Words that begin another clause.
const TURNS: &[&str] = &["but", "just", "only", "although", "however", "then"];

/// The words of a text.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { rest: text, reach: 0 }
}

/// The iterator behind [`words`].
#[derive(Clone, Debug)]
pub(crate) struct Words<'a> {
    rest: &'a str,
    reach: u8,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let start = self.rest.find(char::is_alphanumeric)?;
        let (gap, from) = self.rest.split_at(start);
        if gap.contains(['.', ',', ';', ':', '!', '?', '\n', '(', ')']) {
            self.reach = 0;
        }
        let end = from.find(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').unwrap_or(from.len());
        let (text, rest) = from.split_at(end);
        self.rest = rest;
        let text = text.trim_end_matches(['\'', '’']);
        if is_one_of(text, NEGATIONS) || text.ends_with("n't") || text.ends_with("n’t") {
            self.reach = REACH;
            return Some(Word { text, negated: false });
        }
        if is_one_of(text, TURNS) {
            self.reach = 0;
        }
        let negated = self.reach > 0;
        self.reach = self.reach.saturating_sub(1);
        Some(Word { text, negated })
    }
}

/// Whether a word is one of these, whatever its case.
pub(crate) fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// A word with the endings that keep its meaning: `refactor` and `refactoring`, never `multiple` in `multiples`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stem(pub &'static str, pub &'static [&'static str]);

/// The word alone.
pub(crate) const ALONE: &[&str] = &[""];
/// A noun.
pub(crate) const NOUN: &[&str] = &["", "s"];
/// A verb such as `refactor`.
pub(crate) const VERB: &[&str] = &["", "s", "ed", "ing"];
/// A verb such as `investigate`, without its `e`.
pub(crate) const VERB_E: &[&str] = &["e", "es", "ed", "ing"];

impl Stem {
    /// Whether a word is this one, in one of its endings.
    pub(crate) fn is(self, word: &str) -> bool {
        let Some((stem, ending)) = word.split_at_checked(self.0.len()) else { return false };
        stem.eq_ignore_ascii_case(self.0) && is_one_of(ending, self.1)
    }
}

/// Whether any of these stems is the word.
pub(crate) fn is_any(stems: &[Stem], word: &str) -> bool {
    stems.iter().any(|stem| stem.is(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negated(text: &str) -> Vec<&str> {
        words(text).filter(|word| word.negated).map(|word| word.text).collect()
    }

    #[test]
    fn a_negation_reaches_to_the_end_of_its_clause() {
        assert_eq!(negated("Do not refactor, just fix the typo"), ["refactor"]);
        assert_eq!(negated("Don't redesign it but investigate"), ["redesign", "it"]);
        assert_eq!(negated("not only refactor"), Vec::<&str>::new());
        assert_eq!(negated("Fix the system"), Vec::<&str>::new());
    }

    #[test]
    fn words_are_whole_whatever_stands_between_them() {
        let found: Vec<&str> =
            words("  Quick-fix:\tthe “naïve” user's list'  ").map(|word| word.text).collect();
        assert_eq!(found, ["Quick", "fix", "the", "naïve", "user's", "list"]);
    }

    #[test]
    fn a_stem_keeps_to_its_endings() {
        assert!(Stem("investigat", VERB_E).is("Investigating"));
        assert!(!Stem("multiple", ALONE).is("multiples"));
        assert!(!Stem("system", NOUN).is("ecosystem"));
        assert!(!Stem("ab", NOUN).is("é"));
    }
}
