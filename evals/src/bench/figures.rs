//! Turns per second and percentiles.

use std::time::Duration;

use serde::Serialize;

/// What a contestant did in all its rounds.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub latencies: Vec<Duration>,
    pub elapsed: Duration,
}

/// A tally in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    pub turns: usize,
    pub turns_per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Tally {
    /// Adds a round.
    pub fn add(&mut self, latencies: Vec<Duration>, elapsed: Duration) {
        self.latencies.extend(latencies);
        self.elapsed += elapsed;
    }

    /// The numbers of everything so far.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        Figures {
            turns: sorted.len(),
            turns_per_second: sorted.len() as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON),
            p50_ms: percentile(&sorted, 50),
            p99_ms: percentile(&sorted, 99),
        }
    }
}

/// The smallest value that at least `percent` of all are not above (nearest rank).
pub(super) fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let sorted: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!((percentile(&sorted, 50), percentile(&sorted, 99)), (100.0, 198.0));
        assert_eq!(percentile(&sorted[..1], 99), 1.0);
        assert_eq!(percentile(&[], 50), 0.0);
    }
}
