//! A ruled gauge: ticks at a half and at four fifths, where it begins to speak.

use yew::prelude::*;

use crate::format::percent;

/// What a gauge shows.
#[derive(Properties, PartialEq)]
pub struct GaugeProps {
    /// The part filled, from 0 to 1; `None` when nothing is known yet.
    pub part: Option<f64>,
    /// What is measured, such as `context`.
    pub of: AttrValue,
    /// Its width in pixels.
    #[prop_or(64.0)]
    pub width: f64,
    /// From where on it warns.
    #[prop_or(0.8)]
    pub warn: f64,
    /// More on hover, such as `182k of 200k tokens`.
    #[prop_or_default]
    pub title: Option<AttrValue>,
}

/// A ruled bar and its figure; a dash where nothing is known.
#[component]
pub fn Gauge(props: &GaugeProps) -> Html {
    let Some(part) = props.part else {
        return html! { <span class="quiet" title="no request yet">{ crate::format::DASH }</span> };
    };
    let (width, end) = (props.width, props.width - 0.5);
    let shown = percent(part);
    let ticks =
        format!("M0.5 2v8M{:.1} 7v3M{:.1} 4v6M{end} 2v8M0.5 9.5H{end}", width / 2.0, width * props.warn);
    let fill = ((width - 2.0) * part.clamp(0.0, 1.0)).max(0.0);
    html! {
        <span class={classes!("gauge", if part >= props.warn { "is-warn" } else { "is-ok" })} title={props.title.clone()}>
            <svg width={width.to_string()} height="12" viewBox={format!("0 0 {width} 12")}
                role="img" aria-label={format!("{} {}", props.of, shown.replace('%', " percent"))}>
                <path class="tick" d={ticks} />
                <rect class="fill" x="1" y="4.5" width={format!("{fill:.1}")} height="4" />
            </svg>
            <span class="num" aria-hidden="true">{ shown }</span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_gauge_warns_from_four_fifths_on() {
        let calm = drawn(html! { <Gauge part={0.79} of="context" /> });
        holds(&calm, &["gauge is-ok", "aria-label=\"context 79 percent\"", ">79%<"]);
        let loud = drawn(html! { <Gauge part={0.8} of="context" /> });
        holds(&loud, &["gauge is-warn"]);
    }

    #[test]
    fn an_unknown_part_is_a_dash_not_zero() {
        let html = drawn(html! { <Gauge part={None::<f64>} of="context" /> });
        holds(&html, &["no request yet", "–"]);
        assert!(!html.contains('%'));
    }
}
