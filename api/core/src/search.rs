//! Searching: text becomes words the same way when it is remembered and when it is looked for, and what people type
//! becomes a question that no input can break.

mod mark;
mod question;
mod spoken;
mod words;

pub use mark::{Marked, mark};
pub use question::{Question, Term};
pub use spoken::spoken;
pub use words::{each_word, folded};

#[cfg(test)]
mod tests;
