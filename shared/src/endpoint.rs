//! What an endpoint is: one declaration that the server mounts, the page calls and the document describes.

use crate::json::Tree;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// Where an endpoint lives and what it says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The endpoint's name, unique in the product; the operation id of the document.
    pub name: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path with parameters in braces: `/api/v1/agents/{id}`.
    pub path: &'static str,
    /// The status of success.
    pub status: u16,
    /// One sentence on what it promises.
    pub summary: &'static str,
    /// Whether strangers may call it.
    pub open: bool,
}

/// A call to one route: its parameters are the value, its reply is the type.
pub trait Endpoint {
    /// The declaration.
    const ROUTE: Route;
    /// The query string's fields; [`NoQuery`] where there are none.
    type Query: Serialize + DeserializeOwned;
    /// The JSON body; [`NoBody`] where there is none.
    type Body: Serialize + DeserializeOwned;
    /// What success answers; `()` where it answers nothing.
    type Reply: Serialize + DeserializeOwned;

    /// The path with the parameters filled in, without the query.
    fn path(&self) -> String;
    /// The query's fields.
    fn query(&self) -> &Self::Query;
    /// The body.
    fn body(&self) -> &Self::Body;

    /// Path and query, ready to be requested.
    fn url(&self) -> String {
        match serde_urlencoded::to_string(self.query()) {
            Ok(query) if !query.is_empty() => format!("{}?{query}", self.path()),
            _ => self.path(),
        }
    }

    /// The body as JSON, or nothing where the endpoint takes none.
    fn json(&self) -> Result<Option<String>, serde_json::Error> {
        let body = serde_json::to_value(self.body())?;
        Ok((!body.is_null()).then(|| body.to_string()))
    }
}

/// The endpoint takes no query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

/// The endpoint takes no body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoBody;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in the order asked for.
    pub items: Vec<T>,
    /// How many rows there are in all.
    pub total: Total,
    /// What to pass as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
    /// Every change up to this event is in the rows.
    #[serde(default)]
    pub seq: i64,
}

/// An answer that is one page of many.
pub trait Paged {
    /// A row.
    type Item;
    /// The rows, how many there are in all, and where the next page begins.
    fn paged(self) -> (Vec<Self::Item>, Total, Option<String>);
    /// How much is not told yet, in bytes.
    fn behind(&self) -> u64 {
        0
    }
}

impl<T> Paged for Page<T> {
    type Item = T;

    fn paged(self) -> (Vec<T>, Total, Option<String>) {
        (self.items, self.total, self.next_cursor)
    }
}

/// How many there are: exact, or a lower bound where counting on would cost too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Total {
    /// Exactly so many.
    Exact(u64),
    /// At least so many.
    AtLeast {
        /// The bound.
        value: u64,
        /// Always true.
        at_least: bool,
    },
}

impl<'de> Deserialize<'de> for Total {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Bound {
            value: u64,
            at_least: bool,
        }
        let total = Value::deserialize(deserializer)?;
        if let Some(exact) = total.as_u64() {
            return Ok(Self::Exact(exact));
        }
        let Bound { value, at_least } = Bound::deserialize(Tree::<D::Error>::new(&total))?;
        Ok(Self::AtLeast { value, at_least })
    }
}

impl Total {
    /// The number, be it exact or a bound.
    pub const fn value(self) -> u64 {
        match self {
            Self::Exact(value) | Self::AtLeast { value, .. } => value,
        }
    }
}
