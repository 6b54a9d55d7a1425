//! Why a sum is not another: the lines of a day counted as others count them.

use orchestrator::{accounts::Account, pricing::PriceTable, transcripts::lines::Lines};
use quarterdeck_shared::{Timestamp, costs::WhyLines};
use serde_json::{Value, json};

fn line(message: &str, output: u64, at: &str) -> Value {
    json!({"type": "assistant", "sessionId": "s", "requestId": format!("r-{message}"), "timestamp": at, "message": {
        "id": message, "model": "claude-opus-5-5", "content": [], "usage": {"input_tokens": 1, "output_tokens": output}}})
}

fn account(files: &[Vec<Value>]) -> orchestrator::accounts::Closed {
    let moment = |text: &str| text.parse::<Timestamp>().unwrap();
    let (from, before) = (moment("2026-11-22T00:00:00Z"), moment("2026-11-23T00:00:00Z"));
    let mut account = Account::new(PriceTable::bundled(), from, before);
    for file in files {
        account.next_file();
        let text: String = file.iter().map(|line| format!("{line}\n")).collect();
        Lines::from(0).push(text.as_bytes(), |line| account.take(line));
    }
    account.close()
}

#[test]
fn repetitions_copies_and_partial_values_are_told_apart() {
    const NOON: &str = "2026-11-22T12:00:00.000Z";
    let first = vec![line("m1", 1, NOON), line("m1", 1, NOON), line("m1", 900, NOON), line("m2", 50, NOON)];
    let resumed = vec![line("m1", 900, NOON), line("m3", 7, "2026-11-22T23:59:59.999Z")];
    let others = vec![line("m4", 9, "2026-11-21T23:59:59.999Z"), line("m5", 9, "2026-11-23T00:00:00.000Z")];
    let echo = |message: &str, output| {
        json!({"type": "progress", "timestamp": NOON, "data": {"type": "agent_progress",
            "message": line(message, output, NOON)}})
    };
    let echoes = vec![echo("m1", 900), echo("m6", 3), echo("m6", 5)];
    let closed = account(&[first, resumed, others, echoes, vec![json!("2026-11-22 is a date")]]);
    let wanted = WhyLines {
        files: 5,
        lines: 6,
        responses: 3,
        repeated_lines: 2,
        copied_lines: 1,
        copied_responses: 1,
        partial_lines: 2,
        echoes: 3,
        unread_lines: 0,
    };
    assert_eq!(closed.lines, wanted);
    let outputs = [closed.every_line, closed.first_line, closed.once].map(|sum| sum.tokens.output);
    assert_eq!(outputs, [1 + 1 + 900 + 50 + 900 + 7, 1 + 50 + 7, 900 + 50 + 7]);
    let repeated: Vec<_> = closed.repeated.iter().map(|it| (&*it.message_id, it.tokens.output)).collect();
    assert_eq!(repeated, [("m6", 5)], "what no line of its own tells of, once");
    // 957 out at 20 dollars a million, 3 in at 4.
    assert_eq!(closed.once.cost_usd.to_string(), "0.019152");
}
