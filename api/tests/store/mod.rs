//! The store: the same story on both databases.

mod crash;
mod doors;
mod events;
mod full;
mod lists;
mod memory;
mod totals;
mod usage;
