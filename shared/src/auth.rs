//! Who may come in: login, session, tokens.

use crate::{Timestamp, TokenId, json::holds_fields, words::words};
use serde::{Deserialize, Serialize};

/// What the login page posts: the single-use code, or a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The code behind the `#` of the login link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A key or token instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// `key`, `token` or `session`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// When it ends; null where it does not.
    pub expires_at: Option<Timestamp>,
}

/// A way into one socket without a cookie: passed as `Sec-WebSocket-Protocol`, once, within thirty seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The protocol to name: `quarterdeck.ticket.…`.
    pub protocol: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

words! {
    /// What a token may be used for.
    TokenScope: exact "token scope" {
        /// For everything.
        All = "all",
        /// To hand in hooks and telemetry, and for nothing else.
        Ingest = "ingest",
    }
}

/// One access token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it may be used for.
    #[serde(default)]
    pub scope: TokenScope,
    /// Its last four characters.
    pub ends_with: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it ends; null where it does not.
    pub expires_at: Option<Timestamp>,
}

/// What a new token is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// A name to recognise it by.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 80))]
    pub name: String,
    /// Days until it ends; never where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 3650))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u32>,
    /// What it may be used for; everything where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<TokenScope>,
}

/// A token on the only occasion its secret is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MadeToken {
    /// The token.
    #[serde(flatten)]
    pub token: Token,
    /// The secret: `qd_…`; kept nowhere, so keep it.
    pub secret: String,
}

holds_fields!(MadeToken { token: Token, secret: String });
