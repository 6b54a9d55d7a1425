//! A noun is read as serde_json reads it, with the fields it holds of others and those it does not know.

use super::*;
use crate::{Page, Total, auth::MadeToken, error::ErrorBody};

#[test]
fn a_noun_may_hold_the_fields_of_another() {
    let text = r#"{"id":"0192f0c1-2b3c-7d4e-8f50-123456789abc","name":"ci","ends_with":"x1y2",
        "created_at":"2026-11-22T10:00:00Z","last_used_at":null,"expires_at":null,"secret":"s","later":1}"#;
    let made: MadeToken = read(text).unwrap();
    assert_eq!((made.token.name.as_str(), made.secret.as_str()), ("ci", "s"));
    assert_eq!(serde_json::from_str::<MadeToken>(text).unwrap(), made);
    let missing = serde_json::from_str::<MadeToken>(&text.replace("secret", "sacred")).unwrap_err();
    assert!(missing.to_string().contains("missing field `secret`"), "{missing}");
    assert_eq!(read::<MadeToken>(&text.replace("secret", "sacred")), Err(Unreadable));
}

#[test]
fn a_total_is_exact_or_a_bound() {
    let page =
        |total: &str| read::<Page<u8>>(&format!(r#"{{"items":[1,2],"total":{total},"next_cursor":"c"}}"#));
    assert_eq!(page("3").unwrap().total, Total::Exact(3));
    let bound = page(r#"{"value":9,"at_least":true}"#).unwrap();
    assert_eq!(
        (bound.total, bound.items, bound.seq),
        (Total::AtLeast { value: 9, at_least: true }, vec![1, 2], 0)
    );
    assert!(page("-1").is_err() && page("\"3\"").is_err());
}

#[test]
fn an_error_is_read_with_or_without_particulars() {
    let text = r#"{"code":"CONFLICT","message":"m","request_id":"r","timestamp":"2026-11-22T10:00:00Z"}"#;
    let error: ErrorBody = read(text).unwrap();
    assert_eq!((error.code, error.details), (crate::Code::Conflict, Value::Null));
    assert!(read::<ErrorBody>(&text.replace("CONFLICT", "CONFLICTS")).is_err());
}
