//! Accounts: why one sum of the same files is not another. Counts the lines behind a stretch of time the way others
//! do, line by line or first line first, beside the one record a response that the ledger keeps.

use crate::{
    pricing::PriceTable,
    transcripts::{
        lines::{Line, Text},
        session::{self, Fact, Told},
    },
    usage::Observed,
};
use memchr::memmem::Finder;
use quarterdeck_shared::{
    Timestamp,
    costs::{Reckoning, WhyLines},
    usage::CostBasis,
};
use std::collections::HashMap;

/// What one response's lines said.
struct Response {
    first: Observed,
    all: Observed,
    /// What each line said it had answered so far.
    outputs: Vec<u64>,
    /// The file whose line came last, and how many files there were.
    file: usize,
    files: u64,
}

/// Takes the lines of files and tells what became of them.
pub struct Account<'prices> {
    prices: &'prices PriceTable,
    from: Timestamp,
    before: Timestamp,
    /// How the dates within the stretch begin: a line without one is not read.
    dates: Vec<Finder<'static>>,
    file: usize,
    responses: HashMap<(String, Option<String>), Response>,
    /// What parents repeat of their sub-agents' responses, by the message.
    repeated: HashMap<String, Observed>,
    lines: WhyLines,
    every: Reckoning,
}

impl<'prices> Account<'prices> {
    /// Of the lines at or after the one moment and before the other, which lie no more than a few days apart.
    pub fn new(prices: &'prices PriceTable, from: Timestamp, before: Timestamp) -> Self {
        const DAY: i64 = 86_400_000_000;
        let days = from.micros().div_euclid(DAY)..=before.micros().saturating_sub(1).div_euclid(DAY);
        let date =
            |day: i64| Timestamp(day.saturating_mul(DAY)).to_string().chars().take(10).collect::<String>();
        let dates = days.take(400).map(|day| Finder::new(&date(day)).into_owned()).collect();
        Self {
            prices,
            from,
            before,
            dates,
            file: 0,
            responses: HashMap::new(),
            repeated: HashMap::new(),
            lines: WhyLines::default(),
            every: Reckoning::default(),
        }
    }

    /// The lines that follow are another file's.
    pub fn next_file(&mut self) {
        self.file += 1;
        self.lines.files += 1;
    }

    /// Takes one line.
    pub fn take(&mut self, line: Line<'_>) {
        let bytes = match line.text {
            Text::Whole(bytes) => bytes,
            Text::Oversize(_) => return self.lines.unread_lines += 1,
        };
        if !self.dates.iter().any(|date| date.find(bytes).is_some()) {
            return;
        }
        let echoes = self.lines.echoes;
        for told in session::told(bytes, false) {
            self.hear(told);
        }
        if self.lines.echoes > echoes {
            session::repeated(bytes).into_iter().for_each(|observed| self.repeat(observed));
        }
    }

    fn repeat(&mut self, observed: Observed) {
        let known = self.repeated.entry(observed.message_id.clone());
        known.and_modify(|known| known.join(&observed)).or_insert(observed);
    }

    fn hear(&mut self, told: Told) {
        let within = told.at.is_some_and(|at| (self.from..self.before).contains(&at));
        match told.fact {
            Fact::Broken => self.lines.unread_lines += 1,
            Fact::Echo if within => self.lines.echoes += 1,
            Fact::Response { observed, .. } if within => self.respond(observed),
            _ => {}
        }
    }

    fn respond(&mut self, observed: Observed) {
        self.lines.lines += 1;
        add(&mut self.every, self.prices, &observed);
        let key = (observed.message_id.clone(), observed.request_id.clone());
        let output = observed.tokens.output;
        let Some(known) = self.responses.get_mut(&key) else {
            let (first, file) = (observed.clone(), self.file);
            let response = Response { first, all: observed, outputs: vec![output], file, files: 1 };
            self.responses.insert(key, response);
            return;
        };
        if known.file == self.file {
            self.lines.repeated_lines += 1;
        } else {
            self.lines.copied_lines += 1;
            known.files += 1;
            known.file = self.file;
        }
        known.outputs.push(output);
        known.all.join(&observed);
    }

    /// What became of all lines.
    pub fn close(self) -> Closed {
        let mut closed = Closed { lines: self.lines, every_line: self.every, ..Closed::default() };
        closed.lines.responses = self.responses.len() as u64;
        for response in self.responses.values() {
            let whole = response.all.tokens.output;
            closed.lines.partial_lines +=
                response.outputs.iter().filter(|said| **said < whole).count() as u64;
            closed.lines.copied_responses += u64::from(response.files > 1);
            add(&mut closed.first_line, self.prices, &response.first);
            add(&mut closed.once, self.prices, &response.all);
        }
        let mut repeated = self.repeated;
        self.responses.keys().for_each(|(message, _)| drop(repeated.remove(message)));
        closed.repeated = repeated.into_values().collect();
        closed
    }
}

/// What became of the lines of a stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closed {
    /// How many lines, and what counts for nothing among them.
    pub lines: WhyLines,
    /// Every line added up.
    pub every_line: Reckoning,
    /// The first line of each response added up.
    pub first_line: Reckoning,
    /// Each response once, with the largest figure of each kind.
    pub once: Reckoning,
    /// Responses of sub-agents of which no line told, but what their parents repeat.
    pub repeated: Vec<Observed>,
}

/// What these took together.
pub fn reckon<'observed>(
    prices: &PriceTable,
    all: impl IntoIterator<Item = &'observed Observed>,
) -> Reckoning {
    let mut sum = Reckoning::default();
    all.into_iter().for_each(|observed| add(&mut sum, prices, observed));
    sum
}

fn add(sum: &mut Reckoning, prices: &PriceTable, observed: &Observed) {
    let priced = prices.price(&observed.model, observed);
    sum.tokens += observed.tokens;
    sum.cost_usd += priced.cost;
    sum.unpriced += u64::from(priced.basis == CostBasis::Unknown);
    sum.lower_bound += u64::from(priced.basis == CostBasis::LowerBound);
}
