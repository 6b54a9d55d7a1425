//! Telemetry over HTTP, as OTLP wants it: protobuf or JSON, packed or not, answered in kind and only when durable.

use super::{
    ask::Known,
    body::{DEPTH, bytes_up_to, depth},
    door,
    seen::Seen,
};
use crate::{
    config::Config,
    error::ApiError,
    sources::{
        Sources,
        otlp::{
            PLACES,
            wire::{self, Encoding, Parsed, Signal},
        },
    },
};
use flate2::read::MultiGzDecoder;
use quarterdeck_shared::Code;
use rocket::{
    Data, Request, Response, Route, State,
    data::{self, FromData},
    http::{ContentType, Status},
    post,
    response::{self, Responder},
    routes,
};
use std::io::{Cursor, Read as _};

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![logs, metrics, traces]
}

/// Whether a request is for telemetry's address.
pub(super) fn is_at(request: &Request<'_>) -> bool {
    PLACES.contains(&request.uri().path().as_str())
}

/// Whether a body of this kind is protobuf.
pub(super) fn is_protobuf(kind: &ContentType) -> bool {
    kind.top() == "application" && (kind.sub() == "x-protobuf" || kind.sub() == "protobuf")
}

fn encoding(request: &Request<'_>) -> Encoding {
    if request.content_type().is_some_and(is_protobuf) { Encoding::Protobuf } else { Encoding::Json }
}

fn kind(encoding: Encoding) -> ContentType {
    match encoding {
        Encoding::Json => ContentType::JSON,
        Encoding::Protobuf => ContentType::new("application", "x-protobuf"),
    }
}

/// How a refusal is said to an exporter; nothing where no exporter asks.
pub(super) fn refused(request: &Request<'_>, code: Code, message: &str) -> Option<(ContentType, Vec<u8>)> {
    if !is_at(request) {
        return None;
    }
    let of_rpc = match code.status() {
        401 => 16,
        403 => 7,
        404 => 5,
        405 => 12,
        409 | 413 | 429 => 8,
        503 | 507 => 14,
        400..=499 => 3,
        _ => 13,
    };
    let encoding = encoding(request);
    Some((kind(encoding), wire::refusal(encoding, of_rpc, message)))
}

/// A body as it came, and how it is written.
struct Parcel {
    encoding: Encoding,
    is_packed: bool,
    limit: usize,
    bytes: Vec<u8>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Parcel {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let outcome = async {
            let is_packed = is_packed(request)?;
            let limit = door::state::<Config>(request)?.max_otlp_bytes;
            let bytes = bytes_up_to(limit, request, data).await?;
            Ok(Self { encoding: encoding(request), is_packed, limit, bytes })
        };
        match outcome.await {
            Ok(parcel) => data::Outcome::Success(parcel),
            Err(error) => {
                let error: ApiError = error;
                let status = Status::new(error.code.status());
                Seen::of(request).refuse(error);
                data::Outcome::Error((status, ()))
            }
        }
    }
}

fn is_packed(request: &Request<'_>) -> Result<bool, ApiError> {
    let mut codings = request.headers().get("Content-Encoding");
    match (codings.next().map(str::trim), codings.next()) {
        (None | Some("" | "identity"), None) => Ok(false),
        (Some(coding), None) if coding.eq_ignore_ascii_case("gzip") => Ok(true),
        _ => Err(ApiError::new(Code::UnsupportedMediaType, "bodies are packed with gzip, or not at all")),
    }
}

impl Parcel {
    /// Unpacks and reads it.
    fn parse(self, signal: Signal) -> Result<Parsed, ApiError> {
        let bytes = if self.is_packed { unpacked(&self.bytes, self.limit)? } else { self.bytes };
        let malformed = |reason: String| {
            let form = if self.encoding == Encoding::Json { "JSON" } else { "protobuf" };
            ApiError::new(Code::BadRequest, format!("the body is no telemetry in {form}: {reason}"))
        };
        if self.encoding == Encoding::Json && depth(&bytes) > DEPTH {
            return Err(malformed(format!("it is nested deeper than {DEPTH} levels")));
        }
        wire::parse(signal, self.encoding, &bytes).map_err(malformed)
    }
}

fn unpacked(packed: &[u8], limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    let reading = MultiGzDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut bytes);
    reading
        .map_err(|error| ApiError::new(Code::BadRequest, format!("the body cannot be unpacked: {error}")))?;
    if bytes.len() > limit {
        return Err(ApiError::new(
            Code::TooLarge,
            format!("the body is larger than {limit} bytes, unpacked"),
        ));
    }
    Ok(bytes)
}

/// What an exporter is told.
struct Answer(Encoding, Vec<u8>);

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, _request: &'r Request<'_>) -> response::Result<'static> {
        let Self(encoding, body) = self;
        Response::build().header(kind(encoding)).sized_body(body.len(), Cursor::new(body)).ok()
    }
}

async fn take(signal: Signal, parcel: Parcel, sources: &Sources) -> Result<Answer, ApiError> {
    let off = || ApiError::new(Code::Forbidden, "telemetry is not taken in here: the setting `otlp` is off");
    let inbox = sources.inbox().ok_or_else(off)?;
    let (encoding, size) = (parcel.encoding, parcel.bytes.len() as u64);
    let reading = tokio::task::spawn_blocking(move || parcel.parse(signal)).await;
    let Parsed { telemetry, refused, reason } = reading.map_err(ApiError::internal)??;
    let durable = inbox.hand_in(telemetry, size, refused).await;
    durable.ok_or_else(|| ApiError::new(Code::Unavailable, "the server is stopping").after(2))??;
    Ok(Answer(encoding, wire::answer(signal, encoding, refused, reason)))
}

#[post("/v1/logs", data = "<parcel>")]
async fn logs(_known: Known, parcel: Parcel, sources: &State<Sources>) -> Result<Answer, ApiError> {
    take(Signal::Logs, parcel, sources).await
}

#[post("/v1/metrics", data = "<parcel>")]
async fn metrics(_known: Known, parcel: Parcel, sources: &State<Sources>) -> Result<Answer, ApiError> {
    take(Signal::Metrics, parcel, sources).await
}

#[post("/v1/traces", data = "<parcel>")]
async fn traces(_known: Known, parcel: Parcel, sources: &State<Sources>) -> Result<Answer, ApiError> {
    take(Signal::Traces, parcel, sources).await
}
