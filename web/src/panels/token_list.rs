//! Access tokens: a list without their secrets, each revocable, and a new one whose secret is shown once.

use std::rc::Rc;

use quarterdeck_shared::TokenId;
use quarterdeck_shared::auth::{MadeToken, NewToken, Token, TokenScope};
use yew::prelude::*;

use crate::components::{
    Button, ButtonKind, ButtonSize, Choice, CopyButton, Icon, Select, TextField, TimeAgo, TimeAt, icon,
};

/// What the list shows.
#[derive(Properties, PartialEq)]
pub struct TokenListProps {
    /// The tokens.
    pub tokens: Vec<Rc<Token>>,
    /// Called with the token to revoke, once that was confirmed.
    pub on_revoke: Callback<TokenId>,
}

/// The tokens.
#[component]
pub fn TokenList(props: &TokenListProps) -> Html {
    let asked = use_state_eq(|| None::<TokenId>);
    let rows = props.tokens.iter().map(|token| {
        let (asked_now, id) = (asked.clone(), token.id);
        let ask = Callback::from(move |yes: bool| asked_now.set(yes.then_some(id)));
        html! { <Row key={id.to_string()} token={Rc::clone(token)} sure={*asked == Some(id)} on_ask={ask} on_revoke={props.on_revoke.reform(move |()| id)} /> }
    });
    html! { <ul class="tokens" data-testid="token-list">{ for rows }</ul> }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    token: Rc<Token>,
    sure: bool,
    on_ask: Callback<bool>,
    on_revoke: Callback<()>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let token = &props.token;
    html! {
        <li>
            { icon(Icon::Key) }
            <span class="grow">
                <span class="strong">{ &token.name }</span>{ " " }<code class="id">{ format!("…{}", token.ends_with) }</code>
                <span class="small quiet token-facts">
                    { "created " }<TimeAt at_us={token.created_at.micros()} />
                    if let Some(at) = token.last_used_at { { ", used " }<TimeAgo at_us={at.micros()} /> } else { { ", never used" } }
                    if let Some(at) = token.expires_at { { ", ends " }<TimeAt at_us={at.micros()} /> } else { { ", does not end" } }
                    if token.scope == TokenScope::Ingest { { ", only hands in hooks and telemetry" } }
                </span>
            </span>
            if props.sure {
                <span class="row" role="group" aria-label={format!("Revoke {}?", token.name)}>
                    <span class="small">{ "It stops working at once." }</span>
                    <Button size={ButtonSize::Small} bad=true onclick={props.on_revoke.reform(|_| ())} test_id="token-revoke-sure">{ "Revoke" }</Button>
                    <Button size={ButtonSize::Small} kind={ButtonKind::Bare} onclick={props.on_ask.reform(|_| false)}>{ "Keep" }</Button>
                </span>
            } else {
                <Button size={ButtonSize::Small} kind={ButtonKind::Bare} label={format!("Revoke {}", token.name)} onclick={props.on_ask.reform(|_| true)} test_id="token-revoke">{ "Revoke…" }</Button>
            }
        </li>
    }
}

/// What a new token needs.
#[derive(Properties, PartialEq)]
pub struct TokenFormProps {
    /// Called with what it is for.
    pub on_make: Callback<NewToken>,
    /// Whether it is being made.
    #[prop_or_default]
    pub busy: bool,
    /// Why it was refused.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
}

/// A name and an end. Give it a new key to clear it.
#[component]
pub fn TokenForm(props: &TokenFormProps) -> Html {
    let name = use_state_eq(AttrValue::default);
    let days = use_state_eq(|| AttrValue::from("90"));
    let set = |state: &UseStateHandle<AttrValue>| {
        let state = state.clone();
        Callback::from(move |value| state.set(value))
    };
    let disabled = match (props.busy, name.trim().is_empty()) {
        (true, _) => Some(AttrValue::Static("The token is being made")),
        (false, true) => Some(AttrValue::Static("Name it first, so that you know later what it is for")),
        (false, false) => None,
    };
    let onsubmit = {
        let (name, days, on_make, ready) =
            (name.clone(), days.clone(), props.on_make.clone(), disabled.is_none());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if ready {
                on_make.emit(NewToken {
                    name: name.trim().to_owned(),
                    expires_in_days: days.parse().ok(),
                    scope: None,
                });
            }
        })
    };
    let ends = [("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year"), ("", "never")];
    let choices: Vec<_> = ends.into_iter().map(|(value, words)| Choice::new(value, words)).collect();
    html! {
        <form class="token-form" {onsubmit}>
            <TextField label="New token for" name="token_name" value={(*name).clone()} oninput={set(&name)} placeholder="ci" error={props.problem.clone()} test_id="token-name" />
            <Select label="Ends" name="expires_in_days" {choices} value={(*days).clone()} onchange={set(&days)} />
            <Button submit=true {disabled} test_id="token-create">{ "Create token" }</Button>
        </form>
    }
}

/// What was made.
#[derive(Properties, PartialEq)]
pub struct FreshTokenProps {
    /// The token with its secret.
    pub made: Rc<MadeToken>,
    /// The address of this server.
    pub origin: AttrValue,
    /// Puts it away.
    pub on_done: Callback<()>,
}

/// The secret, on the only occasion it is shown.
#[component]
pub fn FreshToken(props: &FreshTokenProps) -> Html {
    let secret = &props.made.secret;
    let command = format!("curl -H \"Authorization: Bearer {secret}\" {}/api/v1/status", props.origin);
    html! {
        <div class="fresh-token" role="status">
            <p class="strong">{ format!("The token {} is made. Copy it now: it is shown this once and kept nowhere.", props.made.token.name) }</p>
            <div class="cmd-line"><pre class="cmd" tabindex="0" data-testid="token-secret">{ secret }</pre><CopyButton text={secret.clone()} label="Copy the token" /></div>
            <details class="fold">
                <summary>{ icon(Icon::Right) }{ "How to use it" }</summary>
                <div class="cmd-line"><pre class="cmd" tabindex="0">{ &command }</pre><CopyButton text={command.clone()} label="Copy the command" /></div>
            </details>
            <Button size={ButtonSize::Small} onclick={props.on_done.reform(|_| ())} test_id="token-done">{ "I have it" }</Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    fn token() -> Token {
        let id = "0192f0c1-2b3c-7d4e-8f50-00000000000a";
        serde_json::from_value(
            json!({"id": id, "name": "ci", "ends_with": "x7Qa", "created_at": "2026-11-22T10:00:00Z",
            "last_used_at": null, "expires_at": null}),
        )
        .unwrap()
    }

    #[test]
    fn a_token_is_known_by_its_name_and_end_and_can_be_revoked() {
        let html =
            drawn(html! { <TokenList tokens={vec![Rc::new(token())]} on_revoke={Callback::noop()} /> });
        holds(&html, &["ci", "…x7Qa", "never used", "does not end", "aria-label=\"Revoke ci\""]);
        assert!(!html.contains("only hands in"));
        let narrow = Rc::new(Token { scope: TokenScope::Ingest, ..token() });
        let html = drawn(html! { <TokenList tokens={vec![narrow]} on_revoke={Callback::noop()} /> });
        holds(&html, &["only hands in hooks and telemetry"]);
    }

    #[test]
    fn revoking_is_confirmed_in_place() {
        let html = drawn(
            html! { <Row token={Rc::new(token())} sure=true on_ask={Callback::noop()} on_revoke={Callback::noop()} /> },
        );
        holds(&html, &["stops working at once", "token-revoke-sure", "Keep"]);
    }

    #[test]
    fn the_secret_is_shown_with_a_command_to_try_it() {
        let made = Rc::new(MadeToken { token: token(), secret: "qd_abc".into() });
        let html =
            drawn(html! { <FreshToken {made} origin="http://127.0.0.1:8000" on_done={Callback::noop()} /> });
        holds(
            &html,
            &["qd_abc</pre>", "shown this once", "Bearer qd_abc\" http://127.0.0.1:8000/api/v1/status"],
        );
    }

    #[test]
    fn a_token_without_a_name_is_not_made() {
        holds(&drawn(html! { <TokenForm on_make={Callback::noop()} /> }), &["Name it first", "in 90 days"]);
    }
}
