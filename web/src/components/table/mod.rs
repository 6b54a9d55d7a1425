//! Tables: sortable heads, rows by keyboard (J K, arrows, Enter, X), a window on more than a hundred rows.

mod head;
mod reach;

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

pub use head::{Align, Column, Sort};
use head::{heads, looks};
use reach::{Step, use_reach};

use super::window::use_shown;
use crate::dom;
use crate::hooks::use_shortcut;

/// One row, drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// Its cells, one for each column.
    pub cells: Vec<Html>,
    /// Its classes, such as `selected` for a ticked row.
    pub class: Classes,
}

/// What a table shows.
#[derive(Properties, PartialEq)]
pub struct TableProps {
    /// Its name.
    pub label: AttrValue,
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// How many rows there are.
    pub count: usize,
    /// Draws row n. A new callback means new rows.
    pub row: Callback<usize, Cells>,
    /// The key of row n, by which a row keeps its node.
    pub key_of: Callback<usize, AttrValue>,
    /// What it is sorted by.
    #[prop_or_default]
    pub sort: Option<Sort>,
    /// Called with the order asked for.
    #[prop_or_default]
    pub on_sort: Callback<Sort>,
    /// The key of the row that is open beside the table.
    #[prop_or_default]
    pub open: Option<AttrValue>,
    /// Called with the row pressed or entered.
    #[prop_or_default]
    pub on_open: Option<Callback<usize>>,
    /// Called with the row to tick or untick by X.
    #[prop_or_default]
    pub on_tick: Option<Callback<usize>>,
    /// Called when the last row comes into view: fetch the next page.
    #[prop_or_default]
    pub on_end: Callback<()>,
    /// J and K work from anywhere on the page: for the one table a page is about.
    #[prop_or_default]
    pub main: bool,
    /// It scrolls by itself in what its page leaves it of the window, its head staying; needed beyond a hundred rows.
    #[prop_or_default]
    pub tall: bool,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
}

/// A table of any length.
#[component]
pub fn Table(props: &TableProps) -> Html {
    let view = use_node_ref();
    let (above, below) = (use_node_ref(), use_node_ref());
    let height = use_state_eq(|| 30.0);
    let shown = use_shown(view.clone(), props.count, *height);
    let reach = use_reach(view.clone(), props.count, *height);
    let letters = |key: &'static str| if props.main { key } else { "" };
    use_shortcut(letters("j"), "Next row", reach.step(Step::Down));
    use_shortcut(letters("k"), "Row before", reach.step(Step::Up));
    {
        let (view, above, below, height) = (view.clone(), above.clone(), below.clone(), height.clone());
        use_effect_with(
            (shown.above.to_bits(), shown.below.to_bits(), props.count),
            move |&(top, bottom, _)| {
                dom::style(&above, "height", &format!("{}px", f64::from_bits(top)));
                dom::style(&below, "height", &format!("{}px", f64::from_bits(bottom)));
                if let Some(measured) = reach::measure(&view) {
                    height.set(measured);
                }
            },
        );
    }
    {
        let on_end = props.on_end.clone();
        use_effect_with((shown.rows.end >= props.count, props.count), move |&(at_end, count)| {
            if at_end && count > 0 {
                on_end.emit(());
            }
        });
    }
    let onkeydown = {
        let (reach, on_open, on_tick) = (reach.clone(), props.on_open.clone(), props.on_tick.clone());
        Callback::from(move |event: KeyboardEvent| {
            let within =
                event.target().and_then(|t| t.dyn_into::<Element>().ok()).is_some_and(|e| operates(&e));
            let at = reach.at();
            match (event.key().as_str(), at, &on_open, &on_tick) {
                _ if within || event.ctrl_key() || event.meta_key() || event.alt_key() => return,
                ("Enter", Some(at), Some(open), _) => open.emit(at),
                ("x", Some(at), _, Some(tick)) => tick.emit(at),
                (key, ..) => match Step::of(key) {
                    Some(step) => reach.step(step).emit(()),
                    None => return,
                },
            }
            event.prevent_default();
        })
    };
    let rows = shown.rows.clone().map(|at| row(props, at));
    let tall = props.tall.then_some("tall");
    html! {
        <div ref={view} class={classes!("table-wrap", tall, props.class.clone())} tabindex="0" role="region" aria-label={&props.label} {onkeydown}>
            <table aria-rowcount={(props.count + 1).to_string()} data-testid={props.test_id.clone()}>
                <thead><tr>{ for heads(&props.columns, props.sort.as_ref(), &props.on_sort) }</tr></thead>
                if shown.above > 0.0 { { spacer(above, props.columns.len()) } }
                <tbody>{ for rows }</tbody>
                if shown.below > 0.0 { { spacer(below, props.columns.len()) } }
            </table>
        </div>
    }
}

fn row(props: &TableProps, at: usize) -> Html {
    let key = props.key_of.emit(at);
    let drawn = props.row.emit(at);
    let open = props.open.as_ref() == Some(&key);
    let onclick = props.on_open.clone().map(|on_open| {
        Callback::from(move |event: MouseEvent| {
            let within =
                event.target().and_then(|t| t.dyn_into::<Element>().ok()).is_some_and(|e| operates(&e));
            if !within {
                on_open.emit(at);
            }
        })
    });
    let cells = props.columns.iter().zip(drawn.cells).map(|(column, cell)| {
        html! { <td class={looks(column)}>{ cell }</td> }
    });
    html! {
        <tr key={key.to_string()} class={classes!(drawn.class, open.then_some("selected"), onclick.is_some().then_some("opens"))}
            data-at={at.to_string()} tabindex="-1" aria-rowindex={(at + 2).to_string()} aria-current={open.then_some("true")} {onclick}>
            { for cells }
        </tr>
    }
}

/// A press inside a link, button or field belongs to that.
fn operates(element: &Element) -> bool {
    element.closest("a, button, input, select, textarea, label").ok().flatten().is_some()
}

fn spacer(node: NodeRef, columns: usize) -> Html {
    html! { <tbody aria-hidden="true" class="spacer"><tr ref={node}><td colspan={columns.to_string()}></td></tr></tbody> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    fn table(count: usize, sort: Option<Sort>, open: Option<AttrValue>) -> String {
        let columns = vec![
            Column::new("status", "Status").sorts(),
            Column::new("cost", "Cost").right().sorts(),
            Column::new("tick", "Select").silent(),
        ];
        let row = Callback::from(|at: usize| Cells {
            cells: vec![html! { "running" }, html! { {at} }, html! {}],
            class: Classes::new(),
        });
        let key_of = Callback::from(|at: usize| AttrValue::from(format!("a{at}")));
        drawn(
            html! { <Table label="Agents" {columns} {count} {row} {key_of} {sort} {open} on_open={Callback::noop()} /> },
        )
    }

    #[test]
    fn the_sorted_column_says_its_direction_and_the_others_offer_themselves() {
        let html = table(2, Some(Sort::parse("-cost")), None);
        holds(
            &html,
            &["aria-sort=\"descending\"", "title=\"Sort by Status\"", "<span class=\"sr\">Select</span>"],
        );
        assert_eq!(html.matches("aria-sort").count(), 1);
    }

    #[test]
    fn the_open_row_is_marked_and_every_row_can_take_the_keyboard() {
        let html = table(2, None, Some("a1".into()));
        holds(
            &html,
            &[
                "aria-rowcount=\"3\"",
                "data-at=\"1\" tabindex=\"-1\" aria-rowindex=\"3\" aria-current=\"true\" class=\"selected opens\"",
            ],
        );
    }

    #[test]
    fn a_thousand_rows_are_told_and_a_few_are_drawn() {
        let html = table(1_000, None, None);
        holds(&html, &["aria-rowcount=\"1001\"", "class=\"spacer\""]);
        assert!(html.matches("data-at").count() < 100);
    }
}
