//! The way in: what becomes of the login link, and a key as the other way.

use yew::prelude::*;

use crate::components::{Button, ButtonKind, ButtonSize, CopyButton, Icon, TextField, icon};

/// Where the newest key lies unless the server was told otherwise.
const KEY_COMMAND: &str = "cat ~/.local/share/quarterdeck/api_key";

/// How far one is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Entry {
    /// A key is wanted.
    #[default]
    Key,
    /// The server looks at what it was given.
    Looking,
    /// The login link was refused, in these words.
    LinkRefused(AttrValue),
    /// The key was refused, in these words.
    KeyRefused(AttrValue),
}

/// What the form shows.
#[derive(Properties, PartialEq)]
pub struct LoginFormProps {
    /// How far one is.
    pub entry: Entry,
    /// Called with the key.
    pub on_key: Callback<String>,
}

/// The form.
#[component]
pub fn LoginForm(props: &LoginFormProps) -> Html {
    let key = use_state_eq(AttrValue::default);
    let looking = props.entry == Entry::Looking;
    let onsubmit = {
        let (key, on_key) = (key.clone(), props.on_key.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if !key.trim().is_empty() && !looking {
                on_key.emit(key.trim().to_owned());
            }
        })
    };
    let oninput = {
        let key = key.clone();
        Callback::from(move |typed| key.set(typed))
    };
    let error = match &props.entry {
        Entry::KeyRefused(words) => Some(words.clone()),
        _ => None,
    };
    let disabled = match (looking, key.trim().is_empty()) {
        (true, _) => Some(AttrValue::Static("The server looks at it")),
        (false, true) => Some(AttrValue::Static("Paste the key first")),
        (false, false) => None,
    };
    html! {
        <form class="gate-form" {onsubmit}>
            if let Entry::LinkRefused(words) = &props.entry {
                <div class="gate-trouble" role="alert">
                    <p class="failc row">{ icon(Icon::Failed) }<span class="strong">{ "This login link does not work any more." }</span></p>
                    <p class="small">{ words }</p>
                    <p class="small">{ "A link works once and for ten minutes. Each start of " }<code>{ "quarterdeck serve" }</code>{ " prints a new one; or use the key:" }</p>
                </div>
            }
            if looking { <p class="quiet" role="status">{ "Signing in…" }</p> }
            <TextField label="Key or token" name="key" kind="password" value={(*key).clone()} {oninput} {error} mono=true
                autocomplete="current-password" test_id="login-key" />
            <Button submit=true kind={ButtonKind::Main} size={ButtonSize::Big} {disabled} test_id="login-button">{ "Sign in" }</Button>
            <div class="gate-help small quiet">
                <p>{ "The key lies in the data directory of the server:" }</p>
                <div class="cmd-line"><pre class="cmd" tabindex="0">{ KEY_COMMAND }</pre><CopyButton text={KEY_COMMAND} label="Copy the command" /></div>
                <p>{ "With another " }<code>{ "--data-dir" }</code>{ " it is " }<code>{ "api_key" }</code>{ " in there. It is kept nowhere in the browser; a session of this browser is opened with it." }</p>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    fn form(entry: Entry) -> String {
        drawn(html! { <LoginForm {entry} on_key={Callback::noop()} /> })
    }

    #[test]
    fn a_key_is_asked_for_and_it_is_said_where_it_lies() {
        holds(&form(Entry::Key), &["name=\"key\"", "type=\"password\"", "api_key", "Paste the key first"]);
    }

    #[test]
    fn a_spent_link_says_what_prints_a_new_one() {
        let html = form(Entry::LinkRefused("This login code was used.".into()));
        holds(
            &html,
            &["role=\"alert\"", "does not work any more", "This login code was used.", "quarterdeck serve"],
        );
    }

    #[test]
    fn a_refused_key_is_told_at_its_field_and_a_wait_is_said() {
        holds(
            &form(Entry::KeyRefused("This key is not known here.".into())),
            &["aria-invalid=\"true\"", "not known here"],
        );
        holds(&form(Entry::Looking), &["Signing in…"]);
    }
}
