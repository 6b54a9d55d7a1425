//! One bar parted into shares, each named below its beginning.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::axis::Unit;
use super::pen::{At, Pen, width_of};
use super::{Chart, Drawn, Paint, Size, Spot, Twin};
use crate::format::percent;

const BAR: f64 = 8.0;

/// One share.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its value; nothing below zero.
    pub value: f64,
    /// The token of its colour.
    pub token: &'static str,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The shares, from left to right.
    pub parts: Vec<Part>,
    /// What the values count.
    pub unit: Unit,
}

impl Share {
    fn whole(&self) -> f64 {
        self.parts.iter().map(|part| part.value.max(0.0)).sum()
    }

    /// Each share with its left and right edge.
    fn placed(&self, width: f64) -> Vec<(&Part, f64, f64)> {
        let whole = self.whole();
        let mut left = 0.0;
        let place = |part| {
            let from = left;
            left += if whole > 0.0 { Part::value_of(part) / whole * width } else { 0.0 };
            (part, from, left)
        };
        self.parts.iter().map(place).collect()
    }
}

impl Part {
    fn value_of(part: &Self) -> f64 {
        part.value.max(0.0)
    }
}

impl Chart for Share {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, paint: &Paint) -> Drawn<DB> {
        let pen = Pen::new(area, paint);
        let width = pen.size().width;
        if self.whole() <= 0.0 {
            return pen.fill((0.0, 0.0), (width, BAR), paint.colour("surface-field"));
        }
        let mut free = 0.0;
        for (part, left, right) in self.placed(width) {
            let end = if right - left > 3.0 { right - 1.5 } else { right };
            pen.fill((left, 0.0), (end, BAR), paint.colour(part.token))?;
            let value = self.unit.words(part.value);
            let wide = width_of(&value).max(width_of(&part.name));
            // The last name ends with the bar; a name without room is left to the readout and the table.
            let (x, at) = if left + wide > width { (width, At::End) } else { (left, At::Start) };
            let begins = if at == At::End { width - wide } else { left };
            if part.value > 0.0 && begins >= free {
                pen.words(&value, (x, BAR + 12.0), at, paint.colour("text-strong"))?;
                pen.words(&part.name, (x, BAR + 25.0), at, paint.colour("text-quiet"))?;
                free = begins + wide + 10.0;
            }
        }
        Ok(())
    }

    fn spots(&self, size: Size) -> Vec<Spot> {
        let whole = self.whole();
        let spot = |(part, left, right): (&Part, f64, f64)| {
            let of_all = if whole > 0.0 { percent(part.value / whole) } else { percent(0.0) };
            Spot {
                x: (left + right) / 2.0,
                y: BAR / 2.0,
                words: format!("{}: {}, {of_all}", part.name, self.unit.words(part.value)),
            }
        };
        self.placed(size.width).into_iter().map(spot).collect()
    }

    fn twin(&self) -> Twin {
        let row = |part: &Part| vec![part.name.clone(), self.unit.words(part.value)];
        Twin { head: vec!["Part".into(), "Value".into()], rows: self.parts.iter().map(row).collect() }
    }
}
