//! What is remembered besides the fleet: tokens, logins, given answers and notes.

use crate::{both, support::rows};
use quarterdeck::store::{AnswerRow, Noun, Row, SessionRow, TokenRow};
use quarterdeck_shared::{
    TokenId,
    auth::{Token, TokenScope},
};
use sea_orm::ConnectionTrait as _;

both! {
    async fn a_token_is_found_by_its_hash_until_it_is_revoked(place: &Place) {
        let store = place.open().await;
        let id = TokenId(rows::id(5, 1));
        let token = Token {
            id,
            name: "laptop".into(),
            scope: TokenScope::Ingest,
            ends_with: "abcd".into(),
            created_at: rows::MORNING,
            last_used_at: None,
            expires_at: Some(rows::MORNING.plus_seconds(60)),
        };
        let row = TokenRow { token: token.clone(), hash: "f00d".into() };
        let before = store.version(Noun::Auth);
        store.commit(rows::rows([Row::Token(Box::new(row.clone()))])).await.unwrap();
        assert!(store.version(Noun::Auth) > before);
        assert_eq!(store.token_by_hash("f00d").await.unwrap(), Some(row));
        assert_eq!(store.token_by_hash("beef").await.unwrap(), None);
        let at = rows::MORNING.plus_seconds(5);
        store.commit(rows::rows([Row::TokenUsed { id, at }])).await.unwrap();
        assert_eq!(store.token(id).await.unwrap(), Some(Token { last_used_at: Some(at), ..token }));
        store.commit(rows::rows([Row::RevokeToken(id)])).await.unwrap();
        assert_eq!(store.token_by_hash("f00d").await.unwrap(), None);
        assert_eq!(store.tokens().await.unwrap(), []);
        store.close().await;
    }

    async fn a_key_that_was_made_before_keys_had_scopes_may_do_what_it_could(place: &Place) {
        place.open().await.close().await;
        let look = place.look().await;
        for statement in [
            "ALTER TABLE tokens DROP COLUMN scope",
            "DELETE FROM seaql_migrations WHERE version = 'm20261123_000008_tokens'",
        ] {
            look.execute_unprepared(statement).await.unwrap();
        }
        let id = match place.is_sqlite() {
            true => format!("x'{}'", rows::id(5, 1).simple()),
            false => format!("'{}'", rows::id(5, 1)),
        };
        let insert = "INSERT INTO tokens (id, hash, name, ends_with, created_at) VALUES";
        look.execute_unprepared(&format!("{insert} ({id}, '1', 'connect', 'abcd', 1)")).await.unwrap();
        look.close().await.unwrap();
        let store = place.open().await;
        let scopes: Vec<_> = store.tokens().await.unwrap().iter().map(|token| token.scope).collect();
        assert_eq!(scopes, [TokenScope::All]);
        store.close().await;
    }

    async fn a_login_ends_in_time_or_when_it_is_ended(place: &Place) {
        let store = place.open().await;
        let login = |hash: &str, seconds| SessionRow {
            hash: hash.into(),
            name: "browser".into(),
            created_at: rows::MORNING,
            expires_at: rows::MORNING.plus_seconds(seconds),
        };
        let logins = [login("short", 10), login("long", 100)];
        store.commit(rows::rows(logins.map(|login| Row::Session(Box::new(login))))).await.unwrap();
        let at = |seconds| rows::MORNING.plus_seconds(seconds);
        assert_eq!(store.session("short", at(9)).await.unwrap(), Some(login("short", 10)));
        assert_eq!(store.session("short", at(10)).await.unwrap(), None);
        assert_eq!(store.session("long", at(10)).await.unwrap(), Some(login("long", 100)));
        store.commit(rows::rows([Row::EndSession { hash: "long".into() }])).await.unwrap();
        assert_eq!(store.session("long", at(10)).await.unwrap(), None);
        store.close().await;
    }

    async fn an_answer_is_kept_for_its_caller_and_forgotten_in_time(place: &Place) {
        let store = place.open().await;
        let answer = |owner: &str, seconds| AnswerRow {
            owner: owner.into(),
            key: "once".into(),
            fingerprint: "POST /tasks".into(),
            status: 201,
            body: "{\"id\":1}".into(),
            created_at: rows::MORNING.plus_seconds(seconds),
        };
        let answers = [answer("anna", 0), answer("bert", 50)];
        store.commit(rows::rows(answers.map(|answer| Row::Answer(Box::new(answer))))).await.unwrap();
        let since = rows::MORNING;
        assert_eq!(store.answer("anna", "once", since).await.unwrap(), Some(answer("anna", 0)));
        assert_eq!(store.answer("anna", "once", since.plus_seconds(1)).await.unwrap(), None);
        assert_eq!(store.answer("carl", "once", since).await.unwrap(), None);
        let answers_before = since.plus_seconds(50);
        let forget = Row::Forget { sessions_before: since, answers_before };
        store.commit(rows::rows([forget])).await.unwrap();
        assert_eq!(store.answer("anna", "once", since).await.unwrap(), None);
        assert_eq!(store.answer("bert", "once", since).await.unwrap(), Some(answer("bert", 50)));
        store.close().await;
    }

    async fn a_note_is_read_by_its_name_until_it_is_forgotten(place: &Place) {
        let store = place.open().await;
        let note = |key: &str, json: Option<&str>| Row::Note { key: key.into(), json: json.map(str::to_owned) };
        let notes = [note("process/b", Some("2")), note("process/a", Some("1")), note("other", Some("{}"))];
        store.commit(rows::rows(notes)).await.unwrap();
        store.commit(rows::rows([note("process/b", Some("3"))])).await.unwrap();
        assert_eq!(store.note("process/b").await.unwrap().as_deref(), Some("3"));
        let of = |name: &str, json: &str| (name.to_owned(), json.to_owned());
        assert_eq!(store.notes("process/").await.unwrap(), [of("process/a", "1"), of("process/b", "3")]);
        store.commit(rows::rows([note("process/a", None)])).await.unwrap();
        assert_eq!(store.notes("process/").await.unwrap(), [of("process/b", "3")]);
        store.close().await;
    }
}
