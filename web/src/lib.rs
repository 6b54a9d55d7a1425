//! The page of Quarterdeck. Pages fetch, panels show, components know no term of the field.

pub mod calendar;
pub mod charts;
pub mod client;
pub mod commands;
pub mod components;
pub mod crash;
pub mod dom;
pub mod format;
pub mod hooks;
pub mod order;
pub mod pages;
pub mod panels;
#[cfg(test)]
mod testing;
pub mod track;
