//! Prometheus: what was asked and how fast it was answered, in its text format.

use super::seen::Seen;
use quarterdeck_shared::usage::Totals;
use rocket::Request;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Upper edges of the buckets of response times, in seconds.
const EDGES: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

/// Counters since the start.
#[derive(Default)]
pub struct Metrics {
    routes: Mutex<BTreeMap<String, Answers>>,
    times: Mutex<Times>,
}

/// Answers of one route, by method and status.
type Answers = BTreeMap<(&'static str, u16), u64>;

#[derive(Default)]
struct Times {
    buckets: [u64; EDGES.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts one answer. The route is the declared one, so that no address makes a series of its own.
    pub fn answered(&self, request: &Request<'_>, status: u16, took: Duration) {
        let route = request.route().map_or("unknown", |route| route.uri.as_str());
        let key = (Seen::of(request).method.as_str(), status);
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        match routes.get_mut(route) {
            Some(answers) => *answers.entry(key).or_default() += 1,
            None => drop(routes.insert(route.to_owned(), BTreeMap::from([(key, 1)]))),
        }
        drop(routes);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = took.as_secs_f64();
        if let Some(bucket) = EDGES.iter().position(|edge| seconds <= *edge) {
            times.buckets[bucket] += 1;
        }
        times.count += 1;
        times.seconds += seconds;
    }

    /// All figures.
    pub fn text(&self, totals: &Totals, seq: i64, sockets: usize, uptime_seconds: i64) -> String {
        let mut page = Page::default();
        page.one("quarterdeck_uptime_seconds", "gauge", "Seconds since the server started.", uptime_seconds);
        page.one("quarterdeck_events_seq", "counter", "The newest durable event.", seq);
        page.one("quarterdeck_sockets_open", "gauge", "Sockets open now.", sockets);
        page.one("quarterdeck_approvals_pending", "gauge", "Questions that wait.", totals.pending_approvals);
        page.by("quarterdeck_agents", "gauge", "Agents by status.", "status", &totals.by_status);
        page.by("quarterdeck_tasks", "gauge", "Tasks by status.", "status", &totals.tasks_by_status);
        let tokens = BTreeMap::from([
            ("input".to_owned(), totals.tokens.input),
            ("output".to_owned(), totals.tokens.output),
            ("cache_creation".to_owned(), totals.tokens.cache_creation),
            ("cache_read".to_owned(), totals.tokens.cache_read),
        ]);
        page.by("quarterdeck_tokens_total", "counter", "Tokens by kind, replays left out.", "kind", &tokens);
        page.one("quarterdeck_cost_usd_total", "counter", "Dollars, replays left out.", totals.cost_usd);
        page.one(
            "quarterdeck_usage_records_total",
            "counter",
            "Usage records, replays left out.",
            totals.records,
        );
        self.requests(&mut page);
        page.0
    }

    fn requests(&self, page: &mut Page) {
        page.head("quarterdeck_http_requests_total", "counter", "Answers by route, method and status.");
        for (route, answers) in &*self.routes.lock().unwrap_or_else(PoisonError::into_inner) {
            for ((method, status), count) in answers {
                let labels = format!("route=\"{}\",method=\"{method}\",status=\"{status}\"", escaped(route));
                page.line("quarterdeck_http_requests_total", &labels, count);
            }
        }
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let name = "quarterdeck_http_request_seconds";
        page.head(name, "histogram", "Time until an answer began.");
        let mut below = 0;
        for (edge, count) in EDGES.iter().zip(times.buckets) {
            below += count;
            page.line(&format!("{name}_bucket"), &format!("le=\"{edge}\""), below);
        }
        page.line(&format!("{name}_bucket"), "le=\"+Inf\"", times.count);
        page.line(&format!("{name}_sum"), "", times.seconds);
        page.line(&format!("{name}_count"), "", times.count);
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing into a string cannot fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, kind, help);
        self.line(name, "", value);
    }

    fn by(&mut self, name: &str, kind: &str, help: &str, label: &str, values: &BTreeMap<String, u64>) {
        self.head(name, kind, help);
        for (key, value) in values {
            self.line(name, &format!("{label}=\"{}\"", escaped(key)), value);
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
