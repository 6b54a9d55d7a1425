//! Where the task is written: a growing text in which the words that weigh are underlined as they are typed.

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct PromptEditorProps {
    /// The text.
    pub value: AttrValue,
    /// The words that weigh.
    pub weighty: Vec<String>,
    /// Called with the text as it is typed.
    pub oninput: Callback<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// The text's node, to give it the keyboard.
    #[prop_or_default]
    pub node: NodeRef,
}

/// The text over a copy of itself: the copy gives the height and carries the underlines, the text takes the keys.
#[component]
pub fn PromptEditor(props: &PromptEditorProps) -> Html {
    let typed = props.oninput.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            typed.emit(area.value().into());
        }
    });
    let marked = marked(&props.value, &props.weighty).into_iter().map(|(weighs, part)| match weighs {
        true => html! { <mark>{ part }</mark> },
        false => html! { part },
    });
    let bad = props.error.is_some();
    html! {
        <div class={classes!("field", bad.then_some("wrong"))}>
            <label class="sr" for="field-prompt">{ "What shall be done" }</label>
            <div class="editor typed">
                <div class="copy" aria-hidden="true">{ for marked }{ "\n " }</div>
                <textarea ref={&props.node} id="field-prompt" name="prompt" data-testid="prompt" value={&props.value} {oninput} required=true
                    placeholder="What shall be done? Such as: Add a /health route to server.mjs and test it." spellcheck="true"
                    aria-invalid={bad.then_some("true")} aria-describedby={bad.then_some("note-prompt")} />
            </div>
            if let Some(error) = &props.error { <p class="note" id="note-prompt" role="alert">{ error }</p> }
        </div>
    }
}

/// The text in pieces: whether each is one of the words, and the piece.
fn marked<'a>(text: &'a str, words: &[String]) -> Vec<(bool, &'a str)> {
    let lower: Vec<(usize, char)> = text.char_indices().collect();
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < lower.len() {
        let before = at.checked_sub(1).and_then(|before| lower.get(before)).map(|(_, letter)| *letter);
        let longest = words
            .iter()
            .filter(|word| !word.is_empty())
            .filter_map(|word| end_of(&lower, at, before, word))
            .max();
        match longest {
            Some(end) => {
                let (start, stop) = (lower[at].0, lower.get(end).map_or(text.len(), |(place, _)| *place));
                pieces.push((false, &text[from..start]));
                pieces.push((true, &text[start..stop]));
                (from, at) = (stop, end);
            }
            None => at += 1,
        }
    }
    pieces.push((false, &text[from..]));
    pieces.retain(|(_, piece)| !piece.is_empty());
    pieces
}

/// Where `word` ends if it stands whole at this place, whatever its case and its spaces.
fn end_of(text: &[(usize, char)], at: usize, before: Option<char>, word: &str) -> Option<usize> {
    if before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let mut place = at;
    for wanted in word.chars() {
        let (_, found) = text.get(place)?;
        let same = found.to_lowercase().eq(wanted.to_lowercase())
            || (wanted.is_whitespace() && found.is_whitespace());
        if !same {
            return None;
        }
        place += 1;
    }
    let after = text.get(place).map(|(_, letter)| *letter);
    (!after.is_some_and(char::is_alphanumeric)).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[track_caller]
    fn check(text: &str, words: &[&str], expected: &str) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let shown: String = marked(text, &words)
            .into_iter()
            .map(|(weighs, part)| if weighs { format!("[{part}]") } else { part.to_owned() })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn whole_words_are_marked_whatever_their_case() {
        check("Add tests and a contest. TESTS!", &["tests", "add"], "[Add] [tests] and a contest. [TESTS]!");
        check("a new\ntable", &["new table", "new"], "a [new\ntable]");
        check("Größe übergrößen", &["größe"], "[Größe] übergrößen");
        check("", &["x"], "");
        check("x", &[""], "x");
    }

    #[test]
    fn the_editor_is_a_labelled_field_of_the_form() {
        let html = drawn(
            html! { <PromptEditor value="Add it" weighty={vec!["add".to_owned()]} oninput={Callback::noop()} error="Say what shall be done." /> },
        );
        holds(
            &html,
            &[
                "name=\"prompt\"",
                "<mark>Add</mark> it",
                "for=\"field-prompt\"",
                "aria-invalid=\"true\"",
                "role=\"alert\"",
            ],
        );
    }
}
