//! Rules about the text of any file: its first line, and what it must not give away.

use super::{File, Violation};

/// Places of the machine a file was written on. Put together here, as this file is tracked too.
const MACHINES: [&str; 4] = [
    concat!("/wo", "rk/main"),
    concat!("/wo", "rk/shared"),
    concat!("/ro", "ot/."),
    concat!("/tmp/", "boot"),
];

/// Where crates may come from.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// A Rust file begins with `//!`.
pub fn first_line(file: &File) -> Vec<Violation> {
    if !file.path.ends_with(".rs") || file.text.starts_with("//! ") {
        return Vec::new();
    }
    let what = "does not begin with a `//!` line".to_string();
    vec![Violation { file: file.path.clone(), line: 1, what, why: "a file's first line says what it is" }]
}

/// No path of one machine, which means nothing on another.
pub fn machines(file: &File) -> Vec<Violation> {
    found(file, "a path of one machine means nothing on another", |line| {
        let path = MACHINES.iter().find(|path| line.contains(**path))?;
        Some(format!("names {path}"))
    })
}

/// Lock files say what, not from which mirror.
pub fn registries(file: &File) -> Vec<Violation> {
    let why = "a lock file made behind a mirror would send everybody there";
    match file.path.rsplit('/').next() {
        Some("Cargo.lock") => found(file, why, |line| {
            let source = line.strip_prefix("source = \"")?.trim_end_matches('"');
            (source != CRATES).then(|| format!("takes a crate from {source}"))
        }),
        Some("package-lock.json") => found(file, why, |line| {
            let address = line.trim_start().strip_prefix("\"resolved\": \"")?;
            address.starts_with("http").then(|| {
                "names an address; set omit-lockfile-registry-resolved in .npmrc and make it anew".to_string()
            })
        }),
        _ => Vec::new(),
    }
}

fn found(file: &File, why: &'static str, what: impl Fn(&str) -> Option<String>) -> Vec<Violation> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(at, line)| {
            Some(Violation { file: file.path.clone(), line: at + 1, what: what(line)?, why })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&File) -> Vec<Violation>, path: &str, text: &str, expected: &[usize]) {
        let found = rule(&File { path: path.to_string(), text: text.to_string() });
        let lines = found.iter().map(|violation| violation.line).collect::<Vec<_>>();
        assert_eq!(lines, expected, "{path}: {text}: {found:?}");
    }

    #[test]
    fn a_rust_file_says_first_what_it_is() {
        check(first_line, "api/src/x.rs", "//! The x.\nuse y;\n", &[]);
        check(first_line, "api/src/x.rs", "use y;\n", &[1]);
        check(first_line, "api/src/x.rs", "\n//! The x.\n", &[1]);
        check(first_line, "web/x.css", "a {}", &[]);
    }

    #[test]
    fn a_path_of_this_machine_is_found() {
        check(machines, "README.md", &format!("fine\nsee {}/x\n", MACHINES[0]), &[2]);
        check(machines, "README.md", "the work/main part\n", &[]);
    }

    #[test]
    fn a_mirror_in_a_lock_file_is_found() {
        let source = |url: &str| format!("[[package]]\nsource = \"{url}\"\n");
        check(registries, "Cargo.lock", &source(CRATES), &[]);
        check(registries, "Cargo.lock", &source("registry+https://mirror.example/index"), &[2]);
        check(registries, "e2e/package-lock.json", "  \"resolved\": \"https://mirror.example/a.tgz\",", &[1]);
        check(registries, "e2e/package-lock.json", "  \"version\": \"1.0.0\",", &[]);
    }
}
