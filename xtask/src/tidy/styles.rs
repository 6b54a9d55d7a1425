//! Colours live in tokens.css; every other style sheet takes them from there.

use super::{File, Violation};

const TOKENS: &str = "web/styles/tokens.css";

const FUNCTIONS: [&str; 9] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch("];

/// Names that designers really type; `transparent` and `currentcolor` are no colours of their own.
const NAMES: [&str; 14] = [
    "black", "white", "red", "green", "blue", "yellow", "orange", "purple", "pink", "gray", "grey", "silver",
    "gold", "navy",
];

/// Colour literals in declarations.
pub fn colours(file: &File) -> Vec<Violation> {
    if !file.path.starts_with("web/styles/") || !file.path.ends_with(".css") || file.path == TOKENS {
        return Vec::new();
    }
    let why = "colours are named in tokens.css, so that both themes can answer for them";
    let found = declarations(&file.text).into_iter().filter_map(|(line, value)| {
        let literal = literal(&value)?;
        Some(Violation { file: file.path.clone(), line, what: format!("has the colour {literal}"), why })
    });
    found.collect()
}

/// The values of all declarations, with the line each ends on.
fn declarations(text: &str) -> Vec<(usize, String)> {
    let text = blanked(text);
    let mut values = Vec::new();
    let mut line = 1;
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '\n' => line += 1,
            ';' | '}' | '{' => {
                let piece = &text[start..at];
                start = at + 1;
                if letter != '{'
                    && let Some((_, value)) = piece.split_once(':')
                {
                    values.push((line, value.to_string()));
                }
            }
            _ => {}
        }
    }
    values
}

/// Without comments and quoted text, but with every line where it was.
fn blanked(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |at| at + 4)
        } else if first == '"' || first == '\'' {
            rest[1..].find(first).map_or(rest.len(), |at| at + 2)
        } else {
            kept.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        kept.extend(rest[..length].matches('\n'));
        rest = &rest[length..];
    }
    kept
}

fn literal(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    if let Some(function) =
        FUNCTIONS.iter().find(|function| words(&lower).any(|word| word.starts_with(**function)))
    {
        return Some(format!("{function}…)"));
    }
    let hexadecimal = |word: &str| {
        let digits = word.strip_prefix('#')?;
        let fits = [3, 4, 6, 8].contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit());
        fits.then(|| word.to_string())
    };
    let plain = || lower.split(|c: char| !(c.is_alphanumeric() || "#-_".contains(c)));
    plain().find_map(hexadecimal).or_else(|| plain().find(|word| NAMES.contains(word)).map(str::to_string))
}

/// Pieces that keep their opening bracket, so that a function is told from a name.
fn words(value: &str) -> impl Iterator<Item = &str> {
    value.split_inclusive('(').flat_map(|piece| piece.split([' ', ',', '\t', '\n', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[usize]) {
        let found = colours(&File { path: path.to_string(), text: text.to_string() });
        let lines = found.iter().map(|violation| violation.line).collect::<Vec<_>>();
        assert_eq!(lines, expected, "{text}: {found:?}");
    }

    #[test]
    fn literals_are_found_in_every_form() {
        let sheet = "web/styles/kit.css";
        check(sheet, "a {\n  color: #fff;\n  background: var(--paper);\n}", &[2]);
        check(sheet, "a { border: 1px solid #a1b2c3d4 }", &[1]);
        check(sheet, "a { color: rgb(1 2 3); }\nb { fill: oklch(50% 0 0) }", &[1, 2]);
        check(sheet, "a { background: linear-gradient(var(--a), hsl(1 2% 3%)); }", &[1]);
        check(sheet, "a { color: white; }", &[1]);
    }

    #[test]
    fn what_only_looks_like_a_colour_is_left_alone() {
        let sheet = "web/styles/kit.css";
        check(sheet, "#add:hover, a:not(.red) { color: var(--red-5); fill: currentColor }", &[]);
        check(sheet, "/* was: x: #fff; */ a { content: \"#fff\"; mask: url(#abcdefgh) }", &[]);
        check(
            sheet,
            "a { background: color-mix(in oklab, var(--a) 20%, transparent); white-space: nowrap }",
            &[],
        );
        check(TOKENS, ":root { --paper: #fff; }", &[]);
    }
}
