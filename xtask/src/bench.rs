//! `cargo xtask bench`: measures the release binary and says whether each figure holds its bar, one JSON object a line.

mod browser;
mod figures;
mod page_size;
mod server;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::places::Places;
use crate::shell::say;
use figures::FIGURES;

/// One thing that is measured and what it is held to. Comparisons are ratios of two things measured in turn within
/// one run.
pub struct Figure {
    /// What it is called on the command line and in the output.
    pub name: &'static str,
    /// The unit of value and bar.
    pub unit: &'static str,
    /// What the value is held to.
    pub bar: Bar,
    /// Who measures it, together with the other figures of the same one.
    pub by: By,
}

/// Which side of the number is good.
pub enum Bar {
    /// The value may not be less.
    AtLeast(f64),
    /// The value may not exceed it.
    AtMost(f64),
    /// The value may not even reach it.
    Below(f64),
}

/// Who measures. Each can be named instead of its figures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The built page's files.
    Page,
    /// A group of api/benches, by its name there.
    Server(&'static str),
    /// A program of e2e with a Chromium, by its name there.
    Browser(&'static str),
}

/// A figure's outcome, as whoever measures it says it.
#[derive(Debug, Deserialize)]
pub struct Measured {
    /// Which figure.
    pub figure: String,
    /// In the figure's unit.
    pub value: f64,
    /// What it is made of.
    pub detail: Value,
}

/// Measures the named figures, or all; fails if one misses its bar or cannot be measured.
pub fn run(places: &Places, named: &[String]) -> Result<ExitCode> {
    let is_of = |figure: &Figure, name: &str| figure.name == name || figure.by.name() == name;
    if let Some(unknown) = named.iter().find(|name| !FIGURES.iter().any(|figure| is_of(figure, name))) {
        bail!("there is no figure {unknown}; there are:{}", known());
    }
    let wanted = FIGURES.iter().filter(|figure| named.is_empty() || named.iter().any(|n| is_of(figure, n)));
    let wanted: Vec<_> = wanted.collect();
    let mut all_hold = true;
    for together in wanted.chunk_by(|one, other| one.by == other.by) {
        let Some(by) = together.first().map(|figure| figure.by) else { continue };
        let mut missing: Vec<_> = together.iter().map(|figure| figure.name).collect();
        let outcome = by.measure(places, &mut |measured| {
            let Some(figure) = FIGURES.iter().find(|figure| figure.name == measured.figure) else {
                bail!("{} measures {}, which has no bar", by.name(), measured.figure);
            };
            missing.retain(|name| *name != figure.name);
            if together.iter().any(|wanted| wanted.name == figure.name) {
                let holds = figure.bar.holds(measured.value);
                all_hold &= holds;
                println!("{}", line(figure, &measured, holds));
            }
            Ok(())
        });
        if let Err(error) = outcome.and_then(|()| none_is_missing(&missing)) {
            eprintln!("error: {}: {error:#}", by.name());
            all_hold = false;
        }
    }
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn none_is_missing(names: &[&str]) -> Result<()> {
    if names.is_empty() { Ok(()) } else { bail!("{} was not measured", names.join(", ")) }
}

/// Every figure, one line for those that are measured together.
fn known() -> String {
    let together = FIGURES.chunk_by(|one, other| one.by == other.by);
    let line = |figures: &[Figure]| {
        let names: Vec<_> = figures.iter().map(|figure| figure.name).collect();
        format!("\n  {}: {}", figures.first().map_or("", |figure| figure.by.name()), names.join(", "))
    };
    together.map(line).collect()
}

impl By {
    fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Server(name) | Self::Browser(name) => name,
        }
    }

    fn measure(self, places: &Places, each: &mut dyn FnMut(Measured) -> Result<()>) -> Result<()> {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        say(format!("measuring {}, the machine's load being {}", self.name(), load.trim()));
        match self {
            Self::Page => each(page_size::measure(places)?),
            Self::Server(group) => server::measure(places, group, each),
            Self::Browser(program) => browser::measure(places, program, each),
        }
    }
}

impl Bar {
    fn holds(&self, value: f64) -> bool {
        match self {
            Self::AtLeast(bar) => value >= *bar,
            Self::AtMost(bar) => value <= *bar,
            Self::Below(bar) => value < *bar,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::AtLeast(bar) => format!(">= {bar}"),
            Self::AtMost(bar) => format!("<= {bar}"),
            Self::Below(bar) => format!("< {bar}"),
        }
    }
}

/// What a program that measures says on one line.
fn said(line: &str) -> Result<Measured> {
    serde_json::from_str(line).with_context(|| format!("`{line}` is no measurement"))
}

/// The agreed keys in the agreed order, which a map would lose. Judged as measured, shown to three places.
fn line(figure: &Figure, measured: &Measured, holds: bool) -> String {
    let pairs = [
        ("figure", json!(figure.name)),
        ("value", json!((measured.value * 1_000.0).round() / 1_000.0)),
        ("unit", json!(figure.unit)),
        ("bar", json!(figure.bar.shown())),
        ("holds", json!(holds)),
        ("detail", measured.detail.clone()),
    ];
    let pairs = pairs.map(|(key, value)| format!("\"{key}\": {value}"));
    format!("{{{}}}", pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_held_at_its_very_number_unless_it_must_not_be_reached() {
        let held = |bar: Bar| [0.9, 1.0, 1.1].map(|value| bar.holds(value));
        assert_eq!(held(Bar::AtLeast(1.0)), [false, true, true]);
        assert_eq!(held(Bar::AtMost(1.0)), [true, true, false]);
        assert_eq!(held(Bar::Below(1.0)), [true, false, false]);
    }

    #[test]
    fn a_line_has_the_six_agreed_keys() {
        let figure = Figure { name: "size", unit: "kB", bar: Bar::AtMost(400.0), by: By::Page };
        let measured = said(r#"{"figure": "size", "value": 1.5004, "detail": {"files": 2}}"#).unwrap();
        assert_eq!(
            line(&figure, &measured, true),
            r#"{"figure": "size", "value": 1.5, "unit": "kB", "bar": "<= 400", "holds": true, "detail": {"files":2}}"#
        );
    }

    #[test]
    fn figures_that_are_measured_together_stand_together_and_each_has_a_name_of_its_own() {
        let groups: Vec<_> =
            FIGURES.chunk_by(|one, other| one.by == other.by).map(|f| f[0].by.name()).collect();
        let mut names: Vec<_> = FIGURES.iter().map(|figure| figure.name).chain(groups.clone()).collect();
        assert_eq!(names.len(), FIGURES.len() + groups.len());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FIGURES.len() + groups.len());
    }
}
