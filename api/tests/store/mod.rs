//! The store: the same story on both databases.

mod crash;
mod events;
mod full;
mod lists;
mod totals;
