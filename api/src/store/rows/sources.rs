//! How the files of sources and the threads of sessions lie in their tables.

use crate::store::{
    FileRow, StoreError,
    sql::{self, Fields},
    table::Table,
};
use sea_orm::Value;

pub(in crate::store) const SOURCE_FILES: Table = Table {
    name: "source_files",
    key: &["path"],
    columns: &[
        "path",
        "source",
        "device",
        "inode",
        "size",
        "modified_ns",
        "head",
        "head_bytes",
        "read_bytes",
        "session_id",
        "thread_id",
        "lines",
        "response_lines",
        "echoes",
        "broken",
        "oversize",
        "read_at",
    ],
    unread: 0,
};

pub(in crate::store) const THREADS: Table = Table {
    name: "threads",
    key: &["session_id", "thread_id"],
    columns: &["session_id", "thread_id", "agent_id"],
    unread: 0,
};

pub(in crate::store) const THREAD_FILES: Table = Table {
    name: "thread_files",
    key: &["session_id", "thread_id", "path"],
    columns: &["session_id", "thread_id", "path", "first_at"],
    unread: 0,
};

/// A file's row.
pub(in crate::store) fn file_values(file: &FileRow) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        sql::text(&file.path),
        sql::text(&file.source),
        // Numbers of devices and inodes use every bit.
        file.device.cast_signed().into(),
        file.inode.cast_signed().into(),
        sql::number(file.size),
        file.modified_ns.into(),
        sql::text(&file.head),
        sql::number(file.head_bytes),
        sql::number(file.read_bytes),
        sql::text(&file.session_id),
        sql::text(&file.thread_id),
        sql::number(file.lines),
        sql::number(file.response_lines),
        sql::number(file.echoes),
        sql::number(file.broken),
        sql::json(&file.oversize)?,
        sql::time(file.read_at),
    ])
}

/// The same, read back.
pub(in crate::store) fn read_file(fields: &mut Fields) -> Result<FileRow, StoreError> {
    Ok(FileRow {
        path: fields.take()?,
        source: fields.take()?,
        device: fields.take::<i64>()?.cast_unsigned(),
        inode: fields.take::<i64>()?.cast_unsigned(),
        size: fields.number()?,
        modified_ns: fields.take()?,
        head: fields.take()?,
        head_bytes: fields.number()?,
        read_bytes: fields.number()?,
        session_id: fields.take()?,
        thread_id: fields.take()?,
        lines: fields.number()?,
        response_lines: fields.number()?,
        echoes: fields.number()?,
        broken: fields.number()?,
        oversize: fields.json()?,
        read_at: fields.time()?,
    })
}
