//! Hand-overs: what an agent leaves for the next one, read out of its last words.

use quarterdeck_shared::agents::Role;

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
    pub next_steps: Vec<String>,
    /// What went wrong, at most five of a tester's.
    pub errors: Vec<String>,
    /// What a tester's run counted.
    pub tests: Option<Tests>,
    /// Whether a reviewer or tester says that the work does not hold yet.
    pub requires_fix: bool,
    /// The words as they came.
    pub text: String,
}

/// What a run of tests counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tests {
    /// Tests that passed, where it said.
    pub passed: Option<u64>,
    /// Tests that failed, where it said.
    pub failed: Option<u64>,
}

/// Reads the sections out of an agent's last words. No role: nobody's verdict is looked for.
pub fn extract(text: &str) -> Handover {
    extract_from(Role::Custom, text)
}

/// The same, with the verdict of a REVIEWER and the counts of a TESTER.
pub fn extract_from(role: Role, text: &str) -> Handover {
    let _ = (role, text);
    unimplemented!()
}

/// What the next agent is told of the ones before it; empty where they left nothing.
pub fn forward(handovers: &[(Role, Handover)]) -> String {
    let _ = handovers;
    unimplemented!()
}
