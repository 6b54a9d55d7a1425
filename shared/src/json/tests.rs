//! What is read and written agrees with what everybody else calls JSON.

use super::*;
use crate::{Page, Total, auth::MadeToken, error::ErrorBody};
use serde_json::json;

#[test]
fn a_text_is_read_as_everybody_reads_it() {
    for text in [
        "null",
        " [ true , false ] ",
        "{}",
        r#"{"a":{"b":[1,-2,3.5,1e3,-0.25E-2,0.1,123456789012345]},"c":""}"#,
        "18446744073709551615",
        "-9223372036854775808",
        "18446744073709551616",
        "-9223372036854775809",
        "-0",
        "1e-400",
        "2.2250738585072014e-308",
        r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 ünïcödé 😀""#,
        "\n{\t\"a\" : [ ]\r\n}",
    ] {
        assert_eq!(parse(text), Ok(serde_json::from_str(text).unwrap()), "{text}");
    }
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    for (text, line, column) in [
        ("", 1, 1),
        ("nul", 1, 1),
        ("[1,]", 1, 4),
        ("[1 2]", 1, 4),
        ("{\"é\" 1}", 1, 6),
        ("{\n  \"a\": 1,\n  b: 2\n}", 3, 3),
        ("01", 1, 3),
        ("1.", 1, 3),
        ("1e", 1, 3),
        ("-", 1, 2),
        ("1e999", 1, 6),
        ("\"a", 1, 3),
        ("\"\u{1}\"", 1, 2),
        ("\"\\x\"", 1, 3),
        ("\"\\ud83d\"", 1, 8),
        ("\"\\u+123\"", 1, 3),
        ("1 1", 1, 3),
    ] {
        let fault = parse(text).unwrap_err();
        assert_eq!((fault.line, fault.column), (line, column), "{text:?}: {fault}");
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_tree_may_be_deep_but_not_bottomless() {
    assert!(parse(&format!("{}{}", "[".repeat(128), "]".repeat(128))).is_ok());
    assert!(parse(&"[".repeat(100_000)).is_err());
}

#[test]
fn what_is_written_is_read_back() {
    let tree = json!({
        "a": [1, -2, 0.5, 1.5e21, 3.0, [], {}], "b": {"c": null, "d": true}, "e": "\"\\\n\r\t\u{1}\u{7f}é😀",
    });
    assert_eq!(parse(&text(&tree)), Ok(tree.clone()));
    assert_eq!(parse(&pretty(&tree)), Ok(tree));
    assert_eq!(text(&json!({"a": [1, "x"]})), r#"{"a":[1,"x"]}"#);
    assert_eq!(pretty(&json!({"a": [1, "x"]})), "{\n  \"a\": [\n    1,\n    \"x\"\n  ]\n}");
}

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
