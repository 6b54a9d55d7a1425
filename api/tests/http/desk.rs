//! A server without a network: every request passes the same door as over the wire.

use crate::support::database::{Place, folder};
use quarterdeck::{
    config::{Config, sources::Sources},
    fleet::Fleet,
    http::access::Access,
    store::{Location, Store},
};
use quarterdeck_shared::{ENDPOINTS, Method, Route, openapi::PLAIN};
use rocket::{
    Build, Rocket,
    http::{Header, Method as HttpMethod},
    local::asynchronous::{Client, LocalRequest, LocalResponse},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use tempfile::TempDir;

/// The server's key.
pub const KEY: &str = "canary-key-0123456789abcdef";
/// The `Host` that is ours.
pub const HOST: &str = "127.0.0.1:8000";
/// The origin of our own page.
pub const ORIGIN: &str = "http://127.0.0.1:8000";
/// An id that nothing has.
pub const NOBODY: &str = "0192f0c1-2b3c-7d4e-8f50-123456789abc";

/// A server, its client and its folder.
pub struct Desk {
    pub client: Client,
    pub folder: TempDir,
}

/// Settings of a test: the folder's, with these flags on top.
pub fn config(folder: &TempDir, flags: &[(&'static str, &str)]) -> Config {
    let place = folder.path().to_str().expect("a path in UTF-8").to_owned();
    let mut all = BTreeMap::from([("data_dir", place.clone()), ("stranger_rate", "0".to_owned())]);
    all.extend([("read_rate", "0".to_owned()), ("command_rate", "0".to_owned()), ("workspace_roots", place)]);
    all.extend([("claude_bin", "/nowhere/claude".to_owned())]);
    all.extend(flags.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let environment = BTreeMap::from([
        ("HOME".to_owned(), "/nowhere".to_owned()),
        ("QUARTERDECK_API_KEY".to_owned(), KEY.to_owned()),
    ]);
    Config::from_sources(&Sources { flags: all, environment, file: None }).expect("settings that hold")
}

impl Desk {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(flags: &[(&'static str, &str)]) -> Self {
        Self::changed(flags, |rocket| rocket).await
    }

    /// A server on this database.
    pub async fn on(place: &Place) -> Self {
        let url = match &place.location {
            Location::Sqlite(file) => format!("sqlite:{}", file.display()),
            Location::Postgres(url) => url.clone(),
        };
        Self::with(&[("database_url", &url)]).await
    }

    /// A server that was changed before it started.
    pub async fn changed(
        flags: &[(&'static str, &str)],
        change: impl FnOnce(Rocket<Build>) -> Rocket<Build>,
    ) -> Self {
        let folder = folder();
        let rocket = quarterdeck::rocket(config(&folder, flags)).await.expect("the server is put together");
        let client = Client::untracked(change(rocket)).await.expect("the server starts");
        Self { client, folder }
    }

    pub fn store(&self) -> &Store {
        self.client.rocket().state::<Fleet>().expect("a fleet").store()
    }

    pub fn access(&self) -> &Arc<Access> {
        self.client.rocket().state::<Arc<Access>>().expect("access")
    }

    /// A request with our host and nothing else.
    pub fn bare(&self, method: HttpMethod, path: &str) -> LocalRequest<'_> {
        self.client.req(method, path.to_owned()).header(Header::new("Host", HOST))
    }

    /// A request with our host and the key.
    pub fn keyed(&self, method: HttpMethod, path: &str) -> LocalRequest<'_> {
        self.bare(method, path).header(bearer(KEY))
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.keyed(HttpMethod::Get, path).dispatch().await).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.keyed(HttpMethod::Delete, path).dispatch().await).await
    }

    pub async fn post(&self, path: &str, json: &str) -> Reply {
        Reply::of(self.keyed(HttpMethod::Post, path).header(json_type()).body(json).dispatch().await).await
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub text: String,
}

impl Reply {
    pub async fn of(response: LocalResponse<'_>) -> Self {
        let status = response.status().code;
        let headers = response
            .headers()
            .iter()
            .map(|header| (header.name.as_str().to_ascii_lowercase(), header.value.to_string()))
            .collect();
        Self { status, headers, text: response.into_string().await.unwrap_or_default() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

pub fn bearer(key: &str) -> Header<'static> {
    Header::new("Authorization", format!("Bearer {key}"))
}

pub fn json_type() -> Header<'static> {
    Header::new("Content-Type", "application/json")
}

/// Every declared route and every other place a request can be sent to, as method and path.
pub fn places() -> Vec<(HttpMethod, String, Option<Route>)> {
    let declared = ENDPOINTS.iter().map(|route| (method(route), filled(route.path), Some(*route)));
    let others =
        ["/metrics", "/api/openapi.json", "/api/docs", "/api/docs/style.css", "/ws/fleet", "/ws/costs"];
    let unknown =
        ["/", "/dashboard", "/favicon.ico", "/api", "/api/v1/nothing", "/../etc/passwd", "/no/such/place"];
    let task = format!("/ws/tasks/{NOBODY}");
    let plain: Vec<_> = PLAIN.iter().map(|plain| filled(plain.path)).collect();
    let others = others.into_iter().chain(unknown).chain([task.as_str()]);
    let others = others.chain(plain.iter().map(String::as_str));
    let others: Vec<_> = others.map(|path| (HttpMethod::Get, path.to_owned(), None)).collect();
    let unsafe_ones =
        ["/api/v1/nothing", "/", "/health"].map(|path| (HttpMethod::Post, path.to_owned(), None));
    declared.chain(others).chain(unsafe_ones).collect()
}

pub fn method(route: &Route) -> HttpMethod {
    match route.method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Delete => HttpMethod::Delete,
    }
}

/// A declared path with something in its parameters.
pub fn filled(path: &str) -> String {
    path.replace("{id}", NOBODY).replace("{role}", "BUILDER").replace("{name}", "prompt.txt")
}
