//! The store: the same story on both databases.

mod events;
mod lists;
mod totals;
