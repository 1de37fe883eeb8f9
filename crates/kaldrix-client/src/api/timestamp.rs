//! Points in time.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A point in time, to the millisecond; as text RFC 3339 in UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.250Z")]
pub struct Timestamp(u64);

/// The last millisecond that RFC 3339 can write: the end of the year 9999.
const MS_MAX: u64 = 253_402_300_799_999;

impl Timestamp {
    /// A time past the year 9999, which only a broken clock gives, becomes its end.
    pub fn from_ms(ms: u64) -> Self {
        Self(ms.min(MS_MAX))
    }

    /// Milliseconds since 1970.
    pub fn ms(self) -> u64 {
        self.0
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::from_ms(u64::try_from(since.as_millis()).unwrap_or(MS_MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = UNIX_EPOCH + Duration::from_millis(self.0);
        humantime::format_rfc3339_millis(time).fmt(f)
    }
}

impl FromStr for Timestamp {
    type Err = humantime::TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        humantime::parse_rfc3339(text).map(Self::from)
    }
}

impl TryFrom<String> for Timestamp {
    type Error = humantime::TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{MS_MAX, Timestamp};

    #[test]
    fn times_are_rfc_3339_to_the_millisecond() {
        let text = "2026-03-01T12:00:00.250Z";
        let time: Timestamp = text.parse().unwrap();
        assert_eq!(time.ms(), 1_772_366_400_250);
        assert_eq!(time.to_string(), text);
        assert_eq!(serde_json::to_string(&time).unwrap(), format!("{text:?}"));
        assert!(serde_json::from_str::<Timestamp>("\"yesterday\"").is_err());
    }

    #[test]
    fn a_broken_clock_gives_no_panic() {
        assert_eq!(Timestamp::from_ms(u64::MAX).ms(), MS_MAX);
        assert_eq!(Timestamp::from_ms(u64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
    }
}
