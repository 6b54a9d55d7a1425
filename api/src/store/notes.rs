//! Notes: what others must remember across a restart, in their own words.

use super::{
    Store, StoreError,
    sql::{self, Sql},
};

impl Store {
    /// The JSON noted under this name.
    pub async fn note(&self, key: &str) -> Result<Option<String>, StoreError> {
        let query = Sql::with("SELECT json FROM notes WHERE name = ?", [sql::text(key)]);
        query.one(self.readers(), |fields| fields.take()).await
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
