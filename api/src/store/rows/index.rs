//! How what can be searched, and what was done to files, lies in its tables.

use crate::store::{
    Document, FileDone, IndexedFile, StoreError,
    sql::{self, Fields},
    table::Table,
};
use sea_orm::Value;

pub(in crate::store) const INDEXED_FILES: Table = Table {
    name: "indexed_files",
    key: &["path"],
    columns: &["id", "path", "device", "inode", "head", "head_bytes", "indexed_bytes"],
    unread: 0,
};

pub(in crate::store) const DOCUMENTS: Table = Table {
    name: "documents",
    key: &["id"],
    columns: &["id", "agent_id", "file_id", "place", "piece", "kind", "tool", "at"],
    unread: 0,
};

pub(in crate::store) const FILE_CHANGES: Table = Table {
    name: "file_changes",
    key: &["call"],
    columns: &[
        "call", "agent_id", "path", "deed", "at", "file_id", "place", "piece", "added", "removed", "lines",
        "settled",
    ],
    unread: 0,
};

/// How far a file can be searched.
pub(in crate::store) fn indexed_values(file: &IndexedFile) -> Vec<Value> {
    vec![
        file.id.into(),
        sql::text(&file.path),
        file.device.cast_signed().into(),
        file.inode.cast_signed().into(),
        sql::text(&file.head),
        sql::number(file.head_bytes),
        sql::number(file.indexed_bytes),
    ]
}

/// The same, read back.
pub(in crate::store) fn read_indexed(fields: &mut Fields) -> Result<IndexedFile, StoreError> {
    Ok(IndexedFile {
        id: fields.take()?,
        path: fields.take()?,
        device: fields.take::<i64>()?.cast_unsigned(),
        inode: fields.take::<i64>()?.cast_unsigned(),
        head: fields.take()?,
        head_bytes: fields.number()?,
        indexed_bytes: fields.number()?,
    })
}

/// Where a document stands.
pub(in crate::store) fn document_values(document: &Document) -> Vec<Value> {
    vec![
        document.id.into(),
        document.agent_id.0.into(),
        document.file_id.into(),
        sql::number(document.place),
        sql::number(document.piece),
        document.kind.as_str().into(),
        sql::text_or_none(document.tool.as_deref()),
        sql::time(document.at),
    ]
}

/// What was done to a file.
pub(in crate::store) fn done_values(done: &FileDone) -> Vec<Value> {
    vec![
        sql::text(&done.call),
        done.agent_id.0.into(),
        sql::text(&done.path),
        done.deed.as_str().into(),
        sql::time(done.at),
        done.file_id.into(),
        sql::number(done.place),
        sql::number(done.piece),
        sql::number_or_none(done.added),
        sql::number_or_none(done.removed),
        sql::number_or_none(done.lines),
        done.settled.into(),
    ]
}
