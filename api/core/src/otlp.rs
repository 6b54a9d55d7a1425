//! Telemetry that Claude Code sends: its log records and its sums, each read into a fact; never more than it says.

mod events;
mod meters;

pub use events::{Fact, LogRecord, Told, read};
pub use meters::{Figures, METER, Meters, Point, SumPoint, point};

use crate::bounds::{REQUEST_TOKENS, REQUEST_USD, believed};
use quarterdeck_shared::Usd;

/// How the message ids begin of responses of which nothing is known but their request.
pub const UNNAMED: &str = "otlp:";

/// Characters a name or an id may have.
const NAME: usize = 200;

/// The message id of a response that is known by its request alone.
pub fn unnamed(request_id: &str) -> String {
    format!("{UNNAMED}{request_id}")
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// Words; numbers come as such too.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    Truth(bool),
}

/// The attributes of a record or a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes(pub Vec<(String, Field)>);

impl Attributes {
    fn get(&self, key: &str) -> Option<&Field> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, field)| field)
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Field::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// A short text without control characters, such as an id.
    fn name(&self, key: &str) -> Option<&str> {
        self.text(key).filter(|text| is_name(text))
    }

    /// Of which session it is told, here or of `resource`, which is said of all records at once.
    fn session<'all>(&'all self, resource: &'all Self) -> Result<&'all str, &'static str> {
        let id = self.name("session.id").or_else(|| resource.name("session.id"));
        // It ends up in an argument list, where a leading `-` means something else.
        id.filter(|id| !id.starts_with('-'))
            .ok_or("it names no session: session.id is missing or begins with -")
    }

    fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)? {
            Field::Text(text) => text.trim().parse().ok(),
            Field::Whole(whole) => Some(*whole as f64),
            Field::Number(number) => Some(*number),
            Field::Truth(_) => None,
        }
    }

    /// A count of one request; nothing where it is missing, an error where it is none or more than any request takes.
    fn count(&self, key: &str) -> Result<Option<u64>, &'static str> {
        if self.get(key).is_none() {
            return Ok(None);
        }
        match self.number(key) {
            Some(number) if number > REQUEST_TOKENS as f64 => {
                Err("a count of tokens is more than any request takes")
            }
            Some(number) if number >= 0.0 => Ok(Some(number as u64)),
            _ => Err("a count of tokens is no number, or less than nothing"),
        }
    }

    /// What one request cost; nothing where that cannot be believed.
    fn money(&self, key: &str) -> Option<Usd> {
        believed(self.number(key).and_then(Usd::from_reported)?, REQUEST_USD)
    }

    fn truth(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            Field::Truth(truth) => Some(*truth),
            Field::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= NAME && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
