//! What the Markdown files lead to: the paths of README's map, and every relative link.

use super::{File, Violation};

/// Paths that do not exist, of the map in README.md and of links in any Markdown file.
pub fn dead_ends(file: &File, exists: impl Fn(&str) -> bool) -> Vec<Violation> {
    if !file.path.ends_with(".md") {
        return Vec::new();
    }
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut led =
        links(&file.text).into_iter().map(|(line, to)| (line, joined(folder, &to))).collect::<Vec<_>>();
    if file.path == "README.md" {
        led.extend(map(&file.text));
    }
    let dead = led.into_iter().filter(|(_, path)| !path.is_empty() && !exists(path));
    let why = "a map that leads nowhere is worse than none";
    dead.map(|(line, path)| Violation {
        file: file.path.clone(),
        line,
        what: format!("{path} does not exist"),
        why,
    })
    .collect()
}

/// The paths of the map: in the section whose heading says `map`, what stands as code in the first column of a table.
fn map(text: &str) -> Vec<(usize, String)> {
    let mut paths = Vec::new();
    let mut within = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with('#') {
            within = line.to_lowercase().split_whitespace().any(|word| word == "map");
        }
        let Some(cell) = line.strip_prefix('|').and_then(|row| row.split('|').next()).filter(|_| within)
        else {
            continue;
        };
        let code = cell.split('`').skip(1).step_by(2).filter(|path| !path.contains(['*', '<']));
        paths.extend(code.map(|path| (number + 1, path.trim_end_matches('/').to_string())));
    }
    paths
}

/// Targets of `](…)` that are neither addresses nor anchors.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (number, line) in text.lines().enumerate() {
        in_code ^= line.starts_with("```");
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ', '#']).next());
        let relative =
            targets.filter(|to| !in_code && !to.is_empty() && !to.contains(':') && !to.starts_with('/'));
        found.extend(relative.map(|to| (number + 1, to.to_string())));
    }
    found
}

/// `to` as seen from `folder`, from the root.
fn joined(folder: &str, to: &str) -> String {
    let mut steps = folder.split('/').filter(|step| !step.is_empty()).collect::<Vec<_>>();
    for step in to.split('/').filter(|step| !step.is_empty() && *step != ".") {
        if step == ".." {
            steps.pop();
        } else {
            steps.push(step);
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[usize]) {
        let there =
            ["api", "api/core", "api/core/src", "api/core/src/planner.rs", "Cargo.toml", "docs/x.md", "docs"];
        let found = dead_ends(&File { path: path.into(), text: text.into() }, |path| there.contains(&path));
        let lines = found.iter().map(|violation| violation.line).collect::<Vec<_>>();
        assert_eq!(lines, expected, "{found:?}");
    }

    #[test]
    fn the_map_names_what_is_there() {
        let map = "## Map\n| path | what |\n|---|---|\n| `api/core/`, `api/gone.rs` | rules |\n| `api/<term>.rs` | `gone` |\n| `web/` | page |\n";
        check("README.md", map, &[4, 6]);
        check("README.md", "## Start\n| `gone.rs` | an example |\n", &[]);
        check("docs/x.md", map, &[]);
    }

    #[test]
    fn relative_links_lead_somewhere() {
        check("README.md", "[a](docs/x.md#part) [b](https://example.org) [c](docs/gone.md)", &[1]);
        check("docs/x.md", "[a](../Cargo.toml)\n![b](gone.png)\n[c](#here)", &[2]);
    }
}
