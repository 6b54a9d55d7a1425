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
    let request = RequestBuilder::new(&endpoint.url()).method(match E::ROUTE.method {
        Method::Get => Verb::GET,
        Method::Post => Verb::POST,
        Method::Delete => Verb::DELETE,
    });
    let body = endpoint.json().map_err(|_| Problem::unreachable())?;
    let request = match body {
        Some(body) => request.header("Content-Type", "application/json").body(body),
        None => request.build(),
    };
    let response =
        request.map_err(|_| Problem::unreachable())?.send().await.map_err(|_| Problem::unreachable())?;
    let status = response.status();
    let request_id = response.headers().get("X-Request-Id");
    let text = response.text().await.map_err(|_| Problem::unreachable())?;
    let strange = || Problem::strange(status, request_id.clone());
    if !response.ok() {
        return Err(serde_json::from_str::<ErrorBody>(&text).map_or_else(|_| strange(), Problem::from));
    }
    let json = if text.is_empty() { "null" } else { &text };
    serde_json::from_str(json).map_err(|_| strange())
}
