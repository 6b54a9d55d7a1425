//! Every path a Rust file names, with `use` trees unfolded and `self` and `super` resolved.

use super::tokens::{Token, tokens};

/// A path such as `std::fs::read`, and its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// Where it ends.
    pub line: usize,
    /// Its segments; `crate` first if it is of this crate.
    pub segments: Vec<String>,
}

/// All paths of two segments or more, and all that `use` and `extern crate` bring.
pub fn paths(file: &str, text: &str) -> Vec<Named> {
    let mut reader =
        Reader { tokens: tokens(text), at: 0, module: module(file), inner: Vec::new(), found: Vec::new() };
    while reader.at < reader.tokens.len() {
        reader.step();
    }
    reader.found
}

/// The module that a file is: `api/src/http/agents.rs` is `crate::http::agents`.
fn module(file: &str) -> Vec<String> {
    let below = file.rsplit_once("src/").map_or(file, |(_, below)| below);
    let steps = below.trim_end_matches(".rs").split('/');
    let names = steps.filter(|step| !["mod", "lib", "main"].contains(step));
    std::iter::once("crate").chain(names).map(str::to_string).collect()
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    at: usize,
    module: Vec<String>,
    /// One entry per open brace: whether it is a module's.
    inner: Vec<bool>,
    found: Vec<Named>,
}

impl Reader {
    fn step(&mut self) {
        match self.tokens.get(self.at).map(|(_, token)| token) {
            Some(Token::Word(word)) => match word.as_str() {
                "use" => {
                    self.at += 1;
                    self.tree(Vec::new());
                }
                "extern" if self.word(1) == Some("crate") => {
                    self.at += 2;
                    self.tree(Vec::new());
                }
                "mod" if self.mark(2) == Some('{') => {
                    self.module.extend(self.word(1).map(str::to_string));
                    self.inner.push(true);
                    self.at += 3;
                }
                _ => self.path(),
            },
            Some(Token::Mark('{')) => {
                self.inner.push(false);
                self.at += 1;
            }
            Some(Token::Mark('}')) => {
                if self.inner.pop() == Some(true) {
                    self.module.pop();
                }
                self.at += 1;
            }
            _ => self.at += 1,
        }
    }

    /// A path outside `use`: worth noting only if it has a `::`.
    fn path(&mut self) {
        let mut segments = Vec::new();
        while let Some(word) = self.word(0) {
            segments.push(word.to_string());
            self.at += 1;
            if !self.separator() || self.word(1).is_none() {
                break;
            }
            self.at += 1;
        }
        if segments.len() > 1 {
            self.note(segments);
        }
    }

    /// One branch of a `use` tree, after `before`.
    fn tree(&mut self, before: Vec<String>) {
        let mut segments = before;
        if self.separator() {
            self.at += 1;
        }
        loop {
            if let Some(word) = self.word(0) {
                segments.push(word.to_string());
                self.at += 1;
                if self.separator() {
                    self.at += 1;
                    continue;
                }
            } else if self.mark(0) == Some('{') {
                self.at += 1;
                while self.at < self.tokens.len() && self.mark(0) != Some('}') {
                    if self.mark(0) == Some(',') {
                        self.at += 1;
                    } else {
                        self.tree(segments.clone());
                    }
                }
                self.at += 1;
                return;
            } else {
                self.at += 1;
            }
            break;
        }
        if !segments.is_empty() {
            self.note(segments);
        }
        if self.word(0) == Some("as") {
            self.at += 2;
        }
    }

    fn note(&mut self, segments: Vec<String>) {
        let line = self.tokens.get(self.at.saturating_sub(1)).map_or(0, |(line, _)| *line);
        let segments = self.resolved(segments);
        self.found.push(Named { line, segments });
    }

    fn resolved(&self, segments: Vec<String>) -> Vec<String> {
        let relative = segments.iter().take_while(|word| ["self", "super"].contains(&word.as_str())).count();
        if relative == 0 {
            return segments;
        }
        let up = segments.iter().take(relative).filter(|word| *word == "super").count();
        let kept = self.module.len().saturating_sub(up);
        self.module.iter().take(kept).chain(segments.iter().skip(relative)).cloned().collect()
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match self.tokens.get(self.at + ahead) {
            Some((_, Token::Word(word))) => Some(word),
            _ => None,
        }
    }

    fn mark(&self, ahead: usize) -> Option<char> {
        match self.tokens.get(self.at + ahead) {
            Some((_, Token::Mark(mark))) => Some(*mark),
            _ => None,
        }
    }

    fn separator(&self) -> bool {
        matches!(self.tokens.get(self.at), Some((_, Token::Separator)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &str)]) {
        let found = paths("api/src/http/agents.rs", text);
        let found = found.iter().map(|p| (p.line, p.segments.join("::"))).collect::<Vec<_>>();
        let expected = expected.iter().map(|(line, path)| (*line, path.to_string())).collect::<Vec<_>>();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn use_trees_are_unfolded() {
        check(
            "use std::{fs,\n  net::{TcpListener as L, *}};",
            &[(1, "std::fs"), (2, "std::net::TcpListener"), (2, "std::net")],
        );
        check("use rocket;", &[(1, "rocket")]);
        check("pub(crate) use ::sqlx::Row;", &[(1, "sqlx::Row")]);
        check("extern crate rocket;", &[(1, "rocket")]);
    }

    #[test]
    fn paths_within_code_and_attributes_count() {
        check(
            "#[rocket::get(\"/\")] fn f() { std::fs::read(x) }",
            &[(1, "rocket::get"), (1, "std::fs::read")],
        );
        check("let x = Vec::<u8>::new(); fn f<'a>() -> impl X + use<'a> {}", &[]);
        check("a < b::c && d", &[(1, "b::c")]);
    }

    #[test]
    fn relative_paths_are_led_back_to_the_crate() {
        check("use super::live;", &[(1, "crate::http::live")]);
        check("use super::super::store;", &[(1, "crate::store")]);
        check(
            "mod tests { use super::*; fn f() { if x {} } }\nuse self::x;",
            &[(1, "crate::http::agents"), (2, "crate::http::agents::x")],
        );
    }
}
