//! Asking: the guard of every declared endpoint. It lets in whom the declaration lets in and reads the query.

use super::{caller::Caller, query, refusal::refuse, seen::Seen};
use crate::error::ApiError;
use quarterdeck_shared::Endpoint;
use rocket::{
    Request,
    request::{FromParam, FromRequest, Outcome},
};
use serde::de::DeserializeOwned;
use std::{str::FromStr, sync::Arc};

/// A call to an endpoint by somebody who may make it.
pub struct Ask<E: Endpoint> {
    /// The query, read.
    pub query: E::Query,
    /// Who asks; nobody known on open endpoints.
    pub caller: Option<Arc<Caller>>,
    /// The client's name for this command, so that it is carried out once.
    pub idempotency_key: Option<String>,
    /// The path as it came.
    pub path: String,
    /// The query as it came.
    pub raw_query: String,
}

impl<E: Endpoint> Ask<E> {
    /// Who asks.
    pub fn caller(&self) -> Result<Arc<Caller>, ApiError> {
        self.caller.clone().ok_or_else(ApiError::unauthorized)
    }
}

#[rocket::async_trait]
impl<'r, E: Endpoint> FromRequest<'r> for Ask<E>
where
    E::Query: Send,
{
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let caller = Seen::of(request).caller.clone();
        if caller.is_none() && !E::ROUTE.open {
            return refuse(request, ApiError::unauthorized());
        }
        let raw_query = request.uri().query().map_or("", |query| query.as_str()).to_owned();
        match (query::read(&raw_query), idempotency_key(request)) {
            (Ok(query), Ok(idempotency_key)) => {
                let path = request.uri().path().to_string();
                Outcome::Success(Self { query, caller, idempotency_key, path, raw_query })
            }
            (Err(error), _) | (_, Err(error)) => refuse(request, error),
        }
    }
}

fn idempotency_key(request: &Request<'_>) -> Result<Option<String>, ApiError> {
    let Some(key) = request.headers().get_one("Idempotency-Key") else { return Ok(None) };
    if (1..=200).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Some(key.to_owned()));
    }
    Err(ApiError::invalid("Idempotency-Key", "an idempotency key is 1 to 200 visible ASCII characters"))
}

/// Somebody who proved who they are, for routes that are no declared endpoints.
pub struct Known(pub Arc<Caller>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Known {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match &Seen::of(request).caller {
            Some(caller) => Outcome::Success(Self(caller.clone())),
            None => refuse(request, ApiError::unauthorized()),
        }
    }
}

/// The query of such a route, read as strictly as an endpoint's.
pub struct Queried<T>(pub T);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned> FromRequest<'r> for Queried<T> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match query::read(request.uri().query().map_or("", |query| query.as_str())) {
            Ok(query) => Outcome::Success(Self(query)),
            Err(error) => refuse(request, error),
        }
    }
}

/// An id in an address.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

impl<'r, T: FromStr> FromParam<'r> for Id<T> {
    type Error = ();

    fn from_param(text: &'r str) -> Result<Self, ()> {
        text.parse().map(Self).map_err(drop)
    }
}
