//! Signing in: the single-use code behind `#`, or a key; then on to the page that was wanted.

use quarterdeck_shared::auth::NewSession;
use quarterdeck_shared::endpoints::{CreateSession, GetSession};
use quarterdeck_shared::{NoBody, NoQuery};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::Heading;
use super::faces::said;
use super::sidebar::logo;
use crate::client::{Problem, call};
use crate::dom;
use crate::hooks::{Address, use_address};
use crate::panels::login_form::{Entry, LoginForm};

/// The way in.
#[component]
pub fn Login() -> Html {
    let address = use_address();
    let entry = use_state_eq(Entry::default);
    {
        let (address, entry) = (address.clone(), entry.clone());
        use_effect_with((), move |()| match taken_code() {
            Some(code) => {
                // The code leaves the address bar and the history before anything else happens.
                address.replace(&format!("/login{}", address.query.written()));
                entry.set(Entry::Looking);
                spawn_local(async move {
                    match call(session(NewSession { code: Some(code), key: None })).await {
                        Ok(_) => go_on(&address),
                        Err(problem) if problem.wants_login() => {
                            refuse_link(&address, &entry, &problem).await
                        }
                        Err(problem) => entry.set(Entry::KeyRefused(said(&problem))),
                    }
                });
            }
            None => spawn_local(async move {
                if is_in().await {
                    go_on(&address);
                }
            }),
        });
    }
    let on_key = {
        let (address, entry) = (address.clone(), entry.clone());
        Callback::from(move |key: String| {
            let (address, entry) = (address.clone(), entry.clone());
            entry.set(Entry::Looking);
            spawn_local(async move {
                match call(session(NewSession { code: None, key: Some(key) })).await {
                    Ok(_) => go_on(&address),
                    Err(problem) => entry.set(Entry::KeyRefused(said(&problem))),
                }
            });
        })
    };
    html! {
        <main id="main" class="gate">
            <div class="brand">{ logo() }<span>{ "Quarterdeck" }</span></div>
            <Heading title="Sign in" />
            <LoginForm entry={(*entry).clone()} {on_key} />
        </main>
    }
}

/// A spent link in the hands of somebody who is in already, such as after a reload, is no trouble.
async fn refuse_link(address: &Address, entry: &UseStateHandle<Entry>, problem: &Problem) {
    if is_in().await {
        go_on(address);
    } else {
        entry.set(Entry::LinkRefused(said(problem)));
    }
}

async fn is_in() -> bool {
    call(GetSession { query: NoQuery {}, body: NoBody }).await.is_ok()
}

fn session(body: NewSession) -> CreateSession {
    CreateSession { query: NoQuery {}, body }
}

/// The code behind `#`, if one came along.
fn taken_code() -> Option<String> {
    let fragment = dom::window()?.location().hash().ok()?;
    Some(fragment.trim_start_matches('#').to_owned()).filter(|code| !code.is_empty())
}

fn go_on(address: &Address) {
    let wanted = wanted(address.get("next"));
    // The server's own page is none of these.
    let is_served = wanted.starts_with("/api/");
    let left = is_served && dom::window().is_some_and(|window| window.location().replace(wanted).is_ok());
    if !left {
        address.replace(wanted);
    }
}

/// The page that was wanted: a path of this product, or the dashboard.
fn wanted(next: &str) -> &str {
    let within = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let login = next == "/login" || next.starts_with("/login?");
    if within && !login { next } else { "/dashboard" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_to_the_page_one_wanted_and_never_out_of_the_product() {
        for (next, expected) in [
            ("/tasks/1?tab=a", "/tasks/1?tab=a"),
            ("/api/docs", "/api/docs"),
            ("", "/dashboard"),
            ("//evil.example/x", "/dashboard"),
            ("https://evil.example", "/dashboard"),
            ("/\\evil.example", "/dashboard"),
            ("/login?next=/", "/dashboard"),
        ] {
            assert_eq!(wanted(next), expected, "{next}");
        }
    }
}
