//! `cargo xtask bench`: measures the release binary and says whether each figure holds its bar, one JSON object a line.

mod page_size;

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::build;
use crate::places::Places;

/// One thing that is measured. Comparisons are ratios of two things measured in turn within one run.
pub trait Figure {
    /// What it is called on the command line and in the output.
    fn name(&self) -> &'static str;
    /// The unit of value and bar.
    fn unit(&self) -> &'static str;
    /// What the value is held to.
    fn bar(&self) -> Bar;
    /// Measures it.
    fn measure(&self, subject: &Subject) -> Result<Measured>;
}

/// Which side of the number is good.
pub enum Bar {
    /// The value may not exceed it.
    AtMost(f64),
}

/// What is measured.
pub struct Subject<'a> {
    /// The checkout, its page and its release binary built.
    pub places: &'a Places,
}

/// A figure's outcome.
pub struct Measured {
    /// In the figure's unit.
    pub value: f64,
    /// What it is made of.
    pub detail: Value,
}

const FIGURES: [&dyn Figure; 1] = [&page_size::PageSize];

/// Measures the named figures, or all; fails if one misses its bar.
pub fn run(places: &Places, named: &[String]) -> Result<ExitCode> {
    let known = || FIGURES.iter().map(|figure| figure.name()).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = named.iter().find(|name| !FIGURES.iter().any(|figure| figure.name() == *name)) {
        bail!("there is no figure {unknown}; there are: {}", known());
    }
    build::release(places)?;
    let subject = Subject { places };
    let mut all_hold = true;
    for figure in FIGURES.iter().filter(|figure| named.is_empty() || named.iter().any(|n| n == figure.name()))
    {
        let measured = figure.measure(&subject)?;
        let holds = figure.bar().holds(measured.value);
        all_hold &= holds;
        println!("{}", line(*figure, &measured, holds));
    }
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Bar {
    fn holds(&self, value: f64) -> bool {
        match self {
            Self::AtMost(bar) => value <= *bar,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::AtMost(bar) => format!("<= {bar}"),
        }
    }
}

/// The agreed keys in the agreed order, which a map would lose.
fn line(figure: &dyn Figure, measured: &Measured, holds: bool) -> String {
    let pairs = [
        ("figure", json!(figure.name())),
        ("value", json!(measured.value)),
        ("unit", json!(figure.unit())),
        ("bar", json!(figure.bar().shown())),
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
    fn a_bar_is_held_at_its_very_number() {
        assert!(Bar::AtMost(400.0).holds(400.0));
        assert!(!Bar::AtMost(400.0).holds(400.1));
    }

    #[test]
    fn a_line_has_the_six_agreed_keys() {
        let measured = Measured { value: 1.5, detail: json!({"files": 2}) };
        assert_eq!(
            line(&page_size::PageSize, &measured, true),
            r#"{"figure": "page_size", "value": 1.5, "unit": "kB", "bar": "<= 400", "holds": true, "detail": {"files":2}}"#
        );
    }
}
