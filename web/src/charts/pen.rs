//! A pen that counts in CSS pixels and draws in the pixels of whatever is below.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::prelude::{DrawingBackend, IntoFont};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, RGBAColor, ShapeStyle, TextStyle};

use super::{Colour, Drawn, Paint, Size};
use crate::order::by;

const FAMILY: &str = "Instrument Sans, Inter, system-ui, sans-serif";

/// Where a word stands to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// The pen.
pub struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    /// The colours.
    pub paint: &'a Paint,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    /// A pen for an area.
    pub fn new(area: &'a DrawingArea<DB, Shift>, paint: &'a Paint) -> Self {
        Self { area, paint }
    }

    /// The size of the area.
    pub fn size(&self) -> Size {
        let (width, height) = self.area.dim_in_pixel();
        Size { width: f64::from(width) / self.paint.scale, height: f64::from(height) / self.paint.scale }
    }

    /// A line through points.
    pub fn line(&self, points: &[(f64, f64)], colour: Colour, width: f64) -> Drawn<DB> {
        let style = ShapeStyle { color: colour.into(), filled: false, stroke_width: self.width(width) };
        let points: Vec<_> = points.iter().map(|&point| self.at(point)).collect();
        self.area.draw(&PathElement::new(points, style))
    }

    /// A level line, one pixel strong.
    pub fn rule(&self, from: f64, to: f64, y: f64, colour: Colour) -> Drawn<DB> {
        let (left, top) = self.at((from, y));
        let right = self.at((to, y)).0;
        let style: ShapeStyle = RGBAColor::from(colour).filled();
        self.area.draw(&Rectangle::new([(left, top), (right, top + self.width(1.0) as i32)], style))
    }

    /// A filled box between two corners.
    pub fn fill(&self, from: (f64, f64), to: (f64, f64), colour: Colour) -> Drawn<DB> {
        let style: ShapeStyle = RGBAColor::from(colour).filled();
        self.area.draw(&Rectangle::new([self.at(from), self.at(to)], style))
    }

    /// A filled shape.
    pub fn shape(&self, points: &[(f64, f64)], colour: Colour) -> Drawn<DB> {
        let points: Vec<_> = points.iter().map(|&point| self.at(point)).collect();
        self.area.draw(&Polygon::new(points, RGBAColor::from(colour)))
    }

    /// Words of 11 px, their middle line at `y`.
    pub fn words(&self, text: &str, (x, y): (f64, f64), at: At, colour: Colour) -> Drawn<DB> {
        self.words_of(11.0, text, (x, y), at, colour)
    }

    /// Words of any size.
    pub fn words_of(&self, size: f64, text: &str, point: (f64, f64), at: At, colour: Colour) -> Drawn<DB> {
        let side = match at {
            At::Start => HPos::Left,
            At::Middle => HPos::Center,
            At::End => HPos::Right,
        };
        let colour = RGBAColor::from(colour);
        let style = TextStyle::from((FAMILY, size * self.paint.scale).into_font())
            .color(&colour)
            .pos(Pos::new(side, VPos::Center));
        self.area.draw_text(text, &style, self.at(point))
    }

    fn at(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.paint.scale).round() as i32, (y * self.paint.scale).round() as i32)
    }

    fn width(&self, width: f64) -> u32 {
        (width * self.paint.scale).round().max(1.0) as u32
    }
}

/// About how wide a text of 11 px is drawn. Measuring would need a page; charts have none.
pub fn width_of(text: &str) -> f64 {
    text.chars()
        .map(|letter| match letter {
            'i' | 'l' | 'j' | 'I' | '.' | ',' | ':' | ' ' | '1' => 3.4,
            'm' | 'w' | 'M' | 'W' => 9.4,
            'A'..='Z' => 7.7,
            _ => 6.3,
        })
        .sum()
}

/// Moves labels apart so that none covers another, keeping their order; each stays within `from..=to` if there is room.
pub fn apart(wanted: &[f64], gap: f64, from: f64, to: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    by(&mut order, |&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut placed = vec![0.0; wanted.len()];
    let mut floor = from;
    for &at in &order {
        placed[at] = wanted[at].max(floor);
        floor = placed[at] + gap;
    }
    let mut ceiling = to;
    for &at in order.iter().rev() {
        placed[at] = placed[at].min(ceiling);
        ceiling = placed[at] - gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_move_apart_and_stay_inside() {
        assert_eq!(apart(&[10.0, 12.0, 80.0], 14.0, 0.0, 100.0), [10.0, 24.0, 80.0]);
        assert_eq!(apart(&[98.0, 99.0], 14.0, 0.0, 100.0), [86.0, 100.0]);
    }
}
