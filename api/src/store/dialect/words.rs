//! Words and where they stand: an FTS5 table in SQLite, lexemes in PostgreSQL. Both are given words of letters and
//! digits that were parted before, so that both find the same.

use crate::store::{Phrase, Wanted, sql::Sql};
use sea_orm::DbBackend;
use std::collections::BTreeMap;

/// PostgreSQL keeps so many places of a word, and none beyond this one.
const PLACES: usize = 255;
const LAST_PLACE: usize = 16_383;

/// How a question is asked of `document_words`.
pub(in crate::store) struct Asked {
    /// The condition.
    pub(in crate::store) found: Sql,
    /// How well a row fits: the smaller the better.
    pub(in crate::store) score: Sql,
}

/// Writes the words of documents, parted by spaces, by their numbers.
pub(in crate::store) fn remember(backend: DbBackend, rows: &[(i64, &str)]) -> Sql {
    let mut sql = Sql::new("INSERT INTO document_words (rowid, words) VALUES ");
    for (index, (id, words)) in rows.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { ", (" }).bind((*id).into());
        match backend {
            DbBackend::Postgres => sql.push(", CAST(").bind(lexemes(words).into()).push(" AS tsvector))"),
            _ => sql.push(", ").bind((*words).into()).push(")"),
        };
    }
    sql
}

/// Asks for what is wanted and not for what is not.
pub(in crate::store) fn asked(backend: DbBackend, wanted: &Wanted) -> Asked {
    match backend {
        DbBackend::Postgres => {
            let query = tsquery(wanted);
            let mut found = Sql::new("document_words.words @@ CAST(");
            found.bind(query.clone().into()).push(" AS tsquery)");
            let mut score = Sql::new("CAST(-ts_rank(document_words.words, CAST(");
            // 1: the longer the text, the less a word in it says, as with bm25.
            score.bind(query.into()).push(" AS tsquery), 1) AS double precision)");
            Asked { found, score }
        }
        _ => {
            let mut found = Sql::new("document_words MATCH ");
            found.bind(matching(wanted).into());
            Asked { found, score: Sql::new("bm25(document_words)") }
        }
    }
}

/// As FTS5 reads it: each phrase in quotes, which nothing in it can leave.
fn matching(wanted: &Wanted) -> String {
    let phrase =
        |phrase: &Phrase| format!("\"{}\"{}", phrase.words.join(" "), if phrase.prefix { " *" } else { "" });
    let all: Vec<_> = wanted.all.iter().map(phrase).collect();
    let mut text = format!("({})", all.join(" AND "));
    for none in &wanted.none {
        text.push_str(&format!(" NOT {}", phrase(none)));
    }
    text
}

/// As PostgreSQL reads it.
fn tsquery(wanted: &Wanted) -> String {
    let phrase = |phrase: &Phrase| {
        let words: Vec<_> = phrase.words.iter().map(|word| format!("'{word}'")).collect();
        format!("({}{})", words.join(" <-> "), if phrase.prefix { ":*" } else { "" })
    };
    let all = wanted.all.iter().map(phrase);
    let none = wanted.none.iter().map(|none| format!("!{}", phrase(none)));
    all.chain(none).collect::<Vec<_>>().join(" & ")
}

/// A text's words with their places, as PostgreSQL writes a tsvector.
fn lexemes(words: &str) -> String {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, word) in words.split(' ').filter(|word| !word.is_empty()).enumerate() {
        let known = places.entry(word).or_default();
        if known.len() < PLACES {
            known.push((index + 1).min(LAST_PLACE));
        }
    }
    let mut text = String::with_capacity(words.len() * 2);
    for (word, places) in places {
        text.push_str(&format!("'{word}':"));
        for (index, place) in places.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { "," });
            text.push_str(&place.to_string());
        }
        text.push(' ');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(words: &str, prefix: bool) -> Phrase {
        Phrase { words: words.split(' ').map(str::to_owned).collect(), prefix }
    }

    #[test]
    fn a_question_is_asked_of_both_databases_in_their_words() {
        let wanted =
            Wanted { all: vec![phrase("a b", false), phrase("c", true)], none: vec![phrase("d", false)] };
        assert_eq!(matching(&wanted), "(\"a b\" AND \"c\" *) NOT \"d\"");
        assert_eq!(tsquery(&wanted), "('a' <-> 'b') & ('c':*) & !('d')");
    }

    #[test]
    fn words_have_their_places() {
        assert_eq!(lexemes("b a b"), "'a':2 'b':1,3 ");
    }
}
