//! How urgent a ticket is: P1 to P4, from its impact and its urgency.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    P1,
    P2,
    P3,
    P4,
}

impl Priority {
    pub const ALL: [Self; 4] = [Self::P1, Self::P2, Self::P3, Self::P4];
}

/// How much is affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// A person.
    Low,
    /// A team, or a service that has a way around.
    Medium,
    /// The organisation, or a service that it cannot work without.
    High,
}

/// How long it can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    Low,
    Medium,
    High,
}

impl Impact {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];
}

impl Urgency {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "more impact or urgency may not make a ticket less urgent, as {impact:?} × {urgency:?} does"
)]
pub struct NotMonotonic {
    pub impact: Impact,
    pub urgency: Urgency,
}

/// The priority of each impact and urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matrix([[Priority; 3]; 3]);

impl Default for Matrix {
    /// High × high is P1, and each step down of either is one of the priority, P4 being the last.
    fn default() -> Self {
        use Priority::{P1, P2, P3, P4};
        Self([[P4, P4, P3], [P4, P3, P2], [P3, P2, P1]])
    }
}

impl Matrix {
    /// Takes rows by impact, from low to high, of cells by urgency, from low to high.
    pub fn new(rows: [[Priority; 3]; 3]) -> Result<Self, NotMonotonic> {
        let matrix = Self(rows);
        for (row, impact) in Impact::ALL.into_iter().enumerate() {
            for (cell, urgency) in Urgency::ALL.into_iter().enumerate() {
                let below = row.checked_sub(1).map(|row| rows[row][cell]);
                let left = cell.checked_sub(1).map(|cell| rows[row][cell]);
                let here = rows[row][cell];
                if below.into_iter().chain(left).any(|less| less < here) {
                    return Err(NotMonotonic { impact, urgency });
                }
            }
        }
        Ok(matrix)
    }

    /// By impact, from low to high, of cells by urgency, from low to high.
    pub fn rows(&self) -> [[Priority; 3]; 3] {
        self.0
    }

    pub fn priority(&self, impact: Impact, urgency: Urgency) -> Priority {
        self.0[impact as usize][urgency as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::Priority::{P1, P2, P3, P4};
    use super::*;

    #[test]
    fn the_default_goes_from_p1_to_p4() {
        let priority = |impact, urgency| Matrix::default().priority(impact, urgency);
        assert_eq!(priority(Impact::High, Urgency::High), P1);
        assert_eq!(priority(Impact::High, Urgency::Medium), P2);
        assert_eq!(priority(Impact::Medium, Urgency::High), P2);
        assert_eq!(priority(Impact::Medium, Urgency::Medium), P3);
        assert_eq!(priority(Impact::High, Urgency::Low), P3);
        assert_eq!(priority(Impact::Low, Urgency::High), P3);
        assert_eq!(priority(Impact::Low, Urgency::Medium), P4);
        assert_eq!(priority(Impact::Low, Urgency::Low), P4);
    }

    #[test]
    fn more_impact_never_makes_less_urgent() {
        assert_eq!(Matrix::new(Matrix::default().0), Ok(Matrix::default()));
        let upside_down = Matrix::new([[P4, P4, P1], [P4, P3, P2], [P3, P2, P1]]);
        let evidence = NotMonotonic { impact: Impact::Medium, urgency: Urgency::High };
        assert_eq!(upside_down, Err(evidence));
        assert!(Matrix::new([[P1, P2, P3]; 3]).is_err());
        assert!(Matrix::new([[P2; 3]; 3]).is_ok());
    }
}
