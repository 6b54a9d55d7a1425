//! The OpenAPI document drawn for people: one article per operation, one per schema.

use serde_json::Value;
use std::fmt::Write as _;

/// The whole page.
pub fn draw(document: &Value) -> String {
    let mut page = String::with_capacity(128 * 1024);
    let info = &document["info"];
    let mut say = |html: String| page.push_str(&html);
    say(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"dark light\">\
         <title>{title} API</title><link rel=\"stylesheet\" href=\"/api/docs/style.css\"></head><body>\
         <header><h1>{title} API <small>{version}</small></h1><p>{summary}</p><p>{description}</p>\
         <p>As a document for programs: <a href=\"/api/openapi.json\">OpenAPI 3.1</a>. Every call but those marked open \
         needs <code>Authorization: Bearer KEY</code> or a session.</p></header>",
        title = text(&info["title"]),
        version = text(&info["version"]),
        summary = text(&info["summary"]),
        description = coded(&info["description"]),
    ));
    say(contents(document));
    say("<main>".to_owned());
    for tag in names(document) {
        say(format!("<section aria-labelledby=\"tag-{tag}\"><h2 id=\"tag-{tag}\">{tag}</h2>"));
        for (path, method, operation) in
            operations(document).filter(|(_, _, operation)| operation["tags"][0] == *tag)
        {
            say(article(path, method, operation));
        }
        say("</section>".to_owned());
    }
    say(sockets(document));
    say("<section aria-labelledby=\"schemas\"><h2 id=\"schemas\">schemas</h2>".to_owned());
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        say(shape(name, schema));
    }
    say("</section></main></body></html>".to_owned());
    page
}

fn names(document: &Value) -> impl Iterator<Item = &str> {
    document["tags"].as_array().into_iter().flatten().filter_map(|tag| tag["name"].as_str())
}

fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(move |(method, operation)| (path, method, operation))
    })
}

fn contents(document: &Value) -> String {
    let mut list = String::from("<nav aria-label=\"Contents\"><ul>");
    for tag in names(document).chain(["sockets", "schemas"]) {
        let anchor = if matches!(tag, "sockets" | "schemas") { tag.to_owned() } else { format!("tag-{tag}") };
        let _ = write!(list, "<li><a href=\"#{anchor}\">{tag}</a></li>");
    }
    list + "</ul></nav>"
}

fn article(path: &str, method: &str, operation: &Value) -> String {
    let open = operation["security"].as_array().is_some_and(Vec::is_empty);
    let mut article = format!(
        "<article id=\"{id}\"><h3><b class=\"{method}\">{upper}</b> <code>{path}</code>{open}</h3><p>{summary}</p>",
        id = text(&operation["operationId"]),
        upper = method.to_uppercase(),
        path = escape(path),
        open = if open { " <i>open</i>" } else { "" },
        summary = coded(&operation["summary"]),
    );
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    if !parameters.is_empty() {
        article += "<table><caption>Parameters</caption><tbody>";
        for parameter in parameters {
            let required = if parameter["required"] == true { ", required" } else { "" };
            let _ = write!(
                article,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}{required}</td><td>{}</td><td>{}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                kind(&parameter["schema"]),
                coded(&parameter["description"]),
            );
        }
        article += "</tbody></table>";
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !body.is_null() {
        let _ = write!(article, "<p>Body: {}</p>", kind(body));
    }
    article += "<ul class=\"replies\">";
    for (status, reply) in operation["responses"].as_object().into_iter().flatten() {
        let schema = &reply["content"]["application/json"]["schema"];
        let what = match reply["$ref"].as_str() {
            Some(reference) => escape(reference.rsplit('/').next().unwrap_or(reference)),
            None if schema.is_null() => String::new(),
            None => kind(schema),
        };
        let _ = write!(article, "<li><b>{status}</b> {what}</li>");
    }
    article + "</ul></article>"
}

fn sockets(document: &Value) -> String {
    let mut section = String::from("<section aria-labelledby=\"sockets\"><h2 id=\"sockets\">sockets</h2>");
    for socket in document["x-sockets"].as_array().into_iter().flatten() {
        let _ = write!(
            section,
            "<article><h3><b class=\"get\">WS</b> <code>{}</code></h3><p>{} The client says {}, the server {}.</p></article>",
            text(&socket["path"]),
            coded(&socket["summary"]),
            kind(&socket["client"]),
            kind(&socket["server"]),
        );
    }
    section + "</section>"
}

fn shape(name: &str, schema: &Value) -> String {
    let mut article = format!(
        "<article id=\"schema-{name}\"><h3><code>{name}</code></h3><p>{}</p>",
        coded(&schema["description"]),
        name = escape(name),
    );
    let parts = [schema].into_iter().chain(schema["allOf"].as_array().into_iter().flatten());
    for part in parts {
        if part["$ref"].is_string() {
            let _ = write!(article, "<p>All of {}, and:</p>", kind(part));
        }
        article += &fields(part);
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words.iter().map(|word| format!("<code>{}</code>", text(word))).collect();
        article += &format!("<p>{}</p>", words.join(" "));
    }
    for choice in schema["oneOf"].as_array().into_iter().flatten() {
        let _ = write!(article, "<p>Or: {}</p>", coded(&choice["description"]));
        article += &fields(choice);
    }
    article + "</article>"
}

fn fields(schema: &Value) -> String {
    let Some(properties) = schema["properties"].as_object() else { return String::new() };
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut table = String::from("<table><tbody>");
    for (name, property) in properties {
        let must = if required.contains(&name.as_str()) { "required" } else { "" };
        let _ = write!(
            table,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{must}</td><td>{}</td><td>{}</td></tr>",
            escape(name),
            kind(property),
            coded(&property["description"]),
        );
    }
    table + "</tbody></table>"
}

/// A schema in few words, with a link where it has a name.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = escape(reference.rsplit('/').next().unwrap_or(reference));
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    if let Some([word]) = schema["enum"].as_array().map(Vec::as_slice) {
        return format!("<code>{}</code>", text(word));
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(word) => escape(word),
        Value::Array(words) => words.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    }
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

/// A text whose words in backticks are set as code.
fn coded(value: &Value) -> String {
    let mut html = String::new();
    for (index, part) in value.as_str().unwrap_or_default().split('`').enumerate() {
        let part = escape(part);
        if index % 2 == 1 {
            let _ = write!(html, "<code>{part}</code>");
        } else {
            html += &part;
        }
    }
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::{ENDPOINTS, openapi};

    #[test]
    fn every_endpoint_is_on_the_page_and_nothing_runs() {
        let page = draw(&openapi::document("1.2.3"));
        for route in ENDPOINTS {
            assert!(page.contains(&format!("<article id=\"{}\">", route.name)), "{}", route.name);
        }
        assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("http://"));
    }
}
