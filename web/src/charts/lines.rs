//! Lines over time: the first with its area, each named where it ends.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::DrawingBackend;

use super::axis::{Unit, moments, ticks};
use super::pen::{At, Pen, apart, width_of};
use super::{Chart, Drawn, Paint, Size, Spot, Twin};
use crate::calendar;
use crate::order::by_key;

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// The token of its colour, such as `series-1`.
    pub token: &'static str,
    /// Its points: moments (µs) in order, and values.
    pub points: Vec<(i64, f64)>,
}

impl Line {
    /// A line.
    pub fn new(name: impl Into<String>, token: &'static str, points: Vec<(i64, f64)>) -> Self {
        Self { name: name.into(), token, points }
    }
}

/// Lines over one span of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// The lines; the first is the one the chart is about.
    pub lines: Vec<Line>,
    /// Where the span begins, µs.
    pub from_us: i64,
    /// Where it ends.
    pub to_us: i64,
    /// What the values count.
    pub unit: Unit,
}

/// The inner box of a chart with axes, and how values and moments fall on it.
pub(super) struct Frame {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub most: f64,
}

/// The height of a row of names.
const ROW: f64 = 14.0;

/// Where names stand that are laid from the right, row beneath row: each one's row, and how far its end is from the
/// right.
fn spread<'name>(names: impl Iterator<Item = &'name str>, room: f64) -> Vec<(usize, f64)> {
    let (mut row, mut taken) = (0, 0.0);
    let place = |name: &str| {
        let width = width_of(name);
        if taken > 0.0 && taken + width > room {
            (row, taken) = (row + 1, 0.0);
        }
        let from_right = taken;
        taken += width + ROW;
        (row, from_right)
    };
    names.map(place).collect()
}

impl Frame {
    /// The frame of a size: room at the left for the values, at the right for `names`, at the foot for the time.
    pub fn new(size: Size, most: f64, unit: Unit, names: &[String]) -> Self {
        let values = ticks(most, 4).into_iter().map(|value| width_of(&unit.tick(value))).fold(0.0, f64::max);
        let named = names.iter().map(|name| width_of(name)).fold(0.0, f64::max);
        let beside = named > 0.0 && size.width > 420.0;
        let right = if beside { (named + 10.0).min(size.width / 3.0) } else { 0.0 };
        Self {
            left: values + 8.0,
            right: size.width - right - 1.0,
            // Without room beside the plot its names stand in rows above.
            top: if named > 0.0 && !beside {
                let rows = spread(names.iter().map(String::as_str), size.width - values - 9.0);
                14.0 + ROW * rows.last().map_or(1.0, |(row, _)| *row as f64 + 1.0)
            } else {
                8.0
            },
            bottom: size.height - 20.0,
            most,
        }
    }

    /// The height of a value.
    pub fn y(&self, value: f64) -> f64 {
        let part = if self.most > 0.0 { (value / self.most).clamp(0.0, 1.0) } else { 0.0 };
        self.bottom - part * (self.bottom - self.top)
    }

    /// The place of a moment between two.
    pub fn x(&self, at_us: i64, from_us: i64, to_us: i64) -> f64 {
        let span = (to_us - from_us).max(1) as f64;
        self.left + ((at_us - from_us) as f64 / span).clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// Few lines with their values, and the base.
    pub fn rules<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, unit: Unit) -> Drawn<DB> {
        let (grid, quiet) = (pen.paint.colour("grid"), pen.paint.colour("text-quiet"));
        for value in ticks(self.most, 4) {
            let y = self.y(value);
            pen.rule(self.left, self.right, y, grid)?;
            pen.words(&unit.tick(value), (0.0, y), At::Start, quiet)?;
        }
        pen.rule(self.left, self.right, self.bottom, pen.paint.colour("line-strong"))
    }

    fn names_above<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        names: &[(String, f64, &'static str)],
    ) -> Drawn<DB> {
        let places = spread(names.iter().map(|(name, ..)| name.as_str()), self.right - self.left);
        for ((name, _, token), (row, from_right)) in names.iter().zip(places) {
            let place = (self.right - from_right, 8.0 + row as f64 * ROW);
            pen.words(name, place, At::End, pen.paint.colour(token))?;
        }
        Ok(())
    }

    /// Names at the right, each at its height, moved apart; in rows above where there is no room.
    pub fn names<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        names: &[(String, f64, &'static str)],
    ) -> Drawn<DB> {
        if pen.size().width - self.right < 12.0 {
            return self.names_above(pen, names);
        }
        let wanted: Vec<f64> = names.iter().map(|(_, y, _)| *y).collect();
        for ((name, _, token), y) in names.iter().zip(apart(&wanted, 14.0, self.top, self.bottom)) {
            pen.words(name, (self.right + 8.0, y), At::Start, pen.paint.colour(token))?;
        }
        Ok(())
    }
}

impl Lines {
    fn most(&self) -> f64 {
        self.lines.iter().flat_map(|line| &line.points).map(|point| point.1).fold(0.0, f64::max) * 1.06
    }

    fn frame(&self, size: Size) -> Frame {
        let names: Vec<String> = self.ends().map(|(line, value)| self.name(line, value)).collect();
        Frame::new(size, self.most(), self.unit, &names)
    }

    fn ends(&self) -> impl Iterator<Item = (&Line, f64)> {
        self.lines.iter().filter_map(|line| line.points.last().map(|last| (line, last.1)))
    }

    fn name(&self, line: &Line, value: f64) -> String {
        format!("{} {}", self.unit.words(value), line.name)
    }
}

impl Chart for Lines {
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, paint: &Paint) -> Drawn<DB> {
        let pen = Pen::new(area, paint);
        let frame = self.frame(pen.size());
        frame.rules(&pen, self.unit)?;
        let most = ((frame.right - frame.left) / 66.0) as usize;
        for (at, label) in moments(self.from_us, self.to_us, most) {
            pen.words(
                &label,
                (frame.x(at, self.from_us, self.to_us), frame.bottom + 12.0),
                At::Middle,
                paint.colour("text-quiet"),
            )?;
        }
        for (place, line) in self.lines.iter().enumerate().rev() {
            let points: Vec<_> = line
                .points
                .iter()
                .map(|&(at, value)| (frame.x(at, self.from_us, self.to_us), frame.y(value)))
                .collect();
            let (Some(&first), Some(&last)) = (points.first(), points.last()) else { continue };
            let colour = paint.colour(line.token);
            if place == 0 {
                let mut under = points.clone();
                under.extend([(last.0, frame.bottom), (first.0, frame.bottom)]);
                pen.shape(&under, colour.thin(0.14))?;
            }
            pen.line(&points, colour, 1.6)?;
        }
        let names: Vec<_> =
            self.ends().map(|(line, value)| (self.name(line, value), frame.y(value), line.token)).collect();
        frame.names(&pen, &names)
    }

    fn spots(&self, size: Size) -> Vec<Spot> {
        let frame = self.frame(size);
        let Some(main) = self.lines.first() else { return Vec::new() };
        let spot = |&(at, value): &(i64, f64)| {
            let others = self.lines.iter().skip(1).filter_map(|line| {
                let (_, value) = line.points.iter().rev().find(|point| point.0 <= at)?;
                Some(format!(", {} {}", self.unit.words(*value), line.name))
            });
            let words = format!(
                "{}, {} {}{}",
                calendar::short(at, self.to_us),
                self.unit.words(value),
                main.name,
                others.collect::<String>()
            );
            Spot { x: frame.x(at, self.from_us, self.to_us), y: frame.y(value), words }
        };
        main.points.iter().map(spot).collect()
    }

    fn twin(&self) -> Twin {
        let mut head = vec!["Time".to_owned()];
        head.extend(self.lines.iter().map(|line| line.name.clone()));
        let mut times: Vec<i64> =
            self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0)).collect();
        by_key(&mut times, |&at| at);
        times.dedup();
        let row = |at: i64| {
            let value = |line: &Line| {
                line.points
                    .iter()
                    .find(|point| point.0 == at)
                    .map_or_else(String::new, |point| self.unit.words(point.1))
            };
            std::iter::once(calendar::full(at)).chain(self.lines.iter().map(value)).collect()
        };
        Twin { head, rows: times.into_iter().map(row).collect() }
    }
}
