//! The address bar as state: every filter, sort, tab and selection stands in the query string.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use yew_router::AnyRoute;
use yew_router::prelude::{Navigator, use_location, use_navigator};

/// The parameters of an address, in order, each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `?a=1&b=2` (the question mark may be missing).
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for pair in text.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            query = query.with(&decode(name), &decode(value));
        }
        query
    }

    /// The value of a parameter; an absent one is empty.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    /// The same with one parameter set; an empty value takes it out.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.0.iter_mut().find(|(other, _)| other == name) {
            Some(pair) => pair.1 = value.to_owned(),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
        self.0.retain(|(_, value)| !value.is_empty());
        self
    }

    /// Written behind a path: `?a=1&b=2`, or nothing.
    pub fn written(&self) -> String {
        let pairs: Vec<_> =
            self.0.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// Name and value of each parameter.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Where the page stands, and the ways on from there.
#[derive(Clone, PartialEq)]
pub struct Address {
    /// Such as `/agents`.
    pub path: AttrValue,
    /// Its parameters.
    pub query: Query,
    navigator: Option<Navigator>,
}

impl Address {
    /// Sets a parameter to whatever it is called with.
    pub fn setter(&self, name: &'static str) -> Callback<AttrValue> {
        let address = self.clone();
        Callback::from(move |value: AttrValue| address.set(name, &value))
    }

    /// Sets a parameter to whatever is typed.
    pub fn typed(&self, name: &'static str) -> Callback<InputEvent> {
        let address = self.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                address.set(name, &input.value());
            }
        })
    }

    /// The value of a parameter; an absent one is empty.
    pub fn get(&self, name: &str) -> &str {
        self.query.get(name)
    }

    /// The address with one parameter set, for a link.
    pub fn href(&self, name: &str, value: &str) -> AttrValue {
        format!("{}{}", self.path, self.query.clone().with(name, value).written()).into()
    }

    /// Goes to a path (with its query), as a new step of the history.
    pub fn go(&self, to: &str) {
        if let Some(navigator) = &self.navigator {
            navigator.push(&AnyRoute::new(to.to_owned()));
        }
    }

    /// Goes to a path in place of this one: the back button does not come here again.
    pub fn replace(&self, to: &str) {
        if let Some(navigator) = &self.navigator {
            navigator.replace(&AnyRoute::new(to.to_owned()));
        }
    }

    /// Sets one parameter in place: the back button does not undo a filter letter by letter.
    pub fn set(&self, name: &str, value: &str) {
        self.replace(&self.href(name, value));
    }
}

/// The address, drawn again whenever it changes.
#[hook]
pub fn use_address() -> Address {
    let location = use_location();
    let navigator = use_navigator();
    let (path, query) = match &location {
        Some(location) => (AttrValue::from(location.path().to_owned()), Query::parse(location.query_str())),
        None => (AttrValue::from("/"), Query::default()),
    };
    Address { path, query, navigator }
}

/// Percent-encodes everything but letters, digits and `-._~`.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let hex = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match (first, hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_in_the_address_reads_back_as_it_was_written() {
        let query = Query::default().with("q", "a & b/ü").with("status", "running");
        assert_eq!(query.written(), "?q=a%20%26%20b%2F%C3%BC&status=running");
        assert_eq!(Query::parse(&query.written()), query);
    }

    #[test]
    fn an_empty_value_leaves_the_address() {
        assert_eq!(Query::parse("?q=x&sort=-cost").with("q", "").written(), "?sort=-cost");
    }

    #[test]
    fn a_broken_escape_is_taken_as_text() {
        assert_eq!(Query::parse("q=100%&r=%zz").get("q"), "100%");
        assert_eq!(Query::parse("q=100%&r=%zz").get("r"), "%zz");
    }
}
