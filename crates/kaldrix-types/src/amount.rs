//! Amounts of KALD in base units.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

/// Base units in one KALD.
pub const UNITS_PER_KALD: u64 = 1_000_000_000;
/// Decimals of one KALD.
pub const KALD_DECIMALS: u32 = 9;
/// All KALD there is, in base units: 1,000,000,000 KALD.
pub const SUPPLY: Amount = Amount(1_000_000_000 * UNITS_PER_KALD);

/// An amount in base units. In the API it is a decimal string of base units.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct Amount(pub u64);

impl Amount {
    pub const ZERO: Self = Self(0);

    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The amount in KALD, as people write it: `1.5`, `0.000000001`, `1000000000`.
    pub fn to_kald(self) -> String {
        let (whole, part) = (self.0 / UNITS_PER_KALD, self.0 % UNITS_PER_KALD);
        if part == 0 {
            return whole.to_string();
        }
        let decimals = format!("{part:09}");
        format!("{whole}.{}", decimals.trim_end_matches('0'))
    }

    /// Reads an amount in KALD with at most nine decimals.
    pub fn from_kald(text: &str) -> Result<Self, ParseAmountError> {
        let fail = || ParseAmountError(text.chars().take(40).collect());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > KALD_DECIMALS as usize {
            return Err(fail());
        }
        let whole: u64 = whole.parse().map_err(|_| fail())?;
        let part: u64 = format!("{part:0<9}").parse().map_err(|_| fail())?;
        let units = whole.checked_mul(UNITS_PER_KALD).and_then(|units| units.checked_add(part));
        units.map(Self).ok_or_else(fail)
    }
}

/// The decimal number of base units, the form that the API and the genesis file use.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an amount: write digits, in KALD with at most 9 decimals after a point")]
pub struct ParseAmountError(pub String);

impl FromStr for Amount {
    type Err = ParseAmountError;
    fn from_str(text: &str) -> Result<Self, ParseAmountError> {
        let fail = || ParseAmountError(text.chars().take(40).collect());
        let canonical = text == "0" || !text.starts_with('0');
        if !canonical || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fail());
        }
        text.parse().map(Self).map_err(|_| fail())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{Amount, SUPPLY};

    proptest! {
        #[test]
        fn text_and_back(units in any::<u64>()) {
            let amount = Amount(units);
            prop_assert_eq!(Amount::from_kald(&amount.to_kald()), Ok(amount));
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            for amount in [Amount::from_kald(&text), text.parse()].into_iter().flatten() {
                prop_assert_eq!(Amount::from_kald(&amount.to_kald()), Ok(amount));
            }
        }
    }

    #[test]
    fn kald_are_written_as_people_do() {
        for (units, text) in [
            (0, "0"),
            (1, "0.000000001"),
            (1_500_000_000, "1.5"),
            (20_000_000_000, "20"),
            (SUPPLY.0, "1000000000"),
            (u64::MAX, "18446744073.709551615"),
        ] {
            assert_eq!(Amount(units).to_kald(), text);
            assert_eq!(Amount::from_kald(text), Ok(Amount(units)));
        }
        assert_eq!(Amount::from_kald("1.50"), Ok(Amount(1_500_000_000)));
    }

    #[test]
    fn other_texts_are_no_kald() {
        for text in
            ["", ".", "1.", ".5", "-1", "+1", "1,5", "1e3", " 1", "1.0000000001", "1.2.3", "١"]
        {
            assert!(Amount::from_kald(text).is_err(), "{text:?}");
        }
        assert!(Amount::from_kald("18446744073.709551616").is_err());
        assert!(Amount::from_kald("99999999999999999999").is_err());
    }

    #[test]
    fn base_units_have_one_text() {
        assert_eq!("0".parse(), Ok(Amount::ZERO));
        for text in ["", "00", "01", "+1", "-1", "1.0", " 1", "1 ", "18446744073709551616"] {
            assert!(text.parse::<Amount>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn sums_do_not_wrap() {
        assert_eq!(Amount(1).checked_add(Amount(2)), Some(Amount(3)));
        assert_eq!(Amount(u64::MAX).checked_add(Amount(1)), None);
        assert_eq!(Amount(3).checked_sub(Amount(2)), Some(Amount(1)));
        assert_eq!(Amount(2).checked_sub(Amount(3)), None);
    }
}
