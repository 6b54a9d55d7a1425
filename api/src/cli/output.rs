//! Output: data on stdout, as a table for people or JSON for programs; words on stderr; colour where somebody looks.

use super::CliError;
use quarterdeck_shared::Timestamp;
use serde::Serialize;
use std::{
    borrow::Cow,
    ffi::OsString,
    io::{self, IsTerminal as _, Write as _},
};

/// Where a command's answer goes and how it is written.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
    colour: bool,
}

impl Output {
    pub fn to_stdout(json: bool) -> Self {
        Self { json, colour: io::stdout().is_terminal() && wants_colour(|name| std::env::var_os(name)) }
    }

    /// Writes a value as JSON on one line.
    pub fn value(self, value: &impl Serialize) -> Result<(), CliError> {
        self.line(&serde_json::to_string(value)?)
    }

    /// Writes a line.
    pub fn line(self, line: &str) -> Result<(), CliError> {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        Ok(out.flush()?)
    }

    /// Writes rows under a head, their columns in line.
    pub fn table(self, head: &[&str], rows: &[Vec<String>]) -> Result<(), CliError> {
        let head: Vec<_> = head.iter().map(|word| (*word).to_owned()).collect();
        let width = |column: usize| {
            let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..head.len()).map(width).collect();
        let spread = |row: &[String], painted: &dyn Fn(usize, &str) -> String| {
            let cells = row.iter().enumerate().map(|(column, cell)| {
                let space = " ".repeat(widths.get(column).map_or(0, |width| width - cell.chars().count()));
                format!("{}{space}", painted(column, cell))
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.line(&self.paint("1", &spread(&head, &|_, cell| cell.to_owned())))?;
        for row in rows {
            self.line(&spread(row, &|_, cell| self.status(cell).into_owned()))?;
        }
        Ok(())
    }

    /// A word of a status in its colour; other words as they are.
    pub fn status(self, word: &str) -> Cow<'_, str> {
        let colour = match word {
            "running" => "32",
            "waiting" | "pending" => "33",
            "completed" => "34",
            "failed" | "interrupted" => "31",
            "cancelled" | "deleted" => "90",
            _ => return Cow::Borrowed(word),
        };
        Cow::Owned(self.paint(colour, word))
    }

    pub fn paint(self, colour: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// Whether the environment has nothing against colour: <https://no-color.org>, and terminals that know none.
fn wants_colour(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    variable("NO_COLOR").is_none_or(|value| value.is_empty())
        && variable("TERM").is_none_or(|term| term != "dumb")
}

/// Says something to whoever watches; programs read stdout alone.
pub fn say(words: &str) -> Result<(), CliError> {
    Ok(writeln!(io::stderr(), "{words}")?)
}

/// Words of others on one line, without what a terminal would obey.
pub fn plain(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter == '\u{85}');
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().map(|letter| if is_order(letter) { '\u{fffd}' } else { letter }).collect()
}

/// Control characters, and those that turn the direction of a line.
fn is_order(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A moment in the zone of whoever reads.
pub fn moment(at: Timestamp) -> String {
    match jiff::Timestamp::from_microsecond(at.micros()) {
        Ok(moment) => moment.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_cannot_order_the_terminal_about() {
        assert_eq!(plain("a\u{1b}]52;c;aGk=\u{7}b"), "a\u{fffd}]52;c;aGk=\u{fffd}b");
        assert_eq!(plain("one\r\n  two\tthree"), "one two three");
        assert_eq!(plain("\u{202e}evil\u{9b}31m"), "\u{fffd}evil\u{fffd}31m");
    }

    #[test]
    fn the_environment_may_refuse_colour() {
        let wants = |name: &'static str, value: &'static str| {
            wants_colour(|asked| (asked == name).then(|| OsString::from(value)))
        };
        assert!(wants("TERM", "xterm") && wants("NO_COLOR", ""));
        assert!(!wants("TERM", "dumb") && !wants("NO_COLOR", "1") && !wants("NO_COLOR", "0"));
    }

    #[test]
    fn without_colour_a_status_is_its_word() {
        let output = Output { json: false, colour: false };
        assert_eq!(output.status("running"), "running");
        assert_eq!(Output { colour: true, ..output }.status("running"), "\u{1b}[32mrunning\u{1b}[0m");
    }
}
