//! Nouns read from JSON by one reader each, where every further way of reading weighs: the page is compiled from this.

mod tree;

use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;

pub use tree::{Tree, Unreadable};

/// Reads a noun from text; says no more of what it cannot read than that.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let value: Value = serde_json::from_str(text).map_err(|_: serde_json::Error| Unreadable)?;
    noun(&value)
}

/// Reads a noun from a tree.
pub fn noun<T: DeserializeOwned>(value: &Value) -> Result<T, Unreadable> {
    T::deserialize(Tree::new(value))
}

/// Reads a noun that has all fields of another one between its own.
macro_rules! holds_fields {
    ($noun:ident { $inner:ident: $Inner:ty, $($field:ident: $type:ty),* $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $noun {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                struct Own {
                    $($field: $type,)*
                }
                let whole = serde_json::Value::deserialize(deserializer)?;
                let $inner = <$Inner>::deserialize($crate::json::Tree::<D::Error>::new(&whole))?;
                let Own { $($field),* } = Own::deserialize($crate::json::Tree::<D::Error>::new(&whole))?;
                Ok(Self { $inner, $($field),* })
            }
        }
    };
}

pub(crate) use holds_fields;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this JSON is not what was expected here")
    }
}

impl std::error::Error for Unreadable {}

#[cfg(test)]
mod tests;
