//! Searching: which documents hold the words, the best first, by pages that go on where the one before ended.

mod rankings;

pub(super) use rankings::Rankings;

use super::{
    Store, StoreError,
    cursor::Seal,
    dialect::{
        read_failure,
        words::{Asked, asked},
    },
    index, list,
    sql::{self, Fields, Sql},
    table::groups,
};
use quarterdeck_shared::{
    AgentId, TaskId, Timestamp, Total,
    search::{HitKind, SearchQuery},
};
use rankings::{Ranked, Ranking};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use std::{collections::HashMap, sync::Arc};

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
    /// page was read is in none of the following, and changes nothing of their order for as long as this program
    /// remembers it: of the last searches, and of the first ten thousand each one found. Where it does not, a document
    /// whose score has passed another one's may be missing or come twice.
    pub async fn search(
        &self,
        wanted: &Wanted,
        query: &SearchQuery,
    ) -> Result<(Vec<Stand>, Total, Option<String>), StoreError> {
        let limit = list::limit(query.limit)? as usize;
        let seal = Seal::of("search", &SearchQuery { cursor: None, limit: None, ..query.clone() })?;
        let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let after = cursor.map(|cursor| Place::read(&seal.open(cursor)?)).transpose()?;
        let begun = self.inner.dialect.begin_read(self.readers()).await;
        let moment = begun.map_err(|error| read_failure(&error))?;
        let newest = match after {
            Some(place) => place.newest,
            None => index::numbers(&moment).await?.0,
        };
        let found = Searched { wanted, filters: filters(query, newest)?, db: &moment };
        let total = found.count().await?;
        let kept = after.and_then(|place| self.inner.rankings.behind((seal, newest), place.id));
        // A ranking that is not whole ends before what was found does.
        let ranked = match kept.filter(|kept| kept.ranked.len() > limit || kept.is_whole) {
            Some(kept) => kept.ranked,
            None => {
                let ranked: Arc<[Ranked]> = found.ranked(after).await?.into();
                if ranked.len() > limit {
                    let is_whole = (ranked.len() as u64) < COUNTED;
                    self.inner.rankings.keep((seal, newest), Ranking { ranked: ranked.clone(), is_whole });
                }
                ranked
            }
        };
        let page = &ranked[..limit.min(ranked.len())];
        let stands = found.stands(page).await?;
        let last = page.last().filter(|_| ranked.len() > limit);
        let next = last.map(|Ranked { score, at, id }| Place { score: *score, at: *at, id: *id, newest });
        Ok((stands, total, next.map(|place| seal.close(&place.bytes()))))
    }
}

/// A search at one moment.
struct Searched<'a> {
    wanted: &'a Wanted,
    filters: Sql,
    db: &'a DatabaseTransaction,
}

impl Searched<'_> {
    fn asked(&self) -> Asked {
        asked(self.db.get_database_backend(), self.wanted)
    }

    async fn count(&self) -> Result<Total, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM (SELECT 1 ");
        sql.push(FOUND).join(self.asked().found).join(self.filters.clone());
        sql.push(&format!(" LIMIT {}) AS counted", COUNTED + 1));
        Ok(match sql.one(self.db, |fields| fields.number()).await?.unwrap_or(0) {
            counted if counted > COUNTED => Total::AtLeast { value: COUNTED, at_least: true },
            counted => Total::Exact(counted),
        })
    }

    /// What was found, the best first: from the beginning, or behind the last row of a page.
    async fn ranked(&self, after: Option<Place>) -> Result<Vec<Ranked>, StoreError> {
        let Asked { found, score } = self.asked();
        let mut sql = Sql::new("SELECT * FROM (SELECT documents.at AS at, documents.id AS id, ");
        sql.join(score).push(" AS score ").push(FOUND).join(found).join(self.filters.clone());
        sql.push(") AS hits");
        if let Some(place) = after {
            // The more is written meanwhile, the more all scores shift: the row's own score of now is the one that counts.
            let score = self.score(place.id).await?.unwrap_or(place.score);
            sql.push(" WHERE (score, -at, -id) > (").bind(score.into());
            sql.push(", ").bind((-place.at).into()).push(", ").bind((-place.id).into()).push(")");
        }
        sql.push(&format!(" ORDER BY score, at DESC, id DESC LIMIT {COUNTED}"));
        let read = |fields: &mut Fields| {
            Ok(Ranked { at: fields.take()?, id: fields.take()?, score: fields.take()? })
        };
        sql.all(self.db, read).await
    }

    /// How well a document fits now.
    async fn score(&self, id: i64) -> Result<Option<f64>, StoreError> {
        let Asked { found, score } = self.asked();
        let mut sql = Sql::new("SELECT ");
        sql.join(score).push(" FROM document_words WHERE ").join(found);
        sql.push(" AND document_words.rowid = ").bind(id.into());
        sql.one(self.db, |fields| fields.take()).await
    }

    /// Where these stand, in their order; not those that are gone by now.
    async fn stands(&self, ranked: &[Ranked]) -> Result<Vec<Stand>, StoreError> {
        let mut found = HashMap::new();
        for group in groups(&ranked.iter().map(|ranked| ranked.id).collect::<Vec<_>>()) {
            let mut sql = Sql::new(STANDS);
            sql.bind_all(group.into_iter().map(Into::into)).push(")");
            found.extend(sql.all(self.db, read).await?);
        }
        Ok(ranked.iter().filter_map(|ranked| found.remove(&ranked.id)).collect())
    }
}

const FOUND: &str = "FROM document_words JOIN documents ON documents.id = document_words.rowid
     JOIN agents ON agents.id = documents.agent_id WHERE ";

const STANDS: &str = "SELECT documents.id, documents.at, documents.agent_id, agents.name, agents.task_id,
         agents.working_directory, documents.kind, documents.tool, documents.place, documents.piece, indexed_files.path
     FROM documents JOIN agents ON agents.id = documents.agent_id
     LEFT JOIN indexed_files ON indexed_files.id = documents.file_id
     WHERE agents.status <> 'deleted' AND documents.id IN (";

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
    let (from, to) = list::moments(query.from.as_deref(), query.to.as_deref())?;
    if let Some(from) = from {
        sql.push(" AND documents.at >= ").bind(sql::time(from));
    }
    if let Some(to) = to {
        sql.push(" AND documents.at <= ").bind(sql::time(to));
    }
    Ok(sql)
}

fn read(fields: &mut Fields) -> Result<(i64, Stand), StoreError> {
    let (id, at) = (fields.take()?, fields.time()?);
    let stand = Stand {
        agent_id: AgentId(fields.id()?),
        agent_name: fields.take()?,
        task_id: fields.id_or_none()?.map(TaskId),
        project: fields.take()?,
        kind: fields.word()?,
        tool: fields.take()?,
        at,
        spot: Spot { place: fields.number()?, piece: fields.number()?, path: fields.take()? },
    };
    Ok((id, stand))
}
