//! A folder's name: `<agent id, 8 characters>_<name>_<YYYYMMDD_HHMMSS>`.

use super::Zone;
use quarterdeck_shared::{Timestamp, agents::Role};

/// What a folder's name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The first characters of the agent's id.
    pub agent: String,
    /// The agent's name, blanks and slashes lost.
    pub name: String,
    /// When it was made, by the clock on the wall.
    pub made: String,
}

impl Folder {
    /// Reads a folder's name; nothing where it is none of an agent.
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.rsplitn(3, '_');
        let (clock, date) = (digits(parts.next()?, 6)?, digits(parts.next()?, 8)?);
        let (agent, name) = parts.next()?.split_once('_')?;
        if agent.is_empty() || agent.chars().count() > 8 {
            return None;
        }
        let words: Vec<_> = name.split('_').map(str::trim).filter(|word| !word.is_empty()).collect();
        let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
        let (hour, minute, second) = (&clock[..2], &clock[2..4], &clock[4..]);
        Some(Self {
            agent: agent.to_owned(),
            name: if words.is_empty() { format!("Agent {agent}") } else { words.join(" ") },
            made: format!("{year}-{month}-{day}T{hour}:{minute}:{second}"),
        })
    }

    /// When it was made.
    pub fn made_at(&self, zone: Zone<'_>) -> Option<Timestamp> {
        zone(&self.made)
    }
}

fn digits(text: &str, count: usize) -> Option<&str> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// The role an agent's name speaks of: the first of its words that is one.
pub fn role_of(name: &str) -> Role {
    let mut words = name.split(|letter: char| !letter.is_alphanumeric());
    words.find_map(|word| word.parse().ok()).unwrap_or(Role::Custom)
}
