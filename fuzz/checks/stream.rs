//! Lines of the runtime's stream.

use super::lines_cut;
use orchestrator::{
    transcripts::{lines::Text, read},
    usage::Counter,
};
use std::collections::BTreeSet;

/// Read twice it is the same; every response counts once, and is what was said of it last.
pub fn check(bytes: &[u8]) {
    let mut counter = Counter::default();
    let mut last = std::collections::BTreeMap::new();
    lines_cut(bytes, 0, |line| {
        let Text::Whole(line) = line.text else { return };
        let entries = read(line);
        assert_eq!(entries, read(line));
        for entry in &entries {
            if let Some(seen) = counter.observe(entry) {
                last.insert(seen.message_id.clone(), seen.tokens);
            }
            assert_eq!(counter.observe(entry), None, "said again it is nothing new: {entry:?}");
        }
    });
    let responses = counter.responses();
    let ids: BTreeSet<_> = responses.iter().map(|it| (&it.message_id, &it.request_id)).collect();
    assert_eq!(ids.len(), responses.len());
    assert!(last.keys().all(|id| responses.iter().any(|it| it.message_id == *id)));
}
