//! The look of source text: each line in pieces, each of a class, by the grammar of the language that the file's name
//! tells (syntect, with the grammars that bat gathers).

use quarterdeck_shared::files::DiffSpan;
use std::{
    ops::Range,
    path::Path,
    sync::OnceLock,
    time::{Duration, Instant},
};
use syntect::{
    easy::ScopeRangeIterator,
    parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet},
};

/// How long the lines of one answer may take; those that follow are plain.
const PATIENCE: Duration = Duration::from_millis(300);

/// Classes by how the names of their scopes begin.
/// <https://www.sublimetext.com/docs/scope_naming.html>
const CLASSES: &[(&str, &str)] = &[
    ("comment", "comment"),
    ("string", "string"),
    ("constant.character", "string"),
    ("constant.numeric", "number"),
    ("constant.language", "keyword"),
    ("keyword.operator", ""),
    ("keyword", "keyword"),
    ("storage", "keyword"),
    ("entity.name", "name"),
    ("support.function", "name"),
    ("variable.function", "name"),
];

fn grammars() -> &'static SyntaxSet {
    static GRAMMARS: OnceLock<SyntaxSet> = OnceLock::new();
    GRAMMARS.get_or_init(two_face::syntax::extra_no_newlines)
}

/// Looks at the lines of one file, in one version of it after the other.
pub struct Looker {
    grammar: Option<&'static SyntaxReference>,
    until: Instant,
}

/// What goes over from one line to the next.
#[derive(Clone)]
pub struct Open(Option<(ParseState, ScopeStack)>);

impl Looker {
    /// For a file of this name.
    pub fn of(path: &str) -> Self {
        let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let end = name.rsplit_once('.').map_or(name, |(_, end)| end);
        let grammar = [name, end].iter().find_map(|word| grammars().find_syntax_by_extension(word));
        Self { grammar, until: Instant::now() + PATIENCE }
    }

    /// Before the first line.
    pub fn open(&self) -> Open {
        Open(self.grammar.map(|grammar| (ParseState::new(grammar), ScopeStack::new())))
    }

    /// A line in pieces; what goes over to the next one stands in `open` then.
    pub fn look(&self, text: &str, open: &mut Open) -> Vec<DiffSpan> {
        let plain = || vec![DiffSpan { text: text.to_owned(), class: None }];
        let Some((state, stack)) = open.0.as_mut().filter(|_| Instant::now() < self.until) else {
            return plain();
        };
        let Ok(changes) = state.parse_line(text, grammars()) else { return plain() };
        let mut spans: Vec<DiffSpan> = Vec::new();
        for (Range { start, end }, change) in ScopeRangeIterator::new(&changes, text) {
            if stack.apply(change).is_err() {
                return plain();
            }
            let Some(piece) = text.get(start..end).filter(|piece| !piece.is_empty()) else { continue };
            let class = class(stack);
            match spans.last_mut().filter(|last| last.class.as_deref() == class) {
                Some(last) => last.text.push_str(piece),
                None => spans.push(DiffSpan { text: piece.to_owned(), class: class.map(str::to_owned) }),
            }
        }
        if spans.is_empty() { plain() } else { spans }
    }
}

/// The class of the innermost scope that has one.
fn class(stack: &ScopeStack) -> Option<&'static str> {
    let of = |scope: &syntect::parsing::Scope| {
        let name = scope.build_string();
        CLASSES.iter().find(|(begin, _)| name.starts_with(begin)).map(|(_, class)| *class)
    };
    // Quotes belong to their text, the mark of a comment to the comment.
    stack.as_slice().iter().rev().find_map(of).filter(|class| !class.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(path: &str, lines: &[&str]) -> Vec<Vec<(String, Option<String>)>> {
        let looker = Looker::of(path);
        let mut open = looker.open();
        let look =
            |line: &&str| looker.look(line, &mut open).into_iter().map(|it| (it.text, it.class)).collect();
        lines.iter().map(look).collect()
    }

    fn classed(path: &str, lines: &[&str], word: &str) -> Option<String> {
        let all = looked(path, lines).into_iter().flatten();
        all.into_iter().find(|(text, _)| text.contains(word)).and_then(|(_, class)| class)
    }

    #[test]
    fn words_of_a_language_are_told_apart_and_no_letter_is_lost() {
        let lines =
            ["pub fn main() { // go", "    let n = 12; /* a", "    still */ say(\"hé\\n\");", "", "\t}"];
        for path in ["src/main.rs", "a.py", "web/App.tsx", "Cargo.toml", "Dockerfile", "x.unknown", ""] {
            let found = looked(path, &lines);
            for (line, spans) in lines.iter().zip(found) {
                assert_eq!(spans.iter().map(|(text, _)| text.as_str()).collect::<String>(), *line, "{path}");
            }
        }
        for (word, class) in [
            ("fn", "keyword"),
            ("main", "name"),
            ("go", "comment"),
            ("12", "number"),
            ("still", "comment"),
            ("hé", "string"),
        ] {
            assert_eq!(classed("src/main.rs", &lines, word).as_deref(), Some(class), "{word}");
        }
        assert_eq!(classed("App.tsx", &["const a: number = 1;"], "const").as_deref(), Some("keyword"));
        assert_eq!(classed("x.unknown", &lines, "fn"), None);
    }
}
