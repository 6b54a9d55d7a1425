//! Sections of a text by their headings, and items of a list.

/// What a heading announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Summary,
    Findings,
    Decisions,
    FilesCreated,
    FilesModified,
    Files,
    NextSteps,
    Issues,
    /// Anything else below the first heading that is known.
    More,
}

/// What a heading's words announce, whatever their case.
fn announced(title: &str) -> Option<Section> {
    const KNOWN: &[(Section, &[&str])] = &[
        (Section::Summary, &["summary"]),
        (Section::Findings, &["findings", "key findings"]),
        (Section::Decisions, &["decisions", "key decisions"]),
        (
            Section::FilesCreated,
            &["files created", "test files created", "documentation files created", "created files"],
        ),
        (Section::FilesModified, &["files modified", "files changed", "modified files"]),
        (Section::Files, &["files"]),
        (
            Section::NextSteps,
            &["next steps", "recommendations", "recommendations for next agent", "for next agent"],
        ),
        (Section::Issues, &["issues", "issues found"]),
    ];
    let title = title.trim_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '*' | ':' | '_'));
    KNOWN
        .iter()
        .find(|(_, names)| names.iter().any(|name| name.eq_ignore_ascii_case(title)))
        .map(|(known, _)| *known)
}

/// The level and words of a heading, if the line is one.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let title = line.get(level..)?;
    ((1..=6).contains(&level) && title.starts_with([' ', '\t'])).then_some((level, title))
}

/// The sections of a text in their order. A heading below a section's own belongs to that section, unless it
/// announces another one; what stands before the first known heading belongs to none.
pub(super) fn sections(text: &str) -> Vec<(Section, String)> {
    let mut found: Vec<(Section, String)> = Vec::new();
    let mut level = 0;
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let heading = if fenced { None } else { heading(line) };
        match heading.map(|(depth, title)| (depth, announced(title))) {
            Some((depth, Some(section))) => {
                level = depth;
                found.push((section, String::new()));
                continue;
            }
            Some((depth, None)) if depth <= level => {
                level = depth;
                found.push((Section::More, String::new()));
            }
            _ => {}
        }
        if let Some((_, body)) = found.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
    }
    for (_, body) in &mut found {
        body.truncate(body.trim_end().len());
    }
    found
}

/// What a section lists: its marked items, each with the indented lines below it, and other lines as they come.
pub(super) fn items(body: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut in_item = false;
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let marked = item(line);
        match items.last_mut() {
            Some(last) if marked.is_none() && in_item && line.starts_with([' ', '\t']) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => items.push(marked.unwrap_or(line.trim()).to_owned()),
        }
        in_item |= marked.is_some();
    }
    items.retain(|item| !item.is_empty());
    items
}

/// The marked items of a section alone; where nothing is marked, its lines.
pub(super) fn marked_items(body: &str) -> Vec<String> {
    let marked: Vec<String> =
        body.lines().filter_map(item).filter(|item| !item.is_empty()).map(str::to_owned).collect();
    if marked.is_empty() { items(body) } else { marked }
}

/// The words of a list's item, if the line begins one: `- a`, `* a`, `+ a`, `1. a`, and `-a` by a careless hand.
fn item(line: &str) -> Option<&str> {
    let line = line.trim();
    let (mark, rest) = line.split_at_checked(1)?;
    if matches!(mark, "-" | "*" | "+") {
        let careless =
            mark == "-" && rest.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '.' | '`'));
        return (rest.is_empty() || rest.starts_with([' ', '\t']) || careless).then(|| rest.trim());
    }
    let (number, rest) = line.split_once(['.', ')'])?;
    let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (numbered && rest.starts_with(' ')).then(|| rest.trim())
}
