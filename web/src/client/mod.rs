//! How the page speaks with the server: typed calls, one live socket, and the last good answer kept.

mod call;
mod fleet;
mod loaded;
mod retry;
mod run;
mod socket;

pub use call::{Answer, Problem, Request, call, fetch};
pub use fleet::{FleetState, Line};
pub use loaded::Loaded;
pub use run::RunState;
pub use socket::{Connection, Kept, Socket};
