//! Signing in.

use yew::prelude::*;

use super::Heading;
use super::sidebar::logo;

/// The way in.
#[component]
pub fn Login() -> Html {
    html! {
        <main id="main" class="gate">
            <div class="brand">{ logo() }<span>{ "Quarterdeck" }</span></div>
            <Heading title="Sign in" />
        </main>
    }
}
