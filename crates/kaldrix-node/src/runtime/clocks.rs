//! Which clocks are far off, from what the replica sees in blocks.
//!
//! A block that comes late, fetched after a pause, looks like the block of a slow clock. But then
//! those of most authors do at the same time, and blocks of the future cannot come late.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kaldrix_types::AuthorityIndex;

/// How long reports are gathered before they are judged.
const GATHER: Duration = Duration::from_secs(1);
/// A judgement holds for this long: a clock that stays off is reported again before.
const HOLDS: Duration = Duration::from_secs(180);
/// Offsets this close to each other have one cause.
const ALIKE_MS_MAX: u64 = 2_000;

#[derive(Debug, Clone, Copy)]
struct Report {
    offset_ms: i64,
    at: Instant,
}

/// Gathers reports and judges them.
#[derive(Debug)]
pub struct Clocks {
    committee_size: usize,
    gathered: BTreeMap<AuthorityIndex, Report>,
    judged: BTreeMap<AuthorityIndex, Report>,
}

/// What the reports come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// These clocks are off, theirs minus ours.
    Others(Vec<(AuthorityIndex, i64)>),
    /// Most clocks are ahead by so much: ours is slow.
    Ours { behind_ms: i64 },
}

impl Clocks {
    pub fn new(committee_size: usize) -> Self {
        Self { committee_size, gathered: BTreeMap::new(), judged: BTreeMap::new() }
    }

    pub fn report(&mut self, author: AuthorityIndex, offset_ms: i64, at: Instant) {
        self.gathered.insert(author, Report { offset_ms, at });
    }

    /// Judges the reports once they are complete; none while there is nothing new.
    pub fn judge(&mut self, now: Instant) -> Option<Judgement> {
        let first = self.gathered.values().map(|report| report.at).min()?;
        if now.duration_since(first) < GATHER {
            return None;
        }
        let gathered = std::mem::take(&mut self.gathered);
        let common = gathered.values().map(|report| report.offset_ms).find(|offset| {
            let alike = |other: &&Report| other.offset_ms.abs_diff(*offset) <= ALIKE_MS_MAX;
            2 * gathered.values().filter(alike).count() > self.committee_size
        });
        let others = gathered.into_iter().filter(|(_, report)| {
            common.is_none_or(|common| report.offset_ms.abs_diff(common) > ALIKE_MS_MAX)
        });
        let others: Vec<_> = others.collect();
        self.judged.extend(others.iter().copied());
        match common {
            Some(behind_ms) if behind_ms > 0 => Some(Judgement::Ours { behind_ms }),
            _ if others.is_empty() => None,
            _ => {
                let others = others.into_iter().map(|(author, report)| (author, report.offset_ms));
                Some(Judgement::Others(others.collect()))
            }
        }
    }

    /// The clocks that are off, as far as is known.
    pub fn offsets(&self, now: Instant) -> Vec<(AuthorityIndex, i64)> {
        let fresh = self.judged.iter().filter(|(_, r)| now.duration_since(r.at) < HOLDS);
        fresh.map(|(author, report)| (*author, report.offset_ms)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use kaldrix_types::AuthorityIndex;

    use super::{Clocks, Judgement};

    fn judge(reports: &[(u16, i64)]) -> (Option<Judgement>, Vec<(AuthorityIndex, i64)>) {
        let (mut clocks, now) = (Clocks::new(4), Instant::now());
        for (author, offset_ms) in reports {
            clocks.report(AuthorityIndex(*author), *offset_ms, now);
        }
        assert_eq!(clocks.judge(now), None, "more may come");
        let later = now + Duration::from_secs(1);
        (clocks.judge(later), clocks.offsets(later))
    }

    #[test]
    fn one_clock_is_off() {
        for offset_ms in [-300_000, 300_000] {
            let off = vec![(AuthorityIndex(3), offset_ms)];
            assert_eq!(judge(&[(3, offset_ms)]), (Some(Judgement::Others(off.clone())), off));
        }
    }

    #[test]
    fn old_blocks_of_most_authors_say_nothing() {
        let old = [(0, -35_000), (1, -35_100), (2, -34_900)];
        assert_eq!(judge(&old), (None, vec![]));
        let off = vec![(AuthorityIndex(3), 300_000)];
        let one_more = [old[0], old[1], old[2], (3, 300_000)];
        assert_eq!(judge(&one_more), (Some(Judgement::Others(off.clone())), off));
    }

    #[test]
    fn a_future_that_most_share_is_the_present() {
        let ours = Judgement::Ours { behind_ms: 300_000 };
        let reports = [(0, 300_000), (1, 300_010), (2, 299_990)];
        assert_eq!(judge(&reports), (Some(ours), vec![]));
    }

    #[test]
    fn a_judgement_ends() {
        let (mut clocks, now) = (Clocks::new(4), Instant::now());
        clocks.report(AuthorityIndex(3), 9_000, now);
        clocks.judge(now + Duration::from_secs(2));
        assert_eq!(clocks.offsets(now + Duration::from_secs(179)).len(), 1);
        assert_eq!(clocks.offsets(now + Duration::from_secs(181)), []);
    }
}
