//! Words: runs of letters and digits in lower case and without diacritics; of scripts without spaces, each letter.

use unicode_normalization::char::decompose_canonical;

/// Bytes of a word that count; what follows is as good as not there.
const LONGEST_WORD: usize = 64;

/// Gives every word of a text with the bytes it stands on; stops where it is told `false`.
pub fn each_word(text: &str, mut give: impl FnMut(&str, usize, usize) -> bool) {
    let bytes = text.as_bytes();
    let mut word = String::with_capacity(LONGEST_WORD);
    let (mut at, mut begin) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_alphanumeric() {
            if word.is_empty() {
                begin = at;
            }
            if word.len() < LONGEST_WORD {
                word.push(byte.to_ascii_lowercase() as char);
            }
            at += 1;
            continue;
        }
        if byte.is_ascii() {
            if !word.is_empty() && !give(&word, begin, at) {
                return;
            }
            word.clear();
            at += 1;
            continue;
        }
        let Some(letter) = text[at..].chars().next() else { break };
        let end = at + letter.len_utf8();
        let alone = stands_alone(letter);
        if (alone || !belongs(letter)) && !word.is_empty() {
            if !give(&word, begin, at) {
                return;
            }
            word.clear();
        }
        if belongs(letter) {
            if word.is_empty() {
                begin = at;
            }
            fold(letter, &mut word);
        }
        if alone && !word.is_empty() {
            if !give(&word, begin, end) {
                return;
            }
            word.clear();
        }
        at = end;
    }
    if !word.is_empty() {
        give(&word, begin, text.len());
    }
}

/// The words of a text, parted by spaces, of at most so many bytes.
pub fn folded(text: &str, most: usize) -> String {
    let mut all = String::with_capacity(text.len().min(most));
    each_word(text, |word, _, _| {
        if all.len() + word.len() + 1 > most {
            return false;
        }
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(word);
        true
    });
    all
}

/// Whether it is part of a word: a letter, a digit, or an accent of the letter before it.
fn belongs(letter: char) -> bool {
    letter.is_alphanumeric() || is_accent(letter)
}

const fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Letters of scripts that put no spaces between words.
const fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn fold(letter: char, word: &mut String) {
    for lower in letter.to_lowercase() {
        decompose_canonical(lower, |part| {
            if part.is_alphanumeric() && word.len() + part.len_utf8() <= LONGEST_WORD {
                word.push(part);
            }
        });
    }
}
