//! Where a page ended: the sort value and id of its last row, sealed to one list, filter and order.

use super::StoreError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sea_orm::Value;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use uuid::Uuid;

/// What makes a cursor belong to one list: a short hash of its name, filters and order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seal([u8; 8]);

impl Seal {
    /// The seal of a list under this query, whose cursor and limit have been taken out.
    pub(crate) fn of(list: &str, query: &impl Serialize) -> Result<Self, StoreError> {
        let query = serde_json::to_vec(query).map_err(|_| StoreError::BadCursor)?;
        let digest = Sha256::new().chain_update(list).chain_update([0]).chain_update(query).finalize();
        let mut seal = [0; 8];
        seal.copy_from_slice(&digest[..8]);
        Ok(Self(seal))
    }

    /// Bytes as clients carry them.
    pub(crate) fn close(self, bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode([&self.0[..], bytes].concat())
    }

    /// The bytes a client brought back; refused where they come from another list, filter or order.
    pub(crate) fn open(self, text: &str) -> Result<Vec<u8>, StoreError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| StoreError::BadCursor)?;
        bytes.strip_prefix(&self.0).map(<[u8]>::to_vec).ok_or(StoreError::BadCursor)
    }
}

/// A value rows are sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Number(i64),
    Text(String),
}

impl Key {
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
        }
    }

    /// How a word stands to this key.
    pub(super) fn compare(&self, word: &str) -> Ordering {
        match self {
            Self::Number(_) => Ordering::Equal,
            Self::Text(text) => word.cmp(text),
        }
    }
}

/// A row's place in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: Key,
    pub(super) id: Uuid,
}

impl Place {
    /// The place as clients carry it.
    pub(super) fn encode(&self, seal: Seal) -> String {
        let mut bytes = seal.0.to_vec();
        bytes.extend(self.id.as_bytes());
        match &self.key {
            Key::Number(number) => {
                bytes.push(b'n');
                bytes.extend(number.to_be_bytes());
            }
            Key::Text(text) => {
                bytes.push(b't');
                bytes.extend(text.as_bytes());
            }
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place a client brought back; refused where it comes from another list, filter or order.
    pub(super) fn decode(text: &str, seal: Seal, is_text: bool) -> Result<Self, StoreError> {
        Self::read(text, seal)
            .filter(|place| matches!(place.key, Key::Text(_)) == is_text)
            .ok_or(StoreError::BadCursor)
    }

    fn read(text: &str, seal: Seal) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let rest = bytes.strip_prefix(&seal.0)?;
        let (id, rest) = rest.split_at_checked(16)?;
        let key = match rest.split_first()? {
            (b'n', number) => Key::Number(i64::from_be_bytes(number.try_into().ok()?)),
            (b't', text) => Key::Text(String::from_utf8(text.to_vec()).ok()?),
            _ => return None,
        };
        Some(Self { key, id: Uuid::from_slice(id).ok()? })
    }
}
