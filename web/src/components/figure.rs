//! A figure of the page: the number large, its name small below.

use yew::prelude::*;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct FigureProps {
    /// The number: text, a `Ticker`, an `Elapsed`.
    pub children: Html,
    /// What it counts.
    pub name: Html,
    /// The exact value, on hover.
    #[prop_or_default]
    pub exact: Option<AttrValue>,
    /// It warns.
    #[prop_or_default]
    pub warns: bool,
}

/// A number and its name.
#[component]
pub fn Figure(props: &FigureProps) -> Html {
    html! {
        <div class="figure">
            <span class={classes!("value", props.warns.then_some("warnv"))} title={props.exact.clone()}>
                { props.children.clone() }
            </span>
            <span class="name">{ props.name.clone() }</span>
        </div>
    }
}
