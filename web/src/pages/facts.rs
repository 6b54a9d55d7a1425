//! What the frame knows of the fleet: handed down by whoever holds the live connection.

use std::rc::Rc;

use yew::prelude::*;

use crate::components::Entry;
use crate::panels::horizon::Lane;

/// How the connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// It is being made for the first time.
    #[default]
    Starting,
    /// Every change arrives as it happens.
    Live,
    /// It broke; the next try is at a known moment.
    Retrying {
        /// When it broke, µs.
        since_us: i64,
        /// When it is tried again, µs.
        at_us: i64,
    },
    /// The machine itself has no network.
    Offline {
        /// Since when, µs.
        since_us: i64,
    },
}

/// The counts beside the pages; `None` until they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Agents in the list.
    pub agents: Option<u64>,
    /// Tasks in the list.
    pub tasks: Option<u64>,
    /// What waits for a person.
    pub waiting: Option<u64>,
}

/// Money spent, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Such as `$21.31`.
    pub short: AttrValue,
    /// Such as `$21.306775`.
    pub exact: AttrValue,
    /// Over which time, such as `today`.
    pub over: AttrValue,
}

/// Everything the frame shows of the fleet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// How the connection stands.
    pub link: Link,
    /// As of when the data is, µs, while the connection is broken.
    pub as_of_us: Option<i64>,
    /// The counts beside the pages.
    pub counts: Counts,
    /// The running cost.
    pub spent: Option<Spent>,
    /// The work of the last hour, for the small horizon.
    pub lanes: Rc<[Lane]>,
    /// Agents, tasks and actions for the palette, the likeliest first.
    pub things: Rc<[Entry]>,
    /// Tries the connection now.
    pub retry: Callback<()>,
}

/// The facts of the frame.
#[hook]
pub fn use_facts() -> Facts {
    use_context::<Facts>().unwrap_or_default()
}
