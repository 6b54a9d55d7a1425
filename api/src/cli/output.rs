//! Output: data on stdout, as a table for people or JSON for programs; words on stderr; colour where somebody looks.

use super::CliError;
use comfy_table::{Attribute, Cell, CellAlignment, Color, Table, presets};
use orchestrator::figures;
use quarterdeck_shared::{Timestamp, Usd, usage::CostBasis};
use serde::Serialize;
use std::{
    ffi::OsString,
    io::{self, BufRead as _, IsTerminal, Write as _},
};

/// A cost as it is known.
pub fn cost(cost: Usd, basis: Option<CostBasis>) -> String {
    figures::cost(cost, basis, "unknown")
}

/// Where a command's answer goes and how it is written.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub json: bool,
    colour: bool,
}

impl Output {
    pub fn to_stdout(json: bool) -> Self {
        Self { json, colour: is_coloured(&io::stdout()) }
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

    /// Asks whoever sits there and was shown what it is about; where nobody does, `--yes` has to say that it may `deed`.
    pub fn agreed(self, question: &str, deed: &str) -> Result<bool, CliError> {
        if self.json || !io::stdin().is_terminal() {
            return Err(CliError::Usage(format!("nobody can be asked here; say --yes to {deed}")));
        }
        write!(io::stderr(), "{question} [y/N] ")?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// Writes rows under their columns' heads.
    pub fn table(self, columns: &[Column], rows: &[Vec<String>]) -> Result<(), CliError> {
        self.line(&self.drawn(columns, rows))
    }

    fn drawn(self, columns: &[Column], rows: &[Vec<String>]) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        if self.colour {
            table.enforce_styling()
        } else {
            table.force_no_tty()
        };
        table
            .set_header(columns.iter().map(|column| Cell::new(column.head()).add_attribute(Attribute::Bold)));
        for row in rows {
            table.add_row(row.iter().map(|words| match status_colour(words) {
                Some(colour) => Cell::new(words).fg(colour),
                None => Cell::new(words),
            }));
        }
        for (drawn, column) in table.column_iter_mut().zip(columns) {
            drawn.set_padding((0, 2));
            if matches!(column, Column::Numbers(_)) {
                drawn.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }

    pub fn paint(self, colour: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A column of a table, by its head. Numbers end in line, words begin so.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    Words(&'static str),
    Numbers(&'static str),
}

impl Column {
    const fn head(self) -> &'static str {
        match self {
            Self::Words(head) | Self::Numbers(head) => head,
        }
    }
}

/// The colour of a word that is a status.
fn status_colour(word: &str) -> Option<Color> {
    match word {
        "running" => Some(Color::DarkGreen),
        "waiting" | "pending" => Some(Color::DarkYellow),
        "completed" => Some(Color::DarkBlue),
        "failed" | "interrupted" => Some(Color::DarkRed),
        "cancelled" | "deleted" => Some(Color::DarkGrey),
        _ => None,
    }
}

/// Whether what goes there may have colours: where somebody looks who has nothing against them.
pub fn is_coloured(there: &impl IsTerminal) -> bool {
    there.is_terminal() && wants_colour(|name| std::env::var_os(name))
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
    tame(&words.join(" "))
}

/// A line of others as it is set, tabs too, without what a terminal would obey.
pub fn tame(line: &str) -> String {
    line.chars().map(|letter| if is_order(letter) && letter != '\t' { '\u{fffd}' } else { letter }).collect()
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
        assert_eq!(tame("+\t  \"a\":  1\u{1b}[2J\r"), "+\t  \"a\":  1\u{fffd}[2J\u{fffd}");
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
    fn numbers_end_in_line_and_without_colour_a_status_is_its_word() {
        let output = Output { json: false, colour: false };
        let columns = [Column::Words("NAME"), Column::Numbers("TOKENS"), Column::Words("STATUS")];
        let row = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        let rows = [row(["漢字", "7", "running"]), row(["a", "1,200", "failed"])];
        assert_eq!(
            output.drawn(&columns, &rows),
            "NAME  TOKENS  STATUS\n漢字       7  running\na      1,200  failed"
        );
        let coloured = Output { colour: true, ..output }.drawn(&columns, &rows);
        assert!(coloured.contains("\u{1b}[38;5;2mrunning"), "{coloured:?}");
    }
}
