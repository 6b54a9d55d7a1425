//! A Rust file as words and marks: comments, strings and numbers gone, lines kept.

/// One token that can be part of a path.
#[derive(Debug, PartialEq, Eq)]
pub enum Token {
    /// An identifier or keyword.
    Word(String),
    /// `::`
    Separator,
    /// Any other mark.
    Mark(char),
}

/// The tokens with the line each begins on.
pub fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut reader = Reader { rest: text, line: 1, tokens: Vec::new() };
    while reader.step().is_some() {}
    reader.tokens
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<(usize, Token)>,
}

impl Reader<'_> {
    fn step(&mut self) -> Option<()> {
        let first = self.rest.chars().next()?;
        if self.rest.starts_with("//") {
            self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.skip(block_comment(self.rest));
        } else if let Some(length) = string(self.rest) {
            self.skip(length);
        } else if self.rest.starts_with("::") {
            self.tokens.push((self.line, Token::Separator));
            self.skip(2);
        } else if self.rest.starts_with("r#") && self.rest[2..].starts_with(is_word_start) {
            self.skip(2);
        } else if is_word_start(first) {
            let length = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
            self.tokens.push((self.line, Token::Word(self.rest[..length].to_string())));
            self.skip(length);
        } else if first.is_ascii_digit() {
            self.skip(self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()));
        } else {
            if !first.is_whitespace() {
                self.tokens.push((self.line, Token::Mark(first)));
            }
            self.skip(first.len_utf8());
        }
        Some(())
    }

    fn skip(&mut self, bytes: usize) {
        let (gone, rest) = self.rest.split_at(bytes);
        self.line += gone.matches('\n').count();
        self.rest = rest;
    }
}

fn is_word_start(letter: char) -> bool {
    letter == '_' || letter.is_alphabetic()
}

fn is_word(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the string, character or lifetime that begins here, if one does.
fn string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""]
        .into_iter()
        .find(|prefix| text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['"', '\'', '#'])))?;
    let body = &text[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let inner = body[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = inner.find(&close).map_or(inner.len(), |at| at + close.len());
        return Some(prefix.len() + hashes + 1 + end);
    }
    if body.starts_with('"') {
        return Some(prefix.len() + quoted(body, '"'));
    }
    if !body.starts_with('\'') {
        return None;
    }
    let mut letters = body.chars().skip(1);
    let (inner, after) = (letters.next()?, letters.next());
    if inner == '\\' || after == Some('\'') {
        return Some(prefix.len() + quoted(body, '\''));
    }
    let lifetime = body[1..].find(|c| !is_word(c)).unwrap_or(body.len() - 1);
    Some(prefix.len() + 1 + lifetime)
}

/// Up to and with the closing quote that no backslash precedes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == quote {
            return at + quote.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(usize, String)> {
        let found = tokens(text).into_iter();
        found
            .filter_map(|(line, token)| if let Token::Word(word) = token { Some((line, word)) } else { None })
            .collect()
    }

    fn check(text: &str, expected: &[(usize, &str)]) {
        let expected = expected.iter().map(|(line, word)| (*line, word.to_string())).collect::<Vec<_>>();
        assert_eq!(words(text), expected, "{text}");
    }

    #[test]
    fn comments_strings_and_numbers_say_nothing() {
        check("a // b\nc /* d /* e */ f */ g", &[(1, "a"), (2, "c"), (2, "g")]);
        check("\"a \\\" b\" c", &[(1, "c")]);
        check("r#\"a \" b\"# c br\"x\" d b'y' e", &[(1, "c"), (1, "d"), (1, "e")]);
        check("'a' b '\\'' c '\"' d", &[(1, "b"), (1, "c"), (1, "d")]);
        check("0x1f_u8 a 1.5 b", &[(1, "a"), (1, "b")]);
    }

    #[test]
    fn lifetimes_do_not_open_a_character() {
        check(
            "fn f<'a>(x: &'a str, y: &'static str) {}",
            &[(1, "fn"), (1, "f"), (1, "x"), (1, "str"), (1, "y"), (1, "str")],
        );
    }

    #[test]
    fn lines_are_counted_through_strings_and_raw_names_are_names() {
        check("\"a\nb\"\nr#type\nrest", &[(3, "type"), (4, "rest")]);
    }
}
