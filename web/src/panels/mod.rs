//! Panels: what the field looks like. Data in, Html out; nothing here fetches.

pub mod marks;
