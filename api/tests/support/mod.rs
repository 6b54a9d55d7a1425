//! What the tests stand on: databases of their own and rows to fill them with.

pub mod database;
pub mod rows;
pub mod server;
