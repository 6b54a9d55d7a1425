//! Bodies: JSON alone, bounded in size, depth and time, with the field at fault named.

use super::{door, query::quoted, seen::Seen};
use crate::{config::Config, error::ApiError};
use orchestrator::transcripts::halves::mended;
use quarterdeck_shared::Code;
use rocket::{
    Data, Request,
    data::{self, FromData, ToByteUnit as _},
    http::Status,
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use std::time::Duration;

/// Levels of objects and lists a body may have.
pub const DEPTH: usize = 64;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body, read.
pub struct Body<T>(pub T);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned> FromData<'r> for Body<T> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let outcome = async { parse(&bytes(request, data).await?) };
        match outcome.await {
            Ok(value) => data::Outcome::Success(Self(value)),
            Err(error) => {
                let status = Status::new(error.code.status());
                Seen::of(request).refuse(error);
                data::Outcome::Error((status, ()))
            }
        }
    }
}

/// The body of a command that needs none: nothing, or an empty object.
pub struct Empty;

#[rocket::async_trait]
impl<'r> FromData<'r> for Empty {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}

        let outcome = async {
            match bytes(request, data).await?.as_slice() {
                [] | b"null" => Ok(Nothing {}),
                bytes => parse(bytes),
            }
        };
        match outcome.await {
            Ok(Nothing {}) => data::Outcome::Success(Self),
            Err(error) => {
                let status = Status::new(error.code.status());
                Seen::of(request).refuse(error);
                data::Outcome::Error((status, ()))
            }
        }
    }
}

async fn bytes(request: &Request<'_>, data: Data<'_>) -> Result<Vec<u8>, ApiError> {
    bytes_up_to(door::state::<Config>(request)?.max_body_bytes, request, data).await
}

/// The bytes of a body that is no larger than so many.
pub(super) async fn bytes_up_to(
    limit: usize,
    request: &Request<'_>,
    data: Data<'_>,
) -> Result<Vec<u8>, ApiError> {
    let too_large = || ApiError::new(Code::TooLarge, format!("the body is larger than {limit} bytes"));
    let said = request.headers().get_one("Content-Length").and_then(|length| length.parse::<usize>().ok());
    if said.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let reading = data.open(limit.bytes()).into_bytes();
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(Ok(bytes)) if bytes.is_complete() => Ok(bytes.into_inner()),
        Ok(Ok(_)) => Err(too_large()),
        Ok(Err(error)) => Err(ApiError::new(Code::BadRequest, format!("the body broke off: {error}"))),
        Err(_) => Err(ApiError::new(Code::BadRequest, "the body did not arrive within 30 s")),
    }
}

/// The value that a JSON text says. A half of a letter, as programs that count in UTF-16 send it, is taken for the sign
/// of what cannot be shown.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let malformed =
        |reason: String| ApiError::new(Code::MalformedJson, format!("the body is no JSON: {reason}"));
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    let whole = mended(text);
    let bytes = whole.as_bytes();
    if depth(bytes) > DEPTH {
        return Err(malformed(format!("it is nested deeper than {DEPTH} levels")));
    }
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        // Serde would read a list as a struct, field by field.
        let _: IgnoredAny = serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
        return Err(ApiError::invalid("body", "the body must be a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            Category::Data => wrong_field(&path, &inner.to_string()),
            Category::Syntax | Category::Eof | Category::Io => malformed(inner.to_string()),
        }
    })?;
    reader.end().map_err(|error| malformed(error.to_string()))?;
    Ok(value)
}

/// What is wrong with which field; for a missing or unknown one its name stands in the message alone.
fn wrong_field(path: &str, message: &str) -> ApiError {
    let about = message.split(" at line ").next().unwrap_or(message);
    let named =
        ["missing field", "unknown field", "duplicate field"].iter().any(|start| about.starts_with(start));
    let field = match (path, quoted(about).filter(|_| named)) {
        ("." | "", Some(name)) => name.to_owned(),
        (path, Some(name)) if !ends_with(path, name) => format!("{path}.{name}"),
        ("." | "", None) => "body".to_owned(),
        (path, _) => path.to_owned(),
    };
    ApiError::invalid(&field, format!("the field `{field}` will not do: {about}"))
}

fn ends_with(path: &str, name: &str) -> bool {
    path == name || path.ends_with(&format!(".{name}"))
}

/// How deep the JSON text is nested; words in quotes do not count.
pub(super) fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::tasks::NewTask;

    fn refusal(json: &str) -> (Code, String) {
        let error = parse::<NewTask>(json.as_bytes()).unwrap_err();
        (error.code, error.details["field"].as_str().unwrap_or_default().to_owned())
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        for json in
            ["", "{", "prompt=a", r#"{"prompt":"a"} x"#, r#"{"prompt":"a",}"#, "\u{feff}{}", deep.as_str()]
        {
            assert_eq!(refusal(json), (Code::MalformedJson, String::new()), "{json}");
        }
        assert_eq!(parse::<NewTask>(b"{\"prompt\":\"\xff\"}").unwrap_err().code, Code::MalformedJson);
    }

    #[test]
    fn a_half_of_a_letter_costs_that_letter_alone() {
        let task = parse::<NewTask>(br#"{"prompt":"a\ud83d b"}"#).unwrap();
        assert_eq!(task.prompt, "a\u{fffd} b");
    }

    #[test]
    fn a_wrong_field_is_named_by_its_path() {
        for (json, field) in [
            ("{}", "prompt"),
            (r#"{"prompt":"a","colour":"red"}"#, "colour"),
            (r#"{"prompt":7}"#, "prompt"),
            (r#"{"prompt":"a","prompt":"b"}"#, "prompt"),
            (r#"{"prompt":"a","task_type":"chore"}"#, "task_type"),
            (r#"{"prompt":"a","limits":{"tokens":-1}}"#, "limits.tokens"),
            (r#"{"prompt":"a","limits":{"colour":1}}"#, "limits.colour"),
            (r#"["a"]"#, "body"),
            ("null", "body"),
        ] {
            assert_eq!(refusal(json), (Code::Invalid, field.to_owned()), "{json}");
        }
    }

    #[test]
    fn brackets_in_words_are_not_depth() {
        assert_eq!(depth(br#"{"a":"[[[[\"[["}"#), 1);
        assert_eq!(depth(br#"[[{"a":[]}]]"#), 4);
    }
}
