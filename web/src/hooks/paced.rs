//! A value that is followed at a pace: its first change at once, and while more come the newest every so often.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::dom;

/// The newest value, but no other one within so many milliseconds. However often it changes, nobody waits longer.
#[hook]
pub fn use_paced<T: Clone + PartialEq + 'static>(value: T, pace_ms: u32) -> T {
    let shown = use_state_eq(|| value.clone());
    let pace = use_mut_ref(Pace::default);
    {
        let shown = shown.clone();
        use_effect_with(value, move |value| {
            let value = value.clone();
            let wait = (*shown != value).then(|| pace.borrow().wait_ms(dom::now_us(), pace_ms));
            let timeout = wait.map(|wait| {
                Timeout::new(wait, move || {
                    pace.borrow_mut().stepped(dom::now_us());
                    shown.set(value);
                })
            });
            move || drop(timeout)
        });
    }
    (*shown).clone()
}

/// When the last step was.
#[derive(Debug, Default)]
struct Pace {
    last_us: Option<i64>,
}

impl Pace {
    /// How long the next step waits; a clock that was set back holds nobody up.
    fn wait_ms(&self, now_us: i64, pace_ms: u32) -> u32 {
        let Some(last) = self.last_us else { return 0 };
        let passed = u32::try_from((now_us - last) / 1_000).unwrap_or(pace_ms);
        pace_ms.saturating_sub(passed)
    }

    fn stepped(&mut self, now_us: i64) {
        self.last_us = Some(now_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the values that came at these moments (ms) were shown: each takes the place of one that still waits.
    fn shown(came: impl Iterator<Item = i64>) -> Vec<i64> {
        let (mut pace, mut steps, mut due) = (Pace::default(), Vec::new(), None::<i64>);
        let mut step = |pace: &mut Pace, at: i64| {
            pace.stepped(at * 1_000);
            steps.push(at);
        };
        for now in came {
            if let Some(at) = due.take().filter(|at| *at <= now) {
                step(&mut pace, at);
            }
            due = Some(now + i64::from(pace.wait_ms(now * 1_000, 100)));
        }
        if let Some(at) = due {
            step(&mut pace, at);
        }
        steps
    }

    #[test]
    fn the_first_change_is_shown_at_once_and_a_stream_of_them_every_so_often() {
        assert_eq!(shown([5].into_iter()), [5]);
        assert_eq!(shown((0..350).step_by(10)), [0, 100, 200, 300, 400]);
        assert_eq!(shown([0, 30, 500].into_iter()), [0, 100, 500]);
    }

    #[test]
    fn a_clock_that_was_set_back_holds_nobody_up() {
        let pace = Pace { last_us: Some(9_000_000) };
        assert_eq!(pace.wait_ms(1_000_000, 100), 0);
    }
}
