//! A chart in the page: drawn sharp on a canvas, read out by pointer and keyboard, told by a table.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::charts::{Chart, Drawing, Size, Spot, nearest};
use crate::dom;
use crate::hooks::{Theme, use_fonts_ready, use_theme, use_width};

/// What is drawn.
#[derive(Properties, PartialEq)]
pub struct PlotProps {
    /// The chart.
    pub chart: Drawing,
    /// Its message, for screen readers: `Cost per day for 30 days, highest $78.40 on 11 November`.
    pub label: AttrValue,
    /// Its height in CSS pixels; the width is what there is.
    #[prop_or(200.0)]
    pub height: f64,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A chart at the real width of its place.
#[component]
pub fn Plot(props: &PlotProps) -> Html {
    let (node, canvas, cursor, tip) = (use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref());
    let width = use_width(node.clone());
    let read = use_state_eq(|| None::<usize>);
    let (theme, fonts) = (use_theme(), use_fonts_ready());
    let size = Size { width: width.unwrap_or(0.0), height: props.height };
    let spots = use_memo(
        (props.chart.clone(), width.map(f64::to_bits), props.height.to_bits()),
        |(chart, width, _)| {
            if width.is_some() { chart.spots(size) } else { Vec::new() }
        },
    );
    let at = (*read).filter(|&at| at < spots.len());
    {
        let canvas = canvas.clone();
        let wanted = (
            props.chart.clone(),
            width.map(f64::to_bits),
            props.height.to_bits(),
            theme,
            fonts,
            density().to_bits(),
        );
        use_effect_with(wanted, move |(chart, width, ..)| {
            if width.is_some() {
                draw(&canvas, chart, size, theme);
            }
        });
    }
    {
        let (cursor, tip) = (cursor.clone(), tip.clone());
        let spot = at.and_then(|at| spots.get(at).cloned());
        use_effect_with((spot, width.map(f64::to_bits)), move |(spot, _)| {
            if let Some(spot) = spot {
                place(&cursor, &tip, spot, size);
            }
        });
    }
    let onpointermove = {
        let (read, spots, node, by_x) = (read.clone(), spots.clone(), node.clone(), props.chart.reads_by_x());
        Callback::from(move |event: PointerEvent| {
            if let Some(within) = node.cast::<HtmlElement>().map(|node| node.get_bounding_client_rect()) {
                let (x, y) =
                    (f64::from(event.client_x()) - within.left(), f64::from(event.client_y()) - within.top());
                read.set(nearest(&spots, x, y, by_x));
            }
        })
    };
    let forget = {
        let read = read.clone();
        move || read.set(None)
    };
    let (onpointerleave, onblur) = (forget.clone(), forget);
    let onkeydown = {
        let (read, count) = (read.clone(), spots.len());
        Callback::from(move |event: KeyboardEvent| {
            let Some(last) = count.checked_sub(1) else { return };
            let next = match (event.key().as_str(), *read) {
                ("ArrowRight", Some(at)) => (at + 1).min(last),
                ("ArrowLeft", Some(at)) => at.saturating_sub(1),
                ("ArrowRight" | "Home", _) => 0,
                ("ArrowLeft" | "End", _) => last,
                _ => return,
            };
            event.prevent_default();
            read.set(Some(next));
        })
    };
    let words = at.and_then(|at| spots.get(at)).map(|spot| spot.words.clone());
    html! {
        <div ref={node.clone()} class={classes!("plot", props.class.clone())} tabindex="0" role="group" aria-roledescription="chart"
            aria-label={&props.label} {onpointermove} onpointerleave={move |_| onpointerleave()} onblur={move |_| onblur()} {onkeydown}>
            <canvas ref={canvas} aria-hidden="true" height={props.height.to_string()}></canvas>
            <i ref={cursor} class={classes!("plot-cursor", words.is_none().then_some("off"))} aria-hidden="true"></i>
            <output ref={tip} class={classes!("plot-tip", words.is_none().then_some("off"))}>{ words.unwrap_or_default() }</output>
            <Told chart={props.chart.clone()} label={&props.label} />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ToldProps {
    chart: Drawing,
    label: AttrValue,
}

/// The chart as a table for screen readers.
#[component]
fn Told(props: &ToldProps) -> Html {
    let twin = props.chart.twin();
    let row =
        |cells: &Vec<String>| html! { <tr>{ for cells.iter().map(|cell| html! { <td>{ cell }</td> }) }</tr> };
    html! {
        <div class="sr">
            <table>
                <caption>{ &props.label }</caption>
                <thead><tr>{ for twin.head.iter().map(|title| html! { <th scope="col">{ title }</th> }) }</tr></thead>
                <tbody>{ for twin.rows.iter().map(row) }</tbody>
            </table>
        </div>
    }
}

/// Device pixels to one CSS pixel.
fn density() -> f64 {
    dom::window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// Moves the hair line and the words to a spot; the words stay inside.
fn place(cursor: &NodeRef, tip: &NodeRef, spot: &Spot, size: Size) {
    dom::style(cursor, "transform", &format!("translateX({}px)", spot.x.round()));
    let wide = tip.cast::<HtmlElement>().map_or(0.0, |tip| f64::from(tip.offset_width()));
    let left = (spot.x - wide / 2.0).clamp(0.0, (size.width - wide).max(0.0));
    dom::style(tip, "transform", &format!("translateX({}px)", left.round()));
}

#[cfg(target_arch = "wasm32")]
fn draw(canvas: &NodeRef, chart: &Drawing, size: Size, _theme: Theme) {
    use plotters::prelude::IntoDrawingArea;
    use plotters_canvas::CanvasBackend;

    use crate::charts::Paint;

    let Some(node) = canvas.cast::<web_sys::HtmlCanvasElement>() else { return };
    let scale = density();
    node.set_width((size.width * scale).round() as u32);
    node.set_height((size.height * scale).round() as u32);
    dom::style(canvas, "width", &format!("{}px", size.width));
    dom::style(canvas, "height", &format!("{}px", size.height));
    let style = dom::root().and_then(|root| dom::window()?.get_computed_style(&root).ok()?);
    let paint = Paint::new(scale, move |name| style.as_ref()?.get_property_value(name).ok());
    let Some(backend) = CanvasBackend::with_canvas_object(node) else { return };
    if let Err(failure) = chart.draw(&backend.into_drawing_area(), &paint) {
        // The table below still tells the figures; the console tells whoever looks into it.
        gloo::console::error!(format!("a chart could not be drawn: {failure}"));
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn draw(_: &NodeRef, _: &Drawing, _: Size, _: Theme) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Ring, Slice};
    use crate::testing::{drawn, holds};

    #[test]
    fn a_chart_tells_its_message_and_has_a_table() {
        let slices =
            vec![Slice { letter: "B".into(), name: "Builder".into(), value: 5, token: "role-builder" }];
        let chart = Drawing::from(Ring { slices, centre: "agents".into() });
        let html = drawn(html! { <Plot {chart} label="Agents by role: 5 builder" /> });
        holds(
            &html,
            &[
                "aria-label=\"Agents by role: 5 builder\"",
                "<caption>",
                "<td>Builder</td><td>5</td>",
                "<canvas",
            ],
        );
    }
}
