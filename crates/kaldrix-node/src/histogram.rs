//! A histogram of durations that many threads fill without waiting for each other.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the buckets in seconds; a last one takes all the rest.
pub const BOUNDS_S: [f64; 16] =
    [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0];

/// Counts of durations by bucket, and their sum; they only rise.
#[derive(Debug, Default)]
pub struct Histogram {
    counts: [AtomicU64; BOUNDS_S.len() + 1],
    sum_us: AtomicU64,
}

/// The counts at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramSnapshot {
    /// The count of each bucket by itself, the bounds as in [`BOUNDS_S`], the rest last.
    pub counts: [u64; BOUNDS_S.len() + 1],
    pub sum_s: f64,
}

impl Histogram {
    pub fn record(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = BOUNDS_S.partition_point(|bound| *bound < seconds);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.sum_us.fetch_add(micros, Ordering::Relaxed);
    }

    pub fn snapshot(&self) -> HistogramSnapshot {
        let mut counts = [0; BOUNDS_S.len() + 1];
        for (count, bucket) in counts.iter_mut().zip(&self.counts) {
            *count = bucket.load(Ordering::Relaxed);
        }
        let sum_s = Duration::from_micros(self.sum_us.load(Ordering::Relaxed)).as_secs_f64();
        HistogramSnapshot { counts, sum_s }
    }
}

impl HistogramSnapshot {
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The upper bound of the bucket in which the `quantile` (0 to 1) lies; none before the first
    /// duration, infinite in the last bucket.
    pub fn quantile_s(&self, quantile: f64) -> Option<f64> {
        let count = self.count();
        let mut below = 0;
        self.counts.iter().enumerate().find_map(|(bucket, in_bucket)| {
            below += in_bucket;
            let reached = *in_bucket > 0 && below as f64 >= quantile * count as f64;
            reached.then(|| BOUNDS_S.get(bucket).copied().unwrap_or(f64::INFINITY))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Histogram;

    #[test]
    fn sorts_durations_into_buckets() {
        let histogram = Histogram::default();
        assert_eq!(histogram.snapshot().quantile_s(0.5), None);
        for ms in [40, 50, 51, 120, 40_000] {
            histogram.record(Duration::from_millis(ms));
        }
        let snapshot = histogram.snapshot();
        assert_eq!(snapshot.count(), 5);
        assert_eq!(snapshot.counts[..3], [2, 1, 1]);
        assert_eq!(snapshot.counts[16], 1);
        assert_eq!(snapshot.quantile_s(0.5), Some(0.1));
        assert_eq!(snapshot.quantile_s(1.0), Some(f64::INFINITY));
        assert!((snapshot.sum_s - 40.261).abs() < 1e-9);
    }
}
