//! Paint: the colours of the style sheet's tokens, and how many pixels make one.

use plotters::style::RGBAColor;

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    /// Red, green, blue.
    pub rgb: (u8, u8, u8),
    /// From 0 (clear) to 1.
    pub alpha: f64,
}

impl Colour {
    /// Reads `oklch(0.80 0.095 213)`, with ` / 0.13` for alpha, as the tokens are written, or `oklch(80% .095 213/.13)`,
    /// as a minified style sheet says the same (CSS Color 4, section 9.4).
    pub fn parse(text: &str) -> Option<Self> {
        let inner = text.trim().strip_prefix("oklch(")?.strip_suffix(')')?;
        let (colour, alpha) = inner.split_once('/').unwrap_or((inner, "1"));
        let mut parts = colour.split_whitespace().map(number);
        let (light, chroma, hue) = (parts.next()??, parts.next()??, parts.next()??);
        Some(Self { rgb: srgb(light, chroma, hue.to_radians()), alpha: number(alpha.trim())? })
    }

    /// The same, thinner.
    #[must_use]
    pub fn thin(self, alpha: f64) -> Self {
        Self { alpha: self.alpha * alpha, ..self }
    }
}

/// A number, or a percentage of one.
fn number(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|percent| percent / 100.0),
        None => text.parse().ok(),
    }
}

impl From<Colour> for RGBAColor {
    fn from(colour: Colour) -> Self {
        let (red, green, blue) = colour.rgb;
        Self(red, green, blue, colour.alpha)
    }
}

/// OKLCH to sRGB, by the matrices of Björn Ottosson's definition of OKLab (2020).
fn srgb(light: f64, chroma: f64, hue: f64) -> (u8, u8, u8) {
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let cube = |x: f64| x * x * x;
    let l = cube(light + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let m = cube(light - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let s = cube(light - 0.089_484_177_5 * a - 1.291_485_548 * b);
    let encode = |x: f64| {
        let x = x.clamp(0.0, 1.0);
        let y = if x <= 0.003_130_8 { 12.92 * x } else { 1.055 * x.powf(1.0 / 2.4) - 0.055 };
        (y * 255.0).round() as u8
    };
    (
        encode(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        encode(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        encode(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s),
    )
}

type Find = Box<dyn Fn(&str) -> Option<String>>;

/// Where a chart finds its colours.
pub struct Paint {
    find: Find,
    /// How many pixels of the area make one CSS pixel.
    pub scale: f64,
}

impl Paint {
    /// Paint from whatever knows the value of a token, such as `--series-1`.
    pub fn new(scale: f64, find: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Self { find: Box::new(find), scale }
    }

    /// Paint from the text of the tokens' style sheet, for reports and snapshots.
    pub fn of_style_sheet(css: &str, theme: &str, scale: f64) -> Self {
        let rule = format!(":root[data-theme=\"{theme}\"] {{");
        let block =
            css.split_once(&rule).and_then(|(_, rest)| rest.split_once('}')).map_or("", |(block, _)| block);
        let block = block.to_owned();
        Self::new(scale, move |name| {
            let (_, rest) = block.split_once(&format!("{name}:"))?;
            rest.split_once(';').map(|(value, _)| value.trim().to_owned())
        })
    }

    /// The colour of a token, such as `series-1`; a missing one is drawn in middle grey, which reads on both themes.
    pub fn colour(&self, token: &str) -> Colour {
        let value = (self.find)(&format!("--{token}"));
        value.and_then(|value| Colour::parse(&value)).unwrap_or(Colour { rgb: (128, 128, 128), alpha: 1.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_become_the_colours_the_browser_shows() {
        for (text, expected) in [
            ("oklch(1 0 0)", ((255, 255, 255), 1.0)),
            ("oklch(0.628 0.2577 29.23)", ((255, 0, 0), 1.0)),
            ("oklch(0.8664 0.2948 142.5)", ((0, 255, 0), 1.0)),
            ("oklch(0.452 0.3132 264.05 / 0.5)", ((0, 0, 255), 0.5)),
            ("oklch(45.2% .3132 264.05/.5)", ((0, 0, 255), 0.5)),
            ("oklch(62.8% .2577 29.23/50%)", ((255, 0, 0), 0.5)),
        ] {
            let colour = Colour::parse(text).expect(text);
            let close = |a: u8, b: u8| a.abs_diff(b) <= 1;
            let ((r, g, b), alpha) = expected;
            assert!(
                close(colour.rgb.0, r) && close(colour.rgb.1, g) && close(colour.rgb.2, b),
                "{text}: {colour:?}"
            );
            assert_eq!(colour.alpha, alpha);
        }
        assert_eq!(Colour::parse("red"), None);
    }

    #[test]
    fn each_theme_has_its_own_paint() {
        let css = include_str!("../../styles/tokens.css");
        let [dark, light] =
            ["dark", "light"].map(|theme| Paint::of_style_sheet(css, theme, 1.0).colour("series-1"));
        assert_ne!(dark, light);
        assert!(dark.rgb.1 > light.rgb.1, "the night watch draws with lighter lines");
    }
}
