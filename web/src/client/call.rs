//! One typed call to the server: any endpoint in, its reply or the problem out.

use gloo::net::http::{Method as Verb, RequestBuilder};
use quarterdeck_shared::{Code, Endpoint, ErrorBody, Method};

/// Why a call brought no answer: what happened and what to do, in the server's own words where it had any.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The server's word for it; nothing where no server answered.
    pub code: Option<Code>,
    /// The sentence for people.
    pub message: String,
    /// The request's id, to find it in the server's log.
    pub request_id: Option<String>,
    /// The field at fault, where one is.
    pub field: Option<String>,
}

impl Problem {
    fn unreachable() -> Self {
        Self {
            code: None,
            message: "The server does not answer. It may be restarting: try again in a moment.".to_owned(),
            request_id: None,
            field: None,
        }
    }

    fn strange(status: u16, request_id: Option<String>) -> Self {
        let message = format!(
            "The server answered {status} with something this page cannot read. Reload the page: it may be older than the server."
        );
        Self { code: None, message, request_id, field: None }
    }

    /// Whether the session has ended and the way on is the login.
    pub fn wants_login(&self) -> bool {
        self.code == Some(Code::Unauthorized)
    }
}

impl From<ErrorBody> for Problem {
    fn from(body: ErrorBody) -> Self {
        let field = body.details.get("field").and_then(|field| field.as_str()).map(str::to_owned);
        Self { code: Some(body.code), message: body.message, request_id: Some(body.request_id), field }
    }
}

/// Calls an endpoint with the session's cookie.
pub async fn call<E: Endpoint>(endpoint: E) -> Result<E::Reply, Problem> {
    let body = endpoint.json().map_err(|_| Problem::unreachable())?;
    let answer = send(E::ROUTE.method, endpoint.url(), body).await?;
    serde_json::from_str(&answer.json).map_err(|_| Problem::strange(answer.status, answer.request_id))
}

/// A reply that says it is good, not yet read.
struct Answer {
    status: u16,
    request_id: Option<String>,
    json: String,
}

/// The part of a call that is the same for every endpoint, so that the page holds it once.
async fn send(method: Method, url: String, body: Option<String>) -> Result<Answer, Problem> {
    let request = RequestBuilder::new(&url).method(match method {
        Method::Get => Verb::GET,
        Method::Post => Verb::POST,
        Method::Delete => Verb::DELETE,
    });
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    let response =
        request.map_err(|_| Problem::unreachable())?.send().await.map_err(|_| Problem::unreachable())?;
    let (status, request_id) = (response.status(), response.headers().get("X-Request-Id"));
    let text = response.text().await.map_err(|_| Problem::unreachable())?;
    if !response.ok() {
        let problem = serde_json::from_str::<ErrorBody>(&text).map(Problem::from);
        return Err(problem.unwrap_or_else(|_| Problem::strange(status, request_id)));
    }
    let json = if text.is_empty() { "null".to_owned() } else { text };
    Ok(Answer { status, request_id, json })
}
