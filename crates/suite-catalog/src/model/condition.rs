//! Conditions: tests, joined by and, or and not.

/// Tests of one condition at most.
pub const TESTS_MAX: usize = 50;
/// How deep a condition is nested at most.
pub const DEPTH_MAX: usize = 6;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition<T> {
    /// Holds where all hold, and so where there are none.
    All(Vec<Self>),
    /// Holds where one holds, and so not where there are none.
    Any(Vec<Self>),
    Not(Box<Self>),
    Is(T),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a condition has at most {TESTS_MAX} parts, nested {DEPTH_MAX} deep")]
pub struct TooComplex;

impl<T> Condition<T> {
    pub fn holds(&self, test: &impl Fn(&T) -> bool) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.holds(test)),
            Self::Any(any) => any.iter().any(|condition| condition.holds(test)),
            Self::Not(condition) => !condition.holds(test),
            Self::Is(one) => test(one),
        }
    }

    /// Its tests, unless it has too many parts.
    pub fn tests(&self) -> Result<Vec<&T>, TooComplex> {
        let (mut tests, mut parts) = (Vec::new(), 0);
        self.collect(DEPTH_MAX, &mut parts, &mut tests)?;
        Ok(tests)
    }

    fn collect<'a>(
        &'a self,
        deeper: usize,
        parts: &mut usize,
        tests: &mut Vec<&'a T>,
    ) -> Result<(), TooComplex> {
        *parts += 1;
        if *parts > TESTS_MAX {
            return Err(TooComplex);
        }
        let below = deeper.checked_sub(1).ok_or(TooComplex);
        match self {
            Self::Is(test) => tests.push(test),
            Self::Not(condition) => condition.collect(below?, parts, tests)?,
            Self::All(conditions) | Self::Any(conditions) => {
                let below = below?;
                for condition in conditions {
                    condition.collect(below, parts, tests)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(test: bool) -> Condition<bool> {
        Condition::Is(test)
    }

    #[test]
    fn and_or_and_not_mean_what_they_say() {
        let holds = |condition: Condition<bool>| condition.holds(&|test| *test);
        assert!(holds(Condition::All(vec![is(true), is(true)])));
        assert!(!holds(Condition::All(vec![is(true), is(false)])));
        assert!(holds(Condition::Any(vec![is(false), is(true)])));
        assert!(!holds(Condition::Any(vec![is(false), is(false)])));
        assert!(holds(Condition::Not(Box::new(is(false)))));
        assert!(holds(Condition::All(Vec::new())));
        assert!(!holds(Condition::Any(Vec::new())));
    }

    #[test]
    fn parts_and_depth_are_bounded() {
        let wide = |count| Condition::All(vec![is(true); count]);
        assert_eq!(wide(TESTS_MAX - 1).tests().map(|tests| tests.len()), Ok(TESTS_MAX - 1));
        assert_eq!(wide(TESTS_MAX).tests(), Err(TooComplex));
        let deep = |depth| (0..depth).fold(is(true), |inner, _| Condition::Not(Box::new(inner)));
        assert!(deep(DEPTH_MAX).tests().is_ok());
        assert_eq!(deep(DEPTH_MAX + 1).tests(), Err(TooComplex));
    }
}
