//! The lines a `claude` is told on its standard input.

use super::{Message, Verdict};
use serde_json::{Value, json};

/// A prompt of the user.
pub fn prompt(message: &Message) -> Vec<u8> {
    line(&json!({
        "type": "user",
        "uuid": message.id,
        "message": {"role": "user", "content": message.text},
        "parent_tool_use_id": null,
        "session_id": "default",
    }))
}

/// The request to stop what it is at.
pub fn interrupt(request_id: &str) -> Vec<u8> {
    request(request_id, "interrupt")
}

/// The question what its session took so far.
pub fn usage(request_id: &str) -> Vec<u8> {
    request(request_id, "get_usage")
}

fn request(request_id: &str, subtype: &str) -> Vec<u8> {
    line(&json!({"type": "control_request", "request_id": request_id, "request": {"subtype": subtype}}))
}

/// The answer to what it asked.
pub fn answer(request_id: &str, verdict: &Verdict) -> Vec<u8> {
    let response = match verdict {
        Verdict::Allow(None) => json!({"behavior": "allow"}),
        Verdict::Allow(Some(input)) => json!({"behavior": "allow", "updatedInput": input}),
        Verdict::Deny(message) => json!({"behavior": "deny", "message": message}),
    };
    line(&json!({
        "type": "control_response",
        "response": {"subtype": "success", "request_id": request_id, "response": response},
    }))
}

/// The refusal of what it wants of us.
pub fn decline(request_id: &str, reason: &str) -> Vec<u8> {
    line(&json!({
        "type": "control_response",
        "response": {"subtype": "error", "request_id": request_id, "error": reason},
    }))
}

fn line(value: &Value) -> Vec<u8> {
    let mut bytes = value.to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prompt_stays_one_line_whatever_it_holds() {
        let text = "two\nlines \"quoted\" \u{2028}";
        let bytes = prompt(&Message { id: uuid::Uuid::nil(), text: text.into() });
        assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 1);
        let read: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(read["message"]["content"], text);
        assert_eq!(read["uuid"], "00000000-0000-0000-0000-000000000000");
    }

    #[test]
    fn an_answer_names_the_question_and_the_input() {
        let read: Value =
            serde_json::from_slice(&answer("r1", &Verdict::Allow(Some(json!({"a": 1}))))).unwrap();
        assert_eq!(read["response"]["request_id"], "r1");
        assert_eq!(read["response"]["response"], json!({"behavior": "allow", "updatedInput": {"a": 1}}));
        let read: Value = serde_json::from_slice(&answer("r2", &Verdict::Deny("no".into()))).unwrap();
        assert_eq!(read["response"]["response"], json!({"behavior": "deny", "message": "no"}));
    }
}
