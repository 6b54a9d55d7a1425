//! What holds of words, questions and marks.

use super::{Question, Term, folded, mark};
use proptest::prelude::*;

fn term(words: &str, prefix: bool) -> Term {
    Term { words: words.split(' ').map(str::to_owned).collect(), prefix }
}

#[track_caller]
fn check(typed: &str, wanted: &[Term], unwanted: &[Term]) {
    assert_eq!(
        Question::read(typed),
        Question { wanted: wanted.to_vec(), unwanted: unwanted.to_vec() },
        "{typed}"
    );
}

#[test]
fn text_becomes_words_without_case_accents_and_signs() {
    assert_eq!(folded("Größe, café\u{301}!  CAFE_x-1", 99), "große cafe cafe x 1");
    assert_eq!(folded("路径foo", 99), "路 径 foo");
    assert_eq!(folded("one two three", 8), "one two");
    assert_eq!(folded("\0\u{1b}[31m", 9), "31m");
}

#[test]
fn every_word_is_wanted_and_signs_are_text() {
    check("fix login", &[term("fix", false), term("login", false)], &[]);
    check("src/main.rs", &[term("src main rs", false)], &[]);
    check(
        "NOT AND (x) OR:",
        &[term("not", false), term("and", false), term("x", false), term("or", false)],
        &[],
    );
}

#[test]
fn quotes_hold_words_together_a_star_leaves_the_end_open_a_minus_excludes() {
    check(
        "\"exact words\" pre* -not",
        &[term("exact words", false), term("pre", true)],
        &[term("not", false)],
    );
    check("-\"a b\" c", &[term("c", false)], &[term("a b", false)]);
    check("\"open end", &[term("open end", false)], &[]);
    check("\"begin here\"*", &[term("begin here", true)], &[]);
    check("commit --amend", &[term("commit", false), term("amend", false)], &[]);
    check("-路 -/tmp", &[term("tmp", false)], &[term("路", false)]);
    check("a-b", &[term("a b", false)], &[]);
    check("- * \"\" -\"", &[], &[]);
}

#[test]
fn a_mark_says_where_in_the_part_that_is_shown() {
    let question = Question::read("needle \"of gold\"");
    let marked = mark("a Needle\nof gold", &question, 100);
    assert_eq!((marked.text.as_str(), &marked.marks[..]), ("a Needle of gold", &[(2, 8), (9, 16)][..]));
    let long = format!("{} needle {}", "hay ".repeat(100), "straw ".repeat(100));
    let marked = mark(&long, &question, 60);
    let (from, to) = marked.marks[0];
    let shown: String = marked.text.chars().skip(from as usize).take((to - from) as usize).collect();
    assert_eq!(shown, "needle");
    assert!(marked.text.starts_with('…') && marked.text.ends_with('…'), "{}", marked.text);
    assert_eq!(mark("nothing here", &question, 7).text, "nothing…");
    let name = "n".repeat(70_000);
    let marked = mark(&format!("{name} and more"), &Question::read("nnn*"), 60);
    assert_eq!(
        (marked.text.chars().count(), &marked.marks[..]),
        (125, &[(0, 124)][..]),
        "a word without an end"
    );
    // Blanks of more than a byte: no-break space, ideographic space, next line.
    for blank in ['\u{a0}', '\u{3000}', '\u{85}'] {
        let marked = mark(&format!("{}{blank}near the needle", "far".repeat(9)), &question, 64);
        assert_eq!(marked.text, "…near the needle", "{blank:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_becomes_words_of_letters_and_digits(typed in any::<String>()) {
        let question = Question::read(&typed);
        for term in question.wanted.iter().chain(&question.unwanted) {
            prop_assert!(!term.words.is_empty());
            for word in &term.words {
                prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric), "{word:?}");
            }
        }
    }

    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        let once = folded(&text, 1 << 20);
        prop_assert_eq!(folded(&once, 1 << 20), once);
    }

    #[test]
    fn marks_lie_within_the_text_in_order(text in any::<String>(), typed in "[a-c \"*-]{0,12}", most in 1usize..80) {
        let marked = mark(&text, &Question::read(&typed), most);
        let length = marked.text.chars().count() as u32;
        prop_assert!(length as usize <= most + 66);
        let mut end = 0;
        for (from, to) in marked.marks {
            prop_assert!(end <= from && from < to && to <= length);
            end = to;
        }
    }
}
