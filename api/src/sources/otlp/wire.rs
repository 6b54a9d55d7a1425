//! OTLP on the wire: of its messages those parts that matter here, in protobuf and in JSON; what is unknown is
//! skipped.

mod json;

use orchestrator::{
    otlp::{self, Attributes, Field, LogRecord, SumPoint},
    transcripts::halves::mended,
};
use prost::Message;
use serde::Deserialize;

use super::Telemetry;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// OTLP/HTTP's JSON.
    Json,
    /// Protobuf.
    Protobuf,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Log records.
    Logs,
    /// Sums and other metrics.
    Metrics,
    /// Spans: taken, and kept out of the ledger.
    Traces,
}

/// What a body holds.
#[derive(Debug, Default)]
pub struct Parsed {
    /// What can be taken.
    pub telemetry: Telemetry,
    /// Records that cannot.
    pub refused: u64,
    /// Why the first of them cannot.
    pub reason: &'static str,
}

impl Parsed {
    fn refuse(&mut self, reason: &'static str) {
        if self.refused == 0 {
            self.reason = reason;
        }
        self.refused += 1;
    }
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct LogsBody {
    #[prost(message, repeated, tag = "1")]
    resource_logs: Vec<ResourceLogs>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ResourceLogs {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scope_logs: Vec<ScopeLogs>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ScopeLogs {
    #[prost(message, repeated, tag = "2")]
    log_records: Vec<Log>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Log {
    #[serde(deserialize_with = "json::nanos")]
    #[prost(fixed64, tag = "1")]
    time_unix_nano: u64,
    #[serde(deserialize_with = "json::nanos")]
    #[prost(fixed64, tag = "11")]
    observed_time_unix_nano: u64,
    #[prost(message, optional, tag = "5")]
    body: Option<AnyValue>,
    #[prost(message, repeated, tag = "6")]
    attributes: Vec<KeyValue>,
    #[prost(string, tag = "12")]
    event_name: String,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
struct Resource {
    #[prost(message, repeated, tag = "1")]
    attributes: Vec<KeyValue>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
struct KeyValue {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<AnyValue>,
}

/// A value; lists and maps are nobody's business here.
#[derive(Clone, PartialEq, Message)]
struct AnyValue {
    #[prost(oneof = "AnyKind", tags = "1, 2, 3, 4")]
    kind: Option<AnyKind>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum AnyKind {
    #[prost(string, tag = "1")]
    Text(String),
    #[prost(bool, tag = "2")]
    Truth(bool),
    #[prost(int64, tag = "3")]
    Whole(i64),
    #[prost(double, tag = "4")]
    Number(f64),
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct MetricsBody {
    #[prost(message, repeated, tag = "1")]
    resource_metrics: Vec<ResourceMetrics>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ResourceMetrics {
    #[prost(message, optional, tag = "1")]
    resource: Option<Resource>,
    #[prost(message, repeated, tag = "2")]
    scope_metrics: Vec<ScopeMetrics>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ScopeMetrics {
    #[prost(message, repeated, tag = "2")]
    metrics: Vec<Metric>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
struct Metric {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "7")]
    sum: Option<Sum>,
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Sum {
    #[prost(message, repeated, tag = "1")]
    data_points: Vec<NumberPoint>,
    #[prost(int32, tag = "2")]
    aggregation_temporality: i32,
}

#[derive(Clone, PartialEq, Message)]
struct NumberPoint {
    #[prost(message, repeated, tag = "7")]
    attributes: Vec<KeyValue>,
    #[prost(fixed64, tag = "2")]
    start_time_unix_nano: u64,
    #[prost(fixed64, tag = "3")]
    time_unix_nano: u64,
    #[prost(oneof = "Amount", tags = "4, 6")]
    amount: Option<Amount>,
}

#[derive(Clone, Copy, PartialEq, prost::Oneof)]
enum Amount {
    #[prost(double, tag = "4")]
    Number(f64),
    #[prost(sfixed64, tag = "6")]
    Whole(i64),
}

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct TracesBody {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<Skipped>,
}

/// Something that is well-formed, and looked into no further.
#[derive(Clone, Copy, PartialEq, Message, Deserialize)]
struct Skipped {}

/// Reads a body; says why where it is none.
pub fn parse(signal: Signal, encoding: Encoding, bytes: &[u8]) -> Result<Parsed, String> {
    match signal {
        Signal::Logs => body(encoding, bytes).map(logs),
        Signal::Metrics => body(encoding, bytes).map(metrics),
        Signal::Traces => body::<TracesBody>(encoding, bytes).map(|_| Parsed::default()),
    }
}

fn body<T: Message + Default + for<'de> Deserialize<'de>>(
    encoding: Encoding,
    bytes: &[u8],
) -> Result<T, String> {
    match encoding {
        Encoding::Json => {
            let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
            serde_json::from_str(&mended(text)).map_err(|error| error.to_string())
        }
        Encoding::Protobuf => T::decode(bytes).map_err(|error| error.to_string()),
    }
}

fn logs(body: LogsBody) -> Parsed {
    let mut parsed = Parsed::default();
    for of_resource in body.resource_logs {
        let resource = attributes(of_resource.resource.unwrap_or_default().attributes);
        for log in of_resource.scope_logs.into_iter().flat_map(|scope| scope.log_records) {
            match otlp::read(&record(log), &resource) {
                Ok(told) => parsed.telemetry.told.push(told),
                Err(reason) => parsed.refuse(reason),
            }
        }
    }
    parsed
}

fn record(log: Log) -> LogRecord {
    let body = match log.body.and_then(|body| body.kind) {
        Some(AnyKind::Text(text)) => text,
        _ => log.event_name,
    };
    let nanos = if log.time_unix_nano > 0 { log.time_unix_nano } else { log.observed_time_unix_nano };
    LogRecord { nanos, body, attributes: attributes(log.attributes) }
}

fn metrics(body: MetricsBody) -> Parsed {
    let mut parsed = Parsed::default();
    for of_resource in body.resource_metrics {
        let resource = attributes(of_resource.resource.unwrap_or_default().attributes);
        for metric in of_resource.scope_metrics.into_iter().flat_map(|scope| scope.metrics) {
            let Some(sum) = metric.sum else {
                parsed.refuse("it is no sum");
                continue;
            };
            let is_delta = match sum.aggregation_temporality {
                1 => Some(true),
                2 => Some(false),
                _ => None,
            };
            for one in sum.data_points {
                let point = is_delta.ok_or("it says neither delta nor cumulative").and_then(|is_delta| {
                    let (from, until) = (one.start_time_unix_nano, one.time_unix_nano);
                    let value = one.amount.map(|amount| match amount {
                        Amount::Number(number) => number,
                        Amount::Whole(whole) => whole as f64,
                    });
                    let (name, attributes) = (metric.name.clone(), attributes(one.attributes));
                    otlp::point(&SumPoint { name, is_delta, from, until, value, attributes }, &resource)
                });
                match point {
                    Ok(point) => parsed.telemetry.points.push(point),
                    Err(reason) => parsed.refuse(reason),
                }
            }
        }
    }
    parsed
}

fn attributes(pairs: Vec<KeyValue>) -> Attributes {
    let field = |pair: KeyValue| {
        let field = match pair.value?.kind? {
            AnyKind::Text(text) => Field::Text(text),
            AnyKind::Truth(truth) => Field::Truth(truth),
            AnyKind::Whole(whole) => Field::Whole(whole),
            AnyKind::Number(number) => Field::Number(number),
        };
        Some((pair.key, field))
    };
    Attributes(pairs.into_iter().filter_map(field).collect())
}

#[derive(Clone, PartialEq, Message)]
struct Answer {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

/// What is answered when it is durable: nothing, or how many records were refused and why.
pub fn answer(signal: Signal, encoding: Encoding, refused: u64, reason: &str) -> Vec<u8> {
    let partial_success = (refused > 0).then(|| PartialSuccess {
        rejected: i64::try_from(refused).unwrap_or(i64::MAX),
        error_message: format!("{refused} were refused; of the first: {reason}"),
    });
    let answer = Answer { partial_success };
    match encoding {
        Encoding::Protobuf => answer.encode_to_vec(),
        Encoding::Json => {
            let rejected = match signal {
                Signal::Logs => "rejectedLogRecords",
                Signal::Metrics => "rejectedDataPoints",
                Signal::Traces => "rejectedSpans",
            };
            let json = answer.partial_success.map_or_else(
                || serde_json::json!({}),
                |part| {
                    let part = serde_json::json!({rejected: part.rejected.to_string(), "errorMessage": part.error_message});
                    serde_json::json!({"partialSuccess": part})
                },
            );
            json.to_string().into_bytes()
        }
    }
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// What is answered where a request is refused whole: a status as RPC has it.
pub fn refusal(encoding: Encoding, code: i32, message: &str) -> Vec<u8> {
    match encoding {
        Encoding::Protobuf => Status { code, message: message.to_owned() }.encode_to_vec(),
        Encoding::Json => serde_json::json!({"code": code, "message": message}).to_string().into_bytes(),
    }
}
