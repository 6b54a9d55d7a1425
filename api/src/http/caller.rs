//! Callers: somebody who may come in, and by what they proved it.

use quarterdeck_shared::{
    Timestamp, TokenId,
    auth::{Session, TokenScope},
};

/// By what somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The server's own key.
    Key,
    /// An access token.
    Token(TokenId),
    /// A login.
    Session,
}

/// Somebody who may come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// By what.
    pub proof: Proof,
    /// What people call them.
    pub name: String,
    /// For what.
    pub scope: TokenScope,
    /// Until when; without an end where missing.
    pub expires_at: Option<Timestamp>,
    /// The hash of what they showed: tells callers apart without keeping a secret.
    pub hash: String,
}

impl Caller {
    /// How the caller is described to itself.
    pub fn session(&self) -> Session {
        let kind = match self.proof {
            Proof::Key => "key",
            Proof::Token(_) => "token",
            Proof::Session => "session",
        };
        Session { kind: kind.to_owned(), name: self.name.clone(), expires_at: self.expires_at }
    }
}
