//! The words of the desk, as they travel and as they are kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Fault;
use crate::model::priority::{Impact, Priority, Urgency};
use crate::model::target::Tier;
use crate::model::ticket::{Pending, State};

/// What rows keep as a text, the same that travels.
pub(crate) trait Word: Copy {
    fn as_str(self) -> &'static str;

    /// None of another text.
    fn of(text: &str) -> Option<Self>;
}

/// An enum of the API and the same of the model, with the texts that rows keep.
macro_rules! words {
    ($(#[$meta:meta])* $body:ident as $title:ident = $model:ident {
        $($(#[$doc:meta])* $name:ident = $text:literal => $value:expr),* $(,)?
    }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[derive(Serialize, Deserialize, ToSchema)]
        #[schema(as = $title)]
        $(#[$meta])*
        pub(crate) enum $body {
            $($(#[$doc])* $name),*
        }

        impl Word for $body {
            fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            fn of(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }

        impl From<$body> for $model {
            fn from(body: $body) -> Self {
                match body { $($body::$name => $value),* }
            }
        }

        impl From<$model> for $body {
            fn from(value: $model) -> Self {
                let all = [$($body::$name),*];
                let found = all.into_iter().find(|one| $model::from(*one) == value);
                // Each value has a word: a test says so.
                found.unwrap_or(all[0])
            }
        }
    };
}

pub(crate) use words;

words! {
    #[serde(rename_all = "snake_case")]
    StateBody as TicketState = State {
        /// Nobody has taken it up yet.
        New = "new" => State::New,
        Open = "open" => State::Open,
        PendingCustomer = "pending_customer" => State::Pending(Pending::Customer),
        PendingVendor = "pending_vendor" => State::Pending(Pending::Vendor),
        PendingChange = "pending_change" => State::Pending(Pending::Change),
        Resolved = "resolved" => State::Resolved,
        /// History: nothing leaves it.
        Closed = "closed" => State::Closed,
    }
}

words! {
    #[serde(rename_all = "snake_case")]
    PendingBody as Pending = Pending {
        Customer = "customer" => Pending::Customer,
        Vendor = "vendor" => Pending::Vendor,
        Change = "change" => Pending::Change,
    }
}

words! {
    PriorityBody as Priority = Priority {
        P1 = "P1" => Priority::P1,
        P2 = "P2" => Priority::P2,
        P3 = "P3" => Priority::P3,
        P4 = "P4" => Priority::P4,
    }
}

words! {
    #[serde(rename_all = "snake_case")]
    ImpactBody as Impact = Impact {
        /// A person.
        Low = "low" => Impact::Low,
        /// A team, or a service that has a way around.
        Medium = "medium" => Impact::Medium,
        /// The organisation, or a service that it cannot work without.
        High = "high" => Impact::High,
    }
}

words! {
    #[serde(rename_all = "snake_case")]
    UrgencyBody as Urgency = Urgency {
        Low = "low" => Urgency::Low,
        Medium = "medium" => Urgency::Medium,
        High = "high" => Urgency::High,
    }
}

/// What a ticket is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TicketKind {
    /// Something does not work.
    #[default]
    Incident,
    /// Something is wanted.
    ServiceRequest,
    Question,
    /// The cause of incidents, to be found.
    Problem,
    /// A problem whose cause is known.
    KnownError,
}

impl TicketKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::ServiceRequest => "service_request",
            Self::Question => "question",
            Self::Problem => "problem",
            Self::KnownError => "known_error",
        }
    }
}

/// The number of a priority: 1 for P1.
pub(crate) fn priority_number(priority: Priority) -> i32 {
    match priority {
        Priority::P1 => 1,
        Priority::P2 => 2,
        Priority::P3 => 3,
        Priority::P4 => 4,
    }
}

pub(crate) fn priority_of(number: i32) -> Option<Priority> {
    Priority::ALL.into_iter().find(|priority| priority_number(*priority) == number)
}

pub(crate) fn tier_number(tier: Tier) -> u8 {
    match tier {
        Tier::One => 1,
        Tier::Two => 2,
        Tier::Three => 3,
    }
}

pub(crate) fn tier_of(number: i32) -> Option<Tier> {
    Tier::ALL.into_iter().find(|tier| i32::from(tier_number(*tier)) == number)
}

pub(crate) fn tier(at: &str, number: u8) -> Result<Tier, Fault> {
    let reason = || Fault::new(at, "there are the tiers 1, 2 and 3");
    tier_of(i32::from(number)).ok_or_else(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept is what travels.
    #[test]
    fn words_are_the_same_everywhere() {
        fn travels(body: impl Word + Serialize) {
            assert_eq!(serde_json::to_value(body).unwrap(), body.as_str());
        }
        State::ALL.into_iter().map(StateBody::from).for_each(travels);
        Pending::ALL.into_iter().map(PendingBody::from).for_each(travels);
        Priority::ALL.into_iter().map(PriorityBody::from).for_each(travels);
        Impact::ALL.into_iter().map(ImpactBody::from).for_each(travels);
        Urgency::ALL.into_iter().map(UrgencyBody::from).for_each(travels);
    }

    #[test]
    fn every_value_has_a_word_of_its_own() {
        for state in State::ALL {
            let body = StateBody::from(state);
            assert_eq!((State::from(body), StateBody::of(body.as_str())), (state, Some(body)));
        }
        for pending in Pending::ALL {
            assert_eq!(Pending::from(PendingBody::from(pending)), pending);
        }
        for impact in Impact::ALL {
            assert_eq!(Impact::from(ImpactBody::from(impact)), impact);
        }
        for urgency in Urgency::ALL {
            assert_eq!(Urgency::from(UrgencyBody::from(urgency)), urgency);
        }
        for priority in Priority::ALL {
            assert_eq!(Priority::from(PriorityBody::from(priority)), priority);
            assert_eq!(priority_of(priority_number(priority)), Some(priority));
        }
        for one in Tier::ALL {
            assert_eq!(tier("", tier_number(one)), Ok(one));
        }
        assert_eq!((StateBody::of("x"), tier_of(0), priority_of(5)), (None, None, None));
    }
}
