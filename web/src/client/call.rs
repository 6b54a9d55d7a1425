//! One typed call to the server: any endpoint in, its reply or the problem out.

use futures::future::LocalBoxFuture;
use gloo::net::http::{Method as Verb, RequestBuilder, Response};
use quarterdeck_shared::{Code, Endpoint, ErrorBody, Method, json};
use serde_json::Value;

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
    let answer = fetch(Request::of(&endpoint));
    drop(endpoint);
    answer.await?.reply::<E>()
}

/// What is sent, whatever endpoint it is for.
pub struct Request {
    method: Method,
    url: String,
    body: serde_json::Result<Option<String>>,
}

impl Request {
    /// A call of this endpoint.
    pub fn of<E: Endpoint>(endpoint: &E) -> Self {
        Self { method: E::ROUTE.method, url: endpoint.url(), body: endpoint.json() }
    }
}

/// What the server answered.
pub struct Answer {
    status: u16,
    request_id: Option<String>,
    body: Value,
}

impl Answer {
    /// What this endpoint replies with it.
    pub fn reply<E: Endpoint>(self) -> Result<E::Reply, Problem> {
        json::noun(&self.body).map_err(|_| self.strange())
    }

    fn strange(self) -> Problem {
        Problem::strange(self.status, self.request_id)
    }

    /// An error instead of what was asked for.
    fn refusal(self) -> Problem {
        json::noun::<ErrorBody>(&self.body).map_or_else(|_| self.strange(), Problem::from)
    }
}

/// Everything of a call that is the same for all endpoints, compiled once.
pub fn fetch(request: Request) -> LocalBoxFuture<'static, Result<Answer, Problem>> {
    let Request { method, url, body } = request;
    Box::pin(async move {
        let response = send(method, &url, body.map_err(|_| Problem::unreachable())?).await;
        let response = response.map_err(|_| Problem::unreachable())?;
        let (status, request_id) = (response.status(), response.headers().get("X-Request-Id"));
        let text = response.text().await.map_err(|_| Problem::unreachable())?;
        let body = if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text) };
        let Ok(body) = body else { return Err(Problem::strange(status, request_id)) };
        let answer = Answer { status, request_id, body };
        if response.ok() { Ok(answer) } else { Err(answer.refusal()) }
    })
}

async fn send(method: Method, url: &str, body: Option<String>) -> Result<Response, gloo::net::Error> {
    let request = RequestBuilder::new(url).method(match method {
        Method::Get => Verb::GET,
        Method::Post => Verb::POST,
        Method::Delete => Verb::DELETE,
    });
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body)?,
        None => request.build()?,
    };
    request.send().await
}
