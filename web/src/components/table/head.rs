//! The head of a table: columns, and what the rows are sorted by.

use yew::prelude::*;

use crate::components::{Icon, icon};

/// To which side a column leans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Words.
    #[default]
    Left,
    /// Figures.
    Right,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its key, as it stands in the address and the API.
    pub key: AttrValue,
    /// Its title.
    pub title: AttrValue,
    /// To which side it leans.
    pub align: Align,
    /// Whether the rows can be sorted by it.
    pub sortable: bool,
    /// Whether the title is for screen readers only.
    pub silent: bool,
    /// Classes of head and cells, such as `hide-s`.
    pub class: Classes,
}

impl Column {
    /// A column of words.
    pub fn new(key: impl Into<AttrValue>, title: impl Into<AttrValue>) -> Self {
        let class = Classes::new();
        Self {
            key: key.into(),
            title: title.into(),
            align: Align::Left,
            sortable: false,
            silent: false,
            class,
        }
    }

    /// A column of figures.
    #[must_use]
    pub fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// The rows can be sorted by it.
    #[must_use]
    pub fn sorts(mut self) -> Self {
        self.sortable = true;
        self
    }

    /// Its title is for screen readers only.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Classes of its head and cells: `hide-s` on phones, `hide-m` on small windows.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class.push(class);
        self
    }
}

/// An order of rows, written `cost` or `-cost`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column's key.
    pub key: AttrValue,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// Reads `-cost`.
    pub fn parse(text: &str) -> Self {
        match text.strip_prefix('-') {
            Some(key) => Self { key: key.to_owned().into(), descending: true },
            None => Self { key: text.to_owned().into(), descending: false },
        }
    }

    /// Writes `-cost`.
    pub fn written(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.key)
    }

    /// What pressing a column's head asks for: its own order turned round, else figures from the largest.
    fn pressed(now: Option<&Self>, column: &Column) -> Self {
        let descending = match now {
            Some(sort) if sort.key == column.key => !sort.descending,
            _ => column.align == Align::Right,
        };
        Self { key: column.key.clone(), descending }
    }
}

/// The classes of a column's cells: its side, and no more room than it needs where it has no title to show.
pub(super) fn looks(column: &Column) -> Classes {
    let side = (column.align == Align::Right).then_some("r");
    classes!(side, column.silent.then_some("slim"), column.class.clone())
}

/// The cells of the head.
pub(super) fn heads(columns: &[Column], sort: Option<&Sort>, on_sort: &Callback<Sort>) -> Vec<Html> {
    columns.iter().map(|column| head(column, sort, on_sort)).collect()
}

fn head(column: &Column, sort: Option<&Sort>, on_sort: &Callback<Sort>) -> Html {
    let by_this = sort.filter(|sort| sort.key == column.key);
    let class = looks(column);
    let order = by_this.map(|sort| if sort.descending { "descending" } else { "ascending" });
    let mark = by_this.map(|sort| icon(if sort.descending { Icon::Down } else { Icon::Up }));
    let inner = match column.sortable {
        true => {
            let (on_sort, next) = (on_sort.clone(), Sort::pressed(sort, column));
            let onclick = Callback::from(move |_| on_sort.emit(next.clone()));
            html! {
                <button type="button" class="sort" title={format!("Sort by {}", column.title)} {onclick}>{ &column.title }{ mark }</button>
            }
        }
        false => html! { <span class={column.silent.then_some("sr")}>{ &column.title }</span> },
    };
    html! { <th scope="col" {class} aria-sort={order}>{ inner }</th> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressing_a_head_sorts_figures_from_the_largest_and_turns_round_the_next_time() {
        let (cost, name) = (Column::new("cost", "Cost").right(), Column::new("name", "Name"));
        let first = Sort::pressed(None, &cost);
        assert_eq!(first.written(), "-cost");
        assert_eq!(Sort::pressed(Some(&first), &cost).written(), "cost");
        assert_eq!(Sort::pressed(Some(&first), &name).written(), "name");
        assert_eq!(Sort::parse("-cost"), first);
    }
}
