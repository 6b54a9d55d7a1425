//! Recordings: one short run per role, made by the project itself and kept inside the program.

use quarterdeck_shared::agents::Role;
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

#[derive(RustEmbed)]
#[folder = "recordings/"]
struct Embedded;

/// Where recordings come from.
#[derive(Clone, Debug)]
pub enum Recordings {
    /// The ones inside the program.
    Embedded,
    /// These, by the role's word in lower case.
    Given(Arc<BTreeMap<String, String>>),
}

/// The role whose recording is played for roles without one.
const FALLBACK: &str = "builder";

/// One line and when it was said, counted from the start.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Recorded {
    /// Milliseconds since the start.
    pub at_ms: u64,
    /// The line.
    pub line: Value,
}

impl Recordings {
    /// The recording for a role.
    pub fn of(&self, role: Role) -> Result<Vec<Recorded>, String> {
        let role = role.as_str().to_ascii_lowercase();
        let text = self.text(&role).or_else(|| self.text(FALLBACK)).ok_or("there is no recording to play")?;
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                serde_json::from_str(line)
                    .map_err(|error| format!("the recording of {role} is broken: {error}"))
            })
            .collect()
    }

    fn text(&self, role: &str) -> Option<Cow<'static, str>> {
        match self {
            Self::Given(recordings) => recordings.get(role).cloned().map(Cow::Owned),
            Self::Embedded => {
                let file = Embedded::get(&format!("{role}.jsonl"))?;
                String::from_utf8(file.data.into_owned()).ok().map(Cow::Owned)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_something_to_play_that_ends_in_a_result() {
        for &role in Role::ALL {
            let lines = Recordings::Embedded.of(role).unwrap();
            assert_eq!(lines.last().unwrap().line["type"], "result", "{role}");
            assert!(lines.is_sorted_by_key(|recorded| recorded.at_ms), "{role}");
        }
    }
}
