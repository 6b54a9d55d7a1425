//! The course of a conversation: what happened where, standing on the line that is the whole of it.

use std::rc::Rc;

use quarterdeck_shared::conversations::{ConversationMarks, PLACES, PlaceKind};
use yew::prelude::*;

use crate::format::{percent, several};

const WIDTH: f64 = 1_000.0;
/// Where the line is.
const BASE: f64 = 29.0;
/// The tallest mark.
const TALL: f64 = 24.0;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct CourseProps {
    /// The marks, once they are known.
    pub marks: Option<Rc<ConversationMarks>>,
    /// The share of the whole at which one stands.
    pub place: f64,
}

/// Marks on a line, the part before one's place in a tint.
#[component]
pub fn Course(props: &CourseProps) -> Html {
    let past = format!("{:.1}", props.place.clamp(0.0, 1.0) * WIDTH);
    let label = props.marks.as_deref().map(told).unwrap_or_default();
    html! {
        <svg class="chart" viewBox="0 0 1000 32" preserveAspectRatio="none" role="img" aria-label={label} data-testid="course">
            <rect class="past" x="0" y="2" width={past} height="27" />
            if let Some(marks) = &props.marks { <Bars marks={Rc::clone(marks)} /> }
            <path class="line" d="M0 29.5H1000" />
        </svg>
    }
}

#[derive(Properties, PartialEq)]
struct BarsProps {
    marks: Rc<ConversationMarks>,
}

/// One path for each kind: a mark is as tall as much happened there.
#[component]
fn Bars(props: &BarsProps) -> Html {
    let places = &props.marks.places;
    let most = places.iter().map(|place| place.count).max().unwrap_or(1).max(1) as f64;
    let (slot, wide) = (WIDTH / f64::from(PLACES), WIDTH / f64::from(PLACES) * 0.6);
    let path = |kind: PlaceKind| {
        let bars = places.iter().filter(|place| place.kind == kind).map(|place| {
            let tall = (place.count as f64 / most).sqrt() * TALL;
            let tall = if matches!(kind, PlaceKind::Text | PlaceKind::Call) {
                tall.max(4.0)
            } else {
                tall.max(17.0)
            };
            let left = (place.at * WIDTH).min(WIDTH - slot);
            format!("M{left:.1} {BASE}v-{tall:.1}h{wide:.1}v{tall:.1}z")
        });
        let bars: String = bars.collect();
        (!bars.is_empty()).then(|| html! { <path class={class(kind)} d={bars} /> })
    };
    html! { <>{ for PlaceKind::ALL.iter().filter_map(|kind| path(*kind)) }</> }
}

const fn class(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::Text => "ev",
        PlaceKind::Call => "ev tool",
        PlaceKind::Prompt | PlaceKind::Compaction => "ev you",
        PlaceKind::Error => "ev bad",
    }
}

/// What happened, in words: `142 calls, 5 errors, 2 prompts`; of a part, which part.
pub fn told(marks: &ConversationMarks) -> String {
    let some = |count: u64, noun: &str| (count > 0).then(|| several(count, noun));
    let all = [
        some(marks.calls, "call"),
        some(marks.errors, "error"),
        some(marks.prompts, "prompt"),
        some(marks.compactions, "compaction"),
    ];
    let words = all.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if marks.read >= 0.995 || words.is_empty() {
        return words;
    }
    format!("{words} in the {} looked through", percent(marks.read))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    fn marks(read: f64) -> ConversationMarks {
        let places = json!([{"at": 0.0, "kind": "prompt", "count": 1}, {"at": 0.5, "kind": "call", "count": 8},
            {"at": 0.995, "kind": "error", "count": 2}]);
        let all = json!({"places": places, "calls": 1_420, "errors": 2, "prompts": 1, "compactions": 0, "read": read});
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn marks_stand_where_things_happened_and_are_told_in_words() {
        let html = drawn(html! { <Course marks={Rc::new(marks(1.0))} place={0.25} /> });
        holds(
            &html,
            &[
                "aria-label=\"1,420 calls, 2 errors, 1 prompt\"",
                "width=\"250.0\" height=\"27\" class=\"past\"",
                "d=\"M500.0 29v-24.0h3.0v24.0z\" class=\"ev tool\"",
                "d=\"M995.0 29v-17.0h3.0v17.0z\" class=\"ev bad\"",
                "d=\"M0.0 29v-17.0h3.0v17.0z\" class=\"ev you\"",
            ],
        );
        assert!(!html.contains("class=\"ev\""), "{html}");
        assert_eq!(told(&marks(0.4)), "1,420 calls, 2 errors, 1 prompt in the 40% looked through");
        assert_eq!(told(&ConversationMarks::default()), "");
        holds(
            &drawn(html! { <Course marks={None::<Rc<ConversationMarks>>} place={0.0} /> }),
            &["M0 29.5H1000"],
        );
    }
}
