//! Keys and tokens: who else may come in.

use std::rc::Rc;

use quarterdeck_shared::auth::MadeToken;
use quarterdeck_shared::endpoints::{CreateToken, DeleteToken, ListTokens};
use quarterdeck_shared::{NoBody, NoQuery};
use yew::prelude::*;

use crate::components::{Empty, Section, Toast, use_toasts};
use crate::dom;
use crate::hooks::{use_command, use_query};
use crate::pages::faces::{face, said};
use crate::panels::token_list::{FreshToken, TokenForm, TokenList};

/// The tokens, with the way to make and revoke them.
#[component]
pub fn Tokens() -> Html {
    let asked = use_query(Some(()), |()| ListTokens { query: NoQuery {}, body: NoBody });
    let toasts = use_toasts();
    let fresh = use_state_eq(|| None::<Rc<MadeToken>>);
    let made = {
        let (fresh, again) = (fresh.clone(), asked.again.clone());
        Callback::from(move |answer: Result<MadeToken, _>| {
            if let Ok(token) = answer {
                fresh.set(Some(Rc::new(token)));
                again.emit(());
            }
        })
    };
    let revoked = {
        let again = asked.again.clone();
        Callback::from(move |answer: Result<(), _>| {
            toasts.push(match &answer {
                Ok(()) => Toast::said("The token is revoked."),
                Err(problem) => Toast::failed(said(problem)),
            });
            again.emit(());
        })
    };
    let make = use_command::<CreateToken>(made);
    let revoke = use_command::<DeleteToken>(revoked);
    let on_make = make.give.reform(|body| CreateToken { query: NoQuery {}, body });
    let on_revoke = revoke.give.reform(|id| DeleteToken { id, query: NoQuery {}, body: NoBody });
    let on_done = {
        let fresh = fresh.clone();
        Callback::from(move |()| fresh.set(None))
    };
    let origin = dom::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let tokens =
        asked.answer.data.as_ref().map(|page| page.items.iter().cloned().map(Rc::new).collect::<Vec<_>>());
    let face = face(&asked.answer, |page| page.items.is_empty());
    let empty = html! { <Empty words="No token has been made yet." command="quarterdeck token create ci" then="Scripts and other machines come in with a token of their own, which can be revoked alone." /> };
    // A token that was made clears the form: its id is the form's key.
    let form_key = fresh.as_ref().map_or_else(String::new, |made| made.token.id.to_string());
    html! {
        <>
            <Section title="Keys and tokens" id="tokens" {face} {empty} on_retry={asked.again.clone()}>
                <TokenList tokens={tokens.unwrap_or_default()} {on_revoke} />
            </Section>
            if let Some(made) = &*fresh { <FreshToken made={Rc::clone(made)} {origin} {on_done} /> }
            <TokenForm key={form_key} {on_make} busy={make.busy} problem={make.problem.as_ref().map(said)} />
        </>
    }
}
