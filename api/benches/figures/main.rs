//! The product's figures, measured on the release binary and on data made from numbers.
//!
//! `cargo bench -p quarterdeck --bench figures -- [NAME…]` prints one JSON object a line; `cargo xtask bench` calls it.
//! A comparison is the median of ratios of two things measured in turn within one run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod events;
mod list;
mod load;
mod memory;
#[path = "../../tests/support/rows.rs"]
#[allow(dead_code)]
mod rows;
mod server;
mod sockets;
mod start;

use serde_json::{Value, json};
use std::process::ExitCode;

/// What came of a measurement.
pub struct Outcome {
    pub figure: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub bar: Bar,
    pub detail: Value,
}

/// Which side of the number is good.
pub enum Bar {
    AtLeast(f64),
    AtMost(f64),
}

impl Outcome {
    fn line(&self) -> (String, bool) {
        let (holds, bar) = match self.bar {
            Bar::AtLeast(bar) => (self.value >= bar, format!(">= {bar}")),
            Bar::AtMost(bar) => (self.value <= bar, format!("<= {bar}")),
        };
        let pairs = [
            ("figure", json!(self.figure)),
            ("value", json!((self.value * 1_000.0).round() / 1_000.0)),
            ("unit", json!(self.unit)),
            ("bar", json!(bar)),
            ("holds", json!(holds)),
            ("detail", self.detail.clone()),
        ];
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        (format!("{{{}}}", pairs.join(", ")), holds)
    }
}

type Measure = fn(&tokio::runtime::Runtime) -> Vec<Outcome>;

const FIGURES: &[(&str, Measure)] = &[
    ("list", list::measure),
    ("events", events::measure),
    ("sockets", sockets::measure),
    ("memory", memory::measure),
    ("start", start::measure),
];

fn main() -> ExitCode {
    let named: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut all = true;
    for (name, measure) in FIGURES {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            for outcome in measure(&runtime) {
                let (line, holds) = outcome.line();
                println!("{line}");
                all &= holds;
            }
        }
    }
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The middle of some values.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The value below which a share of all lies.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() as f64 * share) as usize).min(values.len() - 1)]
}
