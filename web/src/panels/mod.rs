//! Widgets of the field: data in, Html out.

pub mod answer_edit;
pub mod answer_form;
pub mod answer_pick;
pub mod approval_card;
pub mod contexts;
pub mod decision;
pub mod deed;
pub mod deed_view;
pub mod diff;
pub mod doing;
pub mod graph;
pub mod horizon;
pub mod horizon_mini;
pub mod inbox_queue;
pub mod login_form;
pub mod marks;
pub mod outcome;
pub mod prose;
pub mod records;
pub mod run_diagram;
#[cfg(test)]
pub mod samples;
pub mod shares;
pub mod streams;
pub mod task_facts;
pub mod task_now;
pub mod task_view;
pub mod timeline;
pub mod told;
pub mod trend;
pub mod under_way;
pub mod watch;
pub mod welcome;
pub mod words;
