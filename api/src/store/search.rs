//! Searching: which documents hold the words, the best first, by pages that go on where the one before ended.

use super::{
    Store, StoreError,
    cursor::Seal,
    dialect::words::asked,
    list,
    sql::{self, Fields, Sql},
};
use quarterdeck_shared::{
    AgentId, TaskId, Timestamp, Total,
    search::{HitKind, SearchQuery},
};

/// Up to here a search's total is exact.
const COUNTED: u64 = 10_000;

/// Words that stand one after the other: letters and digits in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The words.
    pub words: Vec<String>,
    /// Whether the last one is only the beginning of one.
    pub prefix: bool,
}

/// What documents hold and do not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// All of these; there must be one.
    pub all: Vec<Phrase>,
    /// None of these.
    pub none: Vec<Phrase>,
}

/// Where words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The session file; none where events tell them.
    pub path: Option<String>,
    /// The byte its line begins at, or the event's place.
    pub place: u64,
    /// Which piece of the line.
    pub piece: u64,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Whose words.
    pub agent_id: AgentId,
    /// What people call them.
    pub agent_name: String,
    /// Their task.
    pub task_id: Option<TaskId>,
    /// The folder they work in.
    pub project: String,
    /// What the words are.
    pub kind: HitKind,
    /// The tool.
    pub tool: Option<String>,
    /// When they were said.
    pub at: Timestamp,
    /// Where they stand.
    pub spot: Spot,
}

/// The last row of a page: its score, moment and number, and the newest document when the first page was read.
#[derive(Clone, Copy, Debug)]
struct Place {
    score: f64,
    at: i64,
    id: i64,
    newest: i64,
}

impl Place {
    fn bytes(self) -> Vec<u8> {
        let numbers = [self.score.to_bits().cast_signed(), self.at, self.id, self.newest];
        numbers.into_iter().flat_map(i64::to_be_bytes).collect()
    }

    fn read(bytes: &[u8]) -> Result<Self, StoreError> {
        let numbers: Vec<_> =
            bytes.chunks(8).filter_map(|eight| Some(i64::from_be_bytes(eight.try_into().ok()?))).collect();
        match numbers[..] {
            [score, at, id, newest] if bytes.len() == 32 => {
                Ok(Self { score: f64::from_bits(score.cast_unsigned()), at, id, newest })
            }
            _ => Err(StoreError::BadCursor),
        }
    }
}

impl Store {
    /// Documents that hold what is wanted, the best first; of equal ones the newest. What is written after the first
    /// page was read is in none of the following.
    pub async fn search(
        &self,
        wanted: &Wanted,
        query: &SearchQuery,
    ) -> Result<(Vec<Stand>, Total, Option<String>), StoreError> {
        let limit = list::limit(query.limit)?;
        let seal = Seal::of("search", &SearchQuery { cursor: None, limit: None, ..query.clone() })?;
        let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let after = cursor.map(|cursor| Place::read(&seal.open(cursor)?)).transpose()?;
        let db = self.readers();
        let newest = match after {
            Some(place) => place.newest,
            None => self.index_numbers().await?.0,
        };
        let filters = filters(query, newest)?;
        let backend = db.get_database_backend();
        let question = asked(backend, wanted);
        let mut count = Sql::new("SELECT count(*) FROM (SELECT 1 ");
        count.push(FROM).join(question.found.clone()).join(filters.clone());
        count.push(&format!(" LIMIT {}) AS counted", COUNTED + 1));
        let total = match count.one(db, |fields| fields.number()).await?.unwrap_or(0) {
            counted if counted > COUNTED => Total::AtLeast { value: COUNTED, at_least: true },
            counted => Total::Exact(counted),
        };
        let mut sql = Sql::new(format!("SELECT {COLUMNS}, "));
        sql.join(question.score).push(" AS score ").push(FROM).join(question.found).join(filters);
        let mut page = Sql::new("SELECT * FROM (");
        page.join(sql).push(") AS hits");
        if let Some(place) = after {
            // The more is written meanwhile, the more all scores shift: the row's own score of now is the one that counts.
            let score = self.score(wanted, place.id).await?.unwrap_or(place.score);
            page.push(" WHERE (score, -at, -id) > (").bind(score.into());
            page.push(", ").bind((-place.at).into()).push(", ").bind((-place.id).into()).push(")");
        }
        page.push(&format!(" ORDER BY score, at DESC, id DESC LIMIT {}", limit + 1));
        let mut rows = page.all(db, read).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let last = rows.last().filter(|_| more);
        let next = last.map(|((at, id, score), _)| Place { score: *score, at: *at, id: *id, newest });
        let next = next.map(|place| seal.close(&place.bytes()));
        Ok((rows.into_iter().map(|(_, stand)| stand).collect(), total, next))
    }

    /// How well a document fits now.
    async fn score(&self, wanted: &Wanted, id: i64) -> Result<Option<f64>, StoreError> {
        let question = asked(self.readers().get_database_backend(), wanted);
        let mut sql = Sql::new("SELECT ");
        sql.join(question.score).push(" FROM document_words WHERE ").join(question.found);
        sql.push(" AND document_words.rowid = ").bind(id.into());
        sql.one(self.readers(), |fields| fields.take()).await
    }
}

const COLUMNS: &str = "documents.at AS at, documents.id AS id, documents.agent_id, agents.name, agents.task_id, \
     agents.working_directory, documents.kind, documents.tool, documents.place, documents.piece, indexed_files.path";

const FROM: &str = "FROM document_words JOIN documents ON documents.id = document_words.rowid
     JOIN agents ON agents.id = documents.agent_id
     LEFT JOIN indexed_files ON indexed_files.id = documents.file_id WHERE ";

fn filters(query: &SearchQuery, newest: i64) -> Result<Sql, StoreError> {
    let named = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let mut sql = Sql::new(" AND agents.status <> 'deleted' AND documents.id <= ");
    sql.bind(newest.into());
    if let Some(agent) = query.agent_id {
        sql.push(" AND documents.agent_id = ").bind(agent.0.into());
    }
    let kinds: Vec<HitKind> = list::words("kind", query.kind.as_deref())?;
    if !kinds.is_empty() {
        let kinds = kinds.iter().map(|kind| kind.as_str().into());
        sql.push(" AND documents.kind IN (").bind_all(kinds).push(")");
    }
    if let Some(tool) = named(&query.tool) {
        sql.push(" AND documents.tool = ").bind(sql::text(&tool));
    }
    if let Some(project) = named(&query.project) {
        let last = format!("%/{}", project.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        sql.push(" AND (agents.working_directory = ").bind(sql::text(&project));
        sql.push(" OR agents.working_directory LIKE ").bind(sql::text(&last)).push(" ESCAPE '\\')");
    }
    if let Some(from) = named(&query.from) {
        sql.push(" AND documents.at >= ").bind(sql::time(list::moment("from", &from)?));
    }
    if let Some(to) = named(&query.to) {
        sql.push(" AND documents.at <= ").bind(sql::time(list::last_moment("to", &to)?));
    }
    Ok(sql)
}

fn read(fields: &mut Fields) -> Result<((i64, i64, f64), Stand), StoreError> {
    let (at, id) = (fields.take::<i64>()?, fields.take()?);
    let stand = Stand {
        agent_id: AgentId(fields.id()?),
        agent_name: fields.take()?,
        task_id: fields.id_or_none()?.map(TaskId),
        project: fields.take()?,
        kind: fields.word()?,
        tool: fields.take()?,
        at: Timestamp(at),
        spot: Spot { place: fields.number()?, piece: fields.number()?, path: fields.take()? },
    };
    Ok(((at, id, fields.take()?), stand))
}
