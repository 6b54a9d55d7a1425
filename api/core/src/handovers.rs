//! Hand-overs: what an agent leaves for the next one, read out of its last words.

mod sections;
mod verdict;

pub use verdict::Tests;

use crate::figures::cut;
use quarterdeck_shared::agents::Role;
use sections::{Section, items, marked_items, sections};

/// Characters of one hand-over that pass on, at most.
const FORWARDED: usize = 8_000;
/// Characters of an agent's own words that pass on with a verdict that something must be mended.
const DETAILS: usize = 1_000;

/// What an agent's last words say, section by section. A section that is not there is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// What was done, in a few sentences.
    pub summary: String,
    /// What was found out.
    pub findings: Vec<String>,
    /// What was decided, and why.
    pub decisions: Vec<String>,
    /// Files that are new.
    pub files_created: Vec<String>,
    /// Files that changed.
    pub files_modified: Vec<String>,
    /// Files named without saying which of both.
    pub files: Vec<String>,
    /// What should come next.
    pub next_steps: String,
    /// The issues it lists.
    pub issues: String,
    /// What else stands below the first of these headings, with its own headings.
    pub more: String,
    /// What went wrong: a tester's errors, at most five, or the issues a reviewer lists.
    pub errors: Vec<String>,
    /// What a tester's run counted.
    pub tests: Option<Tests>,
    /// Whether a reviewer or tester says that the work does not hold yet.
    pub requires_fix: bool,
    /// The words as they came.
    pub text: String,
}

/// Reads the sections out of an agent's last words. No role: nobody's verdict is looked for.
pub fn extract(text: &str) -> Handover {
    let mut handover = Handover { text: text.trim().to_owned(), ..Handover::default() };
    for (section, body) in sections(text) {
        match section {
            Section::Summary => append(&mut handover.summary, &body),
            Section::Findings => handover.findings.extend(items(&body)),
            Section::Decisions => handover.decisions.extend(items(&body)),
            Section::FilesCreated => handover.files_created.extend(marked_items(&body)),
            Section::FilesModified => handover.files_modified.extend(marked_items(&body)),
            Section::Files => sort_files(&mut handover, &body),
            Section::NextSteps => append(&mut handover.next_steps, &body),
            Section::Issues => append(&mut handover.issues, &body),
            Section::More => append(&mut handover.more, &body),
        }
    }
    handover
}

/// The same, with the verdict of a REVIEWER and the counts of a TESTER.
pub fn extract_from(role: Role, text: &str) -> Handover {
    let mut handover = extract(text);
    match role {
        Role::Tester => {
            handover.tests = verdict::tests(text);
            let failed = handover.tests.and_then(|tests| tests.failed).is_some_and(|failed| failed > 0);
            handover.requires_fix = verdict::said(text).unwrap_or(failed);
            if handover.requires_fix {
                handover.errors = verdict::errors(text);
            }
        }
        Role::Reviewer => {
            handover.requires_fix = verdict::said(text).unwrap_or_else(|| verdict::finds_fault(text));
            if handover.requires_fix {
                handover.errors = marked_items(&handover.issues);
            }
        }
        _ => {}
    }
    handover
}

/// What the next agent is told of the ones before it; empty where they left nothing.
///
/// The sections pass on, and where there is none the words themselves: their end, if they are long. A verdict that
/// something must be mended passes on with what was found.
pub fn forward(handovers: &[(Role, Handover)]) -> String {
    let told = handovers.iter().filter_map(|(role, handover)| {
        let words = told(handover);
        (!words.is_empty()).then(|| format!("## From the {role}\n\n{words}"))
    });
    told.collect::<Vec<_>>().join("\n\n")
}

fn told(handover: &Handover) -> String {
    let mut parts = Vec::new();
    let mut part = |title: &str, body: &str| {
        if !body.trim().is_empty() {
            parts.push(format!("### {title}\n{}", body.trim()));
        }
    };
    part("Summary", &handover.summary);
    if handover.requires_fix {
        part("Errors", &list(&handover.errors));
    }
    part("Test results", &handover.tests.map(|tests| tests.to_string()).unwrap_or_default());
    if handover.requires_fix {
        part("Details", &handover.text.chars().take(DETAILS).collect::<String>());
    }
    part("Files created", &list(&handover.files_created));
    part("Files modified", &list(&handover.files_modified));
    part("Files", &list(&handover.files));
    part("Findings", &list(&handover.findings));
    part("Decisions", &list(&handover.decisions));
    part("Next steps", &handover.next_steps);
    if handover.errors.is_empty() {
        part("Issues", &handover.issues);
    }
    part("More", &handover.more);
    match parts.is_empty() {
        true => ending(&handover.text),
        false => cut(&parts.join("\n\n"), FORWARDED).into_owned(),
    }
}

fn list(items: &[String]) -> String {
    items.iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
}

/// The end of a text: what an agent says last matters most.
fn ending(text: &str) -> String {
    let length = text.chars().count();
    let Some(over) = length.checked_sub(FORWARDED).filter(|over| *over > 0) else { return text.to_owned() };
    let end: String = text.chars().skip(over).collect();
    format!("({over} characters left out) …{end}")
}

/// Adds a section that came again behind the first.
fn append(text: &mut String, body: &str) {
    let body = body.trim();
    if !text.is_empty() && !body.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(body);
}

/// Files whose line says what became of them go where they belong.
fn sort_files(handover: &mut Handover, body: &str) {
    for item in marked_items(body) {
        let marked = |marks: &[&str]| marks.iter().find_map(|mark| item.strip_suffix(mark)).map(str::trim);
        if let Some(path) = marked(&["(new)", "(created)"]) {
            handover.files_created.push(path.to_owned());
        } else if let Some(path) = marked(&["(changed)", "(modified)"]) {
            handover.files_modified.push(path.to_owned());
        } else {
            handover.files.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headings_every_prompt_asks_for_are_read() {
        let text = "Some chatter.\n\n## Summary\nBuilt it.\n\n## Findings\n- **fast**\n\n## Decisions\n1. keep it small\n\
                    \n## Files\n- src/a.rs (new)\n- `src/b.rs` (changed)\n- src/c.rs\n\n## Next steps\nTest it.\n";
        let handover = extract(text);
        assert_eq!(handover.summary, "Built it.");
        assert_eq!(handover.findings, ["**fast**"]);
        assert_eq!(handover.decisions, ["keep it small"]);
        assert_eq!(handover.files_created, ["src/a.rs"]);
        assert_eq!(handover.files_modified, ["`src/b.rs`"]);
        assert_eq!(handover.files, ["src/c.rs"]);
        assert_eq!(handover.next_steps, "Test it.");
    }

    #[test]
    fn what_stands_under_other_headings_passes_on_too() {
        let told =
            forward(&[(Role::Analyst, extract("## Summary\nS\n## Root cause\nA race.\n# Last\nwords"))]);
        assert_eq!(
            told,
            "## From the ANALYST\n\n### Summary\nS\n\n### More\n## Root cause\nA race.\n\n# Last\nwords"
        );
    }

    #[test]
    fn words_without_headings_pass_on_as_they_are_and_long_ones_by_their_end() {
        let short =
            forward(&[(Role::Builder, extract("  just words  ")), (Role::Tester, Handover::default())]);
        assert_eq!(short, "## From the BUILDER\n\njust words");
        let long = forward(&[(Role::Builder, extract(&format!("{}END", "x".repeat(9_000))))]);
        assert!(long.contains("(1003 characters left out) …x") && long.ends_with("END"));
    }

    #[test]
    fn a_heading_inside_a_fence_is_no_heading() {
        let handover = extract("## Summary\n```md\n## Findings\n- no\n```\nend");
        assert!(handover.findings.is_empty());
        assert!(handover.summary.ends_with("end"));
    }
}
