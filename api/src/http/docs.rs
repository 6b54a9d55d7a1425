//! The API's own pages: the OpenAPI document, and the same for people. No script, nothing from elsewhere.

use super::{answer::Encoded, ask::Known};
use crate::error::ApiError;
use quarterdeck_shared::openapi;
use rocket::{
    Route, get,
    http::ContentType,
    response::content::{RawCss, RawHtml},
    routes,
};
use std::sync::OnceLock;

mod page;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![document, pages, style]
}

#[get("/api/openapi.json")]
async fn document(_known: Known) -> Result<(ContentType, &'static [u8]), ApiError> {
    static DOCUMENT: OnceLock<Encoded> = OnceLock::new();
    if let Some(encoded) = DOCUMENT.get() {
        return Ok((ContentType::JSON, encoded.json.as_slice()));
    }
    let encoded = Encoded::of(&openapi::document(env!("CARGO_PKG_VERSION")))?;
    Ok((ContentType::JSON, DOCUMENT.get_or_init(|| encoded).json.as_slice()))
}

#[get("/api/docs")]
async fn pages(_known: Known) -> RawHtml<&'static str> {
    static PAGE: OnceLock<String> = OnceLock::new();
    RawHtml(PAGE.get_or_init(|| page::draw(&openapi::document(env!("CARGO_PKG_VERSION")))))
}

#[get("/api/docs/style.css")]
async fn style(_known: Known) -> RawCss<&'static str> {
    RawCss(include_str!("docs/style.css"))
}
