//! Bodies of telemetry: the first byte says which signal and how it is written.

use super::wire::{Encoding, Signal, answer, parse};

/// Read twice it is the same, or refused with a reason; whatever is refused can be answered.
pub fn check(bytes: &[u8]) {
    let Some((kind, body)) = bytes.split_first() else { return };
    let signal = [Signal::Logs, Signal::Metrics, Signal::Traces][usize::from(kind % 3)];
    for encoding in [Encoding::Json, Encoding::Protobuf] {
        let (once, again) = (parse(signal, encoding, body), parse(signal, encoding, body));
        assert_eq!(format!("{once:?}"), format!("{again:?}"));
        if let Ok(parsed) = once {
            assert_eq!(parsed.refused == 0, parsed.reason.is_empty());
            assert!(
                parsed.refused == 0 || !answer(signal, encoding, parsed.refused, parsed.reason).is_empty()
            );
        }
    }
}
