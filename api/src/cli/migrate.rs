//! `quarterdeck migrate`: the schema brought up to date, without serving.

use super::{CliError, Common, End, output::say};
use crate::{
    http,
    store::{Store, StoreError, WriterRules},
};
use clap::Args;
use serde::Serialize;

/// Brings the database's schema up to date.
#[derive(Args, Debug)]
pub struct Migrate {
    #[command(flatten)]
    common: Common,
}

#[derive(Serialize)]
struct Answer {
    /// The newest step the database had; null where there was no database.
    before: Option<String>,
    /// The newest step it has now.
    schema: String,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let location = http::location(&self.common.config()?);
        let schema = Store::schema();
        let before = match Store::open_reader(&location).await {
            Ok(_) => Some(schema.clone()),
            Err(StoreError::Older { found, .. }) => Some(found),
            Err(StoreError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        if before.as_ref() != Some(&schema) {
            Store::open(&location, WriterRules::default()).await?.close().await;
        }
        let words = match before.as_deref() {
            Some(before) if before == schema => "the schema was up to date".to_owned(),
            Some(before) => format!("the schema was {before} and is up to date now"),
            None => "there was no database; now there is".to_owned(),
        };
        let output = self.common.output();
        match output.json {
            true => output.value(&Answer { before, schema })?,
            false => output.line(&schema)?,
        }
        say(&words)?;
        Ok(End::Well)
    }
}
