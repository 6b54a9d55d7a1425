//! The store: the same story on both databases.

mod events;
