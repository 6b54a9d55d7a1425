//! Makes a recorded line this run's own: its session, and ids of messages, requests and calls that occur once only.

use serde_json::Value;

/// What is put in the place of the recorded ids.
#[derive(Clone, Debug)]
pub struct Names {
    session_id: String,
    suffix: String,
}

impl Names {
    /// The names of one playing: `turn` tells apart those of one session.
    pub fn new(session_id: &str, turn: u64) -> Self {
        let tail: String = session_id.chars().filter(char::is_ascii_alphanumeric).collect();
        Self { session_id: session_id.to_owned(), suffix: format!("_{tail}_{turn}") }
    }

    /// The line with this playing's names in it.
    pub fn put_into(&self, line: &mut Value) {
        match line {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(text) => self.put_into_text(name, text),
                        other => self.put_into(other),
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.put_into(value)),
            _ => {}
        }
    }

    fn put_into_text(&self, name: &str, text: &mut String) {
        match name {
            "session_id" => text.clone_from(&self.session_id),
            "id" | "api_message_id" | "request_id" | "tool_use_id" | "parent_tool_use_id" => {
                text.push_str(&self.suffix);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_this_runs_own_and_words_stay() {
        let mut line = json!({
            "type": "assistant", "session_id": "old", "request_id": "req_1", "parent_tool_use_id": null,
            "message": {"id": "msg_1", "content": [{"type": "tool_use", "id": "toolu_1", "input": {"text": "msg_1"}}]},
        });
        Names::new("a-b", 4).put_into(&mut line);
        assert_eq!(line["session_id"], "a-b");
        assert_eq!(line["request_id"], "req_1_ab_4");
        assert_eq!(line["parent_tool_use_id"], Value::Null);
        assert_eq!(line["message"]["id"], "msg_1_ab_4");
        assert_eq!(line["message"]["content"][0]["id"], "toolu_1_ab_4");
        assert_eq!(line["message"]["content"][0]["input"]["text"], "msg_1");
    }
}
