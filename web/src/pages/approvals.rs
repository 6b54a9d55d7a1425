//! What waits for a person.

use yew::prelude::*;

use super::Heading;
use crate::components::Empty;

/// Which one is open.
#[derive(Properties, PartialEq)]
pub struct ApprovalsProps {
    /// Its id; `None` opens the one that waits longest.
    #[prop_or_default]
    pub open: Option<AttrValue>,
}

/// The inbox.
#[component]
pub fn Approvals(_props: &ApprovalsProps) -> Html {
    html! {
        <>
            <Heading title="Approvals" />
            <Empty words="Nothing waits for you." then="An agent that asks before it uses a tool appears here." />
        </>
    }
}
