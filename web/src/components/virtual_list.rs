//! A list of any length: above a hundred rows only those in view are drawn.

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::window::use_shown;
use crate::dom;

/// What a list shows.
#[derive(Properties, PartialEq)]
pub struct VirtualListProps {
    /// Its name.
    pub label: AttrValue,
    /// How many rows there are.
    pub count: usize,
    /// Draws the content of row n. A new callback means new rows.
    pub row: Callback<usize, Html>,
    /// The key of row n, by which a row keeps its node.
    pub key_of: Callback<usize, AttrValue>,
    /// The height of a row before one is measured; all rows are equally high.
    #[prop_or(30.0)]
    pub row_height: f64,
    /// Further classes of the scrolling node; its height is the style sheet's matter.
    #[prop_or_default]
    pub class: Classes,
}

/// A scrolling list.
#[component]
pub fn VirtualList(props: &VirtualListProps) -> Html {
    let view = use_node_ref();
    let (above, below) = (use_node_ref(), use_node_ref());
    let height = use_state_eq(|| props.row_height);
    let shown = use_shown(view.clone(), props.count, *height);
    {
        let (view, above, below, height) = (view.clone(), above.clone(), below.clone(), height.clone());
        use_effect_with((shown.above.to_bits(), shown.below.to_bits()), move |&(top, bottom)| {
            dom::style(&above, "height", &format!("{}px", f64::from_bits(top)));
            dom::style(&below, "height", &format!("{}px", f64::from_bits(bottom)));
            if let Some(measured) = measure(&view) {
                height.set(measured);
            }
        });
    }
    let rows = shown.rows.clone().map(|at| {
        html! {
            <li key={props.key_of.emit(at).to_string()} class="virtual-row" aria-setsize={props.count.to_string()} aria-posinset={(at + 1).to_string()}>
                { props.row.emit(at) }
            </li>
        }
    });
    html! {
        <div ref={view} class={classes!("virtual", props.class.clone())} tabindex="0" role="region" aria-label={&props.label}>
            <div ref={above} aria-hidden="true"></div>
            <ul>{ for rows }</ul>
            <div ref={below} aria-hidden="true"></div>
        </div>
    }
}

fn measure(view: &NodeRef) -> Option<f64> {
    let row: Element = view.cast::<HtmlElement>()?.query_selector(".virtual-row").ok()??;
    Some(row.get_bounding_client_rect().height()).filter(|&height| height > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::drawn;

    #[test]
    fn ten_thousand_rows_are_told_and_a_few_are_drawn() {
        let row = Callback::from(|at: usize| html! { { at } });
        let key_of = Callback::from(|at: usize| AttrValue::from(at.to_string()));
        let html = drawn(html! { <VirtualList label="Lines" count=10_000 {row} {key_of} /> });
        assert!(html.contains("aria-setsize=\"10000\" aria-posinset=\"1\""), "{html}");
        assert!(html.matches("<li").count() < 100);
    }
}
