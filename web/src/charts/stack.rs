//! Columns over time: equal spans, their parts stacked, the parts named beside the last column.

use std::borrow::Cow;
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
/// The narrowest a column may be, in CSS pixels, with the gap behind it.
const NARROWEST: f64 = 2.0;

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
const TOKENS: [&str; LAYERS] = ["series-1", "series-2", "series-3", "series-4", "series-5"];
/// The token of what is added up as `others`.
const OTHERS: &str = "series-6";

/// The tokens of these groups, the largest first. Where `of` has none for a group its name chooses one, whatever else is
/// shown, and the next free one where a larger group has that.
fn tokens(groups: &[&str], of: fn(&str) -> Option<&'static str>) -> Vec<&'static str> {
    let mut free = TOKENS.map(Some);
    let chosen = groups.iter().map(|group| {
        let hash = group.bytes().fold(1_u32, |hash, letter| hash.wrapping_mul(33) ^ u32::from(letter));
        let first = hash as usize % LAYERS;
        let mut next = (0..LAYERS).map(|step| (first + step) % LAYERS);
        let own = || next.find_map(|place| free.get_mut(place).and_then(Option::take));
        of(group).or_else(own).unwrap_or(OTHERS)
    });
    chosen.collect()
}

impl Stack {
    /// Columns of these amounts: each a group, the place of its column, and a value. The largest groups have a layer
    /// each, from the base upwards; what lies in no column is left out. `token` is the colour of a group, where it has one.
    pub fn of<'group>(
        starts_us: Vec<i64>,
        step_us: i64,
        unit: Unit,
        amounts: impl Iterator<Item = (&'group str, usize, f64)> + Clone,
        token: fn(&str) -> Option<&'static str>,
    ) -> Self {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        amounts.clone().for_each(|(group, _, value)| *sums.entry(group).or_default() += value);
        let mut order: Vec<_> = sums.into_iter().collect();
        crate::order::by(&mut order, |a, b| b.1.total_cmp(&a.1));
        let named: Vec<_> = order.iter().take(LAYERS).map(|(group, _)| *group).collect();
        let names = named.iter().copied().zip(tokens(&named, token));
        let mut layers: Vec<_> = names
            .chain((order.len() > LAYERS).then_some(("others", OTHERS)))
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

    /// Its columns as far as there is room for each. Where there is none, neighbours are one column: days by weeks.
    fn fitted(&self, size: Size) -> Cow<'_, Self> {
        let frame = self.frame(size);
        let most = ((frame.right - frame.left) / NARROWEST).max(1.0) as usize;
        let each = match self.starts_us.len().div_ceil(most) {
            0 | 1 => return Cow::Borrowed(self),
            each if self.step_us == DAY => each.next_multiple_of(7),
            each => each,
        };
        let added = |layer: &Layer| Layer {
            values: layer.values.chunks(each).map(|values| values.iter().sum()).collect(),
            ..layer.clone()
        };
        Cow::Owned(Self {
            starts_us: self.starts_us.iter().step_by(each).copied().collect(),
            step_us: self.step_us * each as i64,
            layers: self.layers.iter().map(added).collect(),
            unit: self.unit,
        })
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
        if self.step_us > DAY {
            format!("{} days from {}", self.step_us / DAY, calendar::day(at))
        } else if self.step_us == DAY {
            calendar::day(at)
        } else {
            format!("{}, {}", calendar::day(at), calendar::hour(at))
        }
    }
}

impl Chart for Stack {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, paint: &Paint) -> Drawn<DB> {
        let pen = Pen::new(area, paint);
        let shown = self.fitted(pen.size());
        let frame = shown.frame(pen.size());
        frame.rules(&pen, shown.unit)?;
        let (Some(&first), Some(&last)) = (shown.starts_us.first(), shown.starts_us.last()) else {
            return Ok(());
        };
        for column in 0..shown.starts_us.len() {
            let (left, right) = shown.edges(&frame, column);
            let mut below = 0.0;
            for (place, layer) in shown.layers.iter().enumerate() {
                let value = shown.value(place, column);
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
        let end = last + shown.step_us;
        let mut labelled = None;
        for (at, label) in moments(first - 1, end, most) {
            let column = shown.starts_us.partition_point(|&start| start <= at).saturating_sub(1);
            // One label a column, however wide it is; a day's is its date.
            if labelled.replace(column) == Some(column) {
                continue;
            }
            let label = if shown.step_us >= DAY { calendar::day(shown.starts_us[column]) } else { label };
            let (left, right) = shown.edges(&frame, column);
            pen.words(
                &label,
                ((left + right) / 2.0, frame.bottom + 12.0),
                At::Middle,
                paint.colour("text-quiet"),
            )?;
        }
        let column = shown.starts_us.len() - 1;
        let mut below = 0.0;
        let mut names = Vec::new();
        for (place, layer) in shown.layers.iter().enumerate() {
            let value = shown.value(place, column);
            names.push((layer.name.clone(), frame.y(below + value / 2.0), layer.token));
            below += value;
        }
        frame.names(&pen, &names)
    }

    fn spots(&self, size: Size) -> Vec<Spot> {
        let shown = self.fitted(size);
        let frame = shown.frame(size);
        let spot = |column: usize| {
            let (left, right) = shown.edges(&frame, column);
            let parts =
                shown.layers.iter().enumerate().filter(|_| shown.layers.len() > 1).map(|(place, layer)| {
                    format!(", {} {}", shown.unit.words(shown.value(place, column)), layer.name)
                });
            let sum = shown.sum(column);
            let words =
                format!("{}: {}{}", shown.label(column), shown.unit.words(sum), parts.collect::<String>());
            Spot { x: (left + right) / 2.0, y: frame.y(sum), words }
        };
        (0..shown.starts_us.len()).map(spot).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_days_than_there_is_room_for_are_added_up_by_weeks_and_none_is_lost() {
        let mut values = vec![0.0; 533];
        (values[3], values[530]) = (4e9, 2e9);
        let layers = vec![Layer { name: "model".into(), token: "series-1", values }];
        let starts_us: Vec<_> = (0..533).map(|day| day * DAY).collect();
        let days = Stack { starts_us, step_us: DAY, layers, unit: Unit::Usd };
        for (width, columns, first) in
            [(300.0, 77, "7 days from 1 Jan: $4.00"), (1_600.0, 533, "1 Jan: $0.00")]
        {
            let size = Size { width, height: 220.0 };
            let shown = days.fitted(size);
            let frame = shown.frame(size);
            assert_eq!((shown.starts_us.len(), shown.layers[0].values.iter().sum()), (columns, 6e9));
            assert!((0..columns).map(|at| shown.edges(&frame, at)).all(|(left, right)| right - left >= 1.0));
            assert_eq!(days.spots(size)[0].words, first);
        }
    }

    #[test]
    fn a_group_has_its_colour_whatever_stands_beside_it() {
        let shown = |amounts: &[(&str, f64)], of| {
            let amounts = amounts.iter().map(|(group, value)| (*group, 0, *value));
            let stack = Stack::of(vec![0], DAY, Unit::Count, amounts, of);
            stack.layers.into_iter().map(|layer| (layer.name, layer.token)).collect::<BTreeMap<_, _>>()
        };
        let none: fn(&str) -> Option<&'static str> = |_| None;
        let alone = shown(&[("claude-opus-5-5", 1.0)], none);
        let many =
            shown(&[("claude-haiku-5-5", 9.0), ("claude-sonnet-5-5", 5.0), ("claude-opus-5-5", 1.0)], none);
        assert_eq!(alone["claude-opus-5-5"], many["claude-opus-5-5"]);
        let seven = ["a", "b", "c", "d", "e", "f", "g"].map(|name| (name, 1.0));
        let tokens: std::collections::BTreeSet<_> = shown(&seven, none).into_values().collect();
        assert_eq!(tokens.len(), LAYERS + 1, "no two of one chart are alike");
        let roles =
            shown(&[("BUILDER", 1.0), ("x", 2.0)], |name| (name == "BUILDER").then_some("role-builder"));
        assert_eq!(roles["BUILDER"], "role-builder");
    }
}
