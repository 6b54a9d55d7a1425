//! What an agent took, whatever ended in the middle of it.

use super::{
    deck::Ground,
    processes::{INIT, RESULT, new, rules},
};
use crate::both;
use quarterdeck_shared::{Payload, agents::AgentStatus, usage::UsageQuery};

/// Shows a whole response of so many tokens.
fn response(id: &str, output: u64) -> String {
    format!(
        r#"echo '{{"type":"assistant","request_id":"req_{id}","message":{{"id":"{id}","model":"claude-sonnet-5-5","content":[],"stop_reason":"end_turn","usage":{{"input_tokens":100,"output_tokens":{output}}}}}}}'
"#
    )
}

/// What its session took, as it says it.
fn models(input: u64, output: u64) -> String {
    format!(r#"{{"claude-sonnet-5-5":{{"inputTokens":{input},"outputTokens":{output},"costUSD":0.01}}}}"#)
}

/// A program that remembers so much of an earlier one, shows one response and says what its session took in all.
fn resumed(remembered: &str, in_all: &str) -> String {
    let told = format!(
        r#"echo '{{"type":"control_response","response":{{"subtype":"success","request_id":"usage","response":{{"session":{{"total_cost_usd":0.01,"model_usage":{remembered}}}}}}}}}'
"#
    );
    let result = RESULT.replace(r#""num_turns":1"#, &format!(r#""num_turns":1,"modelUsage":{in_all}"#));
    format!("{told}{INIT}{}{result}", response("m2", 20))
}

both! {
    async fn a_response_before_a_cut_is_counted_once(place: &Place) {
        for (remembered, in_all) in
            [(models(100, 10), models(200, 30)), ("{}".to_owned(), models(100, 20))]
        {
            let ground = Ground::on(place);
            let mut deck = ground.deck(rules(&ground, &format!("{INIT}{}cat > /dev/null\n", response("m1", 10)))).await;
            let id = deck.fleet.create(new("go")).await.unwrap().agent.id;
            deck.until("it is counted", |event| matches!(event.payload, Payload::UsageRecorded { .. })).await;
            deck.fleet.stop().await;
            drop(deck);
            let mut deck = ground.deck(rules(&ground, &resumed(&remembered, &in_all))).await;
            deck.agent_is(id, AgentStatus::Completed).await;
            let of_agent = UsageQuery { agent_id: Some(id), ..UsageQuery::default() };
            let records = deck.store.usage(&of_agent).await.unwrap().items;
            let mut counted: Vec<_> = records.iter().map(|it| (it.message_id.as_str(), it.tokens.output)).collect();
            counted.sort_unstable();
            assert_eq!(counted, [("m1", 10), ("m2", 20)], "it remembered {remembered}");
            let done = deck.store.agent(id).await.unwrap().unwrap().agent;
            assert_eq!(done.cost_usd, records.iter().map(|record| record.cost_usd).sum());
            deck.fleet.stop().await;
        }
    }
}
