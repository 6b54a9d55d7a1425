//! Answers: JSON with the declared status, in one piece, with an ETag on reads.

use super::{secret::hexadecimal, seen::Seen};
use crate::error::ApiError;
use quarterdeck_shared::Endpoint;
use rocket::{
    Request, Response,
    http::{ContentType, Method, Status},
    response::{self, Responder},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::{io::Cursor, marker::PhantomData, sync::Arc};

/// What a handler of an endpoint gives back.
pub type Reply<E> = Result<Answer<E>, ApiError>;

/// Bodies up to this size leave in one piece.
const PIECE: usize = 1 << 20;

/// JSON that is ready to be sent, with the tag that tells it from other answers.
#[derive(Debug)]
pub struct Encoded {
    /// The JSON.
    pub json: Vec<u8>,
    /// Its ETag, quotes included.
    pub etag: String,
}

impl Encoded {
    /// The JSON of a value.
    pub fn of(value: &impl Serialize) -> Result<Self, ApiError> {
        serde_json::to_vec(value).map(Self::from_json).map_err(ApiError::internal)
    }

    /// JSON that is there already.
    pub fn from_json(json: Vec<u8>) -> Self {
        let tag = hexadecimal(&Sha256::digest(&json)[..16]);
        Self { json, etag: format!("\"{tag}\"") }
    }
}

/// The answer of an endpoint.
pub struct Answer<E> {
    status: u16,
    encoded: Option<Arc<Encoded>>,
    headers: Vec<(&'static str, String)>,
    endpoint: PhantomData<fn() -> E>,
}

impl<E: Endpoint> Answer<E> {
    /// Success with this reply.
    pub fn of(reply: &E::Reply) -> Reply<E> {
        Encoded::of(reply).map(|encoded| Self::encoded(Arc::new(encoded)))
    }

    /// Success with a reply that is encoded already.
    pub fn encoded(encoded: Arc<Encoded>) -> Self {
        Self { status: E::ROUTE.status, encoded: Some(encoded), headers: Vec::new(), endpoint: PhantomData }
    }

    /// Success with nothing to say.
    pub fn nothing() -> Self {
        Self { status: 204, encoded: None, headers: Vec::new(), endpoint: PhantomData }
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Its status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Its JSON, where it says anything.
    pub fn json(&self) -> Option<&[u8]> {
        self.encoded.as_ref().map(|encoded| encoded.json.as_slice())
    }
}

struct Shared(Arc<Encoded>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.json
    }
}

impl<'r, E: Endpoint> Responder<'r, 'static> for Answer<E> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::new();
        for (name, value) in self.headers {
            response.set_raw_header(name, value);
        }
        let Some(encoded) = self.encoded else {
            response.set_status(Status::new(self.status));
            return Ok(response);
        };
        if matches!(Seen::of(request).method, Method::Get | Method::Head) && self.status == 200 {
            response.set_raw_header("ETag", encoded.etag.clone());
            if is_known(request, &encoded.etag) {
                response.set_status(Status::NotModified);
                return Ok(response);
            }
        }
        response.set_status(Status::new(self.status));
        response.set_header(ContentType::JSON);
        // One byte more than there is: the end is found without another allocation.
        response.set_max_chunk_size(encoded.json.len().min(PIECE) + 1);
        response.set_sized_body(encoded.json.len(), Cursor::new(Shared(encoded)));
        Ok(response)
    }
}

/// Whether the client has this very answer.
fn is_known(request: &Request<'_>, etag: &str) -> bool {
    let lines = request.headers().get("If-None-Match");
    let mut tags = lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|tag| tag == etag || tag == "*")
}
