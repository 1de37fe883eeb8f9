//! How much of a committee takes part, as people and alerts want it.

use kaldrix_consensus::Participation;
use kaldrix_types::Committee;

/// Of the last committed rounds, the share with a block of this author, 0 to 1. Before the first
/// one nobody has missed any: 1.
pub fn ratio(participation: &Participation) -> f64 {
    match participation.rounds {
        0 => 1.0,
        rounds => participation.committed_rounds as f64 / rounds as f64,
    }
}

/// The ratios' mean, weighted by stake, 0 to 1.
pub fn overall(participations: &[Participation], committee: &Committee) -> f64 {
    let weighted = participations.iter().map(|one| committee.stake(one.author) as f64 * ratio(one));
    weighted.sum::<f64>() / (committee.total_stake().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use kaldrix_consensus::Participation;
    use kaldrix_types::AuthorityIndex;

    use super::ratio;

    #[test]
    fn is_a_share_of_the_rounds_there_were() {
        let mut participation = Participation {
            author: AuthorityIndex(0),
            committed_rounds: 0,
            rounds: 0,
            last_round: 0,
            excluded: false,
        };
        assert_eq!(ratio(&participation), 1.0);
        (participation.committed_rounds, participation.rounds) = (3, 4);
        assert_eq!(ratio(&participation), 0.75);
    }
}
