//! Numbers as people write them: exact, with up to six decimal places.

use std::fmt;
use std::str::FromStr;

/// A number in millionths, so that 0.1 + 0.2 is 0.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i64);

const UNIT: i64 = 1_000_000;
const PLACES: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no number, such as 12 or -0.5, with at most six decimal places and twelve digits \
     before them"
)]
pub struct NoDecimal;

impl Decimal {
    pub const ZERO: Self = Self(0);

    /// A whole number, as long as there is room for it.
    pub fn whole(number: i64) -> Option<Self> {
        number.checked_mul(UNIT).map(Self)
    }

    pub fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    pub fn millionths(self) -> i64 {
        self.0
    }

    /// Whether it is `from` and a whole number of steps.
    pub fn is_on_step(self, from: Self, step: Self) -> bool {
        let distance = i128::from(self.0) - i128::from(from.0);
        step.0 > 0 && distance % i128::from(step.0) == 0
    }
}

impl FromStr for Decimal {
    type Err = NoDecimal;

    fn from_str(text: &str) -> Result<Self, NoDecimal> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_sound = (1..=12).contains(&whole.len())
            && (1..=PLACES).contains(&places.len())
            && are_digits(whole)
            && are_digits(places);
        if !is_sound {
            return Err(NoDecimal);
        }
        let whole: i64 = whole.parse().map_err(|_| NoDecimal)?;
        let places: i64 = format!("{places:0<PLACES$}").parse().map_err(|_| NoDecimal)?;
        Ok(Self(sign * (whole * UNIT + places)))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (size, unit) = (self.0.unsigned_abs(), UNIT.unsigned_abs());
        let sign = if self.0 < 0 { "-" } else { "" };
        let places = format!("{:06}", size % unit);
        match places.trim_end_matches('0') {
            "" => write!(f, "{sign}{}", size / unit),
            places => write!(f, "{sign}{}.{places}", size / unit),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".5", "5.", "1e3", "1,5", "+1", " 1", "1.1234567", "1234567890123"] {
            assert_eq!(text.parse::<Decimal>(), Err(NoDecimal), "{text:?}");
        }
        assert_eq!("-0.5".parse(), Ok(Decimal(-500_000)));
        assert_eq!("0.10".parse::<Decimal>().unwrap().to_string(), "0.1");
    }

    #[test]
    fn steps_are_exact() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        assert!(number("0.3").is_on_step(Decimal::ZERO, number("0.1")));
        assert!(!number("0.35").is_on_step(Decimal::ZERO, number("0.1")));
        assert!(number("-7").is_on_step(number("1"), number("4")));
        assert!(!number("1").is_on_step(Decimal::ZERO, Decimal::ZERO));
    }

    proptest! {
        #[test]
        fn it_is_read_as_it_is_written(
            millionths in -999_999_999_999_999_999..=999_999_999_999_999_999_i64,
        ) {
            let number = Decimal(millionths);
            prop_assert_eq!(number.to_string().parse(), Ok(number));
        }
    }
}
