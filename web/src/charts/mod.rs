//! Charts: series in, picture out, on any plotters backend. No DOM, no fetching, no page.

mod axis;
mod lines;
mod paint;
mod pen;
mod ring;
mod share;
mod stack;

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::prelude::DrawingBackend;

pub use axis::{Unit, moments};
pub use lines::{Line, Lines};
pub use paint::{Colour, Paint};
pub use pen::width_of;
pub use ring::{Ring, Slice};
pub use share::{Part, Share};
pub use stack::{Layer, Stack};

/// What drawing on a backend returns.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A size in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// A place of the picture that can be read out, in CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// What stands there: `14:32, $3.36 reported`.
    pub words: String,
}

/// The picture as a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Twin {
    /// The titles of the columns.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
}

/// A kind of chart.
pub trait Chart {
    /// Draws itself over the whole area, whose pixels are `paint.scale` to one CSS pixel.
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, paint: &Paint) -> Drawn<DB>;

    /// What can be read out, from left to right, when drawn at this size.
    fn spots(&self, size: Size) -> Vec<Spot>;

    /// The same figures as text.
    fn twin(&self) -> Twin;

    /// Whether the nearest spot is the one above or below the pointer, whatever its height.
    fn reads_by_x(&self) -> bool {
        true
    }
}

macro_rules! charts {
    ($($(#[doc = $doc:literal])* $name:ident,)+) => {
        /// Any chart.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Drawing { $($(#[doc = $doc])* $name($name),)+ }

        /// The name of each kind of chart.
        pub const CHARTS: &[&str] = &[$(stringify!($name),)+];

        $(impl From<$name> for Drawing {
            fn from(chart: $name) -> Self { Self::$name(chart) }
        })+

        impl Chart for Drawing {
            fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, paint: &Paint) -> Drawn<DB> {
                match self { $(Self::$name(chart) => chart.draw(area, paint),)+ }
            }

            fn spots(&self, size: Size) -> Vec<Spot> {
                match self { $(Self::$name(chart) => chart.spots(size),)+ }
            }

            fn twin(&self) -> Twin {
                match self { $(Self::$name(chart) => chart.twin(),)+ }
            }

            fn reads_by_x(&self) -> bool {
                match self { $(Self::$name(chart) => chart.reads_by_x(),)+ }
            }
        }
    };
}

charts! {
    /// Lines over time, one of them with its area.
    Lines,
    /// Columns over time, their parts stacked.
    Stack,
    /// One bar parted into shares.
    Share,
    /// A half ring of slices.
    Ring,
}

/// The spot nearest to a pointer.
pub fn nearest(spots: &[Spot], x: f64, y: f64, by_x: bool) -> Option<usize> {
    let distance = |spot: &Spot| {
        let (dx, dy) = (spot.x - x, if by_x { 0.0 } else { spot.y - y });
        dx * dx + dy * dy
    };
    (0..spots.len()).min_by(|&a, &b| distance(&spots[a]).total_cmp(&distance(&spots[b])))
}

#[cfg(test)]
mod tests {
    use plotters::prelude::{IntoDrawingArea, SVGBackend};

    use super::*;

    const HOUR: i64 = 3_600_000_000;
    const DAY: i64 = 24 * HOUR;
    const NOON: i64 = 1_795_348_800_000_000;

    fn samples() -> Vec<Drawing> {
        let rising = (0..12).map(|n| (NOON + n * HOUR / 2, n as f64 * 1.5e9)).collect();
        let flat = (0..12).map(|n| (NOON + n * HOUR / 2, 4.0e9)).collect();
        let lines = vec![Line::new("cost", "series-1", rising), Line::new("usual", "series-6", flat)];
        let layer = |name: &str, token, scale: f64| Layer {
            name: name.into(),
            token,
            values: (0..14).map(|n| scale * f64::from(n % 5 + 1)).collect(),
        };
        let days = (0..14).map(|n| NOON - (13 - n) * DAY).collect();
        let layers = vec![layer("reported", "series-1", 2.0e9), layer("computed", "series-2", 1.0e9)];
        let part = |name: &str, value, token| Part { name: name.into(), value, token };
        let parts = vec![
            part("model", 588.0, "series-1"),
            part("tools", 362.0, "series-5"),
            part("queue", 82.0, "series-6"),
        ];
        let slice = |letter: &str, name: &str, value, token| Slice {
            letter: letter.into(),
            name: name.into(),
            value,
            token,
        };
        let slices = vec![slice("B", "Builder", 5, "role-builder"), slice("A", "Analyst", 3, "role-analyst")];
        vec![
            Lines { lines, from_us: NOON, to_us: NOON + 6 * HOUR, unit: Unit::Usd }.into(),
            Stack { starts_us: days, step_us: DAY, layers, unit: Unit::Usd }.into(),
            Share { parts, unit: Unit::Seconds }.into(),
            Ring { slices, centre: "agents today".into() }.into(),
        ]
    }

    fn svg(chart: &Drawing, theme: &str) -> String {
        let paint = Paint::of_style_sheet(include_str!("../../styles/tokens.css"), theme, 2.0);
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (1_200, 400)).into_drawing_area();
            chart.draw(&area, &paint).expect("draws");
            area.present().expect("presents");
        }
        svg
    }

    #[test]
    fn there_is_a_sample_of_each_chart() {
        assert_eq!(samples().len(), CHARTS.len());
    }

    #[test]
    fn every_chart_draws_in_both_themes_with_the_colours_of_each() {
        for chart in samples() {
            let (dark, light) = (svg(&chart, "dark"), svg(&chart, "light"));
            assert!(dark.matches("<text").count() >= 2, "a chart without words: {dark}");
            assert_ne!(dark, light, "both themes look the same");
            assert!(!dark.contains("NaN") && !dark.contains("inf"), "{dark}");
        }
    }

    #[test]
    fn every_chart_can_be_read_out_and_has_a_table() {
        let size = Size { width: 600.0, height: 200.0 };
        for chart in samples() {
            let (spots, twin) = (chart.spots(size), chart.twin());
            assert!(!spots.is_empty() && !twin.rows.is_empty(), "{chart:?}");
            for spot in &spots {
                assert!((0.0..=600.0).contains(&spot.x) && (0.0..=200.0).contains(&spot.y), "{spot:?}");
            }
            assert!(twin.rows.iter().all(|row| row.len() == twin.head.len()), "{twin:?}");
        }
    }

    #[test]
    fn empty_and_single_data_draw_too() {
        let one = vec![Line::new("cost", "series-1", vec![(NOON, 0.0)])];
        let charts: Vec<Drawing> = vec![
            Lines { lines: Vec::new(), from_us: NOON, to_us: NOON, unit: Unit::Count }.into(),
            Lines { lines: one, from_us: NOON, to_us: NOON, unit: Unit::Count }.into(),
            Stack { starts_us: Vec::new(), step_us: DAY, layers: Vec::new(), unit: Unit::Count }.into(),
            Share { parts: Vec::new(), unit: Unit::Count }.into(),
            Ring { slices: Vec::new(), centre: "agents".into() }.into(),
        ];
        for chart in charts {
            let drawn = svg(&chart, "dark");
            assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
        }
    }

    #[test]
    fn the_pointer_finds_the_nearest_spot() {
        let spot = |x, y| Spot { x, y, words: String::new() };
        let spots = [spot(0.0, 90.0), spot(50.0, 0.0), spot(100.0, 50.0)];
        assert_eq!(nearest(&spots, 60.0, 90.0, true), Some(1));
        assert_eq!(nearest(&spots, 30.0, 90.0, false), Some(0));
        assert_eq!(nearest(&[], 0.0, 0.0, true), None);
    }
}
