//! Columns over time: equal spans, their parts stacked, the parts named beside the last column.

use std::collections::BTreeMap;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::axis::{Unit, moments};
use super::lines::Frame;
use super::pen::{At, Pen};
use super::{Chart, Drawn, Paint, Size, Spot, Twin};
use crate::calendar;

const DAY: i64 = 86_400_000_000;

/// One part of every column.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// The token of its colour, such as `series-1`.
    pub token: &'static str,
    /// Its value in each column.
    pub values: Vec<f64>,
}

/// Columns over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// Where each column's span begins, µs, in order.
    pub starts_us: Vec<i64>,
    /// How long each span is, µs.
    pub step_us: i64,
    /// The parts, from the base upwards.
    pub layers: Vec<Layer>,
    /// What the values count.
    pub unit: Unit,
}

/// Groups that get a colour of their own; the rest is added up as `others`.
const LAYERS: usize = 5;
const TOKENS: [&str; LAYERS + 1] = ["series-1", "series-2", "series-3", "series-4", "series-5", "series-6"];

impl Stack {
    /// Columns of these amounts: each a group, the place of its column, and a value. The largest groups have a layer
    /// each, from the base upwards; what lies in no column is left out.
    pub fn of<'group>(
        starts_us: Vec<i64>,
        step_us: i64,
        unit: Unit,
        amounts: impl Iterator<Item = (&'group str, usize, f64)> + Clone,
    ) -> Self {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        amounts.clone().for_each(|(group, _, value)| *sums.entry(group).or_default() += value);
        let mut order: Vec<_> = sums.into_iter().collect();
        crate::order::by(&mut order, |a, b| b.1.total_cmp(&a.1));
        let named: Vec<_> = order.iter().take(LAYERS).map(|(group, _)| *group).collect();
        let names = named.iter().copied().chain((order.len() > LAYERS).then_some("others"));
        let mut layers: Vec<_> = names
            .zip(TOKENS)
            .map(|(name, token)| Layer { name: name.to_owned(), token, values: vec![0.0; starts_us.len()] })
            .collect();
        for (group, column, amount) in amounts {
            let layer = named.iter().position(|name| *name == group).unwrap_or(LAYERS);
            if let Some(value) = layers.get_mut(layer).and_then(|layer| layer.values.get_mut(column)) {
                *value += amount;
            }
        }
        Self { starts_us, step_us, layers, unit }
    }

    fn value(&self, layer: usize, column: usize) -> f64 {
        self.layers.get(layer).and_then(|layer| layer.values.get(column)).copied().unwrap_or(0.0).max(0.0)
    }

    fn sum(&self, column: usize) -> f64 {
        (0..self.layers.len()).map(|layer| self.value(layer, column)).sum()
    }

    fn frame(&self, size: Size) -> Frame {
        let most = (0..self.starts_us.len()).map(|column| self.sum(column)).fold(0.0, f64::max) * 1.04;
        let names: Vec<String> = self.layers.iter().map(|layer| layer.name.clone()).collect();
        Frame::new(size, most, self.unit, &names)
    }

    /// The left and right edge of a column.
    fn edges(&self, frame: &Frame, column: usize) -> (f64, f64) {
        let slot = (frame.right - frame.left) / self.starts_us.len().max(1) as f64;
        let gap = (slot * 0.22).clamp(1.0, 8.0);
        let left = frame.left + column as f64 * slot;
        (left + gap / 2.0, left + slot - gap / 2.0)
    }

    fn label(&self, column: usize) -> String {
        let at = self.starts_us.get(column).copied().unwrap_or(0);
        if self.step_us >= DAY {
            calendar::day(at)
        } else {
            format!("{}, {}", calendar::day(at), calendar::hour(at))
        }
    }
}

impl Chart for Stack {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, paint: &Paint) -> Drawn<DB> {
        let pen = Pen::new(area, paint);
        let frame = self.frame(pen.size());
        frame.rules(&pen, self.unit)?;
        let (Some(&first), Some(&last)) = (self.starts_us.first(), self.starts_us.last()) else {
            return Ok(());
        };
        for column in 0..self.starts_us.len() {
            let (left, right) = self.edges(&frame, column);
            let mut below = 0.0;
            for (place, layer) in self.layers.iter().enumerate() {
                let value = self.value(place, column);
                if value > 0.0 {
                    // A pixel of canvas parts the layers, where they are high enough to spare it.
                    let (top, foot) = (frame.y(below + value), frame.y(below));
                    let parted = if below > 0.0 && foot - top > 3.0 { foot - 1.0 } else { foot };
                    pen.fill((left, top), (right, parted), paint.colour(layer.token))?;
                }
                below += value;
            }
        }
        let most = ((frame.right - frame.left) / 66.0) as usize;
        let end = last + self.step_us;
        let mut labelled = None;
        for (at, label) in moments(first - 1, end, most) {
            let column = self.starts_us.partition_point(|&start| start <= at).saturating_sub(1);
            // One label a column, however wide it is; a day's is its date.
            if labelled.replace(column) == Some(column) {
                continue;
            }
            let label = if self.step_us >= DAY { self.label(column) } else { label };
            let (left, right) = self.edges(&frame, column);
            pen.words(
                &label,
                ((left + right) / 2.0, frame.bottom + 12.0),
                At::Middle,
                paint.colour("text-quiet"),
            )?;
        }
        let column = self.starts_us.len() - 1;
        let mut below = 0.0;
        let mut names = Vec::new();
        for (place, layer) in self.layers.iter().enumerate() {
            let value = self.value(place, column);
            names.push((layer.name.clone(), frame.y(below + value / 2.0), layer.token));
            below += value;
        }
        frame.names(&pen, &names)
    }

    fn spots(&self, size: Size) -> Vec<Spot> {
        let frame = self.frame(size);
        let spot = |column: usize| {
            let (left, right) = self.edges(&frame, column);
            let parts =
                self.layers.iter().enumerate().filter(|_| self.layers.len() > 1).map(|(place, layer)| {
                    format!(", {} {}", self.unit.words(self.value(place, column)), layer.name)
                });
            let sum = self.sum(column);
            let words =
                format!("{}: {}{}", self.label(column), self.unit.words(sum), parts.collect::<String>());
            Spot { x: (left + right) / 2.0, y: frame.y(sum), words }
        };
        (0..self.starts_us.len()).map(spot).collect()
    }

    fn twin(&self) -> Twin {
        let mut head = vec!["From".to_owned()];
        head.extend(self.layers.iter().map(|layer| layer.name.clone()));
        let row = |column: usize| {
            let values = (0..self.layers.len()).map(|layer| self.unit.words(self.value(layer, column)));
            std::iter::once(self.label(column)).chain(values).collect()
        };
        Twin { head, rows: (0..self.starts_us.len()).map(row).collect() }
    }
}
