//! A node's two clocks, and how far they are from virtual time.

/// Both clocks run too fast or too slow alike; only the wall clock can be set.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// Where the current drift began, in virtual time and on the monotonic clock.
    since_ms: u64,
    shown_ms: u64,
    drift_ppm: i64,
    /// What the wall clock shows above the monotonic one's distance from genesis.
    pub offset_ms: i64,
}

const MILLION: u64 = 1_000_000;

impl Clock {
    /// Milliseconds a second, in millionths of the true rate.
    fn rate(&self) -> u64 {
        MILLION.saturating_add_signed(self.drift_ppm)
    }

    /// What the monotonic clock shows.
    pub fn monotonic_ms(&self, time_ms: u64) -> u64 {
        self.shown_ms + time_ms.saturating_sub(self.since_ms) * self.rate() / MILLION
    }

    /// The first moment at which the monotonic clock shows at least this much.
    pub fn time_of(&self, monotonic_ms: u64) -> u64 {
        let ahead = monotonic_ms.saturating_sub(self.shown_ms);
        self.since_ms.saturating_add(ahead.saturating_mul(MILLION).div_ceil(self.rate()))
    }

    /// From now on the clocks gain this many microseconds a second.
    pub fn drift(&mut self, time_ms: u64, drift_ppm: i64) {
        (self.shown_ms, self.since_ms) = (self.monotonic_ms(time_ms), time_ms);
        self.drift_ppm = drift_ppm;
    }

    /// Someone sets the wall clock.
    pub fn jump(&mut self, by_ms: i64) {
        self.offset_ms = self.offset_ms.saturating_add(by_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drifting_clock_never_goes_back_and_its_ticks_come_in_time() {
        let mut clock = Clock::default();
        let mut last = 0;
        for (time_ms, drift_ppm) in [(0, 200_000), (1_000, -150_000), (5_000, 0), (9_000, 3)] {
            clock.drift(time_ms, drift_ppm);
            for time_ms in time_ms..time_ms + 900 {
                let shown = clock.monotonic_ms(time_ms);
                assert!(shown >= last);
                last = shown;
                let due = clock.time_of(shown + 7);
                assert!(clock.monotonic_ms(due) >= shown + 7);
                assert!(clock.monotonic_ms(due - 1) < shown + 7);
            }
        }
    }
}
