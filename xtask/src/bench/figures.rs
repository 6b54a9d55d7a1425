//! FIGURES: everything that is measured, with its unit and its bar.

use super::{Bar, By, Figure};

const OF_1000: &str = "of the p95 at 1,000 agents";

macro_rules! figures {
    ($($by:expr => { $($name:literal: $unit:expr, $bar:ident $number:literal;)* })*) => {
        /// Every figure there is; those that are measured together stand together.
        pub const FIGURES: &[Figure] = &[$($(
            Figure { name: $name, unit: $unit, bar: Bar::$bar($number), by: $by },
        )*)*];
    };
}

figures! {
    By::Page => {
        "page_size": "kB", AtMost 400.0;
    }
    By::Server("list") => {
        "list_throughput": "of a bare Rocket's", AtLeast 0.6;
        "list_older_than_its_seq": "replies", AtMost 0.0;
    }
    By::Server("growth") => {
        "list_growth_first_page": OF_1000, AtMost 1.5;
        "list_growth_running_by_cost": OF_1000, AtMost 1.5;
        "list_growth_thousandth_page": OF_1000, AtMost 1.5;
    }
    By::Server("events") => {
        "durable_events": "per second", AtLeast 10_000.0;
        "durable_events_beside_inserts": "of bare inserts", AtLeast 0.5;
    }
    By::Server("sockets") => {
        "event_to_100_sockets_p99": "ms", AtMost 25.0;
        "lost_on_1000_sockets": "events", AtMost 0.0;
        "p99_beside_a_stuck_client": "of the p99 without it", Below 1.3;
    }
    By::Server("memory") => {
        "memory_1000_agents": "MB", AtMost 40.0;
        "memory_100000_agents": "MB", AtMost 120.0;
    }
    By::Server("start") => {
        "start_to_ready": "ms", AtMost 100.0;
        "first_list": "ms", AtMost 50.0;
    }
    By::Server("import") => {
        "import_cpu": "of a typed scan's", AtMost 1.6;
        "import_memory": "MB", AtMost 200.0;
        "import_first_figures": "s", AtMost 2.0;
        "import_unchanged": "s", AtMost 1.0;
    }
    By::Server("otlp") => {
        "otlp_log_records": "per second", AtLeast 10_000.0;
    }
    By::Server("search") => {
        "search_index": "s a GB", AtMost 60.0;
        "search_memory": "MB", AtMost 200.0;
        "search_answer": "ms", AtMost 300.0;
    }
    By::Server("conversation") => {
        "conversation_open": "ms", AtMost 300.0;
    }
    By::Server("replay") => {
        "replay_seek": "ms", AtMost 100.0;
    }
    By::Browser("following") => {
        "line_on_page_p95": "ms", AtMost 250.0;
    }
    By::Browser("lighthouse") => {
        "dashboard_performance": "of 100", AtLeast 95.0;
        "dashboard_accessibility": "of 100", AtLeast 100.0;
        "dashboard_best_practices": "of 100", AtLeast 100.0;
        "dashboard_layout_shift": "CLS", Below 0.1;
        "agents_performance": "of 100", AtLeast 95.0;
        "agents_accessibility": "of 100", AtLeast 100.0;
        "agents_best_practices": "of 100", AtLeast 100.0;
        "agents_layout_shift": "CLS", Below 0.1;
    }
}
