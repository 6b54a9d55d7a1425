//! A running figure: only the digits that change move, and only upwards, for 180 ms (never with reduced motion).

use yew::prelude::*;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct TickerProps {
    /// The figure as text, such as `$21.31`.
    pub text: AttrValue,
    /// The exact value, on hover.
    #[prop_or_default]
    pub exact: Option<AttrValue>,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
}

/// The figure, read as one by screen readers and drawn digit by digit.
#[component]
pub fn Ticker(props: &TickerProps) -> Html {
    let state = use_mut_ref(|| Digits::first(&props.text));
    state.borrow_mut().turn(&props.text);
    let digits = state.borrow();
    html! {
        <span class="ticker num" title={props.exact.clone()} data-testid={props.test_id.clone()}>
            <span class="sr">{ &props.text }</span>
            { for digits.0.iter().rev().enumerate().map(digit).collect::<Vec<_>>().into_iter().rev() }
        </span>
    }
}

fn digit((place, digit): (usize, &Digit)) -> Html {
    let class = classes!("d", (digit.turns > 0).then_some("new"));
    // A new key makes a new node, and a new node plays its entrance.
    html! { <span key={format!("{place}-{}", digit.turns)} {class} aria-hidden="true">{ digit.sign }</span> }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Digit {
    sign: char,
    turns: u32,
}

struct Digits(Vec<Digit>);

impl Digits {
    fn first(text: &str) -> Self {
        Self(text.chars().map(|sign| Digit { sign, turns: 0 }).collect())
    }

    /// Turns to another text; places are counted from the right, so `$9.99` to `$10.00` keeps its point.
    fn turn(&mut self, text: &str) {
        let old = std::mem::take(&mut self.0);
        let most = old.iter().map(|digit| digit.turns).max().unwrap_or(0);
        let mut turned: Vec<Digit> = text
            .chars()
            .rev()
            .enumerate()
            .map(|(place, sign)| match old.len().checked_sub(place + 1).and_then(|at| old.get(at)) {
                Some(same) if same.sign == sign => *same,
                _ => Digit { sign, turns: most + 1 },
            })
            .collect();
        turned.reverse();
        self.0 = turned;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn only_the_digits_that_change_are_new() {
        let mut digits = Digits::first("$9.98");
        digits.turn("$9.99");
        assert_eq!(digits.0.iter().map(|d| d.turns).collect::<Vec<_>>(), [0, 0, 0, 0, 1]);
        digits.turn("$10.01");
        assert_eq!(digits.0.iter().map(|d| d.sign).collect::<String>(), "$10.01");
        assert_eq!(digits.0[3].turns, 0, "the point stays where it is");
    }

    #[test]
    fn a_screen_reader_hears_one_figure_and_nothing_moves_at_first() {
        let html = drawn(html! { <Ticker text="$21.31" exact="$21.306775" /> });
        holds(
            &html,
            &["class=\"sr\">$21.31<", "title=\"$21.306775\"", "aria-hidden=\"true\" class=\"d\">$<"],
        );
        assert!(!html.contains("d new"));
    }
}
