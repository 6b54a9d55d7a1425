//! Yew as the page uses it: the same macros and nodes, in less code. Yew's macros write `::yew::…` paths; in the page
//! they lead here, and everything that is not said otherwise is Yew's own.
//!
//! What is said otherwise: every component of ours is mounted through one component of Yew (`Part`), so that Yew's
//! life cycle is compiled once and not once a component; and elements are built out of line, not in every view.

pub mod functional;
pub mod html;
mod part;
pub mod virtual_dom;

pub use part::{Part, Parts, plain, provide};
pub use yew_upstream::*;

/// What a file of the page imports.
pub mod prelude {
    pub use crate::part::{plain, provide};
    pub use yew_upstream::prelude::*;
}
