//! The kinds of columns the schema is made of, and how both databases spell them.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, boolean, integer, text, uuid},
    sea_orm::DbBackend,
};

/// A table by its name, its primary key and its columns, such as `id id, name text, model text?`.
///
/// Kinds: `id`; `number` (a count, nano-dollars, or microseconds since 1970 in UTC); `flag`; `text`; `key` (text
/// that is compared byte by byte, so that both databases sort alike); `json` (text, kept as it was written); `row`
/// (a number that, as the primary key, is the row's own in SQLite).
/// A question mark makes a column nullable.
pub fn table(
    backend: DbBackend,
    name: &'static str,
    key: &str,
    columns: &str,
) -> Result<TableCreateStatement, DbErr> {
    let mut table = Table::create().table(name).to_owned();
    for words in columns.split(", ") {
        table.col(column(backend, name, words)?);
    }
    let mut primary = Index::create();
    for column in key.split(", ") {
        primary.col(column.to_owned());
    }
    table.primary_key(&mut primary);
    Ok(table)
}

/// Further columns of a table that is there, such as `size number = 0`: rows that are there already have the value
/// behind the equals sign, or null.
pub fn more(
    backend: DbBackend,
    name: &'static str,
    columns: &str,
) -> Result<Vec<TableAlterStatement>, DbErr> {
    let alter = |words: &str| {
        let (words, value) =
            words.split_once(" = ").map_or((words, None), |(words, value)| (words, Some(value)));
        let mut column = column(backend, name, words)?;
        if let Some(value) = value {
            column.default(Expr::cust(value.to_owned()));
        }
        Ok(Table::alter().table(name).add_column(column).take())
    };
    columns.split(", ").map(alter).collect()
}

fn column(backend: DbBackend, table: &str, words: &str) -> Result<ColumnDef, DbErr> {
    let wrong = || DbErr::Migration(format!("`{words}` is no column of {table}"));
    let (column, kind) = words.split_once(' ').ok_or_else(wrong)?;
    let column = match kind.trim_end_matches('?') {
        "id" => uuid(column.to_owned()),
        "number" => big_integer(column.to_owned()),
        "row" if backend == DbBackend::Sqlite => integer(column.to_owned()),
        "row" => big_integer(column.to_owned()),
        "flag" => boolean(column.to_owned()),
        "text" | "json" => text(column.to_owned()),
        "key" => bytewise(backend, text(column.to_owned())),
        _ => return Err(wrong()),
    };
    Ok(if kind.ends_with('?') { nullable(column) } else { column })
}

fn bytewise(backend: DbBackend, mut column: ColumnDef) -> ColumnDef {
    match backend {
        DbBackend::Postgres => column.extra("COLLATE \"C\"").take(),
        _ => column,
    }
}

fn nullable(mut column: ColumnDef) -> ColumnDef {
    column.null().take()
}
