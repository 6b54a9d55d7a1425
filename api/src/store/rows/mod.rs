//! How each noun lies in its table: the columns, the values that are written and the row that is read back.

pub(super) mod agents;
pub(super) mod approvals;
pub(super) mod auth;
pub(super) mod events;
pub(super) mod index;
pub(super) mod sources;
pub(super) mod tasks;
pub(super) mod usage;
