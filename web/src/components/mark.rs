//! Marks beside words: a status (colour, shape and word), a boxed letter, how a figure is known.

use yew::prelude::*;

use super::{Icon, icon};

/// A status to show.
#[derive(Properties, PartialEq)]
pub struct StatusProps {
    /// Its shape.
    pub shape: Icon,
    /// Its word, in lower case; the look writes it with a capital.
    pub word: AttrValue,
    /// Its colour: a class such as `is-running`.
    pub class: AttrValue,
    /// In a tight row: the shape alone, the word for screen readers.
    #[prop_or_default]
    pub short: bool,
    /// `data-testid` on the element that holds the word.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
}

/// Colour, shape and word; short, the word moves into the accessible name, never the shape.
#[component]
pub fn Status(props: &StatusProps) -> Html {
    let (outer, inner) = if props.short { ("mark", "sr") } else { ("status", "word") };
    let title = props.short.then(|| props.word.clone());
    html! {
        <span class={classes!(outer, props.class.clone())} {title}>
            { icon(props.shape) }
            <span class={inner} data-testid={props.test_id.clone()}>{ &props.word }</span>
        </span>
    }
}

/// A kind told by a letter.
#[derive(Properties, PartialEq)]
pub struct LetterProps {
    /// The letter in the box.
    pub letter: char,
    /// The word it stands for.
    pub word: AttrValue,
    /// Its hue: a class such as `is-builder`.
    pub class: AttrValue,
    /// In a tight row: the letter alone, the word on hover and for screen readers.
    #[prop_or_default]
    pub short: bool,
}

/// A boxed letter and its word.
#[component]
pub fn Letter(props: &LetterProps) -> Html {
    let title = props.short.then(|| props.word.clone());
    html! {
        <span class={classes!("role", props.class.clone())} {title}>
            <b aria-hidden="true">{ props.letter }</b>
            <span class={props.short.then_some("sr")}>{ &props.word }</span>
        </span>
    }
}

/// How a figure is known.
#[derive(Properties, PartialEq)]
pub struct BasisProps {
    /// `reported`, `computed`, `lower_bound` or `unknown`: the mark drawn before the words.
    pub kind: AttrValue,
    /// The words, such as `$9.21 computed`.
    pub children: Html,
}

/// Full square, half, underline or dotted, before the words.
#[component]
pub fn Basis(props: &BasisProps) -> Html {
    html! { <span class={classes!("basis", props.kind.clone())}>{ props.children.clone() }</span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_status_is_colour_shape_and_word_also_in_a_tight_row() {
        let long = drawn(
            html! { <Status shape={Icon::Running} word="running" class="is-running" test_id="agent-status" /> },
        );
        holds(
            &long,
            &["status is-running", "#i-s-running", "data-testid=\"agent-status\" class=\"word\">running<"],
        );
        let short =
            drawn(html! { <Status shape={Icon::Running} word="running" class="is-running" short=true /> });
        holds(&short, &["mark is-running", "#i-s-running", "class=\"sr\">running<"]);
    }
}
