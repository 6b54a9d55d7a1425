//! The page: its files inside the binary, compressed when they were built, and one document for all its addresses.

use super::{headers, refusal::refuse, secret::hexadecimal};
use crate::error::ApiError;
use quarterdeck_shared::Code;
use rocket::{
    Data, Request, Response, Route,
    http::{ContentType, Method, Status},
    request::Outcome,
    response::{self, Responder},
    route::{self, Handler},
};
use rust_embed::RustEmbed;
use std::{borrow::Cow, collections::HashSet, io::Cursor, sync::OnceLock};

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Files;

const DOCUMENT: &str = "index.html";

/// The first words of the page's addresses; what stands behind them is the page's own business.
pub const PAGES: &[&str] =
    &["", "dashboard", "login", "agents", "tasks", "approvals", "search", "costs", "analytics", "settings"];

/// Routes for every file and every address of the page.
pub fn routes() -> Vec<Route> {
    let get = |path: &str, what: Page| Route::ranked(20, Method::Get, path, what);
    let mut routes: Vec<Route> =
        assets().iter().map(|name| get(&format!("/{name}"), Page::File(name.clone()))).collect();
    for page in PAGES {
        // `<_..>` stands for nothing as well.
        let path = if page.is_empty() { "/".to_owned() } else { format!("/{page}/<_..>") };
        routes.push(get(&path, Page::Document));
    }
    routes
}

/// Whether a path is one of the page's addresses or files.
pub fn is_page(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    PAGES.contains(&first) || is_asset(path)
}

/// Whether a path is one of the page's files.
pub fn is_asset(path: &str) -> bool {
    assets().contains(path.trim_start_matches('/'))
}

/// The names of the files, without the document and without their compressed twins.
fn assets() -> &'static HashSet<String> {
    static NAMES: OnceLock<HashSet<String>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let names = Files::iter().map(Cow::into_owned);
        names.filter(|name| name != DOCUMENT && !name.ends_with(".br") && !name.ends_with(".gz")).collect()
    })
}

#[derive(Clone)]
enum Page {
    Document,
    File(String),
}

#[rocket::async_trait]
impl Handler for Page {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> route::Outcome<'r> {
        let sent = match self {
            Self::Document => document(Status::Ok),
            Self::File(name) => Sent::file(name, Status::Ok),
        };
        match sent {
            Some(sent) => route::Outcome::from(request, sent),
            None => {
                drop(data);
                let message = "this program was built without its page; `cargo xtask build` puts it in";
                match refuse::<(), ()>(request, ApiError::new(Code::Unavailable, message)) {
                    Outcome::Error((status, ())) => route::Outcome::Error(status),
                    Outcome::Success(()) | Outcome::Forward(_) => {
                        route::Outcome::Error(Status::InternalServerError)
                    }
                }
            }
        }
    }
}

/// The document that every address of the page shows; nothing where the program was built without it.
pub fn document(status: Status) -> Option<Sent> {
    Sent::file(DOCUMENT, status)
}

/// Whether somebody looks at an address in a browser.
pub fn is_visit(request: &Request<'_>) -> bool {
    let accepts = request.headers().get_one("Accept").is_some_and(|accept| accept.contains("text/html"));
    accepts && request.method() == Method::Get
}

/// A file of the page on its way out.
pub struct Sent {
    name: String,
    status: Status,
}

impl Sent {
    fn file(name: &str, status: Status) -> Option<Self> {
        Files::get(name).map(|_| Self { name: name.to_owned(), status })
    }
}

impl<'r> Responder<'r, 'static> for Sent {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let accepted = request.headers().get_one("Accept-Encoding").unwrap_or_default();
        let twin = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(word, end)| {
            let file = accepts(accepted, word).then(|| Files::get(&format!("{}.{end}", self.name))).flatten();
            file.map(|file| (Some(word), file))
        });
        let plain = || Files::get(&self.name).map(|file| (None, file));
        let (encoding, file) = twin.or_else(plain).ok_or(Status::NotFound)?;
        let etag = format!("\"{}\"", hexadecimal(&file.metadata.sha256_hash()[..16]));
        let mut response = Response::new();
        response.set_status(self.status);
        response.set_raw_header("Vary", "Accept-Encoding");
        response.set_raw_header("ETag", etag.clone());
        response.set_raw_header("Cache-Control", lifetime(&self.name));
        if self.name == DOCUMENT {
            response.set_raw_header("Content-Security-Policy", headers::page_policy(request));
        }
        if request.headers().get("If-None-Match").any(|tags| tags.contains(&etag)) {
            response.set_status(Status::NotModified);
            return Ok(response);
        }
        let end = self.name.rsplit('.').next().unwrap_or_default();
        response.set_header(ContentType::from_extension(end).unwrap_or(ContentType::Binary));
        if let Some(encoding) = encoding {
            response.set_raw_header("Content-Encoding", encoding);
        }
        let size = file.data.len();
        response.set_max_chunk_size(size.min(1 << 20) + 1);
        response.set_sized_body(size, Cursor::new(file.data));
        Ok(response)
    }
}

/// Whether an `Accept-Encoding` takes this coding.
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next() == Some(coding)
            && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// How long a browser may keep a file: for good where the name changes with the content.
fn lifetime(name: &str) -> &'static str {
    match name {
        DOCUMENT => "no-cache",
        name if is_hashed(name) => "public, max-age=31536000, immutable",
        name if name.starts_with("fonts/") => "public, max-age=604800",
        _ => "no-cache",
    }
}

/// Whether a name carries a hash: `-` and at least eight hexadecimal digits before the ending.
fn is_hashed(name: &str) -> bool {
    let stem = name.rsplit('/').next().unwrap_or(name);
    stem.split(['.', '_', '-'])
        .skip(1)
        .any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names_are_kept_for_good_and_the_document_never() {
        for name in [
            "quarterdeck-web-3b1f0c9a5d7e2f41.js",
            "quarterdeck-web-3b1f0c9a5d7e2f41_bg.wasm",
            "page-0a1b2c3d.css",
        ] {
            assert!(lifetime(name).contains("immutable"), "{name}");
        }
        for name in ["index.html", "favicon.svg", "start.js"] {
            assert_eq!(lifetime(name), "no-cache", "{name}");
        }
    }

    #[test]
    fn a_coding_is_taken_unless_it_is_refused() {
        assert!(accepts("gzip, deflate, br", "br") && accepts("br;q=0.5", "br"));
        assert!(!accepts("gzip", "br") && !accepts("br;q=0, gzip", "br") && !accepts("brotli", "br"));
    }

    #[test]
    fn addresses_of_the_page_are_known() {
        for path in ["/", "/dashboard", "/agents/0192", "/tasks/new"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["/api/v1/agents", "/agentsx", "/nowhere", "/ws/fleet"] {
            assert!(!is_page(path), "{path}");
        }
    }
}
