//! Moments and spans: short where one glances, the full moment with its zone on hover, ISO for machines.

use yew::prelude::*;

use crate::hooks::use_now_text;
use crate::{calendar, dom, format};

/// A moment to show.
#[derive(Properties, PartialEq)]
pub struct TimeProps {
    /// The moment, in µs since 1970 (UTC).
    pub at_us: i64,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// How long ago a moment was, kept true: `3 min ago`.
#[component]
pub fn TimeAgo(props: &TimeProps) -> Html {
    let text = use_now_text(props.at_us, |&at_us, now_us| format::ago(at_us, now_us).into());
    moment(props, text)
}

/// A moment as a time of today, or as a day: `14:32`, `21 Nov`.
#[component]
pub fn TimeAt(props: &TimeProps) -> Html {
    moment(props, calendar::short(props.at_us, dom::now_us()).into())
}

fn moment(props: &TimeProps, text: AttrValue) -> Html {
    html! {
        <time class={props.class.clone()} datetime={calendar::iso(props.at_us)} title={calendar::full(props.at_us)}>
            { text }
        </time>
    }
}

/// A span to show.
#[derive(Properties, PartialEq)]
pub struct ElapsedProps {
    /// When it began, in µs since 1970 (UTC).
    pub since_us: i64,
    /// When it ended; while `None` it counts on.
    #[prop_or_default]
    pub until_us: Option<i64>,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// How long something takes or took: `4:12`.
#[component]
pub fn Elapsed(props: &ElapsedProps) -> Html {
    let span = (props.since_us, props.until_us);
    let text = use_now_text(span, |&(since, until), now_us| {
        let lasted = until.unwrap_or(now_us) - since;
        // A running span begins at 0:00, not at a millisecond.
        if until.is_none() && lasted < 1_000_000 { "0:00".to_owned() } else { format::lasting(lasted) }.into()
    });
    let title = format!("since {}", calendar::full(props.since_us));
    html! { <span class={classes!("num", props.class.clone())} {title}>{ text }</span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_moment_can_be_read_by_machines_and_hovered_by_people() {
        let html = drawn(html! { <TimeAt at_us={951_782_400_000_000} /> });
        holds(
            &html,
            &["datetime=\"2000-02-29T00:00:00Z\"", "title=\"29 Feb 2000, 00:00:00\"", "29 Feb</time>"],
        );
    }

    #[test]
    fn a_finished_span_stands_still() {
        let html = drawn(html! { <Elapsed since_us=0 until_us={252_000_000} /> });
        holds(&html, &[">4:12<"]);
    }
}
