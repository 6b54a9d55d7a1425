//! Marking: the part of a text where what was looked for stands, and where in it.

use super::{Question, Term, each_word};

/// Words of a text that are looked through at most: as many as can be found of it.
const MOST_WORDS: usize = 32_768;
/// Characters that a mark may go on for behind a part's end.
const LONGER: usize = 64;

/// A part of a text, on one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// The words; an ellipsis where something is left out.
    pub text: String,
    /// What was found: from which character up to before which.
    pub marks: Vec<(u32, u32)>,
}

/// The part of a text, of about so many characters, where the question's words stand; its beginning where none does.
/// Never much more: what is longer than that is marked in part.
pub fn mark(text: &str, question: &Question, most: usize) -> Marked {
    let found = places(text, question);
    let first = found.first().map_or(0, |(begin, _)| *begin);
    let begin = start(text, first, most / 4);
    let mut marked = Marked::default();
    if begin > 0 {
        marked.text.push('…');
    }
    let mut chars = marked.text.chars().count();
    let mut ended = true;
    let mut open: Option<u32> = None;
    let mut next = found.iter().skip_while(|(from, _)| *from < begin).peekable();
    for (at, letter) in text[begin..].char_indices().map(|(at, letter)| (begin + at, letter)) {
        if let (Some(from), Some((_, to))) = (open, next.peek())
            && at >= *to
        {
            marked.marks.push((from, chars as u32));
            open = None;
            next.next();
        }
        if chars >= most + if open.is_some() { LONGER } else { 0 } {
            ended = false;
            break;
        }
        if open.is_none() && next.peek().is_some_and(|(from, _)| at >= *from) {
            open = Some(chars as u32);
        }
        // Line ends and what steers a terminal are no part of a line.
        marked.text.push(if letter.is_control() { ' ' } else { letter });
        chars += 1;
    }
    if let Some(from) = open {
        marked.marks.push((from, chars as u32));
    }
    if !ended {
        marked.text.push('…');
    }
    marked
}

/// So many characters before a place, and at a word's beginning where there is one near.
fn start(text: &str, place: usize, before: usize) -> usize {
    let back = text[..place].char_indices().rev().take(before).last().map_or(place, |(at, _)| at);
    if back == 0 {
        return 0;
    }
    let mut near = text[back..place].char_indices().filter(|(_, letter)| letter.is_whitespace());
    near.next().map_or(back, |(space, letter)| back + space + letter.len_utf8())
}

/// Where what is wanted stands, in order, none within another.
fn places(text: &str, question: &Question) -> Vec<(usize, usize)> {
    let mut words: Vec<(String, usize, usize)> = Vec::new();
    each_word(text, |word, begin, end| {
        words.push((word.to_owned(), begin, end));
        words.len() < MOST_WORDS
    });
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let fit = question
            .wanted
            .iter()
            .filter(|term| stands(term, &words[at..]))
            .map(|term| term.words.len())
            .max();
        match fit {
            Some(count) => {
                found.push((words[at].1, words[at + count - 1].2));
                at += count;
            }
            None => at += 1,
        }
    }
    found
}

fn stands(term: &Term, words: &[(String, usize, usize)]) -> bool {
    let last = term.words.len() - 1;
    words.len() > last
        && term.words.iter().zip(words).enumerate().all(|(index, (wanted, (word, ..)))| {
            if index == last && term.prefix { word.starts_with(wanted.as_str()) } else { word == wanted }
        })
}
