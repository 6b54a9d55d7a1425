//! The OpenAPI 3.1 document, made from the endpoints' declarations.

mod schemas;

use crate::{
    Code, Endpoint, ErrorBody, Method, Route, endpoints,
    live::{Call, Frame},
};
use schemas::{Schemas, plain, shape, without_null};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

pub(crate) use schemas::closed_set;

/// One route with the shapes it takes and gives.
pub struct Described {
    route: Route,
    params: Vec<(&'static str, Value)>,
    query: Value,
    body: Option<Value>,
    reply: Option<Value>,
    schemas: Schemas,
}

impl Described {
    /// The shapes of an endpoint.
    pub fn of<E>() -> Self
    where
        E: Endpoint,
        E::Query: ToSchema,
        E::Body: ToSchema,
        E::Reply: ToSchema,
    {
        let mut schemas = Schemas::new();
        let query = plain::<E::Query>();
        <E::Query as ToSchema>::schemas(&mut schemas);
        let body = shape::<E::Body>(&mut schemas);
        let reply = shape::<E::Reply>(&mut schemas);
        Self { route: E::ROUTE, params: Vec::new(), query, body, reply, schemas }
    }

    /// The same with one more parameter of its path.
    #[must_use]
    pub fn with_param<T: ToSchema>(mut self, name: &'static str) -> Self {
        self.params.push((name, plain::<T>()));
        self
    }
}

/// The whole document.
pub fn document(version: &str) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut tags = BTreeSet::new();
    for described in endpoints::described() {
        let route = described.route;
        tags.insert(tag(route.path));
        let method = route.method.as_str().to_lowercase();
        paths.entry(route.path).or_default().insert(method, operation(&described));
        schemas.extend(described.schemas);
    }
    for plain in PLAIN {
        tags.insert(tag(plain.path));
        paths.entry(plain.path).or_default().insert("get".into(), bare(plain));
    }
    tags.insert(tag(METRICS));
    paths.entry(METRICS).or_default().insert("get".into(), metrics());
    let _ = (shape::<ErrorBody>(&mut schemas), shape::<Frame>(&mut schemas), shape::<Call>(&mut schemas));
    let schemas: BTreeMap<_, _> = schemas.into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Quarterdeck",
            "version": version,
            "summary": "Mission control for fleets of Claude agents",
            "description": INTRODUCTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "This server" }],
        "security": [{ "key": [] }, { "session": [] }],
        "tags": tags.iter().map(|tag| json!({ "name": tag, "description": format!("Everything about {tag}.") })).collect::<Vec<_>>(),
        "paths": paths,
        "x-sockets": sockets(),
        "components": {
            "schemas": schemas,
            "responses": refusals(),
            "securitySchemes": {
                "key": { "type": "http", "scheme": "bearer", "description": "The server's key, or an access token." },
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "quarterdeck_session",
                    "description": "Set by CreateSession; under TLS its name begins with `__Host-`.",
                },
            },
        },
    })
}

const INTRODUCTION: &str = "Every refusal has one shape, `ErrorBody`. Lists are pages: follow `next_cursor`. Reads \
carry an `ETag` and answer 304 to `If-None-Match`. A POST with an `Idempotency-Key` is carried out once within 24 \
hours, where it takes one: what is asked by POST and changes nothing (`EstimateTask`, `CreatePreview`, `CreateTicket`, \
`CreateSession`) pays no regard to it, and `CreateToken` refuses it, since no secret is kept. Unknown fields and parameters are refused; replies may gain fields, which clients ignore.";

/// Commands whose answers are secret, short-lived or change nothing: none is kept for an `Idempotency-Key`.
const NOT_KEPT: [&str; 5] = ["CreateSession", "CreateTicket", "CreateToken", "EstimateTask", "CreatePreview"];

/// Reads of one thing that a parameter names: it may not be there.
const NAMED_BY_PARAMETER: [&str; 2] = ["GetFileDiff", "GetReplay"];

const METRICS: &str = "/metrics";

/// A read that answers something else than JSON.
#[derive(Clone, Copy, Debug)]
pub struct Plain {
    /// Its name, unique in the product.
    pub name: &'static str,
    /// Its path, an agent's id in braces.
    pub path: &'static str,
    /// What it promises.
    pub summary: &'static str,
    /// The media types it answers.
    pub media: &'static [&'static str],
    /// The parameters behind `?`.
    pub query: &'static [(&'static str, bool)],
}

/// Every such read below `/api/v1`.
pub const PLAIN: &[Plain] = &[
    Plain {
        name: "ExportConversation",
        path: "/api/v1/agents/{id}/conversation.md",
        summary: "A whole conversation as markdown, as it is read.",
        media: &["text/markdown"],
        query: &[("thread", false)],
    },
    Plain {
        name: "GetConversationImage",
        path: "/api/v1/agents/{id}/conversation/image",
        summary: "A picture of a conversation, where its bytes are what they are said to be.",
        media: &["image/png", "image/jpeg", "image/gif", "image/webp"],
        query: &[("at", true), ("index", false), ("thread", false)],
    },
    Plain {
        name: "GetFilePatch",
        path: "/api/v1/files/patch",
        summary: "What one modification of a file did, as a patch to keep.",
        media: &["text/plain"],
        query: &[("id", true)],
    },
    Plain {
        name: "GetLogFile",
        path: "/api/v1/agents/{id}/logs/files/{name}",
        summary: "A file of the folder the Python orchestrator kept of an agent, as it is.",
        media: &["text/plain"],
        query: &[],
    },
];

/// The sockets: path and promise. OpenAPI has no word for them, so they stand under `x-sockets`.
pub const SOCKETS: &[(&str, &str)] = &[
    ("/ws/fleet", "Every change of the fleet, live."),
    ("/ws/tasks/{id}", "Every change of one task and its agents, live."),
    ("/ws/costs", "Every usage record, live."),
];

fn sockets() -> Vec<Value> {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let socket = |(path, summary): &(&str, &str)| json!({ "path": path, "summary": summary, "client": reference("Call"), "server": reference("Frame") });
    SOCKETS.iter().map(socket).collect()
}

fn operation(described: &Described) -> Value {
    let Described { route, params, query, body, .. } = described;
    let mut all: Vec<Value> = params.iter().map(|(name, schema)| path_param(name, schema)).collect();
    all.extend(query_params(query));
    if route.method == Method::Post && !NOT_KEPT.contains(&route.name) {
        all.push(idempotency_key());
    }
    let mut operation = json!({
        "operationId": route.name,
        "tags": [tag(route.path)],
        "summary": route.summary,
        "description": format!("{} {}", route.summary, if route.open { "Open to strangers." } else { "Needs a key or a session." }),
        "parameters": all,
        "responses": responses(described),
    });
    if let Some(body) = body {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": body } } });
    }
    if route.open {
        operation["security"] = json!([]);
    }
    operation
}

fn responses(described: &Described) -> Value {
    let Described { route, params, body, reply, .. } = described;
    let mut responses = Map::new();
    let success = |schema: &Value| json!({ "description": route.summary, "content": { "application/json": { "schema": schema } } });
    if route.status == 204 {
        responses.insert(
            "204".into(),
            json!({ "description": format!("{} Nothing is left to say.", route.summary) }),
        );
    }
    match reply {
        Some(schema) if route.status == 204 => responses.insert("200".into(), success(schema)),
        Some(schema) => responses.insert(route.status.to_string(), success(schema)),
        None => None,
    };
    if route.method == Method::Get {
        responses
            .insert("304".into(), json!({ "description": "Unchanged since the `ETag` in `If-None-Match`." }));
    }
    let mut codes = vec![Code::BadRequest, Code::Forbidden, Code::Invalid, Code::RateLimited];
    codes.extend([Code::Unauthorized, Code::Internal, Code::Unavailable]);
    let names_one = !params.is_empty() || NAMED_BY_PARAMETER.contains(&route.name);
    codes.extend(names_one.then_some(Code::NotFound));
    codes.extend((route.method != Method::Get).then_some(Code::Conflict));
    codes.extend((route.method != Method::Get).then_some(Code::UnsupportedMediaType));
    codes.extend(body.is_some().then_some(Code::TooLarge));
    for code in codes {
        let reference = format!("#/components/responses/{}", refusal_name(code.status()));
        responses.insert(code.status().to_string(), json!({ "$ref": reference }));
    }
    Value::Object(responses)
}

fn path_param(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": format!("The {name} in the address."), "schema": schema })
}

fn query_params(query: &Value) -> Vec<Value> {
    let properties = query["properties"].as_object().into_iter().flatten();
    let required: Vec<&str> =
        query["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let param = |(name, schema): (&String, &Value)| {
        let mut schema = without_null(schema.clone());
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let required = required.contains(&name.as_str());
        json!({
            "name": name, "in": "query", "required": required, "allowEmptyValue": !required,
            "description": description.unwrap_or_else(|| json!(format!("The {name}."))),
            "schema": schema,
        })
    };
    properties.map(param).collect()
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "A name of your own for this request: sent again within 24 hours it gets the first answer.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
    })
}

/// A read that answers something else than JSON.
fn bare(read: &Plain) -> Value {
    let content: Map<String, Value> = read
        .media
        .iter()
        .map(|media| ((*media).to_owned(), json!({ "schema": { "type": "string" } })))
        .collect();
    let params = [
        ("{id}", path_param("id", &plain::<crate::AgentId>())),
        ("{name}", path_param("name", &json!({ "type": "string" }))),
    ];
    let named = params.into_iter().filter(|(place, _)| read.path.contains(place));
    let mut parameters: Vec<_> = named.map(|(_, param)| param).collect();
    parameters.extend(read.query.iter().map(|(name, required)| {
        json!({
            "name": name, "in": "query", "required": required, "description": format!("The {name}."),
            "schema": { "type": if *name == "index" { "integer" } else { "string" } },
        })
    }));
    let mut responses = json!({ "200": { "description": read.summary, "content": content } });
    for code in [
        Code::BadRequest,
        Code::Unauthorized,
        Code::Forbidden,
        Code::NotFound,
        Code::Invalid,
        Code::RateLimited,
        Code::Internal,
        Code::Unavailable,
    ] {
        let reference = format!("#/components/responses/{}", refusal_name(code.status()));
        responses[code.status().to_string()] = json!({ "$ref": reference });
    }
    json!({
        "operationId": read.name,
        "tags": [tag(read.path)],
        "summary": read.summary,
        "description": format!("{} Needs a key or a session.", read.summary),
        "parameters": parameters,
        "responses": responses,
    })
}

fn metrics() -> Value {
    json!({
        "operationId": "GetMetrics",
        "tags": [tag(METRICS)],
        "summary": "Figures for Prometheus.",
        "description": "Figures for Prometheus. Needs a key or a session.",
        "responses": {
            "200": {
                "description": "Figures in Prometheus' text format.",
                "content": { "text/plain": { "schema": { "type": "string" } } },
            },
            "401": { "$ref": "#/components/responses/Unauthorized" },
            "403": { "$ref": "#/components/responses/Forbidden" },
            "429": { "$ref": "#/components/responses/TooManyRequests" },
        },
    })
}

/// The refusals that endpoints share, one per status.
fn refusals() -> BTreeMap<&'static str, Value> {
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in Code::ALL {
        by_status.entry(code.status()).or_default().push(code.as_str());
    }
    let used = by_status.into_iter().filter(|(status, _)| *status != 405);
    used.map(|(status, words)| {
        let mut refusal = json!({
            "description": format!("Refused: {}.", words.join(", ")),
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/ErrorBody" } } },
        });
        if matches!(status, 429 | 503) {
            let seconds = json!({ "type": "integer", "minimum": 1 });
            refusal["headers"] =
                json!({ "Retry-After": { "description": "Seconds to wait.", "schema": seconds } });
        }
        (refusal_name(status), refusal)
    })
    .collect()
}

const fn refusal_name(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        413 => "TooLarge",
        415 => "UnsupportedMediaType",
        422 => "Unprocessable",
        429 => "TooManyRequests",
        503 => "Unavailable",
        _ => "Internal",
    }
}

/// The term a path is about: `agents` of `/api/v1/agents/{id}`, `server` of `/health`.
fn tag(path: &str) -> &str {
    let rest = path.strip_prefix("/api/v1/").or_else(|| path.strip_prefix("/ws").map(|_| "sockets"));
    rest.map_or("server", |rest| rest.split('/').next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document("0.1.0");
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(references.len() > 100);
        for reference in references {
            assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
    }

    #[test]
    fn no_two_shapes_share_a_name() {
        let mut known = BTreeMap::new();
        for (name, schema) in endpoints::described().into_iter().flat_map(|described| described.schemas) {
            let schema = serde_json::to_value(schema).unwrap();
            let before = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*before, schema, "{name}");
        }
    }

    fn collect(value: &Value, references: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                references.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| collect(value, references));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
            _ => {}
        }
    }
}
