//! When to try again what failed: later each time, and not all at once.

/// How often and how soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The first one counts. After the last one it is given up, and kept as a dead letter.
    pub attempts_max: u32,
    /// After the first failure; doubled with each further one.
    pub delay_ms_min: u64,
    pub delay_ms_max: u64,
}

impl Retry {
    /// Ten times within about half an hour.
    pub const DEFAULT: Self =
        Self { attempts_max: 10, delay_ms_min: 1_000, delay_ms_max: 10 * 60 * 1_000 };

    /// How long to wait after the failure of `attempt`, which counts from 1. Half of it is by
    /// chance, so that what failed together is not tried together.
    pub(crate) fn delay_ms(self, attempt: u32) -> u64 {
        let doublings = attempt.saturating_sub(1).min(32);
        let whole = self.delay_ms_min.saturating_mul(1 << doublings).min(self.delay_ms_max);
        let half = whole / 2;
        whole - half + fastrand::u64(0..=half)
    }
}

/// A failure's text as it is kept, of a bounded length and without line breaks.
pub(crate) fn shown(error: &impl ToString) -> String {
    const CHARS_MAX: usize = 500;
    let text = error.to_string();
    let characters =
        text.chars().map(|character| if character.is_control() { ' ' } else { character });
    characters.take(CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_bound_and_differ() {
        let retry = Retry { attempts_max: 5, delay_ms_min: 100, delay_ms_max: 1_000 };
        for (attempt, most) in [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1_000), (900, 1_000)] {
            let delays: Vec<u64> = (0..50).map(|_| retry.delay_ms(attempt)).collect();
            assert!(
                delays.iter().all(|ms| (most / 2..=most).contains(ms)),
                "{attempt}: {delays:?}"
            );
            assert!(delays.iter().any(|ms| *ms != delays[0]));
        }
    }

    #[test]
    fn a_failure_is_kept_in_one_short_line() {
        assert_eq!(shown(&"a\r\nb"), "a  b");
        assert_eq!(shown(&"x".repeat(9_999)).len(), 500);
    }
}
