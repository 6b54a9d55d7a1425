//! A half ring of slices, each with its letter and count outside, the sum in the middle.

use std::f64::consts::PI;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::pen::{At, Pen, apart};
use super::{Chart, Drawn, Paint, Size, Spot, Twin};
use crate::format::percent;

/// One slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The letter beside it.
    pub letter: String,
    /// Its name.
    pub name: String,
    /// How many.
    pub value: u64,
    /// The token of its colour, such as `role-builder`.
    pub token: &'static str,
}

/// A half ring.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring {
    /// The slices, from the left.
    pub slices: Vec<Slice>,
    /// What the sum in the middle counts, such as `agents today`.
    pub centre: String,
}

/// How far outside the ring its labels stand.
const LABEL: f64 = 12.0;

struct Hoop {
    centre: (f64, f64),
    outer: f64,
    inner: f64,
}

impl Hoop {
    fn new(size: Size) -> Self {
        let outer = ((size.width - 44.0) / 2.0).min(size.height - 32.0).max(8.0);
        Self { centre: (size.width / 2.0, size.height - 12.0), outer, inner: outer * 0.72 }
    }

    /// A point at a radius and a part of the half turn, counted from the left.
    fn point(&self, radius: f64, part: f64) -> (f64, f64) {
        let angle = PI * (1.0 - part);
        (self.centre.0 + radius * angle.cos(), self.centre.1 - radius * angle.sin())
    }
}

impl Ring {
    fn sum(&self) -> u64 {
        self.slices.iter().map(|slice| slice.value).sum()
    }

    /// Each slice that is there, with the parts of the half turn between which it lies.
    fn placed(&self) -> Vec<(&Slice, f64, f64)> {
        let sum = self.sum().max(1) as f64;
        let mut before = 0;
        let there = self.slices.iter().filter(|slice| slice.value > 0);
        let place = |slice: &'_ Slice| {
            let from = before as f64 / sum;
            before += slice.value;
            (from, before as f64 / sum)
        };
        let edges: Vec<(f64, f64)> = there.clone().map(place).collect();
        there.zip(edges).map(|(slice, (from, to))| (slice, from, to)).collect()
    }
}

impl Chart for Ring {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, paint: &Paint) -> Drawn<DB> {
        let pen = Pen::new(area, paint);
        let hoop = Hoop::new(pen.size());
        let placed = self.placed();
        // Two pixels of canvas part the slices.
        let gap = if placed.len() > 1 { 1.0 / (PI * hoop.outer) } else { 0.0 };
        for &(slice, from, to) in &placed {
            let (from_in, to_in) = (from + gap, (to - gap).max(from + gap + 0.001));
            let steps = ((to - from) * 64.0).ceil().max(2.0) as usize;
            let along = |radius: f64| {
                (0..=steps).map(move |n| (radius, from_in + (to_in - from_in) * n as f64 / steps as f64))
            };
            let outline: Vec<_> =
                along(hoop.outer).chain(along(hoop.inner).collect::<Vec<_>>().into_iter().rev()).collect();
            let outline: Vec<_> =
                outline.into_iter().map(|(radius, part)| hoop.point(radius, part)).collect();
            pen.shape(&outline, paint.colour(slice.token))?;
        }
        // Along the half turn, so that the names of small slices do not cover each other.
        let around = PI * (hoop.outer + LABEL);
        let middles: Vec<_> = placed.iter().map(|(_, from, to)| (from + to) / 2.0 * around).collect();
        for ((slice, ..), along) in placed.iter().zip(apart(&middles, 16.0, 0.0, around)) {
            let words = format!("{}{}", slice.letter, slice.value);
            let place = hoop.point(hoop.outer + LABEL, along / around);
            pen.words(&words, place, At::Middle, paint.colour("text-strong"))?;
        }
        let (x, y) = hoop.centre;
        pen.rule(x - hoop.outer - 18.0, x + hoop.outer + 18.0, y + 1.0, paint.colour("line-strong"))?;
        pen.words_of(15.0, &self.sum().to_string(), (x, y - 27.0), At::Middle, paint.colour("text-strong"))?;
        pen.words(&self.centre, (x, y - 11.0), At::Middle, paint.colour("text-quiet"))
    }

    fn spots(&self, size: Size) -> Vec<Spot> {
        let (hoop, sum) = (Hoop::new(size), self.sum().max(1) as f64);
        let spot = |(slice, from, to): (&Slice, f64, f64)| {
            let (x, y) = hoop.point((hoop.outer + hoop.inner) / 2.0, (from + to) / 2.0);
            Spot {
                x,
                y,
                words: format!("{} {}, {}", slice.value, slice.name, percent(slice.value as f64 / sum)),
            }
        };
        self.placed().into_iter().map(spot).collect()
    }

    fn twin(&self) -> Twin {
        let row = |slice: &Slice| vec![slice.name.clone(), slice.value.to_string()];
        Twin { head: vec!["Kind".into(), "Count".into()], rows: self.slices.iter().map(row).collect() }
    }

    fn reads_by_x(&self) -> bool {
        false
    }
}
