//! Notes: what others must remember across a restart, in their own words.

use super::{Store, StoreError, unbuilt};

impl Store {
    /// The JSON noted under this name.
    pub async fn note(&self, _key: &str) -> Result<Option<String>, StoreError> {
        Err(unbuilt())
    }

    /// Every note whose name begins so: names and JSON, by name.
    pub async fn notes(&self, _prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        Err(unbuilt())
    }
}
