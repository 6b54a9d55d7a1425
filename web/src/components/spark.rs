//! A spark: the shape of the last values, without scale or words.

use yew::prelude::*;

/// What a spark shows.
#[derive(Properties, PartialEq)]
pub struct SparkProps {
    /// The values, oldest first; negative ones count as nothing.
    pub values: Vec<f64>,
    /// Its width in pixels.
    #[prop_or(52.0)]
    pub width: f64,
    /// Its height in pixels.
    #[prop_or(14.0)]
    pub height: f64,
    /// Whether it is growing now.
    #[prop_or_default]
    pub live: bool,
    /// What it shows, for screen readers; without it, it is decoration beside a figure.
    #[prop_or_default]
    pub label: Option<AttrValue>,
}

/// Bars on a line, scaled to the largest.
#[component]
pub fn Spark(props: &SparkProps) -> Html {
    let (width, height) = (props.width, props.height);
    let top = props.values.iter().copied().fold(0.0, f64::max);
    let slot = width / props.values.len().max(1) as f64;
    let bars = props.values.iter().enumerate().filter(|&(_, &value)| value > 0.0).map(|(at, &value)| {
        let tall = (value / top * (height - 2.0)).max(1.0);
        html! {
            <rect x={format!("{:.1}", at as f64 * slot)} y={format!("{:.1}", height - 1.0 - tall)}
                width={format!("{:.1}", (slot - 1.0).max(0.6))} height={format!("{tall:.1}")} />
        }
    });
    let role = if props.label.is_some() { "img" } else { "presentation" };
    html! {
        <svg class={classes!("spark", props.live.then_some("on"))} width={width.to_string()} height={height.to_string()}
            viewBox={format!("0 0 {width} {height}")} {role} aria-label={props.label.clone()}
            aria-hidden={props.label.is_none().then_some("true")}>
            { for bars }
            <path d={format!("M0 {}H{width}", height - 0.5)} />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::drawn;

    #[test]
    fn a_spark_scales_to_its_largest_value_and_leaves_out_what_is_not_there() {
        let html = drawn(html! { <Spark values={vec![1.0, 0.0, 4.0]} width={30.0} height={14.0} /> });
        assert_eq!(html.matches("<rect").count(), 2);
        assert!(html.contains("height=\"12.0\""), "{html}");
    }
}
