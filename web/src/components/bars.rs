//! Named bars, longest first as given: shares of a whole with their figures.

use yew::prelude::*;

/// One bar.
#[derive(Clone, PartialEq)]
pub struct Bar {
    /// The name before it.
    pub name: Html,
    /// Its length, from 0 to 1 of the longest.
    pub part: f64,
    /// The figure behind it.
    pub value: Html,
    /// Its colour: `f1`…`f6` (series) or `is-running fill-c` (status) or `is-builder fill-rc` (role).
    pub class: Classes,
}

/// What to show.
#[derive(Properties, PartialEq)]
pub struct BarsProps {
    /// The bars, in order.
    pub bars: Vec<Bar>,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A description list: names, bars, figures. The bar itself is decoration; the figure is the text.
#[component]
pub fn Bars(props: &BarsProps) -> Html {
    let rows = props.bars.iter().map(|bar| {
        let width = format!("{:.2}%", bar.part.clamp(0.0, 1.0) * 100.0);
        html! {
            <>
                <dt>{ bar.name.clone() }</dt>
                <dd><svg aria-hidden="true"><rect class={bar.class.clone()} y="1" height="5" {width} /></svg></dd>
                <dd class="v">{ bar.value.clone() }</dd>
            </>
        }
    });
    html! { <dl class={classes!("bars", props.class.clone())}>{ for rows }</dl> }
}
