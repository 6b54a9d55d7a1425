//! When to try a lost connection again: soon at first, then ever later, never all clients at once.

/// The longest pause in milliseconds.
const LONGEST_MS: u32 = 30_000;

/// Milliseconds to wait before the given attempt, counted from zero; `chance` lies between 0 and 1.
///
/// Doubles from one second to thirty and takes half to all of it, so that clients that were cut off together do not
/// come back together.
pub fn pause_ms(attempt: u32, chance: f64) -> u32 {
    let full = 1_000_u32.saturating_mul(1 << attempt.min(5)).min(LONGEST_MS);
    full / 2 + (f64::from(full / 2) * chance.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_minute_and_no_further() {
        let longest: Vec<_> = (0..8).map(|attempt| pause_ms(attempt, 1.0)).collect();
        assert_eq!(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    }

    #[test]
    fn a_pause_is_never_shorter_than_half_of_its_length() {
        assert_eq!(pause_ms(3, 0.0), 4_000);
    }
}
