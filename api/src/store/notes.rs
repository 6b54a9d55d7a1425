//! Notes: what others must remember across a restart, in their own words.

use super::{
    Store, StoreError,
    sql::{self, Sql},
    table::groups,
};
use serde::de::DeserializeOwned;
use std::collections::HashMap;

impl Store {
    /// The JSON noted under this name.
    pub async fn note(&self, key: &str) -> Result<Option<String>, StoreError> {
        let query = Sql::with("SELECT json FROM notes WHERE name = ?", [sql::text(key)]);
        query.one(self.readers(), |fields| fields.take()).await
    }

    /// What is noted under this name, read.
    pub async fn noted<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.note(key).await?.map(|json| read_note(key, &json)).transpose()
    }

    /// The notes under these names, where there are any.
    pub async fn notes_of(&self, names: &[String]) -> Result<Notes, StoreError> {
        let mut found = HashMap::new();
        for group in groups(names) {
            let mut query = Sql::new("SELECT name, json FROM notes WHERE name IN (");
            query.bind_all(group.iter().map(sql::text)).push(")");
            found.extend(query.all(self.readers(), |fields| Ok((fields.take()?, fields.take()?))).await?);
        }
        Ok(Notes(found))
    }

    /// Every note whose name begins so: names and JSON, by name.
    pub async fn notes(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let end = format!("{prefix}\u{10ffff}");
        let range = [sql::text(prefix), sql::text(&end)];
        let query =
            Sql::with("SELECT name, json FROM notes WHERE name >= ? AND name < ? ORDER BY name", range);
        query.all(self.readers(), |fields| Ok((fields.take()?, fields.take()?))).await
    }
}

/// Some notes, by name.
#[derive(Debug)]
pub struct Notes(HashMap<String, String>);

impl Notes {
    /// The JSON noted under this name.
    pub fn json(&self, key: &str) -> Option<&String> {
        self.0.get(key)
    }

    /// What is noted under this name, read.
    pub fn noted<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.json(key).map(|json| read_note(key, json)).transpose()
    }
}

/// What a note says. One that cannot be read is never taken for none.
pub fn read_note<T: DeserializeOwned>(key: &str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::unreadable(&format!("note {key}"), &error))
}
