//! The index beneath the search and the files: how far files are read for it, and what is written of a stretch.

use super::{
    Store, StoreError, dialect,
    rows::index::{
        DOCUMENTS, FILE_CHANGES, INDEXED_FILES, document_values, done_values, indexed_values, read_indexed,
    },
    sql::{self, Fields, Sql},
    table::{chunk, groups},
    touched::Touched,
};
use quarterdeck_shared::{AgentId, Timestamp, files::FileDeed, search::HitKind};
use sea_orm::ConnectionTrait;

/// What was read of a stretch of a file, or of some events.
#[derive(Clone, Debug, Default)]
pub struct Indexed {
    /// The file as it is from now on.
    pub file: Option<IndexedFile>,
    /// What can be searched from now on.
    pub documents: Vec<Document>,
    /// What was done to files.
    pub done: Vec<FileDone>,
    /// Calls that came to nothing.
    pub failed: Vec<String>,
    /// Documents that cannot be searched any more.
    pub gone: Vec<i64>,
    /// The file of which nothing is known any more.
    pub gone_file: Option<i64>,
    /// The agent whose events tell nothing any more of what it did to files.
    pub gone_events: Option<AgentId>,
}

/// How far a file is read for the search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexedFile {
    /// Its number here.
    pub id: i64,
    /// Its path.
    pub path: String,
    /// The device it lies on.
    pub device: u64,
    /// Its number there; 0 of a file that is gone.
    pub inode: u64,
    /// SHA-256 of its first bytes, hexadecimal.
    pub head: String,
    /// How many bytes that is of.
    pub head_bytes: u64,
    /// Up to where it can be searched: behind a line's end.
    pub indexed_bytes: u64,
}

impl IndexedFile {
    /// The same where it is on the disk no more.
    #[must_use]
    pub fn gone(self) -> Self {
        Self { device: 0, inode: 0, ..self }
    }

    /// Whether it was on the disk no more when it was looked for last.
    pub const fn is_gone(&self) -> bool {
        self.inode == 0
    }
}

/// Words that can be searched, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its number; later ones have larger numbers.
    pub id: i64,
    /// Whose words.
    pub agent_id: AgentId,
    /// The file they stand in; none where the events tell them.
    pub file_id: Option<i64>,
    /// The byte its line begins at, or the event's place.
    pub place: u64,
    /// Which piece of the line.
    pub piece: u64,
    /// What they are.
    pub kind: HitKind,
    /// The tool, of calls and answers.
    pub tool: Option<String>,
    /// When they were said.
    pub at: Timestamp,
    /// The words: letters and digits in lower case, parted by spaces. They are not kept.
    pub words: String,
}

/// Something that was done to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDone {
    /// The tool's call.
    pub call: String,
    /// Who did it.
    pub agent_id: AgentId,
    /// The file, as the tool named it.
    pub path: String,
    /// What was done.
    pub deed: FileDeed,
    /// When.
    pub at: Timestamp,
    /// The file that tells of it; none where the events do.
    pub file_id: Option<i64>,
    /// The byte its line begins at, or the event's place.
    pub place: u64,
    /// Which piece of the line.
    pub piece: u64,
    /// Lines that were added.
    pub added: Option<u64>,
    /// Lines that were taken out.
    pub removed: Option<u64>,
    /// Lines the file had then.
    pub lines: Option<u64>,
    /// Whether the tool's answer says so, not the call alone.
    pub settled: bool,
}

impl Store {
    /// How far each file can be searched.
    pub async fn indexed_files(&self) -> Result<Vec<IndexedFile>, StoreError> {
        let query = format!("SELECT {} FROM indexed_files", INDEXED_FILES.list());
        Sql::new(query).all(self.readers(), read_indexed).await
    }

    /// The largest number a document has, and the largest a file has.
    pub async fn index_numbers(&self) -> Result<(i64, i64), StoreError> {
        numbers(self.readers()).await
    }

    /// Some documents of a file, at most so many.
    pub async fn documents_of_file(&self, file: i64, most: u32) -> Result<Vec<i64>, StoreError> {
        let query = format!("SELECT id FROM documents WHERE file_id = ? ORDER BY place LIMIT {most}");
        Sql::with(query, [file.into()]).all(self.readers(), |fields| fields.take()).await
    }

    /// Some documents that an agent's events tell, at most so many.
    pub async fn documents_of_events(&self, agent: AgentId, most: u32) -> Result<Vec<i64>, StoreError> {
        let query = format!(
            "SELECT id FROM documents WHERE agent_id = ? AND file_id IS NULL ORDER BY place LIMIT {most}"
        );
        Sql::with(query, [agent.0.into()]).all(self.readers(), |fields| fields.take()).await
    }
}

/// The largest number a document has, and the largest a file has.
pub(super) async fn numbers(db: &impl ConnectionTrait) -> Result<(i64, i64), StoreError> {
    let query = "SELECT (SELECT coalesce(max(id), 0) FROM documents), \
                 (SELECT coalesce(max(id), 0) FROM indexed_files)";
    let read = |fields: &mut Fields| Ok((fields.take()?, fields.take()?));
    Ok(Sql::new(query).one(db, read).await?.unwrap_or_default())
}

impl Indexed {
    /// Writes it.
    pub(super) async fn write(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        for group in groups(&self.gone) {
            for (table, column) in [("document_words", "rowid"), ("documents", "id")] {
                let mut sql = Sql::new(format!("DELETE FROM {table} WHERE {column} IN ("));
                sql.bind_all(group.iter().map(|id| (*id).into())).push(")");
                sql.run(db).await?;
            }
        }
        let mut touched = Touched::by(&self.done);
        if let Some(file) = self.gone_file {
            touched.note(db, "file_id = ?", [file.into()]).await?;
            for table in ["file_changes", "indexed_files"] {
                let column = if table == "file_changes" { "file_id" } else { "id" };
                Sql::with(format!("DELETE FROM {table} WHERE {column} = ?"), [file.into()]).run(db).await?;
            }
        }
        if let Some(agent) = self.gone_events {
            const TOLD: &str = "agent_id = ? AND file_id IS NULL";
            touched.note(db, TOLD, [agent.0.into()]).await?;
            let gone = format!("DELETE FROM file_changes WHERE {TOLD}");
            Sql::with(gone, [agent.0.into()]).run(db).await?;
        }
        DOCUMENTS.insert(db, self.documents.iter().map(document_values).collect()).await?;
        let mut rest = &self.documents[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(chunk(rest.len()));
            let rows: Vec<_> = now.iter().map(|document| (document.id, document.words.as_str())).collect();
            dialect::words::remember(db.get_database_backend(), &rows).run(db).await?;
            rest = later;
        }
        // What a copied session tells once more has been told; what an answer says counts for more than the call.
        let (settled, called): (Vec<_>, Vec<_>) = self.done.iter().partition(|done| done.settled);
        FILE_CHANGES.keep(db, called.into_iter().map(done_values).collect()).await?;
        let newer = "WHERE NOT file_changes.settled";
        FILE_CHANGES.upsert_where(db, settled.into_iter().map(done_values).collect(), newer).await?;
        for group in groups(&self.failed) {
            let marks = vec!["?"; group.len()].join(", ");
            let failed = format!("NOT settled AND call IN ({marks})");
            touched.note(db, &failed, group.iter().map(sql::text)).await?;
            let gone = format!("DELETE FROM file_changes WHERE {failed}");
            Sql::with(gone, group.iter().map(sql::text)).run(db).await?;
        }
        touched.sum(db).await?;
        let file = self.file.iter().map(indexed_values).collect();
        INDEXED_FILES.upsert(db, file).await
    }
}
