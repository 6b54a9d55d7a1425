//! Words without what steers a terminal: colours, titles, links and moves of the cursor are dropped.

use std::{borrow::Cow, ops::RangeInclusive};

/// The words alone. Line ends and tabs stay; a carriage return within a line begins it anew, as on a terminal.
pub fn plain(words: &str) -> String {
    let words = if words.contains('\r') { Cow::Owned(rewound(words)) } else { Cow::Borrowed(words) };
    if !words.chars().any(steers) {
        return words.into_owned();
    }
    let mut kept = String::with_capacity(words.len());
    let mut rest = words.chars();
    while let Some(letter) = rest.next() {
        match letter {
            '\u{1b}' => skip(&mut rest),
            '\u{9b}' => parameters(&mut rest),
            letter if steers(letter) => {}
            letter => kept.push(letter),
        }
    }
    kept
}

fn steers(letter: char) -> bool {
    letter.is_control() && letter != '\n' && letter != '\t'
}

/// What stands behind an escape: a sequence with parameters, a string up to its end, or one letter, as ECMA-48 and
/// ECMA-35 write them. What is no part of one is given back.
fn skip(rest: &mut std::str::Chars<'_>) {
    let behind = rest.as_str();
    match rest.next() {
        Some('[') => parameters(rest),
        Some(']' | 'P' | 'X' | '^' | '_') => string(rest),
        Some(' '..='/') => pass(rest, ' '..='/', '0'..='~'),
        Some('0'..='~') => {}
        _ => *rest = behind.chars(),
    }
}

/// A string that ends. One that never does would hide every word behind it: of it the beginning alone is dropped.
fn string(rest: &mut std::str::Chars<'_>) {
    let from = rest.as_str();
    let ends = |letter: &(usize, char)| matches!(letter.1, '\u{7}' | '\u{9c}' | '\u{1b}');
    let Some((at, end)) = from.char_indices().find(ends) else { return };
    let behind = from.get(at + end.len_utf8()..).unwrap_or_default();
    let after = match (end, behind.strip_prefix('\\')) {
        ('\u{1b}', Some(after)) => after,
        // Not its end, but the beginning of the next.
        ('\u{1b}', None) => from.get(at..).unwrap_or_default(),
        _ => behind,
    };
    *rest = after.chars();
}

fn parameters(rest: &mut std::str::Chars<'_>) {
    pass(rest, ' '..='?', '@'..='~');
}

/// Steps over letters of a sequence and the one that ends it. One that does not end hides nothing behind it.
fn pass(rest: &mut std::str::Chars<'_>, within: RangeInclusive<char>, end: RangeInclusive<char>) {
    let behind = rest.as_str().trim_start_matches(|letter| within.contains(&letter));
    *rest = behind.strip_prefix(|letter| end.contains(&letter)).unwrap_or(behind).chars();
}

/// Lines as they stand on a terminal after each carriage return began them anew.
fn rewound(words: &str) -> String {
    let shown = words.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.rsplit('\r').find(|part| !part.is_empty()).unwrap_or_default()
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_steers_a_terminal_is_dropped_and_every_word_stays() {
        for (words, kept) in [
            ("a\u{1b}[31mred\u{1b}[0m b", "ared b"),
            ("\u{1b}]0;title\u{7}x\u{1b}]8;;http://evil\u{1b}\\link\u{1b}]8;;\u{1b}\\", "xlink"),
            ("50%\r100%\r\ndone\r\n", "100%\ndone\n"),
            ("tab\tand\nline \u{9b}2Jend\u{8}\u{0}", "tab\tand\nline end"),
            ("\u{1b}(Bplain \u{1b}", "plain "),
            ("Ünïcode ✓", "Ünïcode ✓"),
            ("\u{1b}]0;never ends, says rm -rf", "0;never ends, says rm -rf"),
            ("\u{1b}]0;a\u{1b}[31mred", "red"),
            ("\u{1b}[\n中文 123", "\n中文 123"),
            ("\u{1b}[31中m", "中m"),
            ("\u{1b}\u{1b}[1mbold\u{1b}\nnext", "bold\nnext"),
        ] {
            assert_eq!(plain(words), kept, "{words:?}");
        }
    }
}
